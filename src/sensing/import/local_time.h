// Local times as files write them: a pattern for mapped files, a tolerant reader for S-DoT's own spellings,
// and the zone that turns them into UTC.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"

namespace madang::sensing {

/// A wall clock's reading in milliseconds since 1970-01-01 00:00 of the same clock.
using LocalMillis = std::chrono::local_time<Millis>;

/// A fixed offset ("+09:00", "Z") or an IANA name ("Europe/Madrid").
class Zone {
 public:
  /// kInvalid: no such zone.
  static Result<Zone> named(std::string_view name);
  static Zone fixed(Millis offset);
  /// The earlier one where the clock shows a time twice; the moment of the jump where it leaves one out.
  [[nodiscard]] Instant utc_of(LocalMillis local) const;
  /// When a clock of this zone shows it: twice in the hour that autumn repeats (then `later` is after `earlier`), and
  /// never in the one that spring leaves out.
  struct Moments {
    Instant earlier;
    Instant later;
  };
  [[nodiscard]] std::optional<Moments> moments_of(LocalMillis local) const;
  /// Named by somebody; a zone that is only the default gives no meaning to a time without one.
  [[nodiscard]] bool is_stated() const { return stated_; }

 private:
  bool stated_ = false;
  Millis offset_{0};
  void const* zone_ = nullptr;  ///< date::time_zone, lives as long as the process
};

/// Korea Standard Time, +09:00, which S-DoT's files use.
Zone korea_standard_time();

/// A strptime-like pattern: %Y (4 digits), %y (2 digits, 1970 to 2069), %m %d %H %I %M %S (1 or 2 digits; exactly 2 where
/// a digit follows at once), %p (AM, PM, a.m., 오전, 오후; belongs to %I), %b (Jan to Dec), %f (fraction, 1 to 9 digits),
/// %z (Z, +hh:mm, +hhmm or +hh), %% and any other text as it stands. Hour 24 with nothing behind it is 00:00 of the next
/// day. Or one of the names rfc3339 (also without a zone, where one is stated, and with a space for T), unix, unix_ms, excel (days since 1899-12-30 as a spreadsheet counts them).
class TimePattern {
 public:
  /// kInvalid: names the position in the pattern.
  static Result<TimePattern> of(std::string_view pattern);
  /// kInvalid: names the column of `text`. `zone` counts unless the text carries its own.
  [[nodiscard]] Result<Instant> read(std::string_view text, Zone const& zone) const;
  /// Both moments of a clock that shows a time twice. kInvalid also for a time that the zone's clocks leave out.
  [[nodiscard]] Result<Zone::Moments> read_moments(std::string_view text, Zone const& zone) const;

 private:
  enum class Kind { kPattern, kRfc3339, kUnix, kUnixMillis, kExcel };
  struct Item {
    char field = 0;  ///< 0: `text` as it stands
    bool exact = false;
    char text = 0;
  };

  [[nodiscard]] Result<LocalMillis> read_local(std::string_view text, Zone& zone) const;
  [[nodiscard]] bool has_zone() const;
  static std::span<TimePattern const> iso_patterns();

  Kind kind_ = Kind::kPattern;
  std::vector<Item> items_;
};

/// S-DoT's spellings: "2020.5.1" with an hour of its own, "2020-04-01", "20200401_130000", "2020-04-01 13:00:00.0",
/// "202506302359"; "24:00" and hour 24 are 00:00 of the next day. `with_clock` tells whether a time of day was given.
/// A clock of twelve hours says its half of the day: "2021-04-05 오후 1:00", "2021-04-05 01:00 PM".
struct SdotTime {
  LocalMillis local;
  bool with_clock = false;
  bool with_half = false;  ///< AM or PM was said
};
Result<SdotTime> read_sdot_time(std::string_view text);
/// 0 to 24.
Result<Millis> read_sdot_hour(std::string_view text);

}  // namespace madang::sensing
