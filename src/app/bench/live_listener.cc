#include "app/bench/live_listener.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <simdjson.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "runtime/clock.h"

namespace madang::app {

Result<std::unique_ptr<LiveListener>> LiveListener::start(std::string const& host, std::uint16_t port,
                                                          std::string const& channel) {
  auto listener = std::unique_ptr<LiveListener>(new LiveListener);
  MADANG_CHECK(listener->connect(host, port, channel));
  listener->thread_ = std::thread([raw = listener.get()] { raw->read(); });
  auto const until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (!listener->snapshot_seen_) {
    if (std::chrono::steady_clock::now() > until) return fail(Code::kUnavailable, "no live events within ten seconds");
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return listener;
}

LiveListener::~LiveListener() {
  finish();
  if (socket_ >= 0) close(socket_);
}

std::vector<double> LiveListener::finish() {
  if (socket_ >= 0) shutdown(socket_, SHUT_RDWR);
  if (thread_.joinable()) thread_.join();
  std::ranges::sort(ages_);
  return ages_;
}

Result<void> LiveListener::connect(std::string const& host, std::uint16_t port, std::string const& channel) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return fail(Code::kInvalid, host + ": an IPv4 address expected");
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0 || ::connect(socket_, reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0) {
    return fail(Code::kUnavailable, fmt::format("{}:{} does not answer", host, port));
  }
  auto const request = fmt::format("GET /api/v1/live?property={} HTTP/1.1\r\nHost: {}:{}\r\nAccept: text/event-stream\r\n\r\n",
                                   channel, host, port);
  if (send(socket_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
    return fail(Code::kUnavailable, "the live request could not be sent");
  }
  return {};
}

void LiveListener::read() {
  std::array<char, 64 * 1024> bytes{};
  while (true) {
    auto const got = recv(socket_, bytes.data(), bytes.size(), 0);
    if (got <= 0) return;
    received_.append(bytes.data(), static_cast<std::size_t>(got));
    std::size_t begin = 0;
    for (auto end = received_.find('\n'); end != std::string::npos; end = received_.find('\n', begin)) {
      take_line(std::string_view(received_).substr(begin, end - begin));
      begin = end + 1;
    }
    received_.erase(0, begin);
  }
}

void LiveListener::take_line(std::string_view line) {
  static runtime::SystemClock const kClock;
  if (line.starts_with("event: ")) {
    event_ = line.substr(7);
    return;
  }
  if (!line.starts_with("data: ")) return;
  if (event_ == "snapshot") snapshot_seen_ = true;
  if (event_ != "values") return;
  auto const now = static_cast<double>(millis_of(kClock.now()));
  simdjson::dom::parser parser;
  simdjson::dom::array values;
  line.remove_prefix(6);
  if (parser.parse(line.data(), line.size())["values"].get_array().get(values) != simdjson::SUCCESS) return;
  for (auto const value : values) {
    std::int64_t time = 0;
    if (value.at(2).get_int64().get(time) == simdjson::SUCCESS) ages_.push_back(now - static_cast<double>(time));
  }
}

}  // namespace madang::app
