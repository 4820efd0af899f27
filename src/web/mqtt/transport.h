// A TCP socket with or without TLS, as seen by the listener, the client and the swarm. The asynchronous operations
// are compiled once, in transport.cc. Asio stays behind the files that include this one.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/error.h"
#include "web/mqtt/certificate.h"

namespace madang::web::mqtt {

using Tcp = boost::asio::ip::tcp;
using TlsContext = boost::asio::ssl::context;
using OnTransfer = std::move_only_function<void(boost::system::error_code, std::size_t)>;
using OnDone = std::move_only_function<void(boost::system::error_code)>;

/// Used by one thread. Operations that run when it closes end with an error.
class Transport {
 public:
  /// `tls` outlives it; null: plain.
  Transport(Tcp::socket socket, TlsContext* tls);

  /// The TLS handshake as server; without TLS it is done at once.
  void accept(OnDone done);
  /// The TLS handshake as client, which checks that the certificate is `host`'s.
  void greet(std::string const& host, OnDone done);
  void read_some(boost::asio::mutable_buffer into, OnTransfer done);
  void write_all(boost::asio::const_buffer bytes, OnTransfer done);
  /// Nothing more will be sent; what was sent still arrives.
  void end_sending();
  void close();

  /// The peer's; without a name where it has shown none.
  [[nodiscard]] Certificate certificate();

 private:
  std::optional<Tcp::socket> plain_;
  std::unique_ptr<boost::asio::ssl::stream<Tcp::socket>> tls_;

  [[nodiscard]] Tcp::socket& socket() { return plain_ ? *plain_ : tls_->next_layer(); }
};

struct TlsFiles {
  std::string certificate_file;
  std::string private_key_file;
  std::string ca_file;
};

/// kInvalid: names the file that does not work.
Result<std::unique_ptr<TlsContext>> server_tls(TlsFiles const& files);
/// Without a CA file the system's certificates count.
Result<std::unique_ptr<TlsContext>> client_tls(TlsFiles const& files);

}  // namespace madang::web::mqtt
