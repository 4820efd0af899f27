// CSV text in, in any encoding and cut anywhere: no crash, bounded memory, and the same records however it arrives.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/csv.h"
#include "core/file_kind.h"
#include "core/text.h"
#include "core/text_decoder.h"
#include "sensing/import/number_text.h"

namespace {

std::vector<std::string> records(std::string_view text, std::size_t piece) {
  std::size_t at = 0;
  madang::CsvReader reader(
      [&](std::span<char> out) -> madang::Result<std::size_t> {
        auto const count = std::min({piece, out.size(), text.size() - at});
        std::copy_n(text.data() + at, count, out.data());
        at += count;
        return count;
      },
      {.separator = ',', .record_bytes_max = 512, .fields_max = 16});
  std::vector<std::string> out;
  for (;;) {
    auto const event = reader.next();
    if (!event || *event == madang::CsvReader::Event::kEnd) return out;
    std::string row = std::to_string(reader.line());
    if (*event == madang::CsvReader::Event::kRecord) {
      for (std::size_t i = 0; i < reader.fields().size(); ++i) {
        row += '\x1F';
        row += reader.fields()[i];
        row += std::to_string(reader.position(i).column);
      }
    } else {
      row += "!" + reader.problem().reason;
    }
    out.push_back(row);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text{reinterpret_cast<char const*>(data), size};
  if (records(text, 1 << 20) != records(text, 3)) __builtin_trap();
  madang::TextDecoder decoder;
  if (auto const decoded = decoder.decode(text)) {
    if (!madang::is_utf8(*decoded)) __builtin_trap();
    (void)records(*decoded, 64);
  }
  madang::TextDecoder in_pieces;
  std::string waiting;
  for (std::size_t at = 0; at < text.size(); at += 5) {
    waiting += text.substr(at, 5);
    if (!in_pieces.decode_whole(waiting, at + 5 >= text.size())) break;
  }
  (void)madang::foreign_kind(text);
  for (bool const comma : {false, true}) {
    auto const number = madang::sensing::read_number(text, {.decimal_comma = comma});
    if (number && !std::isfinite(*number)) __builtin_trap();
  }
  return 0;
}
