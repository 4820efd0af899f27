#include "sensing/indices/calendar.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>

namespace madang::sensing::indices {
namespace {

using LocalMillis = date::local_time<Millis>;

date::time_zone const& zone_at(void const* zone) { return *static_cast<date::time_zone const*>(zone); }

date::sys_time<Millis> outside(Instant t) { return date::sys_time<Millis>{t.time_since_epoch()}; }
Instant inside(date::sys_time<Millis> t) { return Instant{t.time_since_epoch()}; }

/// A transition of the zone; those before or after all stored years are as good as the ends of them.
Instant transition(date::sys_seconds t) {
  auto const first = std::chrono::ceil<std::chrono::seconds>(kInstantMin.time_since_epoch());
  auto const last = std::chrono::floor<std::chrono::seconds>(kInstantMax.time_since_epoch());
  return Instant{std::clamp(t.time_since_epoch(), first, last)};
}

LocalMillis local_of(date::time_zone const& zone, Instant t) { return zone.to_local(outside(t)); }

/// Midnight of a day; where the clock leaves it out, the moment of the jump.
Instant start_of(date::time_zone const& zone, date::local_days day) {
  return inside(zone.to_sys(LocalMillis{day}, date::choose::earliest));
}

date::local_days first_of_month(date::local_days day) {
  auto const ymd = date::year_month_day{day};
  return date::local_days{ymd.year() / ymd.month() / 1};
}

template <typename BucketOf>
Result<std::vector<Interval>> buckets(Interval when, BucketOf const& bucket_of) {
  std::vector<Interval> out;
  for (auto t = when.from; t < when.to; t = out.back().to) {
    if (out.size() == Calendar::kBucketsMax)
      return fail(Code::kLimit, fmt::format("more than {} buckets between the two times", Calendar::kBucketsMax));
    out.push_back(bucket_of(t));
  }
  return out;
}

}  // namespace

Result<Calendar> Calendar::of_zone(std::string_view iana_name) {
  try {
    return Calendar{date::locate_zone(std::string{iana_name})};
  } catch (std::exception const&) {
    return fail(Code::kInvalid, fmt::format("\"{}\" is no time zone such as Asia/Seoul", iana_name.substr(0, 60)));
  }
}

WallTime Calendar::wall_time(Instant t) const {
  auto const local = local_of(zone_at(zone_), t);
  auto const day = date::floor<date::days>(local);
  auto const ymd = date::year_month_day{day};
  auto const clock = date::hh_mm_ss{local - day};
  return {static_cast<int>(ymd.year()),
          static_cast<int>(static_cast<unsigned>(ymd.month())),
          static_cast<int>(static_cast<unsigned>(ymd.day())),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(date::weekday{day}.iso_encoding()) - 1};
}

Interval Calendar::hour(Instant t) const {
  // The offset that holds now holds for the whole hour unless the clock jumps within it, as on Lord Howe by half an hour.
  auto const info = zone_at(zone_).get_info(outside(t));
  auto const offset = std::chrono::duration_cast<Millis>(info.offset);
  auto const start = Instant{date::floor<std::chrono::hours>(t.time_since_epoch() + offset)} - offset;
  return {std::max(start, transition(info.begin)), std::min(start + std::chrono::hours{1}, transition(info.end))};
}

Interval Calendar::day(Instant t) const {
  auto const& zone = zone_at(zone_);
  auto const day = date::floor<date::days>(local_of(zone, t));
  return {start_of(zone, day), start_of(zone, day + date::days{1})};
}

Interval Calendar::month(Instant t) const {
  auto const& zone = zone_at(zone_);
  auto const first = first_of_month(date::floor<date::days>(local_of(zone, t)));
  return {start_of(zone, first), start_of(zone, first_of_month(first + date::days{31}))};
}

Result<std::vector<Interval>> Calendar::hours(Interval when) const {
  return buckets(when, [this](Instant t) { return hour(t); });
}

Result<std::vector<Interval>> Calendar::days(Interval when) const {
  return buckets(when, [this](Instant t) { return day(t); });
}

Result<std::vector<Interval>> Calendar::months(Interval when) const {
  return buckets(when, [this](Instant t) { return month(t); });
}

}  // namespace madang::sensing::indices
