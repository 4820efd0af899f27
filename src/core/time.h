// What the world said: an Instant is UTC in milliseconds. How long something took is a Tick of the
// steady clock; the two never mix. Nobody here reads a clock: take runtime::Clock const&.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"

namespace madang {

using Millis = std::chrono::milliseconds;
using Instant = std::chrono::sys_time<Millis>;
using Tick = std::chrono::steady_clock::time_point;
inline constexpr std::int64_t kHourMillis = 3'600'000;

/// Half open: from is inside, to is not.
struct Interval {
  Instant from;
  Instant to;

  [[nodiscard]] bool contains(Instant t) const { return from <= t && t < to; }
  [[nodiscard]] Millis length() const { return to - from; }
  friend bool operator==(Interval const&, Interval const&) = default;
};

/// The years that Madang stores: 1900 to 2199. Outside lies a broken device clock, not the world.
inline constexpr Instant kInstantMin{Millis{-2'208'988'800'000}};
inline constexpr Instant kInstantMax{Millis{7'258'118'400'000}};

[[nodiscard]] constexpr Instant instant_of_millis(std::int64_t millis) { return Instant{Millis{millis}}; }
[[nodiscard]] constexpr std::int64_t millis_of(Instant t) { return t.time_since_epoch().count(); }

/// RFC 3339 with a mandatory zone ("2026-11-24T05:30:00Z", "...+09:00"), seconds with up to nine
/// fraction digits (beyond milliseconds cut off), leap second 60 read as 59.999. The whole text must match.
/// kInvalid: the sentence names the column.
Result<Instant> parse_instant(std::string_view text);

/// ISO 8601 interval of SensorThings: two instants joined by '/'. kInvalid also when it ends before it starts.
Result<Interval> parse_interval(std::string_view text);

/// "2026-11-24T05:30:00Z", with ".123" only where milliseconds are not zero.
std::string format_instant(Instant t);
std::string format_interval(Interval const& i);
/// RFC 9110 IMF-fixdate, as HTTP's Date header wants it: "Tue, 24 Nov 2026 05:30:00 GMT".
std::string format_http_date(Instant t);
/// The same text written to a buffer of at least kInstantTextMax bytes; returns its length.
inline constexpr std::size_t kInstantTextMax = 24;
std::size_t format_instant(Instant t, char* out);

}  // namespace madang
