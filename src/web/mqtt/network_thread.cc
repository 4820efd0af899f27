#include "web/mqtt/network_thread.h"

#include <boost/asio/post.hpp>

namespace madang::web::mqtt {
namespace asio = boost::asio;

NetworkThread::NetworkThread(Needs const& needs, std::size_t index)
    : needs_(needs),
      index_(index),
      mailbox_(std::make_shared<Mailbox<Letter>>([this] { asio::post(io_, [this] { drain(); }); })),
      session_needs_{needs.hub, needs.handler, needs.clock, needs.counters, needs.limits, mailbox_, needs.watch} {}

NetworkThread::~NetworkThread() {
  begin_stop();
  join();
}

void NetworkThread::start() {
  asio::post(io_, [this] { sweep(); });
  thread_ = std::thread([this] { io_.run(); });
}

void NetworkThread::adopt(Tcp::socket socket) {
  asio::post(io_, [this, socket = std::move(socket)]() mutable {
    if (stopping_) {
      --needs_.connections;
      return;
    }
    auto const number = ++last_connection_;
    auto const connection = std::make_shared<Connection>(*this, Address{index_, number}, std::move(socket));
    connections_.emplace(number, connection);
    needs_.counters.connections.Increment();
    connection->start();
  });
}

void NetworkThread::forget(std::uint64_t connection) {
  if (connections_.erase(connection) == 0) return;
  --needs_.connections;
  needs_.counters.connections.Decrement();
  if (stopping_ && connections_.empty()) io_.stop();
}

std::shared_ptr<Connection> NetworkThread::find(std::uint64_t connection) const {
  auto const at = connections_.find(connection);
  return at == connections_.end() ? nullptr : at->second;
}

void NetworkThread::touch(std::shared_ptr<Connection> const& connection) {
  if (std::exchange(connection->touched, true)) return;
  touched_.push_back(connection);
}

void NetworkThread::drain() {
  mailbox_->take(letters_);
  for (auto& letter : letters_) open(letter);
  letters_.clear();
  // One write per connection, however many letters it had.
  for (auto const& connection : touched_) {
    connection->touched = false;
    connection->pump();
  }
  touched_.clear();
}

void NetworkThread::open(Letter& letter) {
  if (auto* const answer = std::get_if<Answer>(&letter); answer != nullptr && answer->result) {
    needs_.counters.received_accepted.Increment();
    if (answer->forward) needs_.hub.forward(answer->forward);
  }
  auto const number = std::visit([](auto const& l) { return l.connection; }, letter);
  auto const connection = find(number);
  if (!connection || connection->session() == nullptr) return;
  auto& session = *connection->session();
  if (auto* const answer = std::get_if<Answer>(&letter))
    session.answer(*answer);
  else if (auto* const delivery = std::get_if<Delivery>(&letter))
    session.deliver(std::move(*delivery));
  else if (auto* const revocation = std::get_if<Revocation>(&letter))
    session.revoke(revocation->why);
  else
    session.evict();
  touch(connection);
}

void NetworkThread::sweep() {
  auto const now = needs_.clock.tick();
  // Closing takes a connection off the map, so the walk is over a copy.
  std::vector<std::shared_ptr<Connection>> all;
  all.reserve(connections_.size());
  for (auto const& [number, connection] : connections_) all.push_back(connection);
  for (auto const& connection : all) connection->sweep(now);
  sweep_timer_.expires_after(kSweepPeriod);
  sweep_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) sweep();
  });
}

void NetworkThread::begin_stop() {
  asio::post(io_, [this] {
    if (std::exchange(stopping_, true)) return;
    std::vector<std::shared_ptr<Connection>> all;
    all.reserve(connections_.size());
    for (auto const& [number, connection] : connections_) all.push_back(connection);
    for (auto const& connection : all) {
      if (connection->session() == nullptr) {
        connection->close();
        continue;
      }
      connection->session()->goodbye();
      connection->pump();
    }
    if (connections_.empty()) return io_.stop();
    auto const deadline = std::make_shared<asio::steady_timer>(io_, kGoodbyeWaitMax);
    deadline->async_wait([this, deadline](boost::system::error_code) { io_.stop(); });
  });
}

void NetworkThread::join() {
  if (thread_.joinable()) thread_.join();
  mailbox_->close();
  for (auto const& [number, connection] : std::exchange(connections_, {})) connection->close();
}

}  // namespace madang::web::mqtt
