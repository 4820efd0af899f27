#include "core/text.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <unicode/ucnv.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <numeric>

namespace madang {
namespace {

struct CloseConverter {
  void operator()(UConverter* c) const { ucnv_close(c); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

/// Length of the well-formed UTF-8 sequence at the start of `text`, or 0.
std::size_t sequence_length(std::string_view text) {
  auto const lead = static_cast<unsigned char>(text[0]);
  std::size_t const length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (length == 0 || length > text.size()) return 0;
  return is_utf8(text.substr(0, length)) ? length : 0;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      std::size_t const replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

/// To UTF-8 by one of ICU's converters, which either stops at what it cannot read or puts U+FFFD there.
Result<std::string> converted(char const* encoding, std::string_view bytes, bool stops) {
  UErrorCode status = U_ZERO_ERROR;
  Converter const from{ucnv_open(encoding, &status)};
  Converter const to{ucnv_open("UTF-8", &status)};
  if (U_FAILURE(status) != 0) return fail(Code::kInternal, fmt::format("ICU has no {} converter", encoding));
  if (stops) ucnv_setToUCallBack(from.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  std::string out(bytes.size() * 3 + 8, '\0');
  char const* source = bytes.data();
  char* target = out.data();
  ucnv_convertEx(to.get(), from.get(), &target, out.data() + out.size(), &source, bytes.data() + bytes.size(),
                 nullptr, nullptr, nullptr, nullptr, true, true, &status);
  if (U_FAILURE(status) != 0)
    return fail(Code::kInvalid, fmt::format("not {} text near byte {}", stops ? "CP949" : encoding, source - bytes.data()));
  out.resize(static_cast<std::size_t>(target - out.data()));
  return out;
}

}  // namespace

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

std::string repair_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto const length = sequence_length(text);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
    } else {
      out += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return out;
}

Result<std::string> utf8_of_cp949(std::string_view bytes) { return converted("windows-949", bytes, true); }

std::string utf8_of_windows1252(std::string_view bytes) {
  return converted("windows-1252", bytes, false).value_or(repair_utf8(bytes));
}

std::string utf8_of_utf16(std::string_view bytes, bool big_endian) {
  return converted(big_endian ? "UTF-16BE" : "UTF-16LE", bytes, false).value_or(repair_utf8(bytes));
}

std::string_view shortened(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  auto end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  auto const first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string ascii_lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = ascii_lower(c);
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0;;) {
    auto const next = text.find(separator, at);
    parts.push_back(text.substr(at, next - at));
    if (next == std::string_view::npos) return parts;
    at = next + 1;
  }
}

std::optional<double> parse_double(std::string_view text) {
  double value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_int(std::string_view text) {
  std::int64_t value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::string_view> nearest_word(std::string_view word, std::span<std::string_view const> candidates) {
  auto best = std::max<std::size_t>(2, word.size() / 3) + 1;
  std::optional<std::string_view> found;
  for (auto const candidate : candidates) {
    if (auto const distance = edit_distance(word, candidate); distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return found;
}

}  // namespace madang
