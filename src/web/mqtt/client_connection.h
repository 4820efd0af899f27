// A client's socket that comes back for ever: connects, lets the session speak, and after a loss waits with full
// jitter (first quickly, then within 1 s, 2 s, 4 s ... 60 s). Lives on its owner's event loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>

#include "web/mqtt/client_session.h"
#include "web/mqtt/read_buffer.h"
#include "web/net/socket.h"
#include "web/net/tls.h"

namespace madang::web::mqtt {

class ClientConnection : public std::enable_shared_from_this<ClientConnection> {
 public:
  struct Needs {
    boost::asio::io_context& io;
    net::Tls* tls;  ///< null: plain
    runtime::Clock const& clock;
    /// Ready, or not any more, and why not.
    std::function<void(bool ready, std::string_view why)> on_change;
  };

  ClientConnection(Needs needs, ClientOptions options, std::size_t window, ClientSession::OnIncoming on_incoming);

  /// Connects at the next sweep, or `wait` later.
  void start(Millis wait = Millis{0});
  /// To be called often (kClientSweepPeriod): time for pings, time-outs and reconnects.
  void sweep();
  /// After anything has happened to the session.
  void pump();
  /// What `act` does to the session; where it throws, the connection is lost, and each side sends again what was not acknowledged.
  void guarded(std::function<void(ClientSession&)> const& act);
  /// DISCONNECT, and no more coming back; `done` when the socket is closed.
  void stop(std::function<void()> done);
  [[nodiscard]] ClientSession& session() { return session_; }

 private:
  void connect();
  void open(net::Tcp::resolver::results_type const& endpoints, std::uint64_t attempt);
  void opened(std::uint64_t attempt);
  void begin();
  void process();
  void read();
  void flush();
  void process_packets();
  void lose(Error why);
  void notify_ready();
  [[nodiscard]] Millis reconnect_wait();

  Needs const needs_;
  ClientOptions const options_;
  ClientSession session_;
  std::unique_ptr<net::Tcp::resolver> resolver_;
  std::unique_ptr<net::Tcp::socket> opening_;
  std::shared_ptr<net::Socket> socket_;
  std::uint64_t attempt_ = 0;  ///< callbacks of an earlier one are void
  bool idle_ = true;           ///< waits for connect_at_
  bool established_ = false;   ///< TCP and TLS are up
  bool reading_ = false;
  bool writing_ = false;
  bool notified_ready_ = false;
  bool stopping_ = false;
  std::function<void()> stopped_;
  Tick connect_at_;
  Tick attempt_at_;
  unsigned failures_ = 0;
  std::minstd_rand random_{std::random_device{}()};
  ReadBuffer received_;
  std::string written_;
};

inline constexpr std::chrono::milliseconds kClientSweepPeriod{50};

}  // namespace madang::web::mqtt
