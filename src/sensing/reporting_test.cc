#include "sensing/reporting.h"

#include <gtest/gtest.h>

#include "sensing/quality/tests.h"

namespace madang::sensing {
namespace {

using namespace std::chrono_literals;

Instant const kReportedNow = parse_instant("2026-11-24T05:30:00Z").value();
constexpr Quality kGood{QualityFlag::kGood, 0, kRuleVersion};

TEST(report_state, is_late_after_three_intervals_and_at_least_ten_minutes) {
  EXPECT_EQ(report_state(kReportedNow - 10min, 10s, kReportedNow), ReportState::kReporting);
  EXPECT_EQ(report_state(kReportedNow - 10min - 1ms, 10s, kReportedNow), ReportState::kLate);
  EXPECT_EQ(report_state(kReportedNow - 3h, 1h, kReportedNow), ReportState::kReporting);
  EXPECT_EQ(report_state(kReportedNow - 3h - 1ms, 1h, kReportedNow), ReportState::kLate);
}

TEST(report_state, is_silent_after_seven_days_unless_a_value_is_due_more_seldom) {
  EXPECT_EQ(report_state(kReportedNow - 168h, 1h, kReportedNow), ReportState::kLate);
  EXPECT_EQ(report_state(kReportedNow - 168h - 1ms, 1h, kReportedNow), ReportState::kSilent);
  EXPECT_EQ(report_state(kReportedNow - 200h, 168h, kReportedNow), ReportState::kReporting);
  EXPECT_EQ(report_state(kInstantMin, 1h, kReportedNow), ReportState::kNeverHeard);
}

TEST(trusted_time, is_neither_of_the_future_nor_of_a_clock_that_was_never_set_nor_doubted) {
  EXPECT_TRUE(has_trusted_time(kReportedNow + 5min, kReportedNow, kGood));
  EXPECT_FALSE(has_trusted_time(kReportedNow + 5min + 1ms, kReportedNow, kGood));
  EXPECT_TRUE(has_trusted_time(*parse_instant("2015-01-01T00:00:00Z"), kReportedNow, kGood));
  EXPECT_FALSE(has_trusted_time(*parse_instant("2014-12-31T23:59:59Z"), kReportedNow, kGood));
  EXPECT_FALSE(has_trusted_time(kReportedNow, kReportedNow, opinion(QualityFlag::kSuspect, QualityTest::kClock)));
  EXPECT_FALSE(has_trusted_time(kReportedNow, kReportedNow, opinion(QualityFlag::kSuspect, QualityTest::kTiming)));
  EXPECT_TRUE(has_trusted_time(kReportedNow, kReportedNow, opinion(QualityFlag::kFail, QualityTest::kSpike)));
}

TEST(sign_of_life, is_the_arrival_whatever_the_clock_says_but_not_of_loaded_history) {
  EXPECT_EQ(sign_of_life_at(kReportedNow - 2h, kReportedNow, kGood), kReportedNow);
  EXPECT_EQ(sign_of_life_at(kReportedNow + 4'000h, kReportedNow, kGood), kReportedNow);
  EXPECT_EQ(sign_of_life_at(*parse_instant("1970-01-01T00:00:00Z"), kReportedNow, kGood), kReportedNow);
  EXPECT_EQ(sign_of_life_at(kReportedNow - 4'000h, kReportedNow, kGood), kReportedNow - 4'000h);
}

}  // namespace
}  // namespace madang::sensing
