#include "sensing/import/local_time.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>

#include "core/text.h"

namespace madang::sensing {
namespace {

struct Wall {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, millis = 0;
};

std::unexpected<Error> bad(std::string_view text, std::size_t at, std::string_view wanted) {
  return fail(Code::kInvalid, fmt::format("time \"{}\": {} expected at column {}", text.substr(0, 40), wanted, at + 1));
}

std::unexpected<Error> outside(std::string_view text, std::string_view what) {
  return fail(Code::kInvalid, fmt::format("time \"{}\": {}", text.substr(0, 40), what));
}

Result<LocalMillis> local_of(Wall const& w, std::string_view text) {
  std::chrono::year_month_day const date{std::chrono::year{w.year}, std::chrono::month{static_cast<unsigned>(w.month)},
                                         std::chrono::day{static_cast<unsigned>(w.day)}};
  if (!date.ok()) return outside(text, "there is no such day");
  if (w.year < 1900 || w.year > 2199) return outside(text, "the year is not within 1900 to 2199");
  bool const end_of_day = w.hour == 24 && w.minute == 0 && w.second == 0 && w.millis == 0;
  if ((w.hour > 23 && !end_of_day) || w.minute > 59 || w.second > 60)
    return outside(text, "the clock shows 00:00:00 to 24:00:00 only");
  return LocalMillis{std::chrono::local_days{date}} + std::chrono::hours{w.hour} + std::chrono::minutes{w.minute} +
         std::chrono::seconds{std::min(w.second, 59)} + Millis{w.millis};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads up to `most` digits; the count read, 0 when there is none.
std::size_t digits(std::string_view text, std::size_t at, std::size_t most, int& value) {
  std::size_t count = 0;
  for (value = 0; count < most && at + count < text.size() && is_digit(text[at + count]); ++count)
    value = value * 10 + (text[at + count] - '0');
  return count;
}

std::optional<Millis> offset_of(std::string_view text) {
  if (text == "Z" || text == "z" || text == "UTC") return Millis{0};
  bool const shaped = text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':';
  if (!shaped) return std::nullopt;
  int hours = 0;
  int minutes = 0;
  if (digits(text, 1, 2, hours) != 2 || digits(text, 4, 2, minutes) != 2 || hours > 23 || minutes > 59)
    return std::nullopt;
  Millis const offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  return text[0] == '-' ? -offset : offset;
}

/// Reads one field of a pattern at `at`; how many characters it took.
Result<std::size_t> read_field(std::string_view text, std::size_t at, char field, bool exact, Wall& wall) {
  int value = 0;
  if (field == 'Y') {
    if (digits(text, at, 4, wall.year) != 4) return bad(text, at, "a year of four digits");
    return 4;
  }
  if (field == 'f') {
    auto const taken = digits(text, at, 9, value);
    if (taken == 0) return bad(text, at, "fraction digits");
    wall.millis = static_cast<int>(value * std::pow(10.0, 3.0 - static_cast<double>(taken)));
    return taken;
  }
  auto const taken = digits(text, at, 2, value);
  if (taken == 0 || (exact && taken != 2)) return bad(text, at, "two digits");
  int& into = field == 'm' ? wall.month : field == 'd' ? wall.day : field == 'H' ? wall.hour
              : field == 'M' ? wall.minute : wall.second;
  into = value;
  return taken;
}

/// Seconds or milliseconds since 1970.
Result<Instant> instant_of_number(std::string_view text, double millis_per_unit) {
  auto const number = parse_double(text);
  double const millis = number.value_or(0) * millis_per_unit;
  bool const known = number && millis >= static_cast<double>(millis_of(kInstantMin)) &&
                     millis < static_cast<double>(millis_of(kInstantMax));
  if (!known) return outside(text, "a number of seconds or milliseconds since 1970 within the years 1900 to 2199 expected");
  return instant_of_millis(std::llround(millis));
}

}  // namespace

Zone Zone::fixed(Millis offset) {
  Zone zone;
  zone.offset_ = offset;
  return zone;
}

Result<Zone> Zone::named(std::string_view name) {
  if (auto const offset = offset_of(name)) return fixed(*offset);
  try {
    Zone zone;
    zone.zone_ = date::locate_zone(std::string{name});
    return zone;
  } catch (std::exception const&) {
    return fail(Code::kInvalid,
                fmt::format("\"{}\" is neither an offset such as +09:00 nor a zone such as Asia/Seoul", name.substr(0, 60)));
  }
}

Instant Zone::utc_of(LocalMillis local) const {
  if (zone_ == nullptr) return Instant{local.time_since_epoch() - offset_};
  auto const* zone = static_cast<date::time_zone const*>(zone_);
  return Instant{zone->to_sys(date::local_time<Millis>{local.time_since_epoch()}, date::choose::earliest).time_since_epoch()};
}

Zone korea_standard_time() { return Zone::fixed(std::chrono::hours{9}); }

Result<TimePattern> TimePattern::of(std::string_view pattern) {
  TimePattern made;
  made.kind_ = pattern == "rfc3339" ? Kind::kRfc3339
               : pattern == "unix"  ? Kind::kUnix
               : pattern == "unix_ms" ? Kind::kUnixMillis
                                      : Kind::kPattern;
  if (made.kind_ != Kind::kPattern) return made;
  if (pattern.size() > 100) return fail(Code::kLimit, "a time pattern has at most 100 characters");
  bool year = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      made.items_.push_back({0, false, pattern[i]});
      continue;
    }
    char const field = i + 1 < pattern.size() ? pattern[++i] : '\0';
    if (field == '%') {
      made.items_.push_back({0, false, '%'});
      continue;
    }
    if (std::string_view{"YmdHMSfz"}.find(field) == std::string_view::npos || field == '\0')
      return fail(Code::kInvalid, fmt::format("time pattern \"{}\": one of Y m d H M S f z expected behind % at column {}",
                                              pattern, i + 1));
    year = year || field == 'Y';
    bool const exact = i + 1 < pattern.size() && (is_digit(pattern[i + 1]) || pattern[i + 1] == '%');
    made.items_.push_back({field, exact, 0});
  }
  if (!year) return fail(Code::kInvalid, fmt::format("time pattern \"{}\": %Y is missing", pattern));
  return made;
}

Result<Instant> TimePattern::read(std::string_view text, Zone const& zone) const {
  if (kind_ == Kind::kRfc3339) return parse_instant(text);
  if (kind_ != Kind::kPattern) return instant_of_number(text, kind_ == Kind::kUnix ? 1000.0 : 1.0);
  Wall wall;
  Zone own = zone;
  std::size_t at = 0;
  for (auto const& item : items_) {
    if (item.field == 0) {
      if (at >= text.size() || text[at] != item.text) return bad(text, at, fmt::format("'{}'", item.text));
      ++at;
    } else if (item.field == 'z') {
      std::size_t const length = at < text.size() && (text[at] == 'Z' || text[at] == 'z') ? 1 : 6;
      auto const offset = offset_of(text.substr(std::min(at, text.size()), length));
      if (!offset) return bad(text, at, "Z or an offset such as +09:00");
      own = Zone::fixed(*offset);
      at += length;
    } else {
      MADANG_TRY(auto const taken, read_field(text, at, item.field, item.exact, wall));
      at += taken;
    }
  }
  if (at != text.size()) return bad(text, at, "the end");
  MADANG_TRY(auto const local, local_of(wall, text));
  return own.utc_of(local);
}

Result<SdotTime> read_sdot_time(std::string_view text) {
  constexpr std::string_view kBetween = "-./_ :T";
  constexpr std::size_t kFraction = 6;  // behind year, month, day, hour, minute, second
  std::vector<int> groups;
  for (std::size_t at = 0;; ++at) {
    std::size_t run = 0;
    while (at + run < text.size() && is_digit(text[at + run])) ++run;
    std::size_t const end = at + run;
    if (groups.size() == kFraction && run > 0 && end == text.size()) break;
    bool const behind_year = groups.empty();
    if (behind_year) {
      int year = 0;
      if (digits(text, at, 4, year) != 4) return bad(text, at, "a year of four digits");
      groups.push_back(year);
      at += 4;
    }
    // One or two digits are one number; a longer run holds numbers of two digits each.
    bool const pairs = end - at > 2 || behind_year;
    if (end == at && !behind_year) return bad(text, at, "a number");
    if (pairs && (end - at) % 2 != 0) return bad(text, at, "numbers of two digits");
    for (int value = 0; at < end; groups.push_back(value)) at += digits(text, at, 2, value);
    if (groups.size() > kFraction) return bad(text, at, "year, month, day, hour, minute and second only");
    if (at == text.size()) break;
    if (kBetween.find(text[at]) == std::string_view::npos) return bad(text, at, "a separator");
  }
  if (groups.size() < 3) return bad(text, text.size(), "year, month and day");
  groups.resize(kFraction + (groups.size() > 3 ? 1 : 0));
  MADANG_TRY(auto const local, local_of({groups[0], groups[1], groups[2], groups[3], groups[4], groups[5], 0}, text));
  return SdotTime{local, groups.size() > kFraction};
}

Result<Millis> read_sdot_hour(std::string_view text) {
  auto const colon = text.find(':');
  auto const hour = parse_int(text.substr(0, colon));
  bool const whole = colon == std::string_view::npos || text.substr(colon) == ":00" || text.substr(colon) == ":00:00";
  if (!hour || *hour < 0 || *hour > 24 || !whole)
    return fail(Code::kInvalid, fmt::format("hour \"{}\": 0 to 24 expected", text.substr(0, 20)));
  return std::chrono::hours{*hour};
}

}  // namespace madang::sensing
