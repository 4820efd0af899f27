// The server's threads and sockets: one acceptor, one event loop per network thread, connections dealt in turn.
#include "web/http/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/log.h"
#include "web/http/connection.h"
#include "web/http/transport_asio.h"

namespace madang::web {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kSweepPeriod{200};
constexpr std::chrono::milliseconds kAcceptRetry{100};
constexpr int kBacklog = 1024;

/// An IPv4 client of a socket that listens on IPv6 is still an IPv4 client.
std::string text_of(asio::ip::address const& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

/// One thread with its event loop and its connections.
class NetworkThread {
 public:
  explicit NetworkThread(Site& site)
      : site_(site), context_(1), work_(context_.get_executor()), sweep_timer_(context_),
        loop_{.site = site, .mailbox = std::make_shared<Mailbox>([this] { asio::post(context_, [this] { deliver(); }); }),
              .connections = {}} {
    arm_sweep();
    thread_ = std::thread([this] { run(); });
  }

  ~NetworkThread() { end(); }
  NetworkThread(NetworkThread const&) = delete;
  NetworkThread& operator=(NetworkThread const&) = delete;

  asio::io_context& context() { return context_; }

  /// On this thread.
  void adopt(std::unique_ptr<Transport> transport, Peer peer) {
    auto const id = site_.next_id();
    auto connection = std::make_shared<Connection>(loop_, std::move(transport), std::move(peer), id);
    loop_.connections.emplace(id, connection);
    connection->open();
    if (site_.stopping) connection->stop();
  }

  /// From any thread.
  void ask_to_stop() {
    asio::post(context_, [this] { each([](Connection& connection) { connection.stop(); }); });
  }
  void ask_to_close() {
    asio::post(context_, [this] { each([](Connection& connection) { connection.close(); }); });
  }
  void end() {
    loop_.mailbox->close();
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run() {
    for (;;) {
      try {
        context_.run();
        return;
      } catch (std::exception const& e) {
        runtime::log_error("web", "network_thread_threw", {{"what", e.what()}});
      }
    }
  }

  template <typename Do>
  void each(Do&& act) {
    std::vector<std::shared_ptr<Connection>> all;  // the map changes while connections close
    all.reserve(loop_.connections.size());
    for (auto const& [id, connection] : loop_.connections) all.push_back(connection);
    for (auto const& connection : all) act(*connection);
  }

  void deliver() {
    loop_.mailbox->take(letters_);
    for (auto& letter : letters_) {
      auto const found = loop_.connections.find(letter.connection);
      if (found == loop_.connections.end()) continue;  // it has left meanwhile
      auto const connection = found->second;
      if (letter.answer)
        connection->answer(*std::move(letter.answer));
      else
        connection->go_on();
    }
    letters_.clear();
  }

  void arm_sweep() {
    sweep_timer_.expires_after(kSweepPeriod);
    sweep_timer_.async_wait([this](error_code ec) {
      if (ec) return;
      auto const now = site_.clock.tick();
      each([now](Connection& connection) { connection.check_time(now); });
      arm_sweep();
    });
  }

  Site& site_;
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer sweep_timer_;
  Loop loop_;
  std::vector<Letter> letters_;
  std::thread thread_;
};

class HttpServer final : public Server {
 public:
  HttpServer(ServerOptions options, Router router, Authenticator& authenticator, runtime::Clock const& clock,
             runtime::Metrics& metrics)
      : options_(std::move(options)), site_(options_, std::move(router), authenticator, clock, metrics) {
    for (std::size_t i = 0; i < std::max<std::size_t>(1, options_.threads); ++i)
      threads_.push_back(std::make_unique<NetworkThread>(site_));
  }
  ~HttpServer() override { stop(); }

  Result<void> listen() {
    MADANG_TRY(auto address_of_clients, PublicAddress::of(options_.base_address, options_.trusted_proxies));
    site_.set_public_address(std::move(address_of_clients));
    if (options_.certificate_file.empty() != options_.private_key_file.empty())
      return fail(Code::kInvalid, "TLS needs both a certificate and a private key file");
    if (!options_.certificate_file.empty()) {
      MADANG_TRY(tls_, tls_context(options_, site_.clock.now()));
    }
    error_code ec;
    auto const address = asio::ip::make_address(options_.host == "localhost" ? "127.0.0.1" : options_.host, ec);
    if (ec) return fail(Code::kInvalid, fmt::format("listen address {}: not an IP address", options_.host));
    tcp::endpoint const endpoint{address, options_.port};
    auto const where = fmt::format("{}:{}", options_.host, options_.port);
    auto& context = threads_.front()->context();
    acceptor_ = std::make_unique<tcp::acceptor>(context);
    retry_ = std::make_unique<asio::steady_timer>(context);
    acceptor_->open(endpoint.protocol(), ec);
    if (!ec) acceptor_->set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec) acceptor_->bind(endpoint, ec);
    if (!ec) acceptor_->listen(kBacklog, ec);
    if (ec) return fail(Code::kUnavailable, fmt::format("cannot listen on {}: {}", where, ec.message()));
    port_ = acceptor_->local_endpoint().port();
    asio::post(context, [this] { accept(); });
    return {};
  }

  [[nodiscard]] std::uint16_t port() const override { return port_; }

  [[nodiscard]] std::string address() const override {
    bool const six = options_.host.contains(':');
    return fmt::format("{}://{}{}{}:{}", tls_ ? "https" : "http", six ? "[" : "", options_.host, six ? "]" : "", port_);
  }

  void stop() override {
    std::scoped_lock const lock(stop_mutex_);
    if (std::exchange(stopped_, true)) return;
    site_.stopping = true;
    if (acceptor_) close_acceptor();
    for (auto const& thread : threads_) thread->ask_to_stop();
    wait_for_connections(options_.limits.stop_wait);
    site_.abandoned = true;
    for (auto const& thread : threads_) thread->ask_to_close();
    wait_for_connections(std::chrono::milliseconds{500});
    for (auto const& thread : threads_) thread->end();
  }

 private:
  void accept() {
    auto& target = *threads_[next_thread_++ % threads_.size()];
    acceptor_->async_accept(target.context(), [this, &target](error_code ec, tcp::socket socket) {
      if (ec == asio::error::operation_aborted || site_.stopping) return;
      if (ec) {  // out of file descriptors, most likely: waiting lets some close
        runtime::log_warning("web", "accept_failed", {{"why", ec.message()}});
        retry_->expires_after(kAcceptRetry);
        retry_->async_wait([this](error_code stopped) {
          if (!stopped) accept();
        });
        return;
      }
      welcome(target, std::move(socket));
      accept();
    });
  }

  void welcome(NetworkThread& target, tcp::socket socket) {
    error_code ec;
    auto const endpoint = socket.remote_endpoint(ec);
    if (ec) return;
    if (site_.connections.load() >= site_.limits.connections) {
      site_.metrics.refused("connections");
      static constexpr std::string_view kFull =
          "HTTP/1.1 503 Service Unavailable\r\nretry-after: 2\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
      socket.non_blocking(true, ec);
      if (!tls_) socket.write_some(asio::buffer(kFull), ec);
      return;
    }
    Peer peer{.address = text_of(endpoint.address()), .secure = tls_ != nullptr};
    auto guest = std::make_shared<tcp::socket>(std::move(socket));
    asio::post(target.context(), [this, &target, guest, peer = std::move(peer)]() mutable {
      auto transport = tls_ ? tls_transport(std::move(*guest), *tls_) : plain_transport(std::move(*guest));
      target.adopt(std::move(transport), std::move(peer));
    });
  }

  void close_acceptor() {
    asio::post(threads_.front()->context(), [this] {
      error_code ignored;
      acceptor_->close(ignored);
      retry_->cancel();
    });
  }

  /// Connections tell nobody when they go, and a stop is rare: looking now and then is enough.
  void wait_for_connections(std::chrono::milliseconds at_most) {
    constexpr std::chrono::milliseconds kLook{5};
    for (auto waited = kLook; site_.connections.load() > 0 && waited < at_most; waited += kLook)
      std::this_thread::sleep_for(kLook);
  }

  ServerOptions const options_;
  std::unique_ptr<asio::ssl::context> tls_;
  Site site_;
  std::vector<std::unique_ptr<NetworkThread>> threads_;
  std::unique_ptr<tcp::acceptor> acceptor_;
  std::unique_ptr<asio::steady_timer> retry_;
  std::size_t next_thread_ = 0;
  std::uint16_t port_ = 0;
  std::mutex stop_mutex_;
  bool stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Routes routes, Authenticator& authenticator,
                                              runtime::Clock const& clock, runtime::Metrics& metrics) {
  MADANG_TRY(auto router, Router::build(std::move(routes)));
  auto server = std::make_unique<HttpServer>(std::move(options), std::move(router), authenticator, clock, metrics);
  MADANG_CHECK(server->listen());
  return server;
}

}  // namespace madang::web
