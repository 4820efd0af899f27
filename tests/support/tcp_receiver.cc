#include "support/tcp_receiver.h"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>

namespace madang::test {

struct Wire::Tls {
  SSL_CTX* context = nullptr;
  SSL* ssl = nullptr;
  ~Tls() {
    SSL_free(ssl);
    SSL_CTX_free(context);
  }
};

Wire::Wire(int socket) : socket_(socket) {}

Wire::~Wire() {
  tls_.reset();
  ::close(socket_);
}

bool Wire::fill() {
  std::array<char, 16 * 1024> bytes{};
  auto const got = tls_ ? SSL_read(tls_->ssl, bytes.data(), static_cast<int>(bytes.size()))
                        : static_cast<int>(::recv(socket_, bytes.data(), bytes.size(), 0));
  if (got <= 0) return false;
  buffer_.append(bytes.data(), static_cast<std::size_t>(got));
  return true;
}

std::optional<std::string> Wire::line() {
  for (;;) {
    if (auto const end = buffer_.find("\r\n"); end != std::string::npos) {
      auto text = buffer_.substr(0, end);
      buffer_.erase(0, end + 2);
      return text;
    }
    if (!fill()) return std::nullopt;
  }
}

std::optional<std::string> Wire::exactly(std::size_t bytes) {
  while (buffer_.size() < bytes)
    if (!fill()) return std::nullopt;
  auto text = buffer_.substr(0, bytes);
  buffer_.erase(0, bytes);
  return text;
}

void Wire::write(std::string_view bytes) {
  while (!bytes.empty()) {
    auto const sent = tls_ ? SSL_write(tls_->ssl, bytes.data(), static_cast<int>(bytes.size()))
                           : static_cast<int>(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool Wire::start_tls(Certificate const& certificate) {
  auto tls = std::make_unique<Tls>();
  tls->context = SSL_CTX_new(TLS_server_method());
  if (SSL_CTX_use_certificate_chain_file(tls->context, certificate.certificate_file.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(tls->context, certificate.private_key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    throw std::runtime_error("the certificate cannot be used");
  tls->ssl = SSL_new(tls->context);
  SSL_set_fd(tls->ssl, socket_);
  if (SSL_accept(tls->ssl) != 1) return false;
  tls_ = std::move(tls);
  return true;
}

void Wire::hang() {
  while (fill()) buffer_.clear();
}

void Wire::break_off() {
  linger const at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::shutdown(socket_, SHUT_RDWR);
}

TcpReceiver::TcpReceiver(Serve serve) : serve_(std::move(serve)) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, plain, size) != 0 || ::listen(listener_, 512) != 0 || ::getsockname(listener_, plain, &size) != 0)
    throw std::runtime_error("no free port on loopback");
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { accept_all(); });
}

void TcpReceiver::accept_all() {
  for (;;) {
    int const socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0 || stopping_) {
      if (socket >= 0) ::close(socket);
      return;
    }
    ++count_;
    auto wire = std::make_shared<Wire>(socket);
    std::scoped_lock const lock(mutex_);
    wires_.emplace_back(wire);
    threads_.emplace_back([this, own = std::move(wire)] { serve_(*own); });
  }
}

void TcpReceiver::stop() {
  if (stopping_.exchange(true)) return;
  ::shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  ::close(listener_);
  for (auto const& weak : wires_)
    if (auto const wire = weak.lock()) ::shutdown(wire->socket_, SHUT_RDWR);
  for (auto& thread : threads_) thread.join();
}

}  // namespace madang::test
