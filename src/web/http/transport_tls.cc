// TCP with TLS.
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <utility>
#include <vector>

#include "runtime/log.h"
#include "web/http/transport_asio.h"
#include "web/tls_files.h"

namespace madang::web {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

class TlsTransport final : public Transport {
 public:
  TlsTransport(asio::ip::tcp::socket socket, asio::ssl::context& context) : stream_(std::move(socket), context) {
    error_code ignored;
    stream_.next_layer().set_option(asio::ip::tcp::no_delay(true), ignored);
  }

  void open(std::shared_ptr<TransportUser> user) override {
    stream_.async_handshake(asio::ssl::stream_base::server, [user = std::move(user)](error_code ec) {
      if (ec)
        user->on_read(0);
      else
        user->on_open();
    });
  }

  void read(std::span<char> into, std::shared_ptr<TransportUser> user) override {
    stream_.async_read_some(asio::buffer(into.data(), into.size()),
                            [user = std::move(user)](error_code ec, std::size_t bytes) { user->on_read(ec ? 0 : bytes); });
  }

  Written write(std::span<std::string_view const> parts, std::shared_ptr<TransportUser> user) override {
    buffers_.clear();
    for (auto const part : parts) buffers_.emplace_back(part.data(), part.size());
    asio::async_write(stream_, buffers_,
                      [user = std::move(user)](error_code ec, std::size_t) { user->on_written(!ec); });
    return Written::kLater;
  }

  void finish_sending() override {
    // close_notify, then no more bytes. Nothing of ours is in flight now, so the engine may be asked directly.
    SSL_shutdown(stream_.native_handle());
    error_code ignored;
    stream_.next_layer().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  }

  Client client() override { return client_of(stream_.next_layer().native_handle()); }

  void close() override {
    error_code ignored;
    stream_.next_layer().close(ignored);
  }

 private:
  asio::ssl::stream<asio::ip::tcp::socket> stream_;
  std::vector<asio::const_buffer> buffers_;
};

int choose_protocol(SSL*, unsigned char const** out, unsigned char* out_size, unsigned char const* in,
                    unsigned in_size, void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kOurs, sizeof kOurs - 1, in, in_size) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

std::unique_ptr<Transport> tls_transport(asio::ip::tcp::socket socket, asio::ssl::context& context) {
  return std::make_unique<TlsTransport>(std::move(socket), context);
}

Result<std::unique_ptr<asio::ssl::context>> tls_context(ServerOptions const& options, Instant now) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_alpn_select_cb(context->native_handle(), choose_protocol, nullptr);
  MADANG_CHECK(load_tls_files(context->native_handle(), options.certificate_file, options.private_key_file));
  if (auto const doubt = certificate_doubt(context->native_handle(), now))
    runtime::log_warning("web", "certificate_not_valid", {{"file", options.certificate_file}, {"why", *doubt}});
  return context;
}

}  // namespace madang::web
