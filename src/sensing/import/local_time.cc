#include "sensing/import/local_time.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "core/text.h"

namespace madang::sensing {
namespace {

enum class Half { kUnsaid, kMorning, kAfternoon };

struct Wall {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, millis = 0;
  Half half = Half::kUnsaid;
  bool twelve_hours = false;
};

struct HalfWord {
  std::string_view word;  ///< in lower case
  Half half;
};
constexpr std::array kHalfWords{HalfWord{"오전", Half::kMorning}, HalfWord{"오후", Half::kAfternoon}, HalfWord{"a.m.", Half::kMorning},
                                HalfWord{"p.m.", Half::kAfternoon}, HalfWord{"am", Half::kMorning}, HalfWord{"pm", Half::kAfternoon}};


std::unexpected<Error> bad(std::string_view text, std::size_t at, std::string_view wanted) {
  return fail(Code::kInvalid, fmt::format("time \"{}\": {} expected at column {}", text.substr(0, 40), wanted, at + 1));
}

std::unexpected<Error> outside(std::string_view text, std::string_view what) {
  return fail(Code::kInvalid, fmt::format("time \"{}\": {}", text.substr(0, 40), what));
}

/// 12 is the first hour of its half: 12 AM is midnight.
Result<void> resolve_half(Wall& w, std::string_view text) {
  if (w.half == Half::kUnsaid && w.twelve_hours)
    return outside(text, "a clock of twelve hours (%I) without its half of the day (%p)");
  if (w.half == Half::kUnsaid) return {};
  if (w.hour > 12 || w.hour < (w.twelve_hours ? 1 : 0)) return outside(text, "the hour is not 1 to 12 beside AM or PM");
  w.hour = w.hour % 12 + (w.half == Half::kAfternoon ? 12 : 0);
  return {};
}

std::optional<HalfWord> half_at(std::string_view text) {
  for (auto const& half : kHalfWords)
    if (std::ranges::equal(text.substr(0, half.word.size()), half.word, {}, [](char c) { return ascii_lower(c); })) return half;
  return std::nullopt;
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


/// Reads up to `most` digits; the count read, 0 when there is none.
std::size_t digits(std::string_view text, std::size_t at, std::size_t most, int& value) {
  std::size_t count = 0;
  for (value = 0; count < most && at + count < text.size() && is_digit(text[at + count]); ++count)
    value = value * 10 + (text[at + count] - '0');
  return count;
}

struct Offset {
  Millis value;
  std::size_t length;
};

/// The offset that `text` begins with: Z, UTC, +hh:mm, +hhmm, +hh.
std::optional<Offset> offset_at(std::string_view text) {
  if (text.starts_with("UTC")) return Offset{Millis{0}, 3};
  if (text.starts_with('Z') || text.starts_with('z')) return Offset{Millis{0}, 1};
  if (!text.starts_with('+') && !text.starts_with('-')) return std::nullopt;
  int hours = 0;
  int minutes = 0;
  if (digits(text, 1, 2, hours) != 2 || hours > 23) return std::nullopt;
  std::size_t length = 3;
  std::size_t const at = length + (length < text.size() && text[length] == ':' ? 1 : 0);
  if (digits(text, at, 2, minutes) == 2)
    length = at + 2;
  else if (at > length)
    return std::nullopt;
  if (minutes > 59) return std::nullopt;
  Millis const offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  return Offset{text[0] == '-' ? -offset : offset, length};
}

/// A zone's name that is nothing but an offset.
std::optional<Millis> offset_of(std::string_view text) {
  auto const offset = offset_at(text);
  return offset && offset->length == text.size() ? std::optional{offset->value} : std::nullopt;
}

Result<std::size_t> read_month_name(std::string_view text, std::size_t at, Wall& wall) {
  constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
  auto const name = text.substr(std::min(at, text.size()), 3);
  for (std::size_t i = 0; i < kMonths.size(); ++i)
    if (std::ranges::equal(name, kMonths[i], {}, [](char c) { return ascii_lower(c); })) {
      wall.month = static_cast<int>(i) + 1;
      return 3;
    }
  return bad(text, at, "a month from Jan to Dec");
}

/// Reads one field of a pattern at `at`; how many characters it took.
Result<std::size_t> read_field(std::string_view text, std::size_t at, char field, bool exact, Wall& wall) {
  int value = 0;
  if (field == 'Y') {
    if (digits(text, at, 4, wall.year) != 4) return bad(text, at, "a year of four digits");
    return 4;
  }
  if (field == 'y') {
    if (digits(text, at, 2, value) != 2) return bad(text, at, "a year of two digits");
    wall.year = value + (value < 70 ? 2000 : 1900);
    return 2;
  }
  if (field == 'b') return read_month_name(text, at, wall);
  if (field == 'p') {
    auto const half = half_at(text.substr(std::min(at, text.size())));
    if (!half) return bad(text, at, "AM, PM, 오전 or 오후");
    wall.half = half->half;
    return half->word.size();
  }
  if (field == 'f') {
    auto const taken = digits(text, at, 9, value);
    if (taken == 0) return bad(text, at, "fraction digits");
    wall.millis = static_cast<int>(value * std::pow(10.0, 3.0 - static_cast<double>(taken)));
    return taken;
  }
  auto const taken = digits(text, at, 2, value);
  if (taken == 0 || (exact && taken != 2)) return bad(text, at, "two digits");
  wall.twelve_hours = wall.twelve_hours || field == 'I';
  int& into = field == 'm' ? wall.month : field == 'd' ? wall.day : field == 'H' || field == 'I' ? wall.hour
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

/// Days since 1899-12-30, as a spreadsheet shows a date whose format was lost; a day and its clock may stand in two
/// columns, and their sum is meant.
Result<LocalMillis> local_of_excel(std::string_view text) {
  double days = 0;
  for (auto const part : split(text, ' ')) {
    std::string number{part};
    std::ranges::replace(number, ',', '.');
    auto const value = parse_double(number);
    if (!value) return outside(text, "a number of days as spreadsheets count them expected");
    days += *value;
  }
  constexpr double kFirst = 61;       // before lies the 29th of February 1900, which Excel counts and nobody had
  constexpr double kLast = 109'574;   // 2199-12-31
  if (!(days >= kFirst && days < kLast)) return outside(text, "a number of days within 1900-03-01 to 2199-12-30 expected");
  constexpr std::chrono::local_days kOrigin{std::chrono::year{1899} / 12 / 30};
  // Fractions of a day are binary; whole seconds are meant.
  return LocalMillis{kOrigin} + std::chrono::seconds{std::llround(days * 86'400)};
}

}  // namespace

Zone Zone::fixed(Millis offset) {
  Zone zone;
  zone.offset_ = offset;
  return zone;
}

Result<Zone> Zone::named(std::string_view name) {
  Zone zone;
  zone.stated_ = true;
  if (auto const offset = offset_of(name)) {
    zone.offset_ = *offset;
    return zone;
  }
  try {
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

std::optional<Zone::Moments> Zone::moments_of(LocalMillis local) const {
  if (zone_ == nullptr) return Moments{utc_of(local), utc_of(local)};
  auto const* zone = static_cast<date::time_zone const*>(zone_);
  date::local_time<Millis> const wall{local.time_since_epoch()};
  if (zone->get_info(wall).result == date::local_info::nonexistent) return std::nullopt;
  return Moments{Instant{zone->to_sys(wall, date::choose::earliest).time_since_epoch()},
                 Instant{zone->to_sys(wall, date::choose::latest).time_since_epoch()}};
}

Zone korea_standard_time() { return Zone::fixed(std::chrono::hours{9}); }

Result<TimePattern> TimePattern::of(std::string_view pattern) {
  TimePattern made;
  made.kind_ = pattern == "rfc3339" ? Kind::kRfc3339
               : pattern == "unix"  ? Kind::kUnix
               : pattern == "unix_ms" ? Kind::kUnixMillis
               : pattern == "excel"   ? Kind::kExcel
                                      : Kind::kPattern;
  if (made.kind_ != Kind::kPattern) return made;
  if (pattern.size() > 100) return fail(Code::kLimit, "a time pattern has at most 100 characters");
  bool year = false;
  bool twelve = false;
  bool half = false;
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
    if (std::string_view{"YymbdHIMSfpz"}.find(field) == std::string_view::npos || field == '\0')
      return fail(Code::kInvalid, fmt::format("time pattern \"{}\": one of Y y m b d H I p M S f z expected behind % at column {}",
                                              pattern, i + 1));
    year = year || field == 'Y' || field == 'y';
    twelve = twelve || field == 'I';
    half = half || field == 'p';
    bool const exact = i + 1 < pattern.size() && (is_digit(pattern[i + 1]) || pattern[i + 1] == '%');
    made.items_.push_back({field, exact, 0});
  }
  if (!year) return fail(Code::kInvalid, fmt::format("time pattern \"{}\": %Y is missing", pattern));
  if (twelve != half) return fail(Code::kInvalid, fmt::format("time pattern \"{}\": %I and %p belong together", pattern));
  return made;
}

bool TimePattern::has_zone() const {
  return std::ranges::any_of(items_, [](Item const& item) { return item.field == 'z'; });
}

/// What ISO 8601 allows and RFC 3339 does not: no zone, an offset without colon, no seconds, a space for T.
std::span<TimePattern const> TimePattern::iso_patterns() {
  static std::vector<TimePattern> const patterns = [] {
    std::vector<TimePattern> made;
    for (std::string_view const between : {"T", " "})
      for (std::string_view const clock : {"%H:%M:%S", "%H:%M:%S.%f", "%H:%M:%S,%f", "%H:%M"})
        for (std::string_view const end : {"", "%z", " %z"})
          made.push_back(of(fmt::format("%Y-%m-%d{}{}{}", between, clock, end)).value());
    return made;
  }();
  return patterns;
}

Result<Instant> TimePattern::read(std::string_view text, Zone const& zone) const {
  MADANG_TRY(auto const moments, read_moments(text, zone));
  return moments.earlier;
}

Result<Zone::Moments> TimePattern::read_moments(std::string_view text, Zone const& zone) const {
  auto const once = [](Result<Instant> const& t) -> Result<Zone::Moments> {
    if (!t) return fail(t.error());
    return Zone::Moments{*t, *t};
  };
  if (kind_ == Kind::kRfc3339) {
    auto const instant = parse_instant(text);
    if (instant) return once(instant);
    for (auto const& pattern : iso_patterns())
      if (auto moments = pattern.read_moments(text, zone); moments && (zone.is_stated() || pattern.has_zone())) return moments;
    return once(instant);
  }
  if (kind_ == Kind::kUnix || kind_ == Kind::kUnixMillis) return once(instant_of_number(text, kind_ == Kind::kUnix ? 1000.0 : 1.0));
  auto own = zone;
  MADANG_TRY(auto const local, kind_ == Kind::kExcel ? local_of_excel(text) : read_local(text, own));
  auto const moments = own.moments_of(local);
  if (!moments) return outside(text, "the clocks of this zone leave this hour out, as every spring");
  return *moments;
}

/// `zone` becomes the one that the text carries, if it carries one.
Result<LocalMillis> TimePattern::read_local(std::string_view text, Zone& zone) const {
  Wall wall;
  std::size_t at = 0;
  for (auto const& item : items_) {
    if (item.field == 0) {
      if (at >= text.size() || text[at] != item.text) return bad(text, at, fmt::format("'{}'", item.text));
      ++at;
      // As strptime has it: columns that were lined up have several.
      while (item.text == ' ' && at < text.size() && text[at] == ' ') ++at;
    } else if (item.field == 'z') {
      auto const offset = offset_at(text.substr(std::min(at, text.size())));
      if (!offset) return bad(text, at, "Z or an offset such as +09:00");
      zone = Zone::fixed(offset->value);
      at += offset->length;
    } else {
      MADANG_TRY(auto const taken, read_field(text, at, item.field, item.exact, wall));
      at += taken;
    }
  }
  if (at != text.size()) return bad(text, at, "the end");
  MADANG_CHECK(resolve_half(wall, text));
  return local_of(wall, text);
}

namespace {

/// Takes the word for a half of the day out of the text: "2021-04-05 오후 1:00" to "2021-04-05 1:00".
Half take_half(std::string& text) {
  if (text.find_first_of("Mm\xEC") == std::string::npos) return Half::kUnsaid;  // nearly every row
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto const half = half_at(std::string_view{text}.substr(at));
    if (!half) continue;
    text.erase(at, half->word.size());
    while (at < text.size() && text[at] == ' ') text.erase(at, 1);
    while (text.ends_with(' ') || text.ends_with('_')) text.pop_back();
    return half->half;
  }
  return Half::kUnsaid;
}

}  // namespace

Result<SdotTime> read_sdot_time(std::string_view published) {
  std::string without_half{published};
  auto const half = take_half(without_half);
  std::string_view const text = without_half;
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
  Wall wall{groups[0], groups[1], groups[2], groups[3], groups[4], groups[5], 0, half, false};
  bool const with_clock = groups.size() > kFraction;
  if (half != Half::kUnsaid && !with_clock) return outside(published, "a half of the day without a clock");
  MADANG_CHECK(resolve_half(wall, published));
  MADANG_TRY(auto const local, local_of(wall, published));
  return SdotTime{local, with_clock, half != Half::kUnsaid};
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
