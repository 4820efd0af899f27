// A TCP socket with or without TLS, as every protocol sees it. The asynchronous operations are compiled once, in socket.cc; Asio
// stays behind the files that include this one.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "web/net/certificate.h"
#include "web/net/wire.h"

namespace madang::web::net {

using Tcp = boost::asio::ip::tcp;
using TlsContext = boost::asio::ssl::context;
using OnTransfer = std::move_only_function<void(boost::system::error_code, std::size_t)>;
using OnDone = std::move_only_function<void(boost::system::error_code)>;

/// Used by one thread. Operations that run when it closes end with an error.
class Socket {
 public:
  /// `tls`: none for a plain one.
  Socket(Tcp::socket socket, std::shared_ptr<TlsContext> tls);

  /// The TLS handshake as server; without TLS it is done at once.
  void accept(OnDone done);
  /// The TLS handshake as client, which checks that the certificate is `host`'s.
  void handshake_as_client(std::string const& host, OnDone done);
  /// One at a time; `into` must stay until `done`.
  void read_some(std::span<char> into, OnTransfer done);
  /// One at a time; all of it. A plain socket is tried at once, because its buffer nearly always has room: no second trip through
  /// the event loop. kLater: `done` follows.
  Written write(std::span<std::string_view const> parts, OnDone done);
  /// Nothing more will be sent; what was sent still arrives, and reading goes on.
  void end_sending();
  void close();

  /// Of now, whether or not a read is under way and whatever it has left unread; waits for nothing.
  [[nodiscard]] Peer peer();
  /// The peer's; without a name where it has shown none.
  [[nodiscard]] Certificate certificate();

 private:
  void drop_front(std::size_t bytes);
  [[nodiscard]] Tcp::socket& lowest() { return plain_ ? *plain_ : tls_->next_layer(); }

  std::shared_ptr<TlsContext> const context_;  ///< another one may be in use by now
  std::optional<Tcp::socket> plain_;
  std::unique_ptr<boost::asio::ssl::stream<Tcp::socket>> tls_;
  std::vector<boost::asio::const_buffer> left_;  ///< to be written
};

}  // namespace madang::web::net
