// What somebody asks for happens: it is understood or refused with a sentence, and stations and truth show it.
#include "simulation/staged.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "simulation/readings.h"
#include "simulation/test_city.h"
#include "simulation/truth.h"

namespace madang::simulation {
namespace {

constexpr Millis kMinute{60'000};
constexpr Millis kStep{10'000};


Instant const kBegin = *parse_instant("2026-11-24T05:00:00Z");

std::string refusal(std::string_view text) {
  auto const parsed = parse_staged(text);
  return parsed ? "" : parsed.error().sentence;
}

/// A place in the middle of stations: of the first hundred, the one with the most others within a kilometre.
Node const& crowded_node() {
  auto const neighbours = [](Node const& node) {
    return std::ranges::count_if(city().nodes, [&](Node const& n) { return distance(n.place, node.place) < 1; });
  };
  return *std::ranges::max_element(city().nodes.begin(), city().nodes.begin() + 100, {}, neighbours);
}

Happening staged(HappeningKind kind, double size, Millis length) {
  StagedHappening const asked{.kind = kind, .place = crowded_node().position, .size = size, .length = length};
  return happening_of(asked, {kBegin, kBegin + length}, 7);
}

/// For every station, in how many of the steps of the happening it is lifted by at least `least`.
std::vector<std::size_t> steps_lifted(Happening const& happening, Channel channel, double least) {
  Readings with(city(), {.happenings = true, .faults = false, .staged = {happening}});
  Readings without(city(), {.happenings = true, .faults = false});
  Reading a;
  Reading b;
  std::vector<std::size_t> lifted(city().nodes.size());
  for (std::size_t node = 0; node < lifted.size(); ++node) {
    for (Instant t = happening.when.from; t < happening.when.to; t += kStep) {
      with.read(node, t, a);
      without.read(node, t, b);
      lifted[node] += a.value(channel) - b.value(channel) >= least ? 1 : 0;
    }
  }
  return lifted;
}

std::ptrdiff_t stations_lifted(Happening const& happening, Channel channel, double least, double share) {
  auto const steps = static_cast<double>(happening.when.length() / kStep);
  return std::ranges::count_if(steps_lifted(happening, channel, least),
                               [&](std::size_t lifted) { return static_cast<double>(lifted) >= share * steps; });
}

TEST(parse_staged, understands_kind_place_size_length_and_delay) {
  auto const plume = parse_staged("plume:37.55,126.99:60:15:30");

  ASSERT_TRUE(plume);
  EXPECT_EQ(plume->kind, HappeningKind::kPlume);
  EXPECT_EQ(plume->place, (LatLon{37.55, 126.99}));
  EXPECT_EQ(plume->size, 60);
  EXPECT_EQ(plume->length, 15 * kMinute);
  EXPECT_EQ(plume->delay, Millis{30'000});
}

TEST(parse_staged, begins_at_once_when_no_delay_is_given) {
  EXPECT_EQ(parse_staged("noise:37.55,126.99:95:2.5")->delay, Millis{0});
  EXPECT_EQ(parse_staged("noise:37.55,126.99:95:2.5")->length, Millis{150'000});
  EXPECT_EQ(parse_staged("crowd:-33.9,-70.6:2000:60")->kind, HappeningKind::kCrowd);
}

TEST(parse_staged, names_the_part_that_is_wrong_and_what_it_may_be) {
  EXPECT_EQ(refusal("plume:37.55,126.99:60"),
            "happening 'plume:37.55,126.99:60': it must be KIND:LATITUDE,LONGITUDE:SIZE:MINUTES or the same with "
            ":DELAY_SECONDS");
  EXPECT_EQ(refusal("flood:37.55,126.99:60:15"),
            "happening 'flood:37.55,126.99:60:15': the kind is 'flood', not plume, noise, crowd or fire");
  EXPECT_EQ(refusal("plume:37.55:60:15"), "happening 'plume:37.55:60:15': the place is '37.55', not LATITUDE,LONGITUDE");
  EXPECT_EQ(refusal("plume:126.99,37.55:60:15"),
            "happening 'plume:126.99,37.55:60:15': the latitude is '126.99', not a number from -90 to 90");
  EXPECT_EQ(refusal("plume:37.55,126.99:nan:15"),
            "happening 'plume:37.55,126.99:nan:15': the size (ug/m3) is 'nan', not a number from 1 to 1000");
  EXPECT_EQ(refusal("plume:37.55,126.99:60:0"),
            "happening 'plume:37.55,126.99:60:0': the length in minutes is '0', not a number from 0.1 to 1440");
  EXPECT_EQ(refusal("plume:37.55,126.99:60:15:-1"),
            "happening 'plume:37.55,126.99:60:15:-1': the delay in seconds is '-1', not a number from 0 to 604800");
}

TEST(check_staged, refuses_a_place_where_no_station_would_notice) {
  std::vector<StagedHappening> const busan{{.kind = HappeningKind::kPlume, .place = {35.1, 129.0}, .size = 60, .length = kMinute}};
  auto const refused = check_staged(city(), busan);

  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().sentence.find("km from the nearest station"), std::string::npos) << refused.error().sentence;
}

TEST(check_staged, takes_a_hundred_and_no_more) {
  std::vector<StagedHappening> many(100, {.kind = HappeningKind::kLoud, .place = crowded_node().position, .size = 80, .length = kMinute});

  EXPECT_TRUE(check_staged(city(), many));
  many.push_back(many.front());
  EXPECT_EQ(check_staged(city(), many).error().sentence, "happening: 101 are more than 100");
}

TEST(staged_plume, lifts_several_stations_for_most_of_its_time) {
  EXPECT_GE(stations_lifted(staged(HappeningKind::kPlume, 60, 15 * kMinute), Channel::kPm25, 20, 0.8), 3);
}

TEST(staged_plume, goes_with_the_wind_and_is_gone_an_hour_later) {
  Happening const plume = staged(HappeningKind::kPlume, 60, 15 * kMinute);
  Conditions const wind = conditions_at(1, kBegin);
  double const east = wind.wind_east / wind.wind_speed();
  double const north = wind.wind_north / wind.wind_speed();
  Point const down{plume.place.x + 1.2 * east, plume.place.y + 1.2 * north};
  Point const up{plume.place.x - 1.2 * east, plume.place.y - 1.2 * north};
  Instant const later = plume.when.to;

  EXPECT_GT(plume_at(plume, down, later, wind), 20);
  EXPECT_LT(plume_at(plume, up, later, wind), 10);
  EXPECT_EQ(plume_at(plume, down, later + Millis{3'600'000}, wind), 0);
}

TEST(staged_noise, is_heard_at_the_station_beside_it) {
  EXPECT_GE(stations_lifted(staged(HappeningKind::kLoud, 95, 5 * kMinute), Channel::kNoise, 15, 0.95), 1);
}

TEST(staged_crowd, fills_the_place_though_it_lasts_only_a_quarter_of_an_hour) {
  EXPECT_GE(stations_lifted(staged(HappeningKind::kCrowd, 2000, 15 * kMinute), Channel::kPeople, 1000, 0.4), 1);
}

TEST(staged_happening, stands_in_the_truth_as_one_that_was_asked_for) {
  std::vector<Happening> const all{staged(HappeningKind::kPlume, 60, 15 * kMinute)};
  auto const truths = truth_of(city(), {kBegin, kBegin + kMinute}, all);
  auto const found = std::ranges::find(truths, "plume-7", &Truth::id);

  ASSERT_NE(found, truths.end());
  EXPECT_EQ(found->serial, crowded_node().serial);
  auto const line = json_line(*found);
  EXPECT_NE(line.find("\"size\":60,\"unit\":\"ug/m3\",\"peak\":"), std::string::npos) << line;
  EXPECT_TRUE(line.ends_with("\"staged\":true,\"simulated\":true}\n")) << line;
  EXPECT_TRUE(std::ranges::none_of(truth_of(city(), {kBegin, kBegin + kMinute}), &Truth::staged));
}

}  // namespace
}  // namespace madang::simulation
