// The wire under one connection. Asio stays behind it, so the HTTP logic can be tested without
// sockets. Everything runs on the connection's network thread.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "web/net/wire.h"

namespace madang::web {

/// Who is told. Kept alive by the operation in flight.
class TransportUser {
 public:
  virtual ~TransportUser() = default;
  /// The handshake is done (plain: at once).
  virtual void on_open() = 0;
  /// Zero bytes: the peer closed, or the wire failed.
  virtual void on_read(std::size_t bytes) = 0;
  virtual void on_written(bool ok) = 0;
};

class Transport {
 public:
  virtual ~Transport() = default;
  virtual void open(std::shared_ptr<TransportUser> user) = 0;
  /// One at a time; `into` must stay until on_read.
  virtual void read(std::span<char> into, std::shared_ptr<TransportUser> user) = 0;
  using Written = net::Written;
  /// One at a time; all of it. kLater: on_written follows, and the bytes must stay until then.
  virtual Written write(std::span<std::string_view const> parts, std::shared_ptr<TransportUser> user) = 0;
  /// Says that nothing more will be sent; reading goes on.
  virtual void finish_sending() = 0;
  /// Of now, whether or not a read is under way and whatever it has left unread.
  [[nodiscard]] virtual net::Peer peer() { return net::Peer::kThere; }
  virtual void close() = 0;
};

}  // namespace madang::web
