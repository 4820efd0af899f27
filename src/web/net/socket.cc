#include "web/net/socket.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <ctime>
#include <utility>

namespace madang::web::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

std::string common_name_of(X509* certificate) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  int const at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  unsigned char* text = nullptr;
  int const size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  if (size < 0) return {};
  std::string name(reinterpret_cast<char const*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  // A NUL inside is an attempt to look like somebody else.
  return name.contains('\0') ? std::string{} : name;
}

/// Nothing: it cannot be read; the handshake has found it valid.
std::optional<Instant> end_of(X509 const* certificate) {
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return std::nullopt;
  return instant_of_millis(std::int64_t{::timegm(&end)} * 1000);
}

}  // namespace

Socket::Socket(Tcp::socket socket, std::shared_ptr<TlsContext> tls) : context_(std::move(tls)) {
  error_code ignored;
  socket.set_option(Tcp::no_delay(true), ignored);
  if (context_) {
    tls_ = std::make_unique<asio::ssl::stream<Tcp::socket>>(std::move(socket), *context_);
  } else {
    socket.non_blocking(true, ignored);
    plain_.emplace(std::move(socket));
  }
}

void Socket::accept(OnDone done) {
  if (!tls_) return done({});
  tls_->async_handshake(asio::ssl::stream_base::server, std::move(done));
}

void Socket::handshake_as_client(std::string const& host, OnDone done) {
  if (!tls_) return done({});
  error_code ignored;
  asio::ip::make_address(host, ignored);
  if (ignored) SSL_set_tlsext_host_name(tls_->native_handle(), host.c_str());
  tls_->set_verify_callback(asio::ssl::host_name_verification(host), ignored);
  tls_->async_handshake(asio::ssl::stream_base::client, std::move(done));
}

void Socket::read_some(std::span<char> into, OnTransfer done) {
  auto const room = asio::buffer(into.data(), into.size());
  if (tls_)
    tls_->async_read_some(room, std::move(done));
  else
    plain_->async_read_some(room, std::move(done));
}

Written Socket::write(std::span<std::string_view const> parts, OnDone done) {
  left_.clear();
  for (auto const part : parts) left_.emplace_back(part.data(), part.size());
  auto told = [done = std::move(done)](error_code ec, std::size_t) mutable { done(ec); };
  if (tls_) {
    asio::async_write(*tls_, left_, std::move(told));
    return Written::kLater;
  }
  while (!left_.empty()) {
    error_code ec;
    auto const bytes = plain_->write_some(left_, ec);
    if (ec == asio::error::would_block) break;
    if (ec) return Written::kFailed;
    drop_front(bytes);
  }
  if (left_.empty()) return Written::kNow;
  asio::async_write(*plain_, left_, std::move(told));
  return Written::kLater;
}

void Socket::drop_front(std::size_t bytes) {
  std::size_t whole = 0;
  while (whole < left_.size() && bytes >= left_[whole].size()) bytes -= left_[whole++].size();
  left_.erase(left_.begin(), left_.begin() + static_cast<std::ptrdiff_t>(whole));
  if (!left_.empty()) left_.front() += bytes;
}

void Socket::end_sending() {
  // Nothing of ours is in flight now, so the engine may be asked directly.
  if (tls_) SSL_shutdown(tls_->native_handle());
  error_code ignored;
  lowest().shutdown(Tcp::socket::shutdown_send, ignored);
}

void Socket::close() {
  error_code ignored;
  lowest().close(ignored);
}

Peer Socket::peer() {
  pollfd asked{.fd = lowest().native_handle(), .events = POLLRDHUP, .revents = 0};
  if (::poll(&asked, 1, 0) <= 0) return Peer::kThere;
  if ((asked.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) return Peer::kGone;
  return Peer::kHasFinished;
}

Certificate Socket::certificate() {
  if (!tls_) return {};
  std::unique_ptr<X509, decltype(&X509_free)> const certificate{SSL_get1_peer_certificate(tls_->native_handle()),
                                                                &X509_free};
  return certificate ? Certificate{common_name_of(certificate.get()), end_of(certificate.get())} : Certificate{};
}

}  // namespace madang::web::net
