#include "sensing/warning/shared_cause.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace madang::sensing::warning {
namespace {

using situations::Severity;
using situations::Signal;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr LatLon kHere{37.56, 126.98};
constexpr LatLon kNextStreet{37.565, 126.985};
constexpr LatLon kBetween{37.575, 126.98};   // 1.7 km from both ends
constexpr LatLon kOtherEnd{37.59, 126.98};   // 3.3 km
constexpr LatLon kFarAway{37.66, 126.98};

/// `thing` > 0: the station that measured it.
Signal part(std::string channel, std::string key, LatLon place, Severity severity = Severity::kCaution, int since = 1'000,
            std::int64_t thing = 0) {
  Signal s;
  s.kind = "plume";
  s.rule = channel + "_plume";
  s.key = key;
  s.place = place;
  s.radius = 300;
  s.severity = severity;
  s.since = instant_of_millis(since);
  s.is_public = true;
  s.facts.stations = 1;
  s.facts.quantities.push_back({.part = key, .rule = s.rule, .severity = severity, .channel = channel, .stations = 1, .since = s.since});
  s.evidence.streams.emplace_back();
  s.evidence.streams.back().datastream = DatastreamId{static_cast<std::int64_t>(std::hash<std::string>{}(key) % 1'000'000)};
  s.evidence.streams.back().thing = ThingId{thing};
  s.evidence.streams.back().channel = channel;
  s.evidence.streams.back().role = "cause";
  return s;
}

Signal of_kind(std::string kind, Signal s) {
  s.kind = std::move(kind);
  return s;
}

TEST(shared_causes, make_one_of_the_substances_of_one_source) {
  SharedCauses causes;
  EXPECT_EQ(causes.raise(part("pm25", "a", kHere)).whole.key, "a");
  auto const raised = causes.raise(part("no2", "b", kNextStreet));
  EXPECT_EQ(raised.whole.key, "a");
  EXPECT_THAT(raised.absorbed, IsEmpty()) << "b was never told";
  ASSERT_EQ(raised.whole.evidence.streams.size(), 2U);
  EXPECT_EQ(raised.whole.evidence.streams[1].channel, "no2");
  EXPECT_EQ(raised.whole.facts.quantities.size(), 2U);
}

TEST(shared_causes, keep_the_key_of_what_was_told_first_even_when_another_part_began_earlier) {
  SharedCauses causes;
  causes.raise(part("pm25", "told", kHere, Severity::kCaution, 2'000));
  auto const raised = causes.raise(part("pm10", "earlier", kHere, Severity::kSerious, 1'000));
  EXPECT_EQ(raised.whole.key, "told");
  EXPECT_EQ(raised.whole.since, instant_of_millis(1'000));
  EXPECT_THAT(raised.absorbed, IsEmpty());
}

TEST(shared_causes, make_one_of_a_loud_place_heard_at_two_stations) {
  SharedCauses causes;
  causes.raise(of_kind("noise_event", part("noise", "a", kHere)));
  EXPECT_EQ(causes.raise(of_kind("noise_event", part("noise", "b", kNextStreet))).whole.key, "a");
  EXPECT_EQ(causes.raise(part("pm25", "c", kHere)).whole.key, "c") << "smoke is another cause than noise";
}

TEST(shared_causes, make_one_of_smoke_and_heat_and_let_the_smoke_speak) {
  SharedCauses causes;
  auto heat = of_kind("hot_spot", part("temperature", "heat", kHere, Severity::kSerious));
  heat.is_public = false;
  EXPECT_FALSE(causes.raise(heat).whole.is_public);
  auto const whole = causes.raise(part("pm25", "smoke", kHere)).whole;
  EXPECT_EQ(whole.key, "heat");
  EXPECT_EQ(whole.kind, "plume");
  EXPECT_EQ(whole.severity, Severity::kSerious) << "the worst of all";
  EXPECT_TRUE(whole.is_public);
}

TEST(shared_causes, make_one_of_what_one_device_measures_wrongly) {
  SharedCauses causes;
  causes.raise(of_kind("device_suspect", part("pm25", "a", kHere)));
  EXPECT_EQ(causes.raise(of_kind("device_suspect", part("pm10", "b", kHere))).whole.key, "a");
  EXPECT_EQ(causes.raise(of_kind("device_suspect", part("pm10", "c", kNextStreet))).whole.key, "c") << "another device";
}

TEST(shared_causes, make_one_of_the_levels_of_one_area) {
  SharedCauses causes;
  auto const haze = [](std::string const& channel, AreaId area) {
    auto s = of_kind("haze", part(channel, channel + "_haze:" + std::to_string(area.value()), kHere));
    s.place.reset();
    s.area = area;
    return s;
  };
  causes.raise(haze("pm25", {}));
  EXPECT_EQ(causes.raise(haze("pm10", {})).whole.key, "pm25_haze:0");
  EXPECT_EQ(causes.raise(haze("pm10", AreaId{3})).whole.key, "pm10_haze:3");
}

TEST(shared_causes, become_one_when_a_part_ties_them_together) {
  SharedCauses causes;
  causes.raise(part("pm25", "south", kHere, Severity::kCaution, 1'000));
  EXPECT_EQ(causes.raise(part("pm25", "north", kOtherEnd, Severity::kCaution, 2'000)).whole.key, "north");
  auto const tied = causes.raise(part("pm10", "middle", kBetween, Severity::kCaution, 3'000));
  EXPECT_THAT(tied.absorbed, ElementsAre("north")) << "told under its own key so far";
  EXPECT_EQ(tied.whole.key, "south");
  EXPECT_EQ(tied.whole.facts.quantities.size(), 3U);
  EXPECT_EQ(causes.raise(part("pm25", "north", kOtherEnd, Severity::kCaution, 2'000)).whole.key, "south");
}

TEST(shared_causes, count_each_station_once) {
  SharedCauses causes;
  causes.raise(part("pm25", "a", kHere, Severity::kCaution, 1'000, 7));
  EXPECT_EQ(causes.raise(part("pm10", "b", kHere, Severity::kCaution, 1'000, 7)).whole.facts.stations, 1) << "both of station 7";
  EXPECT_EQ(causes.raise(part("pm25", "c", kNextStreet, Severity::kCaution, 1'000, 8)).whole.facts.stations, 2);
  auto many = part("pm10", "b", kHere, Severity::kCaution, 1'000, 7);
  many.facts.quantities.front().stations = 12;
  EXPECT_EQ(causes.raise(many).whole.facts.stations, 12) << "more than the evidence shows";
}

TEST(shared_causes, leave_apart_what_is_far) {
  SharedCauses causes;
  causes.raise(part("pm25", "a", kHere));
  EXPECT_EQ(causes.raise(part("no2", "b", kFarAway)).whole.key, "b");
}

TEST(shared_causes, last_until_the_last_part_is_gone) {
  SharedCauses causes;
  causes.raise(part("pm25", "a", kHere, Severity::kSerious));
  causes.raise(part("no2", "b", kHere));
  EXPECT_THAT(causes.parts_of("a"), ElementsAre("a", "b"));
  auto const eased = causes.clear("a");
  EXPECT_EQ(eased.key, "a");
  ASSERT_TRUE(eased.still);
  EXPECT_EQ(eased.still->key, "a");
  EXPECT_EQ(eased.still->severity, Severity::kCaution);
  auto const over = causes.clear("b");
  EXPECT_EQ(over.key, "a");
  EXPECT_FALSE(over.still);
  EXPECT_THAT(causes.parts_of("a"), IsEmpty());
}

TEST(shared_causes, go_on_with_all_parts_that_stood_before_a_restart) {
  SharedCauses before;
  before.raise(part("pm25", "a", kHere));
  auto const whole = before.raise(part("pm10", "b", kHere, Severity::kSerious)).whole;

  SharedCauses causes;
  causes.adopt(whole);
  EXPECT_THAT(causes.parts_of("a"), ElementsAre("a", "b"));
  EXPECT_EQ(causes.raise(part("pm25", "a", kNextStreet)).whole.key, "a");
  EXPECT_EQ(causes.raise(part("co", "new", kHere)).whole.key, "a");
  EXPECT_TRUE(causes.clear("b").still) << "the others last";
  EXPECT_TRUE(causes.clear("new").still);
  EXPECT_FALSE(causes.clear("a").still);
}

TEST(shared_causes, clear_what_they_never_saw_under_its_own_key) {
  SharedCauses causes;
  EXPECT_EQ(causes.clear("haze").key, "haze");
}

}  // namespace
}  // namespace madang::sensing::warning
