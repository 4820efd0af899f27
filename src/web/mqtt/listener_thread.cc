#include "web/mqtt/listener_thread.h"

#include <utility>

namespace madang::web::mqtt {

ListenerThread::ListenerThread(Needs const& needs, std::size_t index)
    : needs_(needs),
      index_(index),
      mailbox_(std::make_shared<net::Mailbox<Letter>>([this] { thread_.post([this] { drain(); }); })),
      session_needs_{needs.hub, needs.handler, needs.clock, needs.counters, needs.limits, mailbox_, needs.watch} {
  thread_.every(kSweepPeriod, [this] {
    connections_.each([now = needs_.clock.tick()](Connection& connection) { connection.sweep(now); });
  });
}

ListenerThread::~ListenerThread() {
  begin_stop();
  join();
}

void ListenerThread::start() { thread_.start(); }

void ListenerThread::add_socket(net::Tcp::socket socket) {
  auto tls = needs_.tls != nullptr ? needs_.tls->context() : nullptr;
  thread_.post([this, socket = std::move(socket), tls = std::move(tls)]() mutable {
    if (stopping_) {
      --needs_.connections;
      return;
    }
    auto const number = ++last_connection_;
    auto const connection = std::make_shared<Connection>(*this, Address{index_, number}, net::Socket{std::move(socket), std::move(tls)});
    connections_.add(number, connection);
    needs_.counters.connections.Increment();
    connections_.at(connection, [&] { connection->start(); });
  });
}

void ListenerThread::forget(std::uint64_t connection) {
  if (!connections_.forget(connection)) return;
  --needs_.connections;
  needs_.counters.connections.Decrement();
  if (stopping_ && connections_.empty()) thread_.end();
}

void ListenerThread::touch(std::shared_ptr<Connection> const& connection) {
  if (std::exchange(connection->touched, true)) return;
  touched_.push_back(connection);
}

void ListenerThread::drain() {
  mailbox_->open_each(kLogModule, letters_, [this](Letter& letter) { open(letter); });
  // One write per connection, however many letters it had.
  for (auto const& connection : touched_) {
    connection->touched = false;
    connections_.at(connection, [&] { connection->pump(); });
  }
  touched_.clear();
}

void ListenerThread::open(Letter& letter) {
  auto* const answer = std::get_if<Answer>(&letter);
  bool const is_accepted = answer != nullptr && answer->result;
  if (is_accepted) needs_.counters.received_accepted.Increment();
  auto const forward = [&] {
    if (is_accepted && answer->forward) needs_.hub.forward(answer->forward);
  };
  auto const connection = connections_.find(std::visit([](auto const& l) { return l.connection; }, letter));
  if (!connection || connection->session() == nullptr) {
    forward();
  } else {
    connections_.at(connection, [&] {
      hand_over(letter, *connection->session());
      touch(connection);
      forward();  // last: where it throws, the acknowledgement is not lost without its connection
    });
  }
}

void ListenerThread::hand_over(Letter& letter, Session& session) {
  if (auto* const answer = std::get_if<Answer>(&letter)) return session.answer(*answer);
  if (auto* const delivery = std::get_if<Delivery>(&letter)) {
    delivery->under_way.reset();  // a client that is slow has a bound of its own
    return session.deliver(std::move(*delivery));
  }
  if (std::holds_alternative<RetainedSlice>(letter)) return session.end_slice();
  if (auto* const revocation = std::get_if<Revocation>(&letter)) return session.revoke(revocation->why);
  if (std::holds_alternative<FormerEnded>(letter)) return session.end_former();
  session.evict();
}

void ListenerThread::begin_stop() {
  thread_.post([this] { disconnect_all(); });
}

void ListenerThread::disconnect_all() {
  if (std::exchange(stopping_, true)) return;
  connections_.each([](Connection& connection) {
    if (connection.session() == nullptr) return connection.close();
    connection.session()->send_disconnect();
    connection.pump();
  });
  if (connections_.empty()) return thread_.end();
  thread_.end_within(kGoodbyeWaitMax);
}

void ListenerThread::join() {
  thread_.join();
  mailbox_->close();
  connections_.each([](Connection& connection) { connection.close(); });
}

}  // namespace madang::web::mqtt
