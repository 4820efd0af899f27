#include "core/text_decoder.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/text.h"

namespace madang {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_ascii(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; });
}

std::string_view take_line(std::string_view& text) {
  auto const end = std::min(text.find('\n'), text.size() - 1) + 1;
  auto const line = text.substr(0, end);
  text.remove_prefix(end);
  return line;
}

/// Text of digits, commas and Latin letters has a zero in every other byte of UTF-16.
std::optional<Encoding> utf16_without_mark(std::string_view block) {
  constexpr std::size_t kSample = 1024;
  std::array<std::size_t, 2> zeros{};
  auto const size = std::min(block.size(), kSample) & ~std::size_t{1};
  for (std::size_t i = 0; i < size; ++i)
    if (block[i] == '\0') ++zeros[i % 2];
  auto const pairs = size / 2;
  if (pairs < 4) return std::nullopt;
  if (zeros[1] * 10 > pairs * 4 && zeros[0] * 10 < pairs) return Encoding::kUtf16Le;
  if (zeros[0] * 10 > pairs * 4 && zeros[1] * 10 < pairs) return Encoding::kUtf16Be;
  return std::nullopt;
}

/// Of bytes that are not UTF-8. A Korean file may have a broken line; where most lines are no CP949, it is not Korean.
Encoding guess(std::string_view block) {
  std::size_t korean = 0;
  std::size_t other = 0;
  while (!block.empty()) {
    auto const line = take_line(block);
    if (is_ascii(line) || is_utf8(line)) continue;
    ++(utf8_of_cp949(line) ? korean : other);
  }
  return korean >= other ? Encoding::kCp949 : Encoding::kWindows1252;
}

std::size_t count_of(std::string_view text, char c) { return static_cast<std::size_t>(std::ranges::count(text, c)); }

}  // namespace

std::string_view name_of(Encoding encoding) {
  switch (encoding) {
    case Encoding::kAscii: return "ASCII";
    case Encoding::kUtf8: return "UTF-8";
    case Encoding::kCp949: return "CP949";
    case Encoding::kWindows1252: return "windows-1252";
    case Encoding::kUtf16Le: return "UTF-16LE";
    case Encoding::kUtf16Be: return "UTF-16BE";
  }
  return "ASCII";
}

std::optional<Encoding> encoding_named(std::string_view name) {
  auto const lower = ascii_lower(name);
  struct Named {
    std::string_view name;
    Encoding encoding;
  };
  using enum Encoding;
  constexpr std::array kNames{Named{"utf-8", kUtf8}, Named{"utf8", kUtf8}, Named{"cp949", kCp949}, Named{"euc-kr", kCp949},
                              Named{"windows-949", kCp949}, Named{"windows-1252", kWindows1252}, Named{"cp1252", kWindows1252},
                              Named{"iso-8859-1", kWindows1252}, Named{"latin1", kWindows1252}, Named{"utf-16", kUtf16Le},
                              Named{"utf-16le", kUtf16Le}, Named{"utf-16be", kUtf16Be}};
  auto const found = std::ranges::find(kNames, std::string_view{lower}, &Named::name);
  return found == kNames.end() ? std::nullopt : std::optional{found->encoding};
}

std::string TextDecoder::decode_line_by_line(std::string_view block) {
  std::string out;
  out.reserve(block.size() * 3 / 2);
  while (!block.empty()) {
    auto const line = take_line(block);
    if (encoding_ == Encoding::kCp949) {
      if (auto decoded = utf8_of_cp949(line)) {
        out += *decoded;
        continue;
      }
    } else if (is_utf8(line)) {
      out += line;
      continue;
    }
    ++lines_repaired_;
    out += repair_utf8(line);
  }
  return out;
}

/// What the first bytes say for themselves: a byte order mark, or the zeros of UTF-16.
Result<void> TextDecoder::look_at(std::string_view block) {
  using namespace std::string_view_literals;
  if (!first_ || block.empty()) return {};
  first_ = false;
  if (block.starts_with("\xFF\xFE\0\0"sv) || block.starts_with("\0\0\xFE\xFF"sv))
    return fail(Code::kUnsupported, "the text is UTF-32; save it as UTF-8");
  auto const marked = [&](std::string_view mark, Encoding encoding) {
    if (!block.starts_with(mark)) return false;
    encoding_ = encoding;
    mark_bytes_ = mark.size();
    return true;
  };
  if (marked("\xFF\xFE", Encoding::kUtf16Le) || marked("\xFE\xFF", Encoding::kUtf16Be) || marked("\xEF\xBB\xBF", Encoding::kUtf8))
    return {};
  if (auto const wide = utf16_without_mark(block); wide && !stated_) encoding_ = *wide;
  return {};
}

std::string TextDecoder::decode_bytes(std::string_view block) {
  if (is_utf16()) return utf8_of_utf16(block, encoding_ == Encoding::kUtf16Be);
  if (is_ascii(block)) return std::string{block};
  bool const utf8 = is_utf8(block);
  if (encoding_ == Encoding::kAscii) encoding_ = utf8 ? Encoding::kUtf8 : guess(block);
  if (encoding_ == Encoding::kUtf8 && utf8) return std::string{block};
  if (encoding_ == Encoding::kWindows1252) return utf8_of_windows1252(block);
  if (encoding_ == Encoding::kCp949) {
    if (auto decoded = utf8_of_cp949(block)) return *std::move(decoded);
  }
  return decode_line_by_line(block);
}

Result<std::string> TextDecoder::decode(std::string_view block) {
  MADANG_CHECK(look_at(block));
  block.remove_prefix(std::min(std::exchange(mark_bytes_, 0), block.size()));
  auto text = decode_bytes(block);
  if (!text.contains('\0')) return text;
  ++lines_repaired_;
  std::string out;
  out.reserve(text.size() + 2 * count_of(text, '\0'));
  for (char const c : text) {
    if (c == '\0')
      out += kReplacement;
    else
      out += c;
  }
  return out;
}

Result<std::string> TextDecoder::decode_whole(std::string& bytes, bool last) {
  MADANG_CHECK(look_at(bytes));
  std::size_t whole = bytes.size();
  if (!last && is_utf16()) {
    whole &= ~std::size_t{1};
    auto const high = [&](std::size_t unit) {
      auto const byte = static_cast<unsigned char>(bytes[unit + (encoding_ == Encoding::kUtf16Le ? 1 : 0)]);
      return byte >= 0xD8 && byte <= 0xDB;
    };
    if (whole >= 2 && high(whole - 2)) whole -= 2;  // half of a character
  } else if (!last) {
    auto end = bytes.rfind('\n');
    if (end == std::string::npos) end = bytes.rfind('\r');
    if (end != std::string::npos) whole = end + 1;
  }
  auto text = decode(std::string_view{bytes}.substr(0, whole));
  bytes.erase(0, whole);
  return text;
}

}  // namespace madang
