// Little-endian bytes out and in. Reading never passes the end: a reader that would remembers it, gives
// zeros from then on, and the caller asks `ok()` once at the end.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace madang::storage {

static_assert(std::endian::native == std::endian::little, "the byte format is little-endian");

using ByteSpan = std::span<std::uint8_t const>;

[[nodiscard]] inline ByteSpan bytes_of(std::string_view text) {
  return {reinterpret_cast<std::uint8_t const*>(text.data()), text.size()};
}

/// 0, -1, 1, -2, ... as 0, 1, 2, 3, ...: small either way stays small.
[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t v) {
  return (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63);
}
[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t v) {
  return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1);
}
[[nodiscard]] constexpr std::size_t varint_size(std::uint64_t v) {
  return static_cast<std::size_t>((std::bit_width(v | 1) + 6) / 7);
}

class ByteWriter {
 public:
  void u8(std::uint8_t v) { out_.push_back(static_cast<char>(v)); }
  void u32(std::uint32_t v) { raw(&v, sizeof v); }
  void u64(std::uint64_t v) { raw(&v, sizeof v); }
  /// Seven bits a byte, lowest first, the top bit says that more follow.
  void varint(std::uint64_t v) {
    char buffer[10];
    std::size_t size = 0;
    for (; v >= 0x80; v >>= 7) buffer[size++] = static_cast<char>(v | 0x80);
    buffer[size++] = static_cast<char>(v);
    out_.append(buffer, size);
  }
  void svarint(std::int64_t v) { varint(zigzag(v)); }
  void text(std::string_view v) {
    varint(v.size());
    out_.append(v);
  }
  void raw(void const* data, std::size_t size) { out_.append(static_cast<char const*>(data), size); }
  /// `size` fresh bytes at the end, to be written by the caller.
  [[nodiscard]] std::uint8_t* grow(std::size_t size) {
    out_.resize(out_.size() + size);
    return reinterpret_cast<std::uint8_t*>(out_.data()) + out_.size() - size;
  }
  void clear() { out_.clear(); }
  [[nodiscard]] std::string const& str() const { return out_; }
  [[nodiscard]] std::size_t size() const { return out_.size(); }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

class ByteReader {
 public:
  explicit ByteReader(ByteSpan bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  std::uint8_t u8() { return need(1) ? *at_++ : std::uint8_t{0}; }
  std::uint64_t u64() {
    std::uint64_t v = 0;
    if (need(sizeof v)) {
      std::memcpy(&v, at_, sizeof v);
      at_ += sizeof v;
    }
    return v;
  }
  std::uint64_t varint() {
    std::uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      std::uint8_t const byte = u8();
      v |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return v;
    }
    ok_ = false;
    return 0;
  }
  std::int64_t svarint() { return unzigzag(varint()); }
  std::string_view text() {
    auto const size = varint();
    if (!need(size)) return {};
    auto const* const from = reinterpret_cast<char const*>(at_);
    at_ += size;
    return {from, static_cast<std::size_t>(size)};
  }
  /// Steps over `size` bytes and gives where they start; null when they are not there.
  std::uint8_t const* skip(std::size_t size) {
    if (!need(size)) return nullptr;
    auto const* const from = at_;
    at_ += size;
    return from;
  }
  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  [[nodiscard]] bool ok() const { return ok_; }
  void fail() { ok_ = false; }

 private:
  bool need(std::uint64_t size) {
    if (size <= left()) return true;
    ok_ = false;
    at_ = end_;
    return false;
  }

  std::uint8_t const* at_;
  std::uint8_t const* end_;
  bool ok_ = true;
};

}  // namespace madang::storage
