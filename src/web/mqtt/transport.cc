#include "web/mqtt/transport.h"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>

#include "web/tls_files.h"

namespace madang::web::mqtt {
namespace asio = boost::asio;

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

Transport::Transport(Tcp::socket socket, TlsContext* tls) {
  boost::system::error_code ignored;
  socket.set_option(Tcp::no_delay(true), ignored);
  if (tls != nullptr)
    tls_ = std::make_unique<asio::ssl::stream<Tcp::socket>>(std::move(socket), *tls);
  else
    plain_.emplace(std::move(socket));
}

void Transport::accept(OnDone done) {
  if (!tls_) return done({});
  tls_->async_handshake(asio::ssl::stream_base::server, std::move(done));
}

void Transport::greet(std::string const& host, OnDone done) {
  if (!tls_) return done({});
  boost::system::error_code ignored;
  asio::ip::make_address(host, ignored);
  if (ignored) SSL_set_tlsext_host_name(tls_->native_handle(), host.c_str());
  tls_->set_verify_callback(asio::ssl::host_name_verification(host), ignored);
  tls_->async_handshake(asio::ssl::stream_base::client, std::move(done));
}

void Transport::read_some(asio::mutable_buffer into, OnTransfer done) {
  if (tls_)
    tls_->async_read_some(into, std::move(done));
  else
    plain_->async_read_some(into, std::move(done));
}

void Transport::write_all(asio::const_buffer bytes, OnTransfer done) {
  if (tls_)
    asio::async_write(*tls_, bytes, std::move(done));
  else
    asio::async_write(*plain_, bytes, std::move(done));
}

void Transport::end_sending() {
  boost::system::error_code ignored;
  socket().shutdown(Tcp::socket::shutdown_send, ignored);
}

void Transport::close() {
  boost::system::error_code ignored;
  socket().close(ignored);
}

Certificate Transport::certificate() {
  if (!tls_) return {};
  std::unique_ptr<X509, decltype(&X509_free)> const certificate{SSL_get1_peer_certificate(tls_->native_handle()),
                                                                &X509_free};
  return certificate ? Certificate{common_name_of(certificate.get()), end_of(certificate.get())} : Certificate{};
}

namespace {

Result<void> load(std::string const& file, std::string_view what, boost::system::error_code const& error) {
  if (!error) return {};
  return fail(Code::kInvalid, fmt::format("{} {}: {}", what, file, error.message()));
}

Result<std::unique_ptr<TlsContext>> new_context(TlsContext::method method) {
  auto context = std::make_unique<TlsContext>(method);
  boost::system::error_code error;
  context->set_options(TlsContext::default_workarounds | TlsContext::no_sslv2 | TlsContext::no_sslv3 |
                       TlsContext::no_tlsv1 | TlsContext::no_tlsv1_1, error);
  if (error) return fail(Code::kInternal, fmt::format("TLS: {}", error.message()));
  return context;
}

}  // namespace

Result<std::unique_ptr<TlsContext>> server_tls(TlsFiles const& files) {
  MADANG_TRY(auto context, new_context(TlsContext::tls_server));
  MADANG_CHECK(load_tls_files(context->native_handle(), files.certificate_file, files.private_key_file));
  // OpenSSL resumes sessions of checked clients only where this name is set.
  static constexpr unsigned char kSessions[] = "madang-mqtt";
  SSL_CTX_set_session_id_context(context->native_handle(), kSessions, sizeof kSessions - 1);
  if (files.ca_file.empty()) return context;
  boost::system::error_code error;
  context->load_verify_file(files.ca_file, error);
  MADANG_CHECK(load(files.ca_file, "client CA file", error));
  // A client without a certificate may still show a key; a wrong certificate is refused.
  context->set_verify_mode(asio::ssl::verify_peer, error);
  MADANG_CHECK(load(files.ca_file, "client CA file", error));
  return context;
}

Result<std::unique_ptr<TlsContext>> client_tls(TlsFiles const& files) {
  MADANG_TRY(auto context, new_context(TlsContext::tls_client));
  boost::system::error_code error;
  if (files.ca_file.empty())
    context->set_default_verify_paths(error);
  else
    context->load_verify_file(files.ca_file, error);
  MADANG_CHECK(load(files.ca_file, "CA file", error));
  context->set_verify_mode(asio::ssl::verify_peer, error);
  MADANG_CHECK(load(files.ca_file, "CA file", error));
  if (!files.certificate_file.empty()) MADANG_CHECK(load_tls_files(context->native_handle(), files.certificate_file, files.private_key_file));
  return context;
}

}  // namespace madang::web::mqtt
