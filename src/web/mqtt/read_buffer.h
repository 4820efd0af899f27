// Received bytes that wait to be parsed. Reads grow while they come full, and an idle connection gives the room
// back: ten thousand quiet devices cost little, a busy one is read in large pieces.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "web/mqtt/limits.h"

namespace madang::web::mqtt {

class ReadBuffer {
 public:
  /// Where the next read may write; never empty. Stays valid until filled().
  std::span<char> room() {
    // A packet larger than the buffer doubles it.
    auto const wanted = used_ + std::max(read_bytes_, used_);
    bool const idle = used_ == 0 && bytes_.size() > 2 * wanted;
    if (idle) bytes_ = {};
    if (bytes_.size() < wanted) bytes_.resize(wanted);
    return std::span{bytes_}.subspan(used_);
  }

  void filled(std::size_t count) {
    bool const full = used_ + count == bytes_.size();
    if (full) read_bytes_ = std::min(read_bytes_ * 2, kReadBytesMax);
    if (count < read_bytes_ / 8) read_bytes_ = std::max(read_bytes_ / 2, kReadBytesMin);
    used_ += count;
  }

  [[nodiscard]] std::string_view bytes() const { return {bytes_.data(), used_}; }

  /// Takes bytes off the front.
  void consume(std::size_t count) {
    used_ -= count;
    if (count > 0 && used_ > 0) std::memmove(bytes_.data(), bytes_.data() + count, used_);
  }
  void clear() { used_ = 0; }

 private:
  std::vector<char> bytes_;
  std::size_t used_ = 0;
  std::size_t read_bytes_ = kReadBytesMin;
};

}  // namespace madang::web::mqtt
