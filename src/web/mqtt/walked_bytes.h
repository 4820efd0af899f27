// Which bytes that wait for a client are retained messages of its walk: they have a bound of their own beside news and answers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace madang::web::mqtt {

/// Places of an outbox to which bytes are added at its end, and whose first bytes are taken.
class WalkedBytes {
 public:
  /// The bytes from `from` until `to` of the outbox as it is now; behind all that were marked before.
  void mark(std::size_t from, std::size_t to) {
    waiting_ += to - from;
    if (!runs_.empty() && runs_.back().to == taken_ + from)
      runs_.back().to = taken_ + to;
    else
      runs_.push_back({taken_ + from, taken_ + to});
  }
  /// So many first bytes of the outbox were taken.
  void take(std::size_t bytes) {
    taken_ += bytes;
    auto at = runs_.begin();
    for (; at != runs_.end() && at->from < taken_; ++at) {
      auto const until = std::min(at->to, taken_);
      waiting_ -= until - at->from;
      at->from = until;
      if (until < at->to) break;
    }
    runs_.erase(runs_.begin(), at);
  }
  [[nodiscard]] std::size_t waiting() const { return waiting_; }

 private:
  struct Run {
    std::uint64_t from = 0;  ///< counted from the connection's first byte
    std::uint64_t to = 0;
  };
  std::vector<Run> runs_;
  std::uint64_t taken_ = 0;
  std::size_t waiting_ = 0;
};

}  // namespace madang::web::mqtt
