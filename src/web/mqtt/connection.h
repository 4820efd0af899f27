// One client's socket: reads into a buffer, lets the session take whole packets, writes what the session says.
// Lives on one network thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "web/mqtt/read_buffer.h"
#include "web/mqtt/session.h"
#include "web/net/socket.h"

namespace madang::web::mqtt {

class ListenerThread;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(ListenerThread& owner, Address address, net::Socket socket);

  // Whoever calls the following on its thread stands for what they throw (net::Connections).
  void start();
  /// Null until the TLS handshake is done.
  [[nodiscard]] Session* session() { return session_ ? &*session_ : nullptr; }
  /// After anything has happened to the session: takes packets that wait, writes, reads on, or ends.
  void pump();
  void sweep(Tick now);
  void close();

  bool touched = false;  ///< already in the list of connections to pump

 private:
  /// What throws in `act` ends this connection and nothing else.
  template <typename Act>
  void guarded(Act&& act);
  void on_handshake(boost::system::error_code error);
  void log_failed_handshake(std::string_view why);
  void process_packets();
  void flush();
  std::string_view next_slice();
  void take_from_outbox();
  void forget_written();
  void read();
  void on_read(boost::system::error_code error, std::size_t count);
  void on_written(boost::system::error_code error);

  ListenerThread& owner_;
  Address const address_;
  net::Socket socket_;
  std::optional<Session> session_;
  ReadBuffer received_;
  std::string written_;  ///< on its way out, at most kTakenBytesMax
  std::size_t written_from_ = 0;  ///< what is before this was given to the socket
  Tick writing_since_;
  bool reading_ = false;
  bool writing_ = false;
  bool closed_ = false;
  bool said_all_ = false;      ///< sending has ended; the peer is given a moment to read it and close
  unsigned sweeps_at_end_ = 0;
  unsigned sweeps_in_handshake_ = 0;
};

}  // namespace madang::web::mqtt
