// One thread with an event loop of its own, whatever protocol is spoken on its sockets.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

namespace madang::web::net {

/// What throws on it is logged, and the loop goes on.
class NetworkThread {
 public:
  /// `module`: whose it is, in log lines.
  explicit NetworkThread(std::string_view module);
  ~NetworkThread();
  NetworkThread(NetworkThread const&) = delete;
  NetworkThread& operator=(NetworkThread const&) = delete;

  [[nodiscard]] boost::asio::io_context& io() { return io_; }
  /// From any thread; what is posted before start() waits for it.
  void post(std::move_only_function<void()> task);
  /// Before start(): calls `look` on the thread, at first at once. One that throws is called again.
  void every(std::chrono::milliseconds period, std::function<void()> look);
  void start();

  /// From any thread: the loop ends, whatever waits. Idempotent.
  void end();
  /// On the thread: as end(), in `wait` at the latest.
  void end_within(std::chrono::milliseconds wait);
  /// Until the loop has ended.
  void join();

 private:
  struct Look {
    boost::asio::steady_timer timer;
    std::chrono::milliseconds period;
    std::function<void()> act;
  };

  void run();
  void arm(Look& look);

  std::string_view const module_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::vector<std::unique_ptr<Look>> looks_;
  boost::asio::steady_timer deadline_{io_};
  std::thread thread_;
};

}  // namespace madang::web::net
