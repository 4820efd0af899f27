#include "core/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace madang {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

/// Reads a text left to right and knows where it stands, so that an error names its column.
struct Cursor {
  std::string_view text;
  std::size_t at = 0;

  [[nodiscard]] bool done() const { return at == text.size(); }
  [[nodiscard]] char peek() const { return done() ? '\0' : text[at]; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at;
    return true;
  }
  bool digits(std::size_t count, int& value) {
    if (text.size() - at < count) return false;
    value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      char const c = text[at + i];
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    at += count;
    return true;
  }
};

std::unexpected<Error> bad_time(Cursor const& c, std::string_view wanted) {
  auto const shown = c.text.substr(0, 40);
  return fail(Code::kInvalid, fmt::format("time \"{}\": {} expected at column {}", shown, wanted, c.at + 1));
}

struct Fields {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, millis = 0, offset_minutes = 0;
};

Result<void> read_date(Cursor& c, Fields& f) {
  if (!c.digits(4, f.year)) return bad_time(c, "a year of four digits");
  if (!c.take('-')) return bad_time(c, "'-'");
  if (!c.digits(2, f.month) || f.month < 1 || f.month > 12) return bad_time(c, "a month 01 to 12");
  if (!c.take('-')) return bad_time(c, "'-'");
  if (!c.digits(2, f.day)) return bad_time(c, "a day of two digits");
  year_month_day const date{std::chrono::year{f.year}, std::chrono::month{static_cast<unsigned>(f.month)},
                            std::chrono::day{static_cast<unsigned>(f.day)}};
  if (!date.ok()) return bad_time(c, "a day that this month has");
  return {};
}

Result<void> read_fraction(Cursor& c, Fields& f) {
  if (!c.take('.') && !c.take(',')) return {};  // ISO 8601 has both
  int scale = 100;
  std::size_t count = 0;
  for (; c.peek() >= '0' && c.peek() <= '9'; ++c.at, ++count) {
    f.millis += (c.peek() - '0') * scale;
    scale /= 10;
  }
  if (count == 0 || count > 9) return bad_time(c, "one to nine fraction digits");
  return {};
}

Result<void> read_clock(Cursor& c, Fields& f) {
  if (!c.digits(2, f.hour) || f.hour > 24) return bad_time(c, "an hour 00 to 24");
  if (!c.take(':')) return bad_time(c, "':'");
  if (!c.digits(2, f.minute) || f.minute > 59) return bad_time(c, "a minute 00 to 59");
  if (!c.take(':')) return bad_time(c, "':'");
  if (!c.digits(2, f.second) || f.second > 60) return bad_time(c, "a second 00 to 60");
  MADANG_CHECK(read_fraction(c, f));
  // The end of a day, as ISO 8601 and many loggers write it.
  if (f.hour == 24 && (f.minute != 0 || f.second != 0 || f.millis != 0)) return bad_time(c, "nothing after 24:00:00");
  return {};
}

Result<void> read_zone(Cursor& c, Fields& f) {
  if (c.take('Z') || c.take('z')) return {};
  int const sign = c.peek() == '-' ? -1 : 1;
  if (!c.take('+') && !c.take('-')) return bad_time(c, "'Z' or an offset such as +09:00");
  int hours = 0;
  int minutes = 0;
  if (!c.digits(2, hours) || hours > 23) return bad_time(c, "offset hours 00 to 23");
  // Both forms of ISO 8601, +09:00 and +0900 (what strftime's %z writes), and +09: no offset means something else.
  bool const minutes_follow = c.take(':') || (c.peek() >= '0' && c.peek() <= '9');
  if (minutes_follow && (!c.digits(2, minutes) || minutes > 59)) return bad_time(c, "offset minutes 00 to 59");
  f.offset_minutes = sign * (hours * 60 + minutes);
  return {};
}

Instant instant_of(Fields const& f) {
  year_month_day const date{std::chrono::year{f.year}, std::chrono::month{static_cast<unsigned>(f.month)},
                            std::chrono::day{static_cast<unsigned>(f.day)}};
  bool const leap = f.second == 60;
  return Instant{sys_days{date}} + std::chrono::hours{f.hour} + std::chrono::minutes{f.minute - f.offset_minutes} +
         std::chrono::seconds{leap ? 59 : f.second} + Millis{leap ? 999 : f.millis};
}

}  // namespace

Result<Instant> parse_instant(std::string_view text) {
  Cursor c{text};
  Fields f;
  MADANG_CHECK(read_date(c, f));
  if (!c.take('T') && !c.take('t') && !c.take(' ')) return bad_time(c, "'T'");
  MADANG_CHECK(read_clock(c, f));
  MADANG_CHECK(read_zone(c, f));
  if (!c.done()) return bad_time(c, "the end");
  Instant const t = instant_of(f);
  if (t < kInstantMin || t >= kInstantMax)
    return fail(Code::kInvalid, fmt::format("time \"{}\" lies outside the years 1900 to 2199", text.substr(0, 40)));
  return t;
}

Result<Interval> parse_interval(std::string_view text) {
  auto const slash = text.find('/');
  if (slash == std::string_view::npos)
    return fail(Code::kInvalid, fmt::format("interval \"{}\": '/' expected between two times", text.substr(0, 60)));
  MADANG_TRY(auto from, parse_instant(text.substr(0, slash)));
  MADANG_TRY(auto to, parse_instant(text.substr(slash + 1)));
  if (to < from)
    return fail(Code::kInvalid, fmt::format("interval \"{}\" ends before it starts", text.substr(0, 60)));
  return Interval{from, to};
}

std::size_t format_instant(Instant t, char* out) {
  auto const day = std::chrono::floor<days>(t);
  year_month_day const date{day};
  auto const in_day = (t - day).count();
  auto put = [](char* at, std::int64_t value, int width) {
    for (int i = width - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
  };
  std::array<char, kInstantTextMax + 1> text{"0000-00-00T00:00:00.000Z"};
  put(&text[0], static_cast<int>(date.year()), 4);
  put(&text[5], static_cast<unsigned>(date.month()), 2);
  put(&text[8], static_cast<unsigned>(date.day()), 2);
  put(&text[11], in_day / 3'600'000, 2);
  put(&text[14], in_day / 60'000 % 60, 2);
  put(&text[17], in_day / 1000 % 60, 2);
  put(&text[20], in_day % 1000, 3);
  if (in_day % 1000 == 0) {
    text[19] = 'Z';
    std::copy_n(text.begin(), 20, out);
    return 20;
  }
  std::copy_n(text.begin(), 24, out);
  return 24;
}

std::string format_instant(Instant t) {
  std::array<char, kInstantTextMax> buffer{};
  return {buffer.data(), format_instant(t, buffer.data())};
}

std::string format_interval(Interval const& i) { return format_instant(i.from) + "/" + format_instant(i.to); }

std::string format_http_date(Instant t) {
  static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  auto const day = std::chrono::floor<days>(t);
  year_month_day const date{day};
  auto const second = (t - day).count() / 1000;
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday{day}.c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), second / 3600, second / 60 % 60, second % 60);
}

}  // namespace madang
