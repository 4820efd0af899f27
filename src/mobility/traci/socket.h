// One connection that carries frames, each call with a deadline: a server that hangs holds nobody up for longer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/time.h"

namespace madang::mobility::traci {

/// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { reset(); }

  [[nodiscard]] int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  void reset();

 private:
  int number_ = -1;
};

/// Not thread-safe. Errors are kUnavailable; after one the connection is of no more use.
class FrameSocket {
 public:
  /// Tries again until the server listens or the deadline is over. The host is a number, "127.0.0.1"; names are not looked up.
  static Result<FrameSocket> connect(std::string const& host, std::uint16_t port, Tick deadline);

  Result<void> send(std::string_view frame, Tick deadline);
  /// The next frame without its length, valid until the next call.
  Result<std::string_view> receive(Tick deadline);

 private:
  FrameSocket(Descriptor descriptor, std::string peer) : descriptor_(std::move(descriptor)), peer_(std::move(peer)) {}
  Result<void> await(short events, Tick deadline);
  Result<void> fill(char* out, std::size_t count, Tick deadline);

  Descriptor descriptor_;
  std::string peer_;
  std::string buffer_;
};

}  // namespace madang::mobility::traci
