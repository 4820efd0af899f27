// TCP without TLS. A write is tried at once, because the socket's buffer nearly always has room: no second trip
// through the event loop for an ordinary answer.
#include <poll.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <utility>
#include <vector>

#include "web/http/transport_asio.h"

namespace madang::web {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {
    error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
  }

  void open(std::shared_ptr<TransportUser> user) override { user->on_open(); }

  void read(std::span<char> into, std::shared_ptr<TransportUser> user) override {
    socket_.async_read_some(asio::buffer(into.data(), into.size()),
                            [user = std::move(user)](error_code ec, std::size_t bytes) { user->on_read(ec ? 0 : bytes); });
  }

  Written write(std::span<std::string_view const> parts, std::shared_ptr<TransportUser> user) override {
    left_.clear();
    for (auto const part : parts) left_.emplace_back(part.data(), part.size());
    while (!left_.empty()) {
      error_code ec;
      auto const bytes = socket_.write_some(left_, ec);
      if (ec == asio::error::would_block) break;
      if (ec) return Written::kFailed;
      consume(bytes);
    }
    if (left_.empty()) return Written::kNow;
    asio::async_write(socket_, left_, [user = std::move(user)](error_code ec, std::size_t) { user->on_written(!ec); });
    return Written::kLater;
  }

  void finish_sending() override {
    error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  }

  Client client() override { return client_of(socket_.native_handle()); }

  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  void consume(std::size_t bytes) {
    std::size_t whole = 0;
    while (whole < left_.size() && bytes >= left_[whole].size()) bytes -= left_[whole++].size();
    left_.erase(left_.begin(), left_.begin() + static_cast<std::ptrdiff_t>(whole));
    if (!left_.empty()) left_.front() += bytes;
  }

  asio::ip::tcp::socket socket_;
  std::vector<asio::const_buffer> left_;
};

}  // namespace

Transport::Client client_of(int socket) {
  pollfd asked{.fd = socket, .events = POLLRDHUP, .revents = 0};
  if (::poll(&asked, 1, 0) <= 0) return Transport::Client::kThere;
  if ((asked.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) return Transport::Client::kGone;
  return Transport::Client::kHasFinished;
}

std::unique_ptr<Transport> plain_transport(asio::ip::tcp::socket socket) {
  return std::make_unique<PlainTransport>(std::move(socket));
}

}  // namespace madang::web
