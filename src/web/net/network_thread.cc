#include "web/net/network_thread.h"

#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

#include "runtime/log.h"

namespace madang::web::net {

namespace asio = boost::asio;

NetworkThread::NetworkThread(std::string_view module) : module_(module), work_(io_.get_executor()) {}

NetworkThread::~NetworkThread() {
  end();
  join();
}

void NetworkThread::post(std::move_only_function<void()> task) { asio::post(io_, std::move(task)); }

void NetworkThread::every(std::chrono::milliseconds period, std::function<void()> look) {
  looks_.push_back(std::make_unique<Look>(Look{asio::steady_timer{io_}, period, std::move(look)}));
  asio::post(io_, [this, &look = *looks_.back()] {
    arm(look);
    look.act();
  });
}

/// Armed again before it acts, so that one that throws is not the last.
void NetworkThread::arm(Look& look) {
  look.timer.expires_after(look.period);
  look.timer.async_wait([this, &look](boost::system::error_code error) {
    if (error) return;
    arm(look);
    look.act();
  });
}

void NetworkThread::start() {
  thread_ = std::thread([this] { run(); });
}

void NetworkThread::run() {
  for (;;) {
    try {
      io_.run();
      return;
    } catch (std::exception const& e) {
      runtime::log_error(module_, "network_thread_threw", {{"what", e.what()}});
    } catch (...) {
      runtime::log_error(module_, "network_thread_threw", {{"what", "something that is no exception"}});
    }
  }
}

void NetworkThread::end() { io_.stop(); }

void NetworkThread::end_within(std::chrono::milliseconds wait) {
  deadline_.expires_after(wait);
  deadline_.async_wait([this](boost::system::error_code error) {
    if (!error) io_.stop();
  });
}

void NetworkThread::join() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace madang::web::net
