#include "sensing/live/calendar_series.h"

#include <algorithm>
#include <array>

#include "runtime/refusal.h"
#include "sensing/limits.h"
#include "sensing/means.h"
#include "sensing/quantities.h"

namespace madang::sensing {
namespace {

constexpr std::array<std::string_view, 3> kNames{"hour", "day", "month"};

Result<std::vector<Interval>> calendar_buckets_of(indices::Calendar const& calendar, CalendarUnit by, Interval when) {
  switch (by) {
    case CalendarUnit::kHour: return calendar.hours(when);
    case CalendarUnit::kDay: return calendar.days(when);
    case CalendarUnit::kMonth: return calendar.months(when);
  }
  return fail(Code::kInternal, "no such unit");
}

/// As long a time in whole days as always fits, whatever the calendar does.
std::size_t days_that_fit(CalendarUnit by) {
  switch (by) {
    case CalendarUnit::kHour: return kSeriesPointsMax / 25;  // the longest day, in autumn
    case CalendarUnit::kDay: return kSeriesPointsMax - 1;
    case CalendarUnit::kMonth: return (kSeriesPointsMax - 1) * 28;
  }
  return 0;
}

}  // namespace

std::string_view name_of(CalendarUnit unit) { return kNames[static_cast<std::size_t>(unit)]; }

std::optional<CalendarUnit> calendar_unit_named(std::string_view name) {
  auto const found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<CalendarUnit>(found - kNames.begin());
}

void convert(CalendarSeries& series, UnitConversion const& conversion, std::string_view unit) {
  series.unit = unit;
  for (auto& p : series.points) {
    p.mean = conversion(p.mean);
    p.min = conversion(p.min);
    p.max = conversion(p.max);
  }
}

Result<CalendarSeries> read_calendar_series(storage::ObservationStore& store, city::Datastream const& datastream,
                                            CalendarQuery const& query, indices::Calendar const& calendar) {
  auto const by = query.by;
  auto const* info = quantity(datastream.channel);
  auto const averaging = averaging_of(datastream);
  MADANG_TRY(auto const buckets, calendar_buckets_of(calendar, by, query.when));
  if (buckets.size() > kSeriesPointsMax) {
    return runtime::refuse_field(Code::kLimit, "by", "refusal.series.buckets", {{"count", buckets.size()}, {"max", kSeriesPointsMax}, {"by", name_of(by)}, {"days", days_that_fit(by)}});
  }
  CalendarSeries out{datastream.id, datastream.unit.symbol, info == nullptr ? 2 : info->decimals, by, {}};
  if (buckets.empty()) return out;
  // Hours of the first bucket's clock; jumps of a clock are whole hours nearly everywhere, and where they are not an hour
  // across the jump goes to the bucket in which it begins.
  Interval const all{buckets.front().from, buckets.back().to};
  storage::AggregateOptions const hourly{.step = std::chrono::hours{1}, .together = true, .from_raw = false, .averaging = averaging, .deadline = query.deadline};
  MADANG_TRY(auto const series, store.aggregate(std::span(&datastream.id, 1), all, hourly));
  std::vector<storage::Bucket> sums(buckets.size());
  for (auto const& s : series) {
    for (auto const& b : s.buckets) {
      auto const after = std::ranges::upper_bound(buckets, b.from, {}, &Interval::from);
      if (after != buckets.begin()) storage::add_bucket(sums[static_cast<std::size_t>(after - buckets.begin()) - 1], b);
    }
  }
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    auto const& sum = sums[i];
    auto const mean = storage::mean_of(sum, averaging);
    if (!mean) continue;
    // Of directions a lowest and a highest say nothing.
    bool const circular = averaging == Averaging::kCircular;
    out.points.push_back({buckets[i], *mean, circular ? *mean : sum.min, circular ? *mean : sum.max, sum.count, sum.good});
  }
  return out;
}

}  // namespace madang::sensing
