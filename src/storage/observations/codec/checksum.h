// The checksum of everything the observation store writes: 64 bits, a multiply-and-fold hash over eight
// bytes a step. Any flipped bit changes it; it is no protection against somebody who wants to deceive.
#pragma once

#include "storage/observations/codec/bytes.h"

namespace madang::storage {

namespace checksum_detail {
/// Folds the 128-bit product of two words into one.
constexpr std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  Wide const product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}
inline constexpr std::uint64_t kOdd1 = 0x9e3779b97f4a7c15;  // 2^64 / golden ratio
inline constexpr std::uint64_t kOdd2 = 0xd1342543de82ef95;  // a multiplier of good spectral figure
}  // namespace checksum_detail

/// `seed` ties the bytes to their place: the same bytes under another key do not match.
[[nodiscard]] inline std::uint64_t checksum(ByteSpan bytes, std::uint64_t seed) {
  using namespace checksum_detail;
  std::uint64_t state = fold(seed ^ kOdd1, bytes.size() ^ kOdd2);
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    // Adding the word itself keeps a zero factor from swallowing the state.
    state = fold(state ^ word, kOdd1) + word;
  }
  std::uint64_t rest = 0;
  if (at < bytes.size()) std::memcpy(&rest, bytes.data() + at, bytes.size() - at);
  return fold(fold(state ^ rest, kOdd1) ^ kOdd2, kOdd2);
}

/// Appends the checksum of all that has been written. Its eight bytes are also the slack that lets
/// bit unpacking load whole words.
inline void seal(ByteWriter& out, std::uint64_t seed) { out.u64(checksum(bytes_of(out.str()), seed)); }

/// The bytes without their checksum, or empty when it does not match.
[[nodiscard]] inline ByteSpan unseal(ByteSpan bytes, std::uint64_t seed) {
  if (bytes.size() < 8) return {};
  ByteSpan const content = bytes.first(bytes.size() - 8);
  std::uint64_t stored = 0;
  std::memcpy(&stored, bytes.data() + content.size(), 8);
  return stored == checksum(content, seed) ? content : ByteSpan{};
}

/// The same bytes sealed for another place. Those that do not match stay as they are, and match there no more than here.
[[nodiscard]] inline std::string resealed(ByteSpan bytes, std::uint64_t from, std::uint64_t to) {
  ByteSpan const content = unseal(bytes, from);
  ByteWriter out;
  if (content.empty()) {
    out.raw(bytes.data(), bytes.size());
    return out.take();
  }
  out.raw(content.data(), content.size());
  seal(out, to);
  return out.take();
}

}  // namespace madang::storage
