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

TEST(shared_causes, make_one_of_a_crowd_and_its_noise_and_let_the_crowd_speak) {
  SharedCauses causes;
  causes.raise(of_kind("noise_event", part("noise", "loud", kHere, Severity::kSerious)));
  auto const whole = causes.raise(of_kind("crowd_surge", part("people", "many", kHere))).whole;
  EXPECT_EQ(whole.key, "loud");
  EXPECT_EQ(whole.kind, "crowd_surge");
  EXPECT_EQ(whole.severity, Severity::kSerious);
  EXPECT_EQ(whole.facts.quantities.size(), 2U);
  EXPECT_EQ(causes.raise(of_kind("noise_event", part("noise", "elsewhere", kNextStreet, Severity::kCaution, 3'600'000))).whole.key, "loud")
      << "another loud place of the same cause";
}

TEST(shared_causes, leave_a_crowd_and_a_noise_apart_that_are_far_from_each_other) {
  SharedCauses causes;
  causes.raise(of_kind("noise_event", part("noise", "loud", kHere)));
  EXPECT_EQ(causes.raise(of_kind("crowd_surge", part("people", "many", kNextStreet))).whole.key, "many") << "seven hundred metres";
}

TEST(shared_causes, reach_farther_where_both_rose_together) {
  LatLon const far{kHere.latitude + 0.0135, kHere.longitude};      // 1.5 km
  LatLon const farther{kHere.latitude + 0.0225, kHere.longitude};  // 2.5 km
  constexpr int kAnHourLater = 3'601'000;
  SharedCauses causes;
  causes.raise(of_kind("noise_event", part("noise", "a", kHere)));
  EXPECT_EQ(causes.raise(of_kind("noise_event", part("noise", "b", far, Severity::kCaution, 300'000))).whole.key, "a");
  SharedCauses later;
  later.raise(of_kind("noise_event", part("noise", "a", kHere)));
  EXPECT_EQ(later.raise(of_kind("noise_event", part("noise", "b", far, Severity::kCaution, kAnHourLater))).whole.key, "b");

  causes.raise(part("pm25", "smoke", kHere));
  EXPECT_EQ(causes.raise(part("pm25", "downwind", farther, Severity::kCaution, 360'000)).whole.key, "smoke");
  later.raise(part("pm25", "smoke", kHere));
  EXPECT_EQ(later.raise(part("pm25", "another", farther, Severity::kCaution, kAnHourLater)).whole.key, "another");
}

TEST(shared_causes, are_two_sounds_where_no_source_between_them_could_be_so_loud_at_both) {
  LatLon const far{kHere.latitude + 0.0144, kHere.longitude};  // 1.6 km: a source in between is 600 m from one and 1 km from the other
  auto const loud = [](std::string key, LatLon place, double decibels) {
    auto s = of_kind("noise_event", part("noise", std::move(key), place));
    s.facts.quantities.front().peak = decibels;
    return s;
  };
  SharedCauses one;
  one.raise(loud("a", kHere, 78.4));  // 100 dB(A) at fifty metres
  EXPECT_EQ(one.raise(loud("b", far, 74)).whole.key, "a");
  SharedCauses two;
  two.raise(loud("a", kHere, 90));
  EXPECT_EQ(two.raise(loud("b", far, 88)).whole.key, "b");
}

TEST(shared_causes, make_one_of_a_crowd_and_its_noise_that_share_a_station_however_far_their_middles_are) {
  SharedCauses causes;
  auto noise = of_kind("noise_event", part("noise", "loud", kNextStreet, Severity::kCaution, 1'000, 7));
  noise.place = kBetween;
  causes.raise(noise);
  auto crowd = of_kind("crowd_surge", part("people", "many", kHere, Severity::kCaution, 1'000, 7));
  EXPECT_EQ(causes.raise(crowd).whole.key, "loud");
}

TEST(shared_causes, keep_the_name_that_was_told_first_before_one_that_began_earlier) {
  SharedCauses before;
  auto const told = before.raise(part("pm25", "told", kHere, Severity::kCaution, 10'000'000)).whole;
  SharedCauses causes;
  causes.adopt(told);
  causes.raise(part("pm10", "new", kOtherEnd, Severity::kCaution, 1'000));
  auto const tied = causes.raise(part("co", "tie", kBetween, Severity::kCaution, 10'000'000));
  EXPECT_EQ(tied.whole.key, "told");
  EXPECT_THAT(tied.absorbed, ElementsAre("new"));
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

/// A part that so many stations show.
Signal shown_by(std::int64_t stations, Signal s) {
  s.facts.stations = s.facts.quantities.front().stations = stations;
  return s;
}

std::string lead_of(Signal const& whole) { return situations::by_channel(whole.facts).front().channel; }

TEST(shared_causes, are_led_by_the_quantity_that_was_told_though_another_becomes_worse) {
  SharedCauses causes;
  EXPECT_EQ(lead_of(causes.raise(shown_by(12, part("pm10", "coarse", kHere))).whole), "pm10");
  EXPECT_EQ(lead_of(causes.raise(shown_by(13, part("pm25", "fine", kHere, Severity::kSerious))).whole), "pm10");
  auto const whole = causes.raise(shown_by(4, part("co", "gas", kHere, Severity::kCritical))).whole;
  EXPECT_EQ(lead_of(whole), "pm10");
  EXPECT_EQ(whole.severity, Severity::kCritical) << "it is as severe as its worst";
  auto const left = causes.clear("coarse").still;
  ASSERT_TRUE(left);
  EXPECT_EQ(lead_of(*left), "pm25") << "of those that last, what most stations show";
}

TEST(shared_causes, are_led_by_another_quantity_when_far_more_stations_show_it) {
  SharedCauses causes;
  causes.raise(shown_by(2, part("co", "gas", kHere)));
  EXPECT_EQ(lead_of(causes.raise(shown_by(4, part("pm10", "coarse", kHere))).whole), "co");
  EXPECT_EQ(lead_of(causes.raise(shown_by(5, part("pm10", "coarse", kHere))).whole), "pm10");
  EXPECT_EQ(lead_of(causes.raise(shown_by(9, part("co", "gas", kHere))).whole), "pm10") << "and stays";
}

TEST(shared_causes, keep_lead_and_beginning_over_a_restart) {
  SharedCauses causes;
  causes.raise(shown_by(12, part("pm10", "coarse", kHere, Severity::kCaution, 2'000)));
  causes.raise(shown_by(4, part("co", "gas", kHere, Severity::kCaution, 1'000)));
  auto const before = *causes.clear("gas").still;
  EXPECT_EQ(before.since, instant_of_millis(1'000)) << "what began it may be over first";
  SharedCauses after;
  after.adopt(before);
  auto const whole = after.raise(shown_by(13, part("pm25", "fine", kHere, Severity::kSerious, 3'000))).whole;
  EXPECT_EQ(lead_of(whole), "pm10");
  EXPECT_EQ(whole.since, instant_of_millis(1'000));
}

/// What one station shows alone, and nobody confirms.
Signal lone(std::string channel, std::string key, LatLon place, int since = 1'000, std::int64_t thing = 0) {
  auto s = of_kind("unconfirmed", part(channel, key, place, Severity::kCaution, since, thing));
  s.facts.quantities.front().kind = s.kind;
  s.facts.quantities.front().peak = s.facts.quantities.front().value = 500;
  s.facts.quantities.front().members = {DatastreamId{100 + thing}};
  s.is_public = false;
  return s;
}

TEST(shared_causes, take_what_one_station_showed_alone_into_what_others_confirm) {
  SharedCauses causes;
  EXPECT_EQ(causes.raise(lone("temperature", "alone", kHere)).whole.kind, "unconfirmed");
  auto const raised = causes.raise(part("pm25", "plume", kNextStreet, Severity::kCaution, 60'000));
  EXPECT_EQ(raised.whole.key, "alone") << "one identity from the first word on";
  EXPECT_THAT(raised.absorbed, IsEmpty());
  EXPECT_EQ(raised.whole.kind, "plume");
  EXPECT_TRUE(raised.whole.is_public);
  auto const over = causes.clear("alone");
  ASSERT_TRUE(over.still);
  EXPECT_EQ(over.still->key, "alone") << "the others last";
}

TEST(shared_causes, let_a_lone_one_lead_neither_onset_nor_reach_nor_numbers) {
  SharedCauses causes;
  causes.raise(lone("pm25", "alone", kNextStreet, 1'000, 7));
  auto const whole = causes.raise(part("pm25", "plume", kHere, Severity::kCaution, 60'000, 8)).whole;
  EXPECT_EQ(whole.since, instant_of_millis(60'000));
  EXPECT_EQ(whole.place, kHere);
  EXPECT_EQ(whole.radius, 300);
  EXPECT_EQ(whole.facts.stations, 1);
  auto const told = situations::by_channel(whole.facts);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_LT(told.front().peak, 500);
  ASSERT_EQ(whole.evidence.streams.size(), 2U);
  EXPECT_EQ(whole.evidence.streams[1].role, "neighbour") << "named beside it";
  EXPECT_EQ(whole.facts.quantities.size(), 2U) << "both go on after a restart";
}

TEST(shared_causes, take_in_a_lone_one_of_the_same_quantity_that_stands_between_two_groups_of_stations) {
  SharedCauses causes;
  auto const place = [](double metres_north) { return LatLon{kHere.latitude + metres_north / 111'320, kHere.longitude}; };
  causes.raise(part("pm25", "south", place(0)));
  EXPECT_EQ(causes.raise(part("pm25", "north", place(2'700))).whole.key, "south");
  auto const raised = causes.raise(lone("pm25", "between", place(1'350)));
  EXPECT_EQ(raised.whole.key, "south");
  EXPECT_EQ(raised.whole.kind, "plume");
  EXPECT_EQ(causes.raise(lone("o3", "other", place(1'350))).whole.key, "other") << "nobody else saw that";
}

TEST(shared_causes, are_not_tied_together_by_a_lone_one) {
  SharedCauses causes;
  auto const wide = [](std::string key, LatLon place) {
    auto s = part("pm25", std::move(key), place);
    s.radius = 1'800;
    return s;
  };
  causes.raise(wide("south", kHere));
  causes.raise(wide("north", kOtherEnd));
  auto const raised = causes.raise(lone("no2", "alone", kBetween));
  EXPECT_THAT(raised.absorbed, IsEmpty());
  EXPECT_EQ(causes.parts_of("south").size() + causes.parts_of("north").size(), 3U);
  EXPECT_EQ(causes.raise(wide("south", kHere)).whole.key, "south");
  EXPECT_EQ(causes.raise(wide("north", kOtherEnd)).whole.key, "north");
}

TEST(shared_causes, keep_the_name_of_what_was_confirmed_before_that_of_a_lone_one) {
  SharedCauses causes;
  causes.raise(lone("pm25", "alone", kBetween, 1'000));
  causes.raise(part("pm25", "plume", kFarAway, Severity::kCaution, 2'000));
  auto const moved = causes.raise(part("pm25", "plume", kBetween, Severity::kCaution, 2'000));
  EXPECT_EQ(moved.whole.key, "plume");
  EXPECT_THAT(moved.absorbed, ElementsAre("alone"));
}

TEST(shared_causes, leave_lone_ones_of_two_stations_apart) {
  SharedCauses causes;
  causes.raise(lone("pm25", "a", kHere));
  EXPECT_EQ(causes.raise(lone("pm10", "b", kHere)).whole.key, "a") << "one station";
  EXPECT_EQ(causes.raise(lone("pm25", "c", kNextStreet)).whole.key, "c");
  EXPECT_EQ(causes.raise(of_kind("noise_event", part("noise", "d", kHere))).whole.key, "d") << "noise confirms no dust";
  EXPECT_EQ(causes.raise(part("pm25", "e", kOtherEnd)).whole.key, "e");
  EXPECT_EQ(causes.raise(lone("temperature", "f", kBetween)).whole.key, "f") << "a fire beside a plume, and no part of it";
}
TEST(shared_causes, show_where_the_heat_is_that_one_station_alone_feels_inside_a_plume) {
  SharedCauses causes;
  causes.raise(part("pm25", "plume", kHere, Severity::kCaution, 1'000, 8));
  auto const raised = causes.raise(lone("temperature", "fire", kNextStreet, 60'000, 7)).whole;
  EXPECT_EQ(raised.key, "plume");
  EXPECT_EQ(raised.place, kHere) << "it leads nothing";
  ASSERT_EQ(raised.evidence.streams.size(), 2U);
  EXPECT_EQ(raised.evidence.streams[1].channel, "temperature");
  EXPECT_EQ(raised.evidence.streams[1].role, "cause") << "nobody else shows anything of it";
}

Signal suspect(std::string channel, std::string key, LatLon place, std::int64_t thing) {
  auto s = of_kind("device_suspect", part(channel, key, place, Severity::kNotice, 1'000, thing));
  s.facts.quantities.front().kind = s.kind;
  s.facts.quantities.front().members = {DatastreamId{100 + thing}};
  s.is_public = false;
  return s;
}

TEST(shared_causes, make_one_of_what_one_station_shows_and_the_suspicion_of_its_device) {
  SharedCauses causes;
  causes.raise(lone("pm25", "alone", kHere, 1'000, 7));
  auto const raised = causes.raise(suspect("pm25", "device", kHere, 7));
  EXPECT_EQ(raised.whole.key, "alone") << "told as one station's excursion first";
  EXPECT_THAT(raised.absorbed, IsEmpty());
  EXPECT_EQ(raised.whole.kind, "device_suspect") << "what is known by now";
  EXPECT_EQ(raised.whole.severity, Severity::kCaution) << "it would still be dangerous if it were true";
  EXPECT_EQ(raised.whole.facts.stations, 1);

  auto const left = causes.clear("alone");
  ASSERT_TRUE(left.still);
  EXPECT_EQ(left.key, "alone");
  EXPECT_EQ(left.still->kind, "device_suspect");
  EXPECT_FALSE(causes.clear("device").still);
}

TEST(shared_causes, take_a_station_that_shows_more_into_the_suspicion_of_its_device_and_no_other_quantity) {
  SharedCauses causes;
  causes.raise(suspect("pm25", "device", kHere, 7));
  EXPECT_EQ(causes.raise(lone("pm25", "alone", kHere, 2'000, 7)).whole.key, "device");
  EXPECT_EQ(causes.raise(lone("temperature", "warm", kHere, 2'000, 7)).whole.key, "device") << "of the same station, alone too";
  EXPECT_EQ(causes.raise(lone("pm25", "next", kNextStreet, 2'000, 8)).whole.key, "next");

  SharedCauses others;
  others.raise(suspect("noise", "device", kHere, 7));
  EXPECT_EQ(others.raise(lone("pm25", "alone", kHere, 2'000, 7)).whole.key, "alone") << "a broken microphone says nothing of dust";
}

TEST(shared_causes, make_a_warning_of_a_suspicion_that_others_confirm_under_the_same_name) {
  SharedCauses causes;
  causes.raise(lone("pm25", "alone", kHere, 1'000, 7));
  causes.raise(suspect("pm25", "device", kHere, 7));
  auto const raised = causes.raise(part("pm25", "plume", kNextStreet, Severity::kCaution, 60'000, 8));
  EXPECT_EQ(raised.whole.key, "alone");
  EXPECT_EQ(raised.whole.kind, "plume");
  EXPECT_EQ(situations::by_channel(raised.whole.facts).front().stations, 1) << "the lone one is no number of it";
  EXPECT_TRUE(causes.clear("device").still);
  EXPECT_TRUE(causes.clear("alone").still);
  EXPECT_FALSE(causes.clear("plume").still);
}

TEST(shared_causes, leave_the_suspicion_of_a_device_alone_beside_a_plume) {
  SharedCauses causes;
  causes.raise(suspect("pm25", "device", kHere, 7));
  EXPECT_EQ(causes.raise(part("pm25", "plume", kNextStreet, Severity::kCaution, 60'000, 8)).whole.key, "plume");
  EXPECT_THAT(causes.parts_of("device"), ElementsAre("device"));
}

TEST(shared_causes, are_over_when_all_that_was_confirmed_is_and_the_lone_one_goes_on_by_itself) {
  SharedCauses causes;
  causes.raise(lone("temperature", "alone", kHere));
  causes.raise(part("pm25", "plume", kHere));
  auto const over = causes.clear("plume");
  EXPECT_EQ(over.key, "alone");
  EXPECT_FALSE(over.still);
  EXPECT_EQ(over.lone_left.size(), 1U) << "nobody has measured that all of it is";
  auto const left = causes.raise(lone("temperature", "alone", kHere)).whole;
  EXPECT_NE(left.key, "alone") << "the public warning is over";
  EXPECT_EQ(left.kind, "unconfirmed");
}

TEST(shared_causes, go_on_with_what_rises_where_one_was_over_while_its_situation_waits) {
  SharedCauses causes;
  causes.raise(part("pm25", "a", kHere));
  EXPECT_FALSE(causes.clear("a").still);
  EXPECT_EQ(causes.raise(part("pm10", "b", kNextStreet)).whole.key, "a");
  EXPECT_FALSE(causes.clear("b").still);
  EXPECT_EQ(causes.raise(lone("pm25", "c", kHere)).whole.key, "c") << "a lone one does not hold a public warning open";
  EXPECT_TRUE(causes.clear("c").lone_left.empty());
  causes.drop_dormant_unless([](std::string_view) { return false; });
  EXPECT_EQ(causes.raise(part("pm10", "d", kNextStreet)).whole.key, "d") << "its Situation is closed";
}

TEST(shared_causes, keep_after_a_restart_which_part_was_confirmed) {
  SharedCauses before;
  before.raise(lone("pm10", "alone", kHere));
  auto const whole = before.raise(part("pm25", "plume", kHere)).whole;
  SharedCauses causes;
  causes.adopt(whole);
  EXPECT_FALSE(causes.clear("plume").still) << "what is left is a lone one";
}

TEST(shared_causes, count_stations_of_two_clusters_that_share_one_once) {
  SharedCauses causes;
  auto const of = [](std::string key, LatLon place, std::vector<DatastreamId> members) {
    auto s = part("pm25", std::move(key), place);
    s.facts.quantities.front().stations = static_cast<std::int64_t>(members.size());
    s.facts.quantities.front().members = std::move(members);
    return s;
  };
  causes.raise(of("a", kHere, {DatastreamId{1}, DatastreamId{2}}));
  EXPECT_EQ(causes.raise(of("b", kNextStreet, {DatastreamId{2}, DatastreamId{3}})).whole.facts.stations, 3);
}

TEST(shared_causes, clear_a_part_of_the_cause_that_is_meant) {
  SharedCauses causes;
  auto a = part("pm25", "a", kHere);
  auto b = part("pm25", "b", kFarAway);
  a.facts.quantities.push_back(part("pm10", "both", kHere).facts.quantities.front());
  b.facts.quantities.push_back(part("pm10", "both", kFarAway).facts.quantities.front());
  causes.adopt(a);
  causes.adopt(b);
  EXPECT_EQ(causes.clear("b", "both").key, "b");
  EXPECT_THAT(causes.parts_of("a"), ElementsAre("a", "both"));
  EXPECT_THAT(causes.parts_of("b"), ElementsAre("b"));
}

TEST(shared_causes, clear_what_they_never_saw_under_its_own_key) {
  SharedCauses causes;
  EXPECT_EQ(causes.clear("haze").key, "haze");
}

TEST(shared_causes, tell_nothing_again_of_what_is_over_and_tell_what_is_more) {
  constexpr auto at = [](int minutes) { return instant_of_millis(60'000 * minutes); };
  SharedCauses causes;
  auto told = part("pm25", "told", kHere, Severity::kCaution, 600'000);
  causes.raise(told);
  causes.clear("told", at(40));
  EXPECT_FALSE(causes.is_reported_already(part("pm25", "late", kNextStreet, Severity::kCaution, 660'000), at(20))) << "its Situation still waits";
  causes.drop_dormant_unless([](std::string_view) { return false; });
  auto const late = part("pm25", "late", kNextStreet, Severity::kCaution, 660'000);
  EXPECT_TRUE(causes.is_reported_already(late, at(20)));
  EXPECT_TRUE(causes.is_reported_already(of_kind("unconfirmed", late), at(20)));
  EXPECT_FALSE(causes.is_reported_already(late, at(42))) << "it lasts longer there";
  EXPECT_FALSE(causes.is_reported_already(part("pm25", "late", kNextStreet, Severity::kSerious, 660'000), at(20))) << "it is worse there";
  EXPECT_FALSE(causes.is_reported_already(part("pm25", "late", kFarAway, Severity::kCaution, 660'000), at(20)));
  EXPECT_FALSE(causes.is_reported_already(of_kind("device_suspect", late), at(20)));
  causes.forget();
  EXPECT_TRUE(causes.is_reported_already(late, at(20))) << "other rules and paces change nothing of what was told";
}

constexpr auto at_minute = [](int minutes) { return instant_of_millis(60'000 * minutes); };

/// What is over for good.
void end_all(SharedCauses& causes, std::vector<std::string> const& parts, int minute) {
  for (auto const& key : parts) causes.clear(key, at_minute(minute));
  causes.drop_dormant_unless([](std::string_view) { return false; });
}

TEST(shared_causes, remember_what_is_over_as_it_stood_worst_and_not_as_it_stood_last) {
  SharedCauses causes;
  causes.raise(part("pm25", "told", kHere, Severity::kSerious, 600'000));
  causes.raise(part("pm25", "told", kHere, Severity::kCaution, 600'000));
  end_all(causes, {"told"}, 40);
  EXPECT_TRUE(causes.is_reported_already(part("pm25", "late", kNextStreet, Severity::kSerious, 660'000), at_minute(20)));
  EXPECT_FALSE(causes.is_reported_already(part("pm25", "late", kNextStreet, Severity::kCritical, 660'000), at_minute(20)));
}

TEST(shared_causes, remember_all_parts_of_what_is_over_and_not_only_the_one_that_ended_last) {
  SharedCauses causes;
  causes.raise(part("pm25", "first", kHere, Severity::kSerious, 600'000));
  causes.raise(part("pm10", "second", kBetween, Severity::kCaution, 660'000));
  end_all(causes, {"first", "second"}, 40);
  LatLon const beyond{kHere.latitude - 0.017, kHere.longitude};  // 1.9 km from the first one, 3.6 km from the other
  EXPECT_TRUE(causes.is_reported_already(part("pm25", "late", beyond, Severity::kSerious, 660'000), at_minute(20)));
}

TEST(shared_causes, remember_how_it_stood_worst_through_other_rules_and_through_a_return) {
  SharedCauses causes;
  causes.raise(part("pm25", "told", kHere, Severity::kSerious, 600'000));
  auto const last = causes.raise(part("pm25", "told", kHere, Severity::kCaution, 600'000)).whole;
  causes.forget();
  causes.adopt(last);
  causes.clear("told", at_minute(30));
  causes.raise(part("pm25", "again", kHere, Severity::kCaution, 1'860'000));
  end_all(causes, {"again"}, 40);
  EXPECT_TRUE(causes.is_reported_already(part("pm25", "late", kNextStreet, Severity::kSerious, 660'000), at_minute(20)));
}

TEST(shared_causes, remember_after_a_restart_the_highest_severity_that_was_told) {
  auto const last = part("pm25", "told", kHere, Severity::kCaution, 600'000);
  auto const late = part("pm25", "late", kNextStreet, Severity::kSerious, 660'000);
  SharedCauses ended;
  ended.remember(last, at_minute(40), Severity::kSerious);
  EXPECT_TRUE(ended.is_reported_already(late, at_minute(20)));
  SharedCauses dormant;
  dormant.adopt_dormant(last, at_minute(40), Severity::kSerious);
  dormant.drop_dormant_unless([](std::string_view) { return false; });
  EXPECT_TRUE(dormant.is_reported_already(late, at_minute(20)));
}

TEST(shared_causes, tell_what_is_real_where_an_exercise_is_over_and_no_exercise_where_it_was_real) {
  auto exercise = part("pm25", "told", kHere, Severity::kCaution, 600'000);
  exercise.simulated = true;
  auto const late = part("pm25", "late", kNextStreet, Severity::kCaution, 660'000);
  auto late_exercise = late;
  late_exercise.simulated = true;
  SharedCauses causes;
  causes.raise(exercise);
  end_all(causes, {"told"}, 40);
  EXPECT_FALSE(causes.is_reported_already(late, at_minute(20)));
  EXPECT_TRUE(causes.is_reported_already(late_exercise, at_minute(20)));

  SharedCauses real;
  real.raise(part("pm25", "told", kHere, Severity::kCaution, 600'000));
  end_all(real, {"told"}, 40);
  EXPECT_TRUE(real.is_reported_already(late_exercise, at_minute(20)));
}

Signal made_up(Signal part) {
  part.simulated = true;
  return part;
}

TEST(shared_causes, are_an_exercise_where_their_parts_are_simulated_and_have_none_that_are_real) {
  SharedCauses causes;
  auto const drill = made_up(part("pm25", "a", kHere, Severity::kSerious));
  EXPECT_TRUE(causes.raise(drill).whole.simulated);
  EXPECT_EQ(causes.raise(made_up(part("no2", "b", kNextStreet))).whole.key, "a");

  auto const real = causes.raise(part("pm10", "c", kNextStreet, Severity::kCaution));
  EXPECT_TRUE(real.absorbed.empty());
  EXPECT_EQ(real.whole.key, "c");
  EXPECT_FALSE(real.whole.simulated);
  EXPECT_EQ(real.whole.severity, Severity::kCaution) << "of what was measured";
  EXPECT_EQ(real.whole.facts.quantities.size(), 1U);
  EXPECT_TRUE(causes.raise(drill).whole.simulated) << "and the exercise goes on as one";
}

TEST(shared_causes, take_no_lone_one_that_is_real_into_an_exercise) {
  SharedCauses causes;
  causes.raise(made_up(part("pm25", "drill", kHere, Severity::kSerious)));
  auto const told = causes.raise(lone("pm25", "lone", kNextStreet)).whole;
  EXPECT_EQ(told.key, "lone");
  EXPECT_FALSE(told.simulated);
}

TEST(shared_causes, let_what_is_real_rise_under_its_own_key_where_an_exercise_rests) {
  SharedCauses causes;
  causes.raise(made_up(part("pm25", "drill", kHere, Severity::kSerious)));
  causes.clear("drill", at_minute(20));
  EXPECT_EQ(causes.raise(part("pm25", "real", kHere)).whole.key, "real");
}

}  // namespace
}  // namespace madang::sensing::warning
