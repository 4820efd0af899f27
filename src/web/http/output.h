// Bytes on their way out: answers are collected here and leave in one write. Small ones are copied together,
// large bodies are moved in, embedded files are only pointed at.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace madang::web {

class Output {
 public:
  /// The text at the end, to append to.
  std::string& tail() {
    if (parts_.empty() || parts_.back().closed) parts_.emplace_back();
    return parts_.back().owned;
  }
  void append(std::string_view text) { tail().append(text); }
  void append_owned(std::string text) {
    if (text.size() < kMoveBytesMin) return append(text);
    parts_.push_back({.owned = std::move(text), .fixed = {}, .closed = true});
  }
  /// `bytes` must outlive the write.
  void append_fixed(std::string_view bytes) {
    if (bytes.size() < kMoveBytesMin) return append(bytes);
    parts_.push_back({.owned = {}, .fixed = bytes, .closed = true});
  }
  [[nodiscard]] std::size_t size() const {
    std::size_t sum = 0;
    for (auto const& part : parts_) sum += part.view().size();
    return sum;
  }
  [[nodiscard]] bool empty() const { return size() == 0; }
  /// Valid until the next change.
  [[nodiscard]] std::vector<std::string_view> const& views() {
    views_.clear();
    for (auto const& part : parts_)
      if (!part.view().empty()) views_.push_back(part.view());
    return views_;
  }
  /// Keeps a modest buffer for the next answers.
  void clear() {
    if (!parts_.empty() && !parts_.front().closed && parts_.front().owned.capacity() <= kKeepBytesMax) {
      parts_.resize(1);
      parts_.front().owned.clear();
    } else {
      parts_.clear();
    }
  }

 private:
  static constexpr std::size_t kMoveBytesMin = 16 * 1024;
  static constexpr std::size_t kKeepBytesMax = 64 * 1024;

  struct Part {
    std::string owned;
    std::string_view fixed;
    bool closed = false;  ///< nothing may be appended
    [[nodiscard]] std::string_view view() const { return fixed.empty() ? std::string_view{owned} : fixed; }
  };
  std::vector<Part> parts_;
  std::vector<std::string_view> views_;
};

}  // namespace madang::web
