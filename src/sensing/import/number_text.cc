#include "sensing/import/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "core/text.h"

namespace madang::sensing {
namespace {

constexpr std::size_t kNumberBytesMax = 64;

/// No-break, figure, thin, narrow no-break and ideographic space; zero width space and byte order mark.
constexpr std::array<std::string_view, 7> kSpaces{"\xC2\xA0", "\xE2\x80\x87", "\xE2\x80\x89", "\xE2\x80\xAF", "\xE3\x80\x80", "\xE2\x80\x8B", "\xEF\xBB\xBF"};
constexpr std::array<std::string_view, 3> kMinus{"\xE2\x88\x92", "\xE2\x80\x93", "\xEF\xBC\x8D"};  // minus, en dash, fullwidth
constexpr std::string_view kApostrophe = "\xE2\x80\x99";

std::unexpected<Error> no_number(std::string_view text, std::string_view why = "is not a number") {
  return fail(Code::kInvalid, fmt::format("\"{}\" {}", text.substr(0, 40), why));
}

/// Every space as ' ', every apostrophe as '\'', every minus as '-'.
std::string with_plain_signs(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto const starts = [&](std::string_view sign) { return text.starts_with(sign); };
    std::string_view taken = text.substr(0, 1);
    if (auto const space = std::ranges::find_if(kSpaces, starts); space != kSpaces.end()) {
      out += ' ';
      taken = *space;
    } else if (auto const minus = std::ranges::find_if(kMinus, starts); minus != kMinus.end()) {
      out += '-';
      taken = *minus;
    } else if (starts(kApostrophe)) {
      out += '\'';
      taken = kApostrophe;
    } else {
      out += text.front();
    }
    text.remove_prefix(taken.size());
  }
  return out;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// "1.013.200": the first group of one to three digits, all others of three.
bool is_grouped(std::string_view whole, char separator) {
  auto const groups = split(whole, separator);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    bool const fits = i == 0 ? groups[i].size() <= 3 : groups[i].size() == 3;
    if (!fits || !all_digits(groups[i])) return false;
  }
  return groups.size() > 1;
}

/// "1,5" where the file is not said to write so.
bool is_with_decimal_comma(std::string number, NumberStyle style) {
  auto const comma = number.find(',');
  if (style.decimal_comma || comma == std::string::npos || number.find_first_of(",.", comma + 1) != std::string::npos) return false;
  number[comma] = '.';
  return parse_double(number).has_value();
}

/// The separator of groups in the part before the decimal sign; 0: none.
char group_separator(std::string_view whole) {
  auto const at = whole.find_first_of(" '.,");
  return at == std::string_view::npos ? '\0' : whole[at];
}

}  // namespace

std::string_view bare(std::string_view text) {
  for (bool more = true; more;) {
    text = trim(text);
    more = false;
    for (auto const space : kSpaces) {
      if (text.starts_with(space)) text.remove_prefix(space.size()), more = true;
      if (text.ends_with(space)) text.remove_suffix(space.size()), more = true;
    }
  }
  return text;
}

bool is_blank_row(std::span<std::string_view const> fields) {
  return std::ranges::all_of(fields, [](std::string_view field) { return bare(field).empty(); });
}

Result<double> read_number(std::string_view text, NumberStyle style) {
  if (text.size() > kNumberBytesMax) return no_number(text);
  // Nearly all numbers: no sign in them can mean two things.
  if (!text.contains(',') && !(style.decimal_comma && text.contains('.')))
    if (auto const value = parse_double(text)) return *value;
  auto number = with_plain_signs(bare(text));
  if (number.starts_with('+') && number.size() > 1 && number[1] != '-' && number[1] != '+') number.erase(0, 1);
  // "1.013.200" with a decimal point: both dots are groups, and the last is no decimal sign.
  auto const exponent = std::min(number.find_first_of("eE"), number.size());
  auto const mantissa = std::string_view{number}.substr(0, exponent);
  bool const repeated = std::ranges::count(mantissa, style.decimal()) > 1;
  auto const decimal = repeated ? mantissa.size() : std::min(mantissa.find(style.decimal()), mantissa.size());
  auto whole = mantissa.substr(0, decimal);
  auto const sign = whole.starts_with('-') ? std::string_view{"-"} : std::string_view{};
  whole.remove_prefix(sign.size());
  if (char const separator = group_separator(whole); separator != 0) {
    if (!is_grouped(whole, separator)) {
      bool const dotted = style.decimal_comma && separator == '.' && all_digits(whole.substr(0, whole.find('.'))) && all_digits(whole.substr(whole.find('.') + 1));
      if (dotted) return no_number(text, "has a dot that groups no thousands; with decimal_comma = true it is no decimal sign");
      return is_with_decimal_comma(number, style) ? no_number(text, "is not a number; decimal_comma = true in [file] reads it as one") : no_number(text);
    }
    bool const could_be_decimal = (separator == '.' || separator == ',') && decimal == mantissa.size() &&
                                  std::ranges::count(whole, separator) == 1;
    if (could_be_decimal && separator != style.thousands)
      return no_number(text, style.decimal_comma
                                 ? "could be a thousand times another number; thousands = \".\" in [file] says which"
                                 : "could be a thousand times another number; decimal_comma = true or thousands = \",\" in [file] says which");
  }
  std::string out{sign};
  std::ranges::copy_if(whole, std::back_inserter(out), [](char c) { return c >= '0' && c <= '9'; });
  if (group_separator(whole) == 0 && out.size() - sign.size() != whole.size()) return no_number(text);
  if (decimal < mantissa.size()) out += '.';
  out += std::string_view{number}.substr(std::min(decimal + (decimal < mantissa.size() ? 1 : 0), number.size()));
  // A second sign stands in the rest, or a comma behind the decimal sign.
  if (auto const value = parse_double(out)) return *value;
  return no_number(text);
}

}  // namespace madang::sensing
