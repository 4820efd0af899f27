#include "sensing/reporting.h"

#include <algorithm>

#include "sensing/quality/constants.h"
#include "sensing/quality/tests.h"

namespace madang::sensing {
namespace {

using namespace std::chrono;

/// Clocks that were never set count from 1970, 2000 or the day their firmware was built; city sensors are younger.
constexpr Instant kClocksFrom = sys_days{2015y / January / 1};

bool is_about_clock(Quality quality) {
  return quality.reason == static_cast<std::uint8_t>(QualityTest::kTiming) ||
         quality.reason == static_cast<std::uint8_t>(QualityTest::kClock);
}

}  // namespace

std::string_view name_of(ReportState state) {
  switch (state) {
    case ReportState::kReporting: return "reporting";
    case ReportState::kLate: return "late";
    case ReportState::kSilent: return "silent";
    case ReportState::kNeverHeard: return "never_heard";
  }
  return "never_heard";
}

void ReportCounts::add(ReportState state) {
  ++total;
  switch (state) {
    case ReportState::kReporting: ++reporting; break;
    case ReportState::kLate: ++late; break;
    case ReportState::kSilent: ++silent; break;
    case ReportState::kNeverHeard: ++never_heard; break;
  }
}

Millis late_after(Millis interval) { return std::max(kGapMin, interval * kGapIntervals); }

ReportState report_state(Instant heard, Millis interval, Instant at) {
  if (heard == kInstantMin) return ReportState::kNeverHeard;
  // A value a month is late after three months, and is not called silent before.
  auto const late = late_after(interval);
  if (at - heard > std::max(kSilentAfter, late)) return ReportState::kSilent;
  return at - heard > late ? ReportState::kLate : ReportState::kReporting;
}

bool has_trusted_time(Instant phenomenon_time, Instant received_at, Quality quality) {
  return phenomenon_time >= kClocksFrom && phenomenon_time <= received_at + kClockAhead && !is_about_clock(quality);
}

storage::Trust trusted_times() {
  return {.ahead_max = kClockAhead,
          .not_before = kClocksFrom,
          .reasons = {static_cast<std::uint8_t>(QualityTest::kTiming), static_cast<std::uint8_t>(QualityTest::kClock)},
          .numbers_only = false};
}

Instant heard_at(Instant phenomenon_time, Instant received_at, Quality quality) {
  bool const history = received_at - phenomenon_time > kSilentAfter;
  return history && has_trusted_time(phenomenon_time, received_at, quality) ? phenomenon_time : received_at;
}

}  // namespace madang::sensing
