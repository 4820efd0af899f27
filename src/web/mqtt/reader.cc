#include "web/mqtt/reader.h"

#include <fmt/format.h>

#include "core/text.h"

namespace madang::web::mqtt {

void Reader::refuse(Reason reason, std::string_view sentence, std::size_t at) {
  if (!error_) error_ = ProtocolError{reason, fmt::format("{}: {} at byte {}", packet_, sentence, at)};
}

std::string_view Reader::take(std::size_t count, std::string_view what) {
  if (failed()) return {};
  if (bytes_.size() - at_ < count) {
    refuse(Reason::kMalformedPacket, fmt::format("{} ends early", what));
    return {};
  }
  auto const taken = bytes_.substr(at_, count);
  at_ += count;
  return taken;
}

std::string_view Reader::remaining() {
  if (failed()) return {};
  auto const taken = bytes_.substr(at_);
  at_ = bytes_.size();
  return taken;
}

std::uint8_t Reader::byte(std::string_view what) {
  auto const bytes = take(1, what);
  return bytes.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(bytes[0]);
}

std::uint16_t Reader::two_bytes(std::string_view what) {
  auto const high = byte(what);
  return static_cast<std::uint16_t>(high << 8 | byte(what));
}

std::uint32_t Reader::four_bytes(std::string_view what) {
  auto const high = std::uint32_t{two_bytes(what)};
  return high << 16 | two_bytes(what);
}

std::uint32_t Reader::variable(std::string_view what) {
  auto const begin = at();
  std::uint32_t value = 0;
  for (unsigned shift = 0; shift < 28; shift += 7) {
    auto const b = byte(what);
    value |= std::uint32_t{b & 0x7FU} << shift;
    if (failed()) return 0;
    if ((b & 0x80U) != 0) continue;
    if (b == 0 && shift > 0) refuse(Reason::kMalformedPacket, fmt::format("{} is not in its shortest form", what), begin);
    return value;
  }
  refuse(Reason::kMalformedPacket, fmt::format("{} is longer than four bytes", what), begin);
  return 0;
}

std::string_view Reader::binary(std::string_view what) {
  auto const size = two_bytes(what);
  return take(size, what);
}

std::string_view Reader::text(std::string_view what) {
  auto const begin = at();
  auto const bytes = binary(what);
  if (!is_utf8(bytes)) refuse(Reason::kMalformedPacket, fmt::format("{} is not UTF-8", what), begin);
  if (bytes.contains('\0')) refuse(Reason::kMalformedPacket, fmt::format("{} holds U+0000", what), begin);
  return failed() ? std::string_view{} : bytes;
}

void Reader::must_end() {
  if (!failed() && !ended()) refuse(Reason::kMalformedPacket, "bytes are left over");
}

}  // namespace madang::web::mqtt
