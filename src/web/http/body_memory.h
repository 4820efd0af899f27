// Memory of request bodies, counted over all connections: what is taken in must fit in it.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace madang::web {

/// Thread-safe.
class BodyMemory {
 public:
  explicit BodyMemory(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// False, and nothing taken, above the limit.
  [[nodiscard]] bool reserve(std::size_t bytes) {
    if (bytes_.fetch_add(bytes) + bytes <= bytes_max_) return true;
    bytes_ -= bytes;
    return false;
  }
  void release(std::size_t bytes) { bytes_ -= bytes; }

 private:
  std::size_t const bytes_max_;
  std::atomic<std::size_t> bytes_ = 0;
};

/// The part of one body, given back with this. It may outlive the server, as an answer on its way does.
class BodyShare {
 public:
  explicit BodyShare(std::shared_ptr<BodyMemory> memory) : memory_(std::move(memory)) {}
  BodyShare(BodyShare&& other) noexcept : memory_(std::move(other.memory_)), bytes_(std::exchange(other.bytes_, 0)) {}
  BodyShare& operator=(BodyShare&&) = delete;
  ~BodyShare() { resize(0); }

  /// False, and nothing changed, where so much does not fit.
  bool resize(std::size_t bytes) {
    if (bytes > bytes_ && !memory_->reserve(bytes - bytes_)) return false;
    if (bytes < bytes_) memory_->release(bytes_ - bytes);
    bytes_ = bytes;
    return true;
  }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  std::shared_ptr<BodyMemory> memory_;
  std::size_t bytes_ = 0;
};

}  // namespace madang::web
