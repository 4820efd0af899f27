#include "sensing/warning/shared_cause.h"

#include <gtest/gtest.h>

namespace madang::sensing::warning {
namespace {

using situations::Severity;
using situations::Signal;

constexpr LatLon kHere{37.56, 126.98};
constexpr LatLon kNextStreet{37.565, 126.985};
constexpr LatLon kFarAway{37.66, 126.98};

Signal part(std::string rule, std::string key, LatLon place, Severity severity = Severity::kCaution) {
  Signal s;
  s.kind = "plume";
  s.rule = std::move(rule);
  s.key = std::move(key);
  s.place = place;
  s.severity = severity;
  s.since = instant_of_millis(1'000);
  s.headline = {{{"en", s.rule + " is rising"}}};
  s.evidence.streams.emplace_back();
  s.evidence.streams.back().channel = s.rule;
  return s;
}

TEST(shared_causes, make_one_of_the_substances_of_one_source) {
  SharedCauses causes;
  EXPECT_EQ(causes.raise(part("pm25", "a", kHere)).key, "a");
  auto const whole = causes.raise(part("no2", "b", kNextStreet));
  EXPECT_EQ(whole.key, "a");
  ASSERT_EQ(whole.evidence.streams.size(), 2U);
  EXPECT_EQ(whole.evidence.streams[1].channel, "no2");
}

TEST(shared_causes, speak_in_the_words_of_the_worst) {
  SharedCauses causes;
  causes.raise(part("no2", "a", kHere));
  auto const whole = causes.raise(part("pm25", "b", kHere, Severity::kSerious));
  EXPECT_EQ(whole.key, "a");
  EXPECT_EQ(whole.severity, Severity::kSerious);
  EXPECT_EQ(whole.headline.in("en"), "pm25 is rising");
}

TEST(shared_causes, leave_apart_what_is_far_and_two_plumes_of_one_substance) {
  SharedCauses causes;
  causes.raise(part("pm25", "a", kHere));
  EXPECT_EQ(causes.raise(part("no2", "b", kFarAway)).key, "b");
  EXPECT_EQ(causes.raise(part("pm25", "c", kNextStreet)).key, "c");
}

TEST(shared_causes, last_until_the_last_part_is_gone) {
  SharedCauses causes;
  causes.raise(part("pm25", "a", kHere, Severity::kSerious));
  causes.raise(part("no2", "b", kHere));
  auto const eased = causes.clear("a");
  EXPECT_EQ(eased.key, "a");
  ASSERT_TRUE(eased.still);
  EXPECT_EQ(eased.still->key, "a");
  EXPECT_EQ(eased.still->severity, Severity::kCaution);
  auto const over = causes.clear("b");
  EXPECT_EQ(over.key, "a");
  EXPECT_FALSE(over.still);
}

TEST(shared_causes, go_on_with_what_stood_before_a_restart) {
  SharedCauses causes;
  causes.adopt(part("pm25", "old", kHere));
  EXPECT_EQ(causes.raise(part("co", "new", kHere)).key, "old");
  EXPECT_EQ(causes.raise(part("pm25", "old", kNextStreet)).key, "old");
}

TEST(shared_causes, clear_what_they_never_saw_under_its_own_key) {
  SharedCauses causes;
  EXPECT_EQ(causes.clear("haze").key, "haze");
}

}  // namespace
}  // namespace madang::sensing::warning
