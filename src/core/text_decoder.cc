#include "core/text_decoder.h"

#include <algorithm>

#include "core/text.h"

namespace madang {
namespace {

bool is_ascii(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; });
}

}  // namespace

std::string_view name_of(Encoding encoding) {
  switch (encoding) {
    case Encoding::kAscii: return "ASCII";
    case Encoding::kUtf8: return "UTF-8";
    case Encoding::kCp949: return "CP949";
  }
  return "ASCII";
}

std::string TextDecoder::decode_line_by_line(std::string_view block) {
  std::string out;
  out.reserve(block.size() * 3 / 2);
  while (!block.empty()) {
    auto const end = std::min(block.find('\n'), block.size() - 1) + 1;
    auto const line = block.substr(0, end);
    block.remove_prefix(end);
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

Result<std::string> TextDecoder::decode(std::string_view block) {
  if (first_ && !block.empty()) {
    first_ = false;
    if (block.starts_with("\xFF\xFE") || block.starts_with("\xFE\xFF"))
      return fail(Code::kUnsupported, "the text is UTF-16; save it as UTF-8 or CP949");
    if (block.starts_with("\xEF\xBB\xBF")) {
      encoding_ = Encoding::kUtf8;
      block.remove_prefix(3);
    }
  }
  if (is_ascii(block)) return std::string{block};
  bool const utf8 = is_utf8(block);
  if (encoding_ == Encoding::kAscii) encoding_ = utf8 ? Encoding::kUtf8 : Encoding::kCp949;
  if (encoding_ == Encoding::kUtf8 && utf8) return std::string{block};
  if (encoding_ == Encoding::kCp949) {
    if (auto decoded = utf8_of_cp949(block)) return *std::move(decoded);
  }
  return decode_line_by_line(block);
}

}  // namespace madang
