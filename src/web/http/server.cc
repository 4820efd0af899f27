// The server: connections of HTTP on network threads, and how all of it stops.
#include "web/http/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/mutex.h"
#include "web/http/connection.h"
#include "web/http/socket_transport.h"
#include "web/net/acceptor.h"
#include "web/net/network_thread.h"
#include "web/net/tls.h"

namespace madang::web {
namespace {

constexpr std::chrono::milliseconds kHttpSweepPeriod{200};

/// One network thread with its connections.
class HttpThread {
 public:
  explicit HttpThread(Site& site)
      : site_(site),
        loop_{.site = site, .mailbox = std::make_shared<Mailbox>([this] { thread_.post([this] { deliver(); }); })} {
    thread_.every(kHttpSweepPeriod, [this] {
      loop_.connections.each([now = site_.clock.tick()](Connection& connection) { connection.check_time(now); });
    });
    thread_.start();
  }

  ~HttpThread() { end(); }
  HttpThread(HttpThread const&) = delete;
  HttpThread& operator=(HttpThread const&) = delete;

  net::NetworkThread& thread() { return thread_; }

  /// From any thread.
  void add_socket(net::Tcp::socket socket, std::shared_ptr<net::TlsContext> tls, Peer peer) {
    thread_.post([this, socket = std::move(socket), tls = std::move(tls), peer = std::move(peer)]() mutable {
      auto const id = site_.next_id();
      auto const connection = std::make_shared<Connection>(loop_, socket_transport(std::move(socket), std::move(tls)), std::move(peer), id);
      loop_.connections.add(id, connection);
      loop_.connections.at(connection, [&] { connection->open(); });
      if (site_.stopping) connection->stop();
    });
  }
  void ask_to_stop() {
    thread_.post([this] { loop_.connections.each([](Connection& connection) { connection.stop(); }); });
  }
  void ask_to_close() {
    thread_.post([this] { loop_.connections.each([](Connection& connection) { connection.close(); }); });
  }
  void end() {
    loop_.mailbox->close();
    thread_.end();
    thread_.join();
  }

 private:
  void deliver() {
    loop_.mailbox->open_each(kLogModule, letters_, [this](Letter& letter) {
      auto const connection = loop_.connections.find(letter.connection);
      if (!connection) return;
      loop_.connections.at(connection, [&] {
        if (letter.answer)
          connection->answer(*std::move(letter.answer));
        else
          connection->resume();
      });
    });
  }

  Site& site_;
  net::NetworkThread thread_{kLogModule};
  Loop loop_;
  std::vector<Letter> letters_;
};

class HttpServer final : public Server {
 public:
  HttpServer(ServerOptions options, Router router, Authenticator& authenticator, runtime::Clock const& clock,
             runtime::Metrics& metrics)
      : options_(std::move(options)), site_(options_, std::move(router), authenticator, clock, metrics) {
    std::vector<net::NetworkThread*> threads;
    for (std::size_t i = 0; i < std::max<std::size_t>(1, options_.threads); ++i) {
      threads_.push_back(std::make_unique<HttpThread>(site_));
      threads.push_back(&threads_.back()->thread());
    }
    acceptor_ = std::make_unique<net::Acceptor>(kLogModule, std::move(threads), [this](net::Tcp::socket socket, std::size_t thread) {
      welcome(*threads_[thread], std::move(socket));
    });
  }
  ~HttpServer() override { stop(); }

  Result<void> listen() {
    MADANG_TRY(auto address_of_clients, PublicAddress::of(options_.base_address, options_.trusted_proxies));
    site_.set_public_address(std::move(address_of_clients));
    if (options_.certificate_file.empty() != options_.private_key_file.empty())
      return fail(Code::kInvalid, "TLS needs both a certificate and a private key file");
    if (!options_.certificate_file.empty()) {
      net::TlsFiles files{.certificate_file = options_.certificate_file, .private_key_file = options_.private_key_file};
      MADANG_TRY(tls_, net::Tls::server({.module = kLogModule, .files = std::move(files), .alpn = "http/1.1"}, site_.clock));
    }
    MADANG_CHECK(acceptor_->listen(options_.host, options_.port));
    acceptor_->start();
    return {};
  }

  [[nodiscard]] std::uint16_t port() const override { return acceptor_->port(); }

  [[nodiscard]] std::string address() const override {
    bool const six = options_.host.contains(':');
    return fmt::format("{}://{}{}{}:{}", tls_ ? "https" : "http", six ? "[" : "", options_.host, six ? "]" : "", port());
  }

  void stop() override {
    runtime::Lock const lock(stop_mutex_);
    if (std::exchange(stopped_, true)) return;
    site_.stopping = true;
    acceptor_->close();
    for (auto const& thread : threads_) thread->ask_to_stop();
    wait_for_connections(options_.limits.stop_wait);
    site_.abandoned = true;
    for (auto const& thread : threads_) thread->ask_to_close();
    wait_for_connections(std::chrono::milliseconds{500});
    for (auto const& thread : threads_) thread->end();
  }

 private:
  void welcome(HttpThread& target, net::Tcp::socket socket) {
    auto address = net::address_of_peer(socket);
    if (address.empty()) return;
    if (site_.connections.load() >= site_.limits.connections) {
      site_.metrics.refused("connections");
      static constexpr std::string_view kFull =
          "HTTP/1.1 503 Service Unavailable\r\nretry-after: 2\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
      boost::system::error_code ignored;
      socket.non_blocking(true, ignored);
      if (!tls_) socket.write_some(boost::asio::buffer(kFull), ignored);
      return;
    }
    target.add_socket(std::move(socket), tls_ ? tls_->context() : nullptr, {.address = std::move(address), .secure = tls_ != nullptr});
  }

  /// Connections tell nobody when they go, and a stop is rare: looking now and then is enough.
  void wait_for_connections(std::chrono::milliseconds at_most) {
    constexpr std::chrono::milliseconds kLook{5};
    for (auto waited = kLook; site_.connections.load() > 0 && waited < at_most; waited += kLook)
      std::this_thread::sleep_for(kLook);
  }

  ServerOptions const options_;
  std::unique_ptr<net::Tls> tls_;
  Site site_;
  std::vector<std::unique_ptr<HttpThread>> threads_;
  std::unique_ptr<net::Acceptor> acceptor_;  ///< on the first thread's loop, so that it goes before it
  runtime::Mutex stop_mutex_;
  bool stopped_ MADANG_GUARDED_BY(stop_mutex_) = false;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Routes routes, Authenticator& authenticator,
                                              runtime::Clock const& clock, runtime::Metrics& metrics) {
  MADANG_TRY(auto router, Router::build(std::move(routes)));
  auto server = std::make_unique<HttpServer>(std::move(options), std::move(router), authenticator, clock, metrics);
  MADANG_CHECK(server->listen());
  return server;
}

Result<std::vector<std::string>> doubts_of_tls(std::string certificate_file, std::string private_key_file, std::string client_ca_file,
                                               Instant now) {
  return net::Tls::doubts_of_server({.certificate_file = std::move(certificate_file),
                                     .private_key_file = std::move(private_key_file),
                                     .ca_file = std::move(client_ca_file)}, now);
}

}  // namespace madang::web
