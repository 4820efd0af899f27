// A loopback server for tests on a free port: each connection is served by a thread of its own, all end with it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/certificate.h"

namespace madang::test {

/// One connection as the served side sees it.
class Wire {
 public:
  explicit Wire(int socket);
  ~Wire();
  Wire(Wire const&) = delete;
  Wire& operator=(Wire const&) = delete;

  /// Up to and without "\r\n"; nullopt: the other side is gone.
  std::optional<std::string> line();
  std::optional<std::string> exactly(std::size_t bytes);
  void write(std::string_view bytes);
  /// From now on TLS, as its server. False: the other side did not agree.
  bool start_tls(Certificate const& certificate);
  /// Until the other side closes or the server ends.
  void hang();
  /// Ends the connection with a reset.
  void break_off();

 private:
  friend class TcpReceiver;
  struct Tls;
  bool fill();
  int socket_;
  std::unique_ptr<Tls> tls_;
  std::string buffer_;
};

class TcpReceiver {
 public:
  using Serve = std::function<void(Wire&)>;
  explicit TcpReceiver(Serve serve);
  ~TcpReceiver() { stop(); }
  TcpReceiver(TcpReceiver const&) = delete;
  TcpReceiver& operator=(TcpReceiver const&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::size_t connections() const { return count_; }
  void stop();

 private:
  void accept_all();

  Serve const serve_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> count_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<std::weak_ptr<Wire>> wires_;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

}  // namespace madang::test
