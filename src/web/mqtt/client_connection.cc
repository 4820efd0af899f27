#include "web/mqtt/client_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <utility>

#include "web/net/guarded.h"

namespace madang::web::mqtt {
namespace asio = boost::asio;
using boost::system::error_code;
using net::Tcp;

ClientConnection::ClientConnection(Needs needs, ClientOptions options, std::size_t window,
                                   ClientSession::OnIncoming on_incoming)
    : needs_(std::move(needs)), options_(std::move(options)), session_(options_, window, std::move(on_incoming)) {}

void ClientConnection::start(Millis wait) {
  idle_ = true;
  connect_at_ = needs_.clock.tick() + wait;
}

Millis ClientConnection::reconnect_wait() {
  auto const most = failures_ == 0 ? kReconnectWaitFirst
                                   : std::min(kReconnectWaitMax, Millis{1'000} * (1U << std::min(failures_ - 1, 6U)));
  ++failures_;
  return Millis{std::uniform_int_distribution<std::int64_t>{0, most.count()}(random_)};
}

void ClientConnection::sweep() {
  auto const now = needs_.clock.tick();
  if (idle_) {
    if (!stopping_ && now >= connect_at_) connect();
    return;
  }
  if (!established_) {
    if (now - attempt_at_ > kClientConnectWaitMax)
      lose({Code::kUnavailable, fmt::format("{}:{} does not answer", options_.host, options_.port)});
    return;
  }
  session_.sweep(now);
  if (session_.progressed()) failures_ = 0;
  pump();
}

void ClientConnection::connect() {
  idle_ = false;
  auto const attempt = ++attempt_;
  attempt_at_ = needs_.clock.tick();
  error_code not_a_number;
  auto const address = asio::ip::make_address(options_.host, not_a_number);
  if (!not_a_number)
    return open(Tcp::resolver::results_type::create(Tcp::endpoint{address, options_.port}, options_.host, ""), attempt);
  resolver_ = std::make_unique<Tcp::resolver>(needs_.io);
  resolver_->async_resolve(options_.host, std::to_string(options_.port),
                           [self = shared_from_this(), attempt](error_code error, Tcp::resolver::results_type const& found) {
                             if (attempt != self->attempt_ || self->idle_) return;
                             if (error) return self->lose({Code::kUnavailable, error.message()});
                             self->open(found, attempt);
                           });
}

void ClientConnection::open(Tcp::resolver::results_type const& endpoints, std::uint64_t attempt) {
  opening_ = std::make_unique<Tcp::socket>(needs_.io);
  asio::async_connect(*opening_, endpoints, [self = shared_from_this(), attempt](error_code error, Tcp::endpoint const&) {
    if (attempt != self->attempt_ || self->idle_) return;
    if (error)
      return self->lose({Code::kUnavailable, fmt::format("{}:{}: {}", self->options_.host, self->options_.port,
                                                         error.message())});
    self->opened(attempt);
  });
}

void ClientConnection::opened(std::uint64_t attempt) {
  socket_ = std::make_shared<net::Socket>(std::move(*opening_), needs_.tls != nullptr ? needs_.tls->context() : nullptr);
  opening_.reset();
  socket_->handshake_as_client(options_.host, [self = shared_from_this(), keep = socket_, attempt](error_code error) {
    if (attempt != self->attempt_ || self->idle_) return;
    if (error) return self->lose({Code::kUnavailable, fmt::format("TLS: {}", error.message())});
    self->begin();
  });
}

void ClientConnection::begin() {
  established_ = true;
  reading_ = writing_ = false;
  received_.clear();
  session_.begin(needs_.clock.tick());
  pump();
}

void ClientConnection::pump() {
  if (established_) guarded([this](ClientSession&) { process(); });
}

void ClientConnection::guarded(std::function<void(ClientSession&)> const& act) {
  net::guarded(kLogModule, [&] { act(session_); }, [&] {
    if (established_) lose({Code::kInternal, "what came could not be taken"});
  });
}

void ClientConnection::process() {
  if (!session_.paused()) process_packets();
  notify_ready();
  if (session_.fault()) return lose(*session_.fault());
  flush();
  if (established_) read();
}

void ClientConnection::process_packets() {
  if (!received_.bytes().empty()) received_.consume(session_.receive(received_.bytes(), needs_.clock.tick()));
}

void ClientConnection::read() {
  if (reading_ || session_.paused()) return;
  reading_ = true;
  socket_->read_some(received_.room(), [self = shared_from_this(), keep = socket_, attempt = attempt_](error_code error, std::size_t count) {
    if (attempt != self->attempt_ || !self->established_) return;
    self->reading_ = false;
    if (error) return self->lose({Code::kUnavailable, error.message()});
    self->received_.filled(count);
    self->pump();
  });
}

void ClientConnection::flush() {
  while (!writing_ && !session_.outbox().empty()) {
    written_.clear();
    written_.swap(session_.outbox());
    std::string_view const bytes{written_};
    auto const written = socket_->write({&bytes, 1}, [self = shared_from_this(), keep = socket_, attempt = attempt_](error_code error) {
      if (attempt != self->attempt_ || !self->established_) return;
      self->writing_ = false;
      if (error) return self->lose({Code::kUnavailable, error.message()});
      self->flush();
    });
    if (written == net::Written::kFailed) return lose({Code::kUnavailable, "the connection is broken"});
    writing_ = written == net::Written::kLater;
  }
  if (!writing_ && stopping_) lose({Code::kUnavailable, "stopped"});
}

// By value: what is wrong may lie in the session, which ends here.
// NOLINTNEXTLINE(performance-unnecessary-value-param)
void ClientConnection::lose(Error why) {
  auto const keep = shared_from_this();
  bool const at_once = session_.changed_version();
  if (session_.progressed()) failures_ = 0;
  ++attempt_;
  idle_ = true;
  established_ = false;
  if (resolver_) resolver_->cancel();
  if (opening_) opening_.reset();
  if (socket_) socket_->close();
  socket_.reset();
  session_.end();
  connect_at_ = needs_.clock.tick() + (at_once ? Millis{0} : reconnect_wait());
  bool const is_news = std::exchange(notified_ready_, false) || !at_once;
  if (is_news && !stopping_) needs_.on_change(false, why.sentence);
  if (stopping_ && stopped_) std::exchange(stopped_, nullptr)();
}

void ClientConnection::notify_ready() {
  if (notified_ready_ || !session_.ready()) return;
  notified_ready_ = true;
  needs_.on_change(true, {});
}

void ClientConnection::stop(std::function<void()> done) {
  stopping_ = true;
  stopped_ = std::move(done);
  if (!established_) return lose({Code::kUnavailable, "stopped"});
  session_.send_disconnect();
  flush();
}

}  // namespace madang::web::mqtt
