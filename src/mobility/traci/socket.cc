#include "mobility/traci/socket.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

#include "mobility/traci/frames.h"
#include "mobility/traci/limits.h"

namespace madang::mobility::traci {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

std::string words_of(int error) { return std::generic_category().message(error); }

/// For poll; never negative, which would mean for ever.
int millis_until(Tick deadline) {
  auto const left = std::chrono::ceil<Millis>(deadline - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1 << 30));
}

/// 0, or why not. The socket does not block, so that connecting has a deadline too.
int try_to_connect(Descriptor const& socket, addrinfo const& address, Tick deadline) {
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS && errno != EINTR) return errno;
  pollfd waiting{.fd = socket.get(), .events = POLLOUT, .revents = 0};
  if (poll(&waiting, 1, millis_until(deadline)) <= 0) return ETIMEDOUT;
  int outcome = 0;
  socklen_t size = sizeof outcome;
  if (getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &outcome, &size) != 0) return errno;
  return outcome;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this == &other) return *this;
  reset();
  number_ = std::exchange(other.number_, -1);
  return *this;
}

void Descriptor::reset() {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

Result<FrameSocket> FrameSocket::connect(std::string const& host, std::uint16_t port, Tick deadline) {
  auto const peer = fmt::format("{}:{}", host, port);
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (int const failed = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found); failed != 0) {
    return fail(Code::kInvalid, fmt::format("{}: {}", peer, gai_strerror(failed)));
  }
  Addresses const address{found, &freeaddrinfo};
  for (;;) {
    Descriptor socket{::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!socket) return fail(Code::kUnavailable, fmt::format("{}: {}", peer, words_of(errno)));
    int const refused = try_to_connect(socket, *address, deadline);
    if (refused == 0) {
      int const on = 1;
      // A step is a short question and a short answer: waiting for more to send would cost 40 ms each.
      setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return FrameSocket{std::move(socket), peer};
    }
    if (std::chrono::steady_clock::now() + kConnectRetry >= deadline) {
      return fail(Code::kUnavailable, fmt::format("{}: {}", peer, words_of(refused)));
    }
    poll(nullptr, 0, static_cast<int>(kConnectRetry.count()));
  }
}

Result<void> FrameSocket::await(short events, Tick deadline) {
  for (;;) {
    pollfd waiting{.fd = descriptor_.get(), .events = events, .revents = 0};
    int const ready = poll(&waiting, 1, millis_until(deadline));
    if (ready > 0) return {};
    if (ready == 0) return fail(Code::kUnavailable, fmt::format("{}: does not answer in time", peer_));
    if (errno != EINTR) return fail(Code::kUnavailable, fmt::format("{}: {}", peer_, words_of(errno)));
  }
}

Result<void> FrameSocket::send(std::string_view frame, Tick deadline) {
  while (!frame.empty()) {
    auto const sent = ::send(descriptor_.get(), frame.data(), frame.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      frame.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      MADANG_CHECK(await(POLLOUT, deadline));
    } else if (errno != EINTR) {
      return fail(Code::kUnavailable, fmt::format("{}: {}", peer_, words_of(errno)));
    }
  }
  return {};
}

Result<void> FrameSocket::fill(char* out, std::size_t count, Tick deadline) {
  while (count > 0) {
    auto const got = ::recv(descriptor_.get(), out, count, 0);
    if (got == 0) return fail(Code::kUnavailable, fmt::format("{}: has closed the connection", peer_));
    if (got > 0) {
      out += got;
      count -= static_cast<std::size_t>(got);
    } else if (errno == EAGAIN) {
      MADANG_CHECK(await(POLLIN, deadline));
    } else if (errno != EINTR) {
      return fail(Code::kUnavailable, fmt::format("{}: {}", peer_, words_of(errno)));
    }
  }
  return {};
}

Result<std::string_view> FrameSocket::receive(Tick deadline) {
  std::array<char, kFrameHeadBytes> first{};
  MADANG_CHECK(fill(first.data(), first.size(), deadline));
  MADANG_TRY(auto const total, frame_bytes({first.data(), first.size()}));
  auto const body = total - kFrameHeadBytes;
  if (buffer_.size() < body) buffer_.resize(body);
  MADANG_CHECK(fill(buffer_.data(), body, deadline));
  return std::string_view{buffer_}.substr(0, body);
}

}  // namespace madang::mobility::traci
