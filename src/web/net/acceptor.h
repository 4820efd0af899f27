// Where clients come in: one listening socket, whose connections are dealt to network threads in turn.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "web/net/network_thread.h"

namespace madang::web::net {

class Acceptor {
 public:
  /// The socket of somebody who came, for the thread of this number. Called on the first thread.
  using OnSocket = std::function<void(boost::asio::ip::tcp::socket socket, std::size_t thread)>;

  /// `module`: in log lines. `threads`: at least one; they end before it goes, or have not begun.
  Acceptor(std::string_view module, std::vector<NetworkThread*> threads, OnSocket on_socket);

  /// `host`: an IP address, or a name that this machine knows. From now on the kernel lets clients wait. kInvalid: it is neither;
  /// kUnavailable: the port is taken, most likely.
  Result<void> listen(std::string const& host, std::uint16_t port);
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Those who wait are taken in.
  void start();
  /// From any thread: nobody is taken in any more.
  void close();

 private:
  void accept();
  void wait_and_accept(std::string_view why);

  std::string_view const module_;
  std::vector<NetworkThread*> const threads_;
  OnSocket const on_socket_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer retry_;
  std::atomic<bool> closed_ = false;
  std::size_t turn_ = 0;
  std::uint16_t port_ = 0;
};

/// Moves an open socket to the loop of `to`, which has none. Where that does not go it is closed, and the peer sees it.
boost::system::error_code hand_over(boost::asio::ip::tcp::socket from, boost::asio::ip::tcp::socket& to);

/// Without port. An IPv4 client of a socket that listens on IPv6 is still an IPv4 client. Empty: it has gone already.
std::string address_of_peer(boost::asio::ip::tcp::socket const& socket);

}  // namespace madang::web::net
