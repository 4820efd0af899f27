// One thread of the listener with all its connections: one event loop, one mailbox, one sweep.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <unordered_map>
#include <vector>

#include "web/mqtt/connection.h"

namespace madang::web::mqtt {

class NetworkThread {
 public:
  struct Needs {
    Hub& hub;
    ListenerHandler& handler;
    runtime::Clock const& clock;
    Counters& counters;
    Limits const& limits;
    TlsContext* tls;                        ///< null: plain
    std::atomic<std::size_t>& connections;  ///< of all threads
    RightsWatch* watch;
  };

  NetworkThread(Needs const& needs, std::size_t index);
  ~NetworkThread();

  void start();
  /// From any thread.
  void adopt(Tcp::socket socket);
  /// From any thread: says goodbye to every client and ends the loop; join() waits for it.
  void begin_stop();
  void join();

  [[nodiscard]] boost::asio::io_context& io() { return io_; }
  [[nodiscard]] std::shared_ptr<Mailbox<Letter>> const& mailbox() const { return mailbox_; }
  [[nodiscard]] SessionNeeds const& session_needs() const { return session_needs_; }
  [[nodiscard]] TlsContext* tls() const { return needs_.tls; }
  void forget(std::uint64_t connection);

 private:
  void drain();
  void open(Letter& letter);
  void sweep();
  void touch(std::shared_ptr<Connection> const& connection);
  [[nodiscard]] std::shared_ptr<Connection> find(std::uint64_t connection) const;

  Needs const needs_;
  std::size_t const index_;
  boost::asio::io_context io_{1};
  std::shared_ptr<Mailbox<Letter>> mailbox_;
  SessionNeeds const session_needs_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Connection>> connections_;
  std::uint64_t last_connection_ = 0;
  std::vector<Letter> letters_;
  std::vector<std::shared_ptr<Connection>> touched_;
  boost::asio::steady_timer sweep_timer_{io_};
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace madang::web::mqtt
