#include "app/bench/http_load.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "core/text.h"

namespace madang::app {
namespace {

using Steady = std::chrono::steady_clock;

struct Caller {
  int fd = -1;
  std::size_t bytes_due = 0;  ///< of the answers in flight
  Steady::time_point asked{};
};

class Load {
 public:
  explicit Load(HttpLoad const& load) : load_(load) {
    auto const request = fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", load.path);
    for (std::size_t i = 0; i < load.depth; ++i) batch_ += request;
    request_bytes_ = request.size();
  }
  ~Load() {
    for (auto const& caller : callers_)
      if (caller.fd >= 0) close(caller.fd);
    if (epoll_ >= 0) close(epoll_);
  }
  Load(Load const&) = delete;
  Load& operator=(Load const&) = delete;

  Result<HttpLoadOutcome> run() {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    callers_.resize(load_.connections);
    for (auto& caller : callers_) MADANG_CHECK(connect_one(caller));
    MADANG_CHECK(learn_answer_size());
    auto const start = Steady::now();
    auto const end = start + load_.duration;
    for (auto& caller : callers_) MADANG_CHECK(ask(caller));
    while (Steady::now() < end) MADANG_CHECK(serve_events());
    outcome_.seconds = std::chrono::duration<double>(Steady::now() - start).count();
    std::ranges::sort(outcome_.batch_seconds);
    return std::move(outcome_);
  }

 private:
  Result<void> connect_one(Caller& caller) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(load_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    caller.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (caller.fd < 0 || connect(caller.fd, reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0)
      return fail(Code::kUnavailable, fmt::format("port {}: {}", load_.port, std::strerror(errno)));
    int const on = 1;
    setsockopt(caller.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &caller;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, caller.fd, &event);
    return {};
  }

  /// All answers have one size, so counting bytes is enough afterwards and costs the machine little.
  Result<void> learn_answer_size() {
    auto& caller = callers_.front();
    if (send(caller.fd, batch_.data(), request_bytes_, MSG_NOSIGNAL) < 0) return broken();
    std::string answer;
    for (;;) {
      auto const got = recv(caller.fd, bytes_.data(), bytes_.size(), 0);
      if (got <= 0) return broken();
      answer.append(bytes_.data(), static_cast<std::size_t>(got));
      auto const head_end = answer.find("\r\n\r\n");
      if (head_end == std::string::npos) continue;
      if (!answer.starts_with("HTTP/1.1 200 ")) return fail(Code::kInvalid, "not 200: " + answer.substr(0, 40));
      auto const lower = ascii_lower(std::string_view{answer}.substr(0, head_end));
      auto const at = lower.find("content-length: ");
      if (at == std::string::npos) return fail(Code::kInvalid, "an answer without content-length");
      auto const digits = std::string_view{lower}.substr(at + 16);
      auto const length = parse_int(digits.substr(0, digits.find('\r')));
      if (!length) return fail(Code::kInvalid, "a broken content-length");
      answer_bytes_ = head_end + 4 + static_cast<std::size_t>(*length);
      if (answer.size() == answer_bytes_) return {};
      if (answer.size() > answer_bytes_) return fail(Code::kInvalid, "more bytes than asked for");
    }
  }

  Result<void> ask(Caller& caller) {
    caller.asked = Steady::now();
    caller.bytes_due = answer_bytes_ * load_.depth;
    // A batch is far smaller than a socket's buffer, so it is taken whole.
    if (send(caller.fd, batch_.data(), batch_.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(batch_.size())) return broken();
    return {};
  }

  Result<void> serve_events() {
    std::array<epoll_event, 256> events{};
    int const count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
    for (int i = 0; i < count; ++i) {
      auto& caller = *static_cast<Caller*>(events[static_cast<std::size_t>(i)].data.ptr);
      auto const got = recv(caller.fd, bytes_.data(), bytes_.size(), 0);
      if (got <= 0) return broken();
      if (static_cast<std::size_t>(got) > caller.bytes_due) return fail(Code::kInvalid, "answers differ in size");
      caller.bytes_due -= static_cast<std::size_t>(got);
      if (caller.bytes_due > 0) continue;
      outcome_.requests += load_.depth;
      outcome_.batch_seconds.push_back(std::chrono::duration<double>(Steady::now() - caller.asked).count());
      MADANG_CHECK(ask(caller));
    }
    return {};
  }

  [[nodiscard]] Result<void> broken() const {
    return fail(Code::kUnavailable, fmt::format("port {}: the connection broke: {}", load_.port, std::strerror(errno)));
  }

  HttpLoad const& load_;
  std::string batch_;
  std::size_t request_bytes_ = 0;
  std::size_t answer_bytes_ = 0;
  int epoll_ = -1;
  std::vector<Caller> callers_;
  std::array<char, 64 * 1024> bytes_{};
  HttpLoadOutcome outcome_;
};

}  // namespace

double HttpLoadOutcome::percentile_ms(double share) const {
  if (batch_seconds.empty()) return 0;
  auto const index = static_cast<std::size_t>(share * static_cast<double>(batch_seconds.size() - 1));
  return batch_seconds[index] * 1000;
}

Result<HttpLoadOutcome> run_http_load(HttpLoad const& load) { return Load(load).run(); }

}  // namespace madang::app
