// Binds, accepts, and hands each connection to one of the network threads in turn.
#include <fmt/format.h>

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/post.hpp>

#include "runtime/log.h"
#include "web/mqtt/mqtt.h"
#include "web/mqtt/network_thread.h"
#include "web/mqtt/rights_watch.h"

namespace madang::web::mqtt {
namespace {

namespace asio = boost::asio;

class AsioListener final : public Listener {
 public:
  AsioListener(ListenerOptions options, std::unique_ptr<TlsContext> tls, ListenerHandler& handler,
               runtime::Clock const& clock, runtime::Metrics& metrics);
  ~AsioListener() override { AsioListener::stop(); }

  Result<void> bind();
  void start();
  [[nodiscard]] std::uint16_t port() const override { return port_; }
  void publish(Message message) override;
  void stop() override;

 private:
  void accept();
  void on_accepted(boost::system::error_code error, Tcp::socket socket, NetworkThread& thread);

  ListenerOptions const options_;
  std::unique_ptr<TlsContext> tls_;
  runtime::Clock const& clock_;
  Counters counters_;
  Hub hub_;
  RightsWatch watch_;
  std::atomic<std::size_t> connections_ = 0;
  std::uint16_t port_ = 0;
  std::size_t turn_ = 0;
  std::atomic<bool> stopped_ = false;
  // The acceptor and its timer live on the first thread's loop, so they go before it.
  std::vector<std::unique_ptr<NetworkThread>> threads_;
  std::optional<Tcp::acceptor> acceptor_;
  std::optional<asio::steady_timer> retry_;
};

AsioListener::AsioListener(ListenerOptions options, std::unique_ptr<TlsContext> tls, ListenerHandler& handler,
                           runtime::Clock const& clock, runtime::Metrics& metrics)
    : options_(std::move(options)), tls_(std::move(tls)), clock_(clock), counters_(metrics), hub_(options_.limits, counters_),
      watch_({handler, clock, hub_}, options_.limits.rights_asked) {
  NetworkThread::Needs const needs{hub_, handler, clock, counters_, options_.limits, tls_.get(), connections_, &watch_};
  Hub::Mailboxes mailboxes;
  for (std::size_t i = 0; i < std::max<std::size_t>(options_.threads, 1); ++i) {
    threads_.push_back(std::make_unique<NetworkThread>(needs, i));
    mailboxes.push_back(threads_.back()->mailbox());
  }
  hub_.set_mailboxes(std::move(mailboxes));
}

Result<void> AsioListener::bind() {
  auto& io = threads_.front()->io();
  boost::system::error_code error;
  Tcp::resolver resolver{io};
  auto const found = resolver.resolve(options_.host, std::to_string(options_.port),
                                      Tcp::resolver::passive | Tcp::resolver::numeric_service, error);
  auto const refuse = [&](std::string_view doing) {
    return fail(Code::kUnavailable,
                fmt::format("mqtt {}:{}: cannot {}: {}", options_.host, options_.port, doing, error.message()));
  };
  if (error) return refuse("find this address");
  auto const endpoint = found.begin()->endpoint();
  acceptor_.emplace(io);
  retry_.emplace(io);
  acceptor_->open(endpoint.protocol(), error);
  if (!error) acceptor_->set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_->bind(endpoint, error);
  if (error) return refuse("bind");
  acceptor_->listen(asio::socket_base::max_listen_connections, error);
  if (error) return refuse("listen");
  port_ = acceptor_->local_endpoint(error).port();
  return {};
}

void AsioListener::start() {
  accept();
  for (auto const& thread : threads_) thread->start();
}

void AsioListener::accept() {
  auto& thread = *threads_[turn_++ % threads_.size()];
  acceptor_->async_accept(thread.io(), [this, &thread](boost::system::error_code error, Tcp::socket socket) {
    on_accepted(error, std::move(socket), thread);
  });
}

void AsioListener::on_accepted(boost::system::error_code error, Tcp::socket socket, NetworkThread& thread) {
  if (error == asio::error::operation_aborted || !acceptor_->is_open()) return;
  if (error) {
    // Out of file descriptors, most likely: wait for some to come back.
    runtime::log_warning("mqtt", "accept_failed", {{"why", error.message()}});
    retry_->expires_after(kSweepPeriod);
    retry_->async_wait([this](boost::system::error_code stop) {
      if (!stop) accept();
    });
    return;
  }
  if (connections_ >= options_.limits.sessions_max) {
    counters_.connects_refused.Increment();
    if (auto const held_back = hub_.log().refused_connects.admit(clock_.tick()))
      runtime::log_warning("mqtt", "connect_refused", {{"why", "as many connections as may be are open"},
                                                       {"not_logged_before", *held_back}});
  } else {
    ++connections_;
    thread.adopt(std::move(socket));
  }
  accept();
}

void AsioListener::publish(Message message) {
  message.qos = std::min<std::uint8_t>(message.qos, 1);
  hub_.forward(std::make_shared<Forwarded const>(Forwarded{std::move(message), {}, {}, {}}));
}

void AsioListener::stop() {
  if (stopped_.exchange(true)) return;
  asio::post(threads_.front()->io(), [this] {
    boost::system::error_code ignored;
    if (acceptor_) acceptor_->close(ignored);
    if (retry_) retry_->cancel();
  });
  for (auto const& thread : threads_) thread->begin_stop();
  for (auto const& thread : threads_) thread->join();
  watch_.stop();
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::start(ListenerOptions options, ListenerHandler& handler,
                                                  runtime::Clock const& clock, runtime::Metrics& metrics) {
  std::unique_ptr<TlsContext> tls;
  if (!options.certificate_file.empty()) {
    MADANG_TRY(tls, server_tls({options.certificate_file, options.private_key_file, options.client_ca_file}));
  }
  auto listener = std::make_unique<AsioListener>(std::move(options), std::move(tls), handler, clock, metrics);
  MADANG_CHECK(listener->bind());
  listener->start();
  return listener;
}

}  // namespace madang::web::mqtt
