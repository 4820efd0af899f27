// RFC 3339 times, intervals and time patterns: no crash, and what is read is written back as the same instant.
#include <cstdint>
#include <string_view>

#include "core/time.h"
#include "sensing/import/local_time.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text{reinterpret_cast<char const*>(data), size};
  if (auto const t = madang::parse_instant(text)) {
    if (madang::parse_instant(madang::format_instant(*t)) != *t) __builtin_trap();
  }
  if (auto const i = madang::parse_interval(text)) {
    if (madang::parse_interval(madang::format_interval(*i)) != *i) __builtin_trap();
  }
  // "pattern\ntext": both from outside.
  auto const line = text.find('\n');
  if (line == std::string_view::npos) return 0;
  if (auto const pattern = madang::sensing::TimePattern::of(text.substr(0, line)))
    (void)pattern->read(text.substr(line + 1), madang::sensing::korea_standard_time());
  return 0;
}
