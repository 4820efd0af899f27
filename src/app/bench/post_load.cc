#include "app/bench/post_load.h"

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
#include <deque>
#include <optional>
#include <string_view>

#include "core/text.h"
#include "sensing/outcomes.h"

namespace madang::app {
namespace {

using Steady = std::chrono::steady_clock;

struct Poster {
  int fd = -1;
  std::string request;
  std::size_t sent = 0;
  std::string answer;
  std::size_t observations = 0;
  Steady::time_point asked{};
};

class Posting {
 public:
  explicit Posting(PostLoad const& load) : load_(load), posters_(load.connections) {}
  ~Posting() {
    for (auto const& p : posters_) {
      if (p.fd >= 0) close(p.fd);
    }
    if (epoll_ >= 0) close(epoll_);
  }
  Posting(Posting const&) = delete;
  Posting& operator=(Posting const&) = delete;

  Result<PostLoadOutcome> run() {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    for (auto& p : posters_) MADANG_CHECK(connect_one(p));
    auto const start = Steady::now();
    end_ = start + load_.duration;
    in_flight_ = posters_.size();
    for (auto& p : posters_) MADANG_CHECK(ask(p));
    // What is in flight at the end is waited for, and the clock with it: nothing is counted that was not answered.
    while (in_flight_ > 0) MADANG_CHECK(serve_events());
    outcome_.seconds = std::chrono::duration<double>(Steady::now() - start).count();
    std::ranges::sort(outcome_.latencies);
    return std::move(outcome_);
  }

 private:
  Result<void> connect_one(Poster& p) const {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(load_.port);
    if (inet_pton(AF_INET, load_.host.c_str(), &address.sin_addr) != 1) {
      return fail(Code::kInvalid, load_.host + ": an IPv4 address expected");
    }
    p.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (p.fd < 0 || connect(p.fd, reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0) return broken();
    int const on = 1;
    setsockopt(p.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = const_cast<Poster*>(&p);
    epoll_ctl(epoll_, EPOLL_CTL_ADD, p.fd, &event);
    return {};
  }

  Result<void> ask(Poster& p) {
    load_.next(next_);
    p.observations = next_.observations;
    p.request.clear();
    fmt::format_to(std::back_inserter(p.request),
                   "POST {} HTTP/1.1\r\nHost: {}:{}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n"
                   "Content-Length: {}\r\n\r\n",
                   next_.path, load_.host, load_.port, load_.key, next_.body.size());
    p.request += next_.body;
    p.sent = 0;
    p.answer.clear();
    p.asked = Steady::now();
    return send_more(p);
  }

  Result<void> send_more(Poster& p) const {
    while (p.sent < p.request.size()) {
      auto const took = send(p.fd, p.request.data() + p.sent, p.request.size() - p.sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (took < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        watch(p, EPOLLIN | EPOLLOUT);
        return {};
      }
      if (took < 0) return broken();
      p.sent += static_cast<std::size_t>(took);
    }
    return {};
  }

  void watch(Poster const& p, std::uint32_t events) const {
    epoll_event event{};
    event.events = events;
    event.data.ptr = const_cast<Poster*>(&p);
    epoll_ctl(epoll_, EPOLL_CTL_MOD, p.fd, &event);
  }

  Result<void> serve_events() {
    std::array<epoll_event, 256> events{};
    int const count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 10'000);
    if (count == 0) return fail(Code::kUnavailable, "no answer for ten seconds");
    for (int i = 0; i < count; ++i) {
      auto const& event = events[static_cast<std::size_t>(i)];
      auto& p = *static_cast<Poster*>(event.data.ptr);
      if ((event.events & EPOLLOUT) != 0) {
        MADANG_CHECK(send_more(p));
        if (p.sent == p.request.size()) watch(p, EPOLLIN);
      }
      if ((event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) MADANG_CHECK(receive(p));
    }
    return {};
  }

  Result<void> receive(Poster& p) {
    auto const got = recv(p.fd, bytes_.data(), bytes_.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {};
    if (got <= 0) return broken();
    p.answer.append(bytes_.data(), static_cast<std::size_t>(got));
    auto const head_end = p.answer.find("\r\n\r\n");
    if (head_end == std::string::npos) return {};
    MADANG_TRY(auto const length, body_length(std::string_view(p.answer).substr(0, head_end)));
    if (p.answer.size() < head_end + 4 + length) return {};
    MADANG_CHECK(count(p));
    if (Steady::now() >= end_) {
      --in_flight_;
      return {};
    }
    return ask(p);
  }

  /// What stands behind "name:" in the answer's head; `name` in lower case.
  static std::optional<std::string_view> field_of(std::string_view head, std::string_view name) {
    auto const lower = [](char c) { return ascii_lower(c); };
    for (auto at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at)) {
      at += 2;
      auto const line = head.substr(at, head.find("\r\n", at) - at);
      auto const colon = std::min(line.find(':'), line.size());
      if (std::ranges::equal(line.substr(0, colon), name, {}, lower)) return trim(line.substr(std::min(colon + 1, line.size())));
    }
    return std::nullopt;
  }

  static Result<std::size_t> body_length(std::string_view head) {
    auto const text = field_of(head, "content-length");
    if (!text) return fail(Code::kInvalid, "an answer without content-length");
    auto const length = parse_int(*text);
    if (!length || *length < 0) return fail(Code::kInvalid, "a broken content-length");
    return static_cast<std::size_t>(*length);
  }

  Result<void> count(Poster const& p) {
    auto const status = std::string_view(p.answer).substr(9, 3);
    if (status == "429" || status == "503") {
      ++outcome_.turned_away;
      return {};
    }
    if (status != "201") return fail(Code::kInvalid, "not 201: " + p.answer.substr(0, 400));
    MADANG_TRY(auto const stored, stored_of(p));
    ++outcome_.posts;
    outcome_.observations += stored;
    outcome_.latencies.push_back(std::chrono::duration<double>(Steady::now() - p.asked).count());
    return {};
  }

  /// How many of the post's observations are stored now. A body of many is answered 201 whatever becomes of each, and the header says
  /// that.
  static Result<std::size_t> stored_of(Poster const& p) {
    auto const head_end = p.answer.find("\r\n\r\n");
    auto const head = std::string_view(p.answer).substr(0, head_end);
    auto const body = std::string_view(p.answer).substr(head_end + 4);
    if (!body.starts_with('[')) return p.observations;
    auto const outcomes = sensing::parse_outcomes(field_of(head, sensing::kOutcomesHeader).value_or(""));
    if (!outcomes || outcomes->sum() != p.observations) {
      return fail(Code::kInvalid, fmt::format("the server does not say what became of {} observations: {}", p.observations, head));
    }
    if (outcomes->refused > 0) {
      return fail(Code::kInvalid, fmt::format("{} of {} observations were refused: {}", outcomes->refused, p.observations, body.substr(0, 400)));
    }
    return outcomes->stored + outcomes->superseded;
  }

  [[nodiscard]] std::unexpected<Error> broken() const {
    return fail(Code::kUnavailable, fmt::format("port {}: the connection broke: {}", load_.port, std::strerror(errno)));
  }

  PostLoad const& load_;
  std::deque<Poster> posters_;  ///< epoll points into it
  PostLoad::Next next_;
  Steady::time_point end_{};
  std::size_t in_flight_ = 0;
  int epoll_ = -1;
  std::array<char, 64 * 1024> bytes_{};
  PostLoadOutcome outcome_;
};

}  // namespace

double PostLoadOutcome::percentile_ms(double share) const {
  if (latencies.empty()) return 0;
  return latencies[static_cast<std::size_t>(share * static_cast<double>(latencies.size() - 1))] * 1000;
}

Result<PostLoadOutcome> run_post_load(PostLoad const& load) { return Posting(load).run(); }

}  // namespace madang::app
