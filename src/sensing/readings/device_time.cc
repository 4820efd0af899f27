#include "sensing/readings/device_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/text.h"
#include "sensing/readings/loose_json.h"

namespace madang::sensing {
namespace {

using std::chrono::local_days;

/// Of a time in a sentence.
constexpr std::size_t kShownBytesMax = 40;

/// Reads a text left to right and knows where it stands, so that an error names its column.
struct Cursor {
  std::string_view text;
  std::size_t at = 0;

  [[nodiscard]] char peek() const { return at < text.size() ? text[at] : '\0'; }
  [[nodiscard]] bool done() const { return at >= text.size(); }
  bool accept(std::string_view any_of) {
    if (done() || any_of.find(peek()) == std::string_view::npos) return false;
    ++at;
    return true;
  }
  bool digits(std::size_t count, int& value) {
    if (text.size() - std::min(at, text.size()) < count) return false;
    value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(text[at + i])) return false;
      value = value * 10 + (text[at + i] - '0');
    }
    at += count;
    return true;
  }
  [[nodiscard]] std::unexpected<Error> wants(std::string_view what) const {
    return fail(Code::kInvalid, fmt::format("time \"{}\": {} expected at column {}", shortened(text, kShownBytesMax), what, at + 1));
  }
};

Result<std::chrono::local_days> read_day(Cursor& c) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!c.digits(4, year)) return c.wants("a year of four digits");
  bool const separated = c.accept("-/");
  if (!c.digits(2, month)) return c.wants("a month of two digits");
  if (separated && !c.accept("-/")) return c.wants("'-'");
  if (!c.digits(2, day)) return c.wants("a day of two digits");
  std::chrono::year_month_day const date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return c.wants("a day that the calendar has");
  return local_days{date};
}

Result<Millis> read_fraction(Cursor& c) {
  if (!c.accept(".,")) return Millis{0};
  int millis = 0;
  int scale = 100;
  auto const begin = c.at;
  for (; is_digit(c.peek()); ++c.at, scale /= 10) millis += (c.peek() - '0') * scale;
  if (c.at == begin) return c.wants("digits of a fraction");
  return Millis{millis};
}

Result<Millis> read_clock(Cursor& c) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!c.digits(2, hour) || hour > 24) return c.wants("an hour 00 to 24");
  bool const separated = c.accept(":");
  if (!c.digits(2, minute) || minute > 59) return c.wants("a minute 00 to 59");
  bool const seconds = separated ? c.accept(":") : is_digit(c.peek());
  if (seconds && (!c.digits(2, second) || second > 60)) return c.wants("a second 00 to 60");
  MADANG_TRY(auto const fraction, read_fraction(c));
  // The end of a day, as ISO 8601 and many loggers write it.
  if (hour == 24 && (minute != 0 || second != 0 || fraction != Millis{0})) return c.wants("nothing after 24:00:00");
  Millis const in_second = second == 60 ? Millis{59'999} : std::chrono::seconds{second} + fraction;
  return std::chrono::hours{hour} + std::chrono::minutes{minute} + in_second;
}

/// nullopt: the text names no zone.
Result<std::optional<Millis>> read_zone(Cursor& c) {
  while (c.accept(" ")) {
  }
  if (c.done()) return std::optional<Millis>{};
  if (c.accept("Zz")) return std::optional{Millis{0}};
  for (std::string_view const name : {"UTC", "GMT", "utc", "gmt"}) {
    if (!c.text.substr(c.at).starts_with(name)) continue;
    c.at += name.size();
    if (c.done()) return std::optional{Millis{0}};
  }
  bool const behind = c.peek() == '-';
  if (!c.accept("+-")) return c.wants("'Z' or an offset such as +09:00");
  int hours = 0;
  int minutes = 0;
  if (!c.digits(2, hours) || hours > 23) return c.wants("offset hours 00 to 23");
  bool const separated = c.accept(":");
  if ((separated || !c.done()) && (!c.digits(2, minutes) || minutes > 59)) return c.wants("offset minutes 00 to 59");
  Millis const offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  return std::optional{behind ? -offset : offset};
}

/// Fourteen digits are a date and a clock; other numbers of seconds and milliseconds have more or fewer.
bool is_count(std::string_view text) {
  auto const whole = text.substr(0, text.find('.'));
  return !whole.empty() && std::ranges::all_of(whole, is_digit) && whole.size() != 14 && number_of_text(text).has_value();
}

}  // namespace

Result<Instant> device_time_of_number(double number) {
  double millis = number * 1000;
  if (std::abs(number) >= 1e17)
    millis = number / 1e6;
  else if (std::abs(number) >= 1e14)
    millis = number / 1e3;
  else if (std::abs(number) >= 1e11)
    millis = number;
  if (!(std::abs(millis) < 1e15)) return fail(Code::kInvalid, "time: a number of seconds or milliseconds since 1970 expected");
  return instant_of_millis(std::llround(millis));
}

Result<Instant> read_device_time(std::string_view text, Zone const* zone) {
  Cursor c{trim(text)};
  if (is_count(c.text)) return device_time_of_number(*number_of_text(c.text));
  MADANG_TRY(auto const day, read_day(c));
  bool const run_on = is_digit(c.peek()) && is_digit(c.text[4]);
  if (!run_on && !c.accept("Tt _")) return c.wants("'T' and a time of day");
  MADANG_TRY(auto const clock, read_clock(c));
  MADANG_TRY(auto const offset, read_zone(c));
  if (!c.done()) return c.wants("the end");
  LocalMillis const local = day + clock;
  if (offset) return Instant{local.time_since_epoch() - *offset};
  if (zone != nullptr) return zone->utc_of(local);
  return fail(Code::kInvalid, fmt::format("time \"{}\": it names no zone; write Z or +09:00 behind it, or state the zone "
                                          "(timeZone of the Thing, time_zone of a mapping)", shortened(c.text, kShownBytesMax)));
}

}  // namespace madang::sensing
