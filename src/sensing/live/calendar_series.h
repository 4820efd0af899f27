// One Datastream by hours, days or months of the city's own clock: a day of 23 or 25 hours is one bucket.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "city/city.h"
#include "core/time.h"
#include "sensing/indices/calendar.h"
#include "sensing/units.h"
#include "storage/observations/store.h"

namespace madang::sensing {

enum class CalendarUnit : std::uint8_t { kHour, kDay, kMonth };
/// "hour", "day", "month".
std::string_view name_of(CalendarUnit unit);
std::optional<CalendarUnit> calendar_unit_named(std::string_view name);

struct CalendarPoint {
  Interval when;
  double mean = 0;  ///< by the quantity's own rule (energy, vector), of the values that count
  double min = 0;
  double max = 0;
  std::uint64_t count = 0;
  std::uint64_t good = 0;
};

struct CalendarSeries {
  DatastreamId datastream;
  std::string unit;
  int decimals = 2;
  CalendarUnit by = CalendarUnit::kDay;
  std::vector<CalendarPoint> points;  ///< ascending; a bucket without a value that counts has none
};

/// In another unit.
void convert(CalendarSeries& series, UnitConversion const& conversion, std::string_view unit);

struct CalendarQuery {
  Interval when;
  CalendarUnit by = CalendarUnit::kDay;
  std::optional<Tick> deadline = {};  ///< as in storage::ReadOptions
};

/// Every bucket that touches `when`, whole. kLimit: more than kSeriesPointsMax.
Result<CalendarSeries> read_calendar_series(storage::ObservationStore& store, city::Datastream const& datastream,
                                            CalendarQuery const& query, indices::Calendar const& calendar);

}  // namespace madang::sensing
