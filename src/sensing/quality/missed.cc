#include "sensing/quality/missed.h"

#include <algorithm>

#include "sensing/quality/constants.h"

namespace madang::sensing {
namespace {

double in_hours(Millis length) { return static_cast<double>(length.count()) / 3'600'000; }

}  // namespace

double share_since(Instant since, Instant now) { return std::clamp(in_hours(now - std::max(since, now - std::chrono::hours{24})) / 24, 0.0, 1.0); }

std::optional<Finding> missed(ThingId thing, DatastreamId stream, StationReport const& report, Instant now) {
  if (report.state == ReportState::kReporting) return std::nullopt;
  Finding finding;
  finding.thing = thing;
  finding.stream = stream;
  finding.since = kInstantMin;
  finding.ailment = report.state == ReportState::kSilent ? Ailment::kSilent : Ailment::kLate;
  if (report.state == ReportState::kNeverHeard) {
    finding.ailment = Ailment::kNeverHeard;
  } else if (report.speaks && report.claimed != kInstantMin) {
    finding.ailment = Ailment::kClock;
    finding.test = QualityTest::kClock;
    finding.share = 1;
    finding.number = in_hours(report.delivered - report.claimed);
  } else if (report.delivers && report.measured != kInstantMin) {
    finding.test = QualityTest::kTiming;
    finding.since = report.measured;
    finding.share = share_since(report.measured, now);
    finding.number = in_hours(report.delivered - report.measured);
  } else {
    if (now - report.heard <= kGapMin) return std::nullopt;
    finding.since = report.heard;
    finding.share = share_since(report.heard, now);
    finding.number = report.heard == kInstantMin ? 0 : in_hours(now - report.heard);
  }
  return finding;
}

}  // namespace madang::sensing
