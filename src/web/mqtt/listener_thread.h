// One network thread of the listener with all its connections.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "web/mqtt/connection.h"
#include "web/net/connections.h"
#include "web/net/network_thread.h"
#include "web/net/tls.h"

namespace madang::web::mqtt {

class ListenerThread {
 public:
  struct Needs {
    Hub& hub;
    ListenerHandler& handler;
    runtime::Clock const& clock;
    Counters& counters;
    Limits const& limits;
    net::Tls* tls;                          ///< null: plain
    std::atomic<std::size_t>& connections;  ///< of all threads
    RightsWatch* watch;
  };

  ListenerThread(Needs const& needs, std::size_t index);
  ~ListenerThread();

  void start();
  /// From any thread.
  void add_socket(net::Tcp::socket socket);
  /// From any thread: says goodbye to every client and ends the loop; join() waits for it.
  void begin_stop();
  void join();

  [[nodiscard]] net::NetworkThread& thread() { return thread_; }
  [[nodiscard]] std::shared_ptr<net::Mailbox<Letter>> const& mailbox() const { return mailbox_; }
  [[nodiscard]] SessionNeeds const& session_needs() const { return session_needs_; }
  void forget(std::uint64_t connection);

 private:
  void drain();
  void open(Letter& letter);
  static void hand_over(Letter& letter, Session& session);
  void touch(std::shared_ptr<Connection> const& connection);
  void disconnect_all();

  Needs const needs_;
  std::size_t const index_;
  net::NetworkThread thread_{kLogModule};
  std::shared_ptr<net::Mailbox<Letter>> mailbox_;
  SessionNeeds const session_needs_;
  net::Connections<Connection> connections_{kLogModule};
  std::uint64_t last_connection_ = 0;
  std::vector<Letter> letters_;
  std::vector<std::shared_ptr<Connection>> touched_;
  bool stopping_ = false;
};

}  // namespace madang::web::mqtt
