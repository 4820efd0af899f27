// Hours, days and months as the city's own clock counts them. A day of 23 or 25 hours is one day; the hour that a
// clock shows twice in autumn is two hours.
#pragma once

#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"

namespace madang::sensing::indices {

/// What the clock on the wall shows.
struct WallTime {
  int year = 1970, month = 1, day = 1;
  int hour = 0, minute = 0;
  int weekday = 0;  ///< 0: Monday
  [[nodiscard]] int hour_of_week() const { return weekday * 24 + hour; }
  friend bool operator==(WallTime const&, WallTime const&) = default;
};

/// A copyable view of an IANA zone. Thread-safe.
class Calendar {
 public:
  /// kInvalid: no such zone.
  static Result<Calendar> of_zone(std::string_view iana_name);

  [[nodiscard]] WallTime wall_time(Instant t) const;
  /// The bucket that holds `t`.
  [[nodiscard]] Interval hour(Instant t) const;
  [[nodiscard]] Interval day(Instant t) const;
  [[nodiscard]] Interval month(Instant t) const;
  /// All that touch `when`, ascending, at most kBucketsMax. kLimit above.
  [[nodiscard]] Result<std::vector<Interval>> hours(Interval when) const;
  [[nodiscard]] Result<std::vector<Interval>> days(Interval when) const;
  [[nodiscard]] Result<std::vector<Interval>> months(Interval when) const;
  static constexpr std::size_t kBucketsMax = 100'000;

 private:
  explicit Calendar(void const* zone) : zone_(zone) {}
  void const* zone_;  ///< date::time_zone, lives as long as the process
};

}  // namespace madang::sensing::indices
