#include "sensing/reporting.h"

#include <algorithm>
#include <array>

#include "sensing/quality/constants.h"
#include "sensing/quality/tests.h"

namespace madang::sensing {
namespace {

using namespace std::chrono;

constexpr auto number_of(QualityTest test) { return static_cast<std::uint8_t>(test); }

static_assert(storage::kHistoryAge == kSilentAfter);
static_assert(storage::kClockReasons == std::array{number_of(QualityTest::kTiming), number_of(QualityTest::kClock)});

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

std::optional<ReportState> report_state_named(std::string_view name) {
  for (auto const state : {ReportState::kReporting, ReportState::kLate, ReportState::kSilent, ReportState::kNeverHeard})
    if (name_of(state) == name) return state;
  return std::nullopt;
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
  return phenomenon_time >= storage::kClocksSetFrom && phenomenon_time <= received_at + kClockAhead && !storage::doubts_clock(quality);
}

storage::Trust trusted_times() {
  return {.ahead_max = kClockAhead,
          .not_before = storage::kClocksSetFrom,
          .reasons = {storage::kClockReasons.begin(), storage::kClockReasons.end()},
          .numbers_only = false};
}

}  // namespace madang::sensing
