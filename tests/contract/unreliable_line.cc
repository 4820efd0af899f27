#include "unreliable_line.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace madang::contract {
namespace {

constexpr int kLook = 20;  // ms between two looks at whether to close

sockaddr_un address_of(std::string const& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  auto const path = folder + "/.s.PGSQL.5432";
  EXPECT_LT(path.size(), sizeof address.sun_path);
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

/// Empty: the other side has ended.
std::string received(int socket) {
  std::array<char, 65'536> buffer{};
  auto const length = ::recv(socket, buffer.data(), buffer.size(), 0);
  return length > 0 ? std::string(buffer.data(), static_cast<std::size_t>(length)) : std::string{};
}

bool sent(int socket, std::string const& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    auto const length = ::send(socket, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (length <= 0) return false;
    at += static_cast<std::size_t>(length);
  }
  return true;
}

bool can_read(int socket, int wait) {
  pollfd look{.fd = socket, .events = POLLIN, .revents = 0};
  return ::poll(&look, 1, wait) > 0;
}

}  // namespace

UnreliableLine::UnreliableLine(std::string server, std::string own) : server_(std::move(server)), own_(std::move(own)) {
  listener_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
  auto const address = address_of(own_);
  EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr const*>(&address), sizeof address), 0) << std::strerror(errno);
  EXPECT_EQ(::listen(listener_, 16), 0);
  acceptor_ = std::jthread([this] { accept_all(); });
}

UnreliableLine::~UnreliableLine() {
  closing_ = true;
  acceptor_.join();
  carriers_.clear();
  ::close(listener_);
  ::unlink((own_ + "/.s.PGSQL.5432").c_str());
}

void UnreliableLine::accept_all() {
  while (!closing_) {
    if (!can_read(listener_, kLook)) continue;
    int const client = ::accept(listener_, nullptr, nullptr);
    if (client < 0) continue;
    ++connections_;
    std::scoped_lock const lock(mutex_);
    carriers_.emplace_back([this, client] { carry(client); });
  }
}

void UnreliableLine::carry(int client) {
  int const server = ::socket(AF_UNIX, SOCK_STREAM, 0);
  auto const address = address_of(server_);
  bool open = ::connect(server, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0;
  bool lose_answer = false;
  while (open && !closing_) {
    if (can_read(client, 1)) {
      auto const bytes = received(client);
      open = !bytes.empty() && pass_to_server(server, bytes, lose_answer);
    }
    if (!open || fault_ == Fault::kSilent || !can_read(server, 1)) continue;
    auto const bytes = received(server);
    open = !bytes.empty() && !lose_answer && sent(client, bytes);
  }
  ::close(server);
  ::close(client);
}

bool UnreliableLine::pass_to_server(int server, std::string const& bytes, bool& lose_answer) {
  if (bytes.find("COMMIT") != std::string::npos) {
    auto once = Fault::kLoseCommit;
    if (fault_.compare_exchange_strong(once, Fault::kNone)) return false;
    once = Fault::kLoseAnswerOfCommit;
    lose_answer = fault_.compare_exchange_strong(once, Fault::kNone);
  }
  return sent(server, bytes);
}

}  // namespace madang::contract
