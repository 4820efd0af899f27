// Where the early warning judges nothing it says so: of what, and why.
#include "sensing/quantity_names.h"
#include "sensing/warning/sight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "embedded_locales.h"
#include "sensing/test_city.h"
#include "sensing/warning/rules.h"
#include "sensing/warning/sight_words.h"
#include "sensing/warning/warm_start.h"

namespace madang::sensing::warning {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Instant const kNow = *parse_instant("2026-11-26T05:00:00Z");

TEST(warning_sight, says_that_all_streams_of_a_quantity_are_in_a_foreign_unit_when_nobody_mended_it_at_once) {
  Sightedness sight(kNow);
  sight.set_foreign(kNow, {{"no2", 12}, {"so2", 3}});
  EXPECT_THAT(sight.find_blind(kNow + 1min, {}), IsEmpty());
  EXPECT_FALSE(sight.sees("blind:unit", "no2"));

  auto const blind = sight.find_blind(kNow + 3min, {});
  ASSERT_EQ(blind.size(), 1U);
  EXPECT_EQ(blind.front(), (Blindness{.why = Blind::kUnit, .channels = {"no2", "so2"}, .streams = 15, .since = kNow}));

  sight.set_foreign(kNow + 4min, {{"so2", 3}});
  EXPECT_THAT(sight.find_blind(kNow + 4min, {}).front().channels, ElementsAre("so2"));
  EXPECT_TRUE(sight.sees("blind:unit", "no2"));
}

TEST(warning_sight, says_that_values_come_too_late_also_where_only_a_share_of_the_streams_is_affected) {
  Sightedness sight(kNow);
  Engine::Sight pm25{.channel = "pm25", .step = 2min, .streams = 100, .accepted = 1'000, .late = 0, .speaking = 100, .known = 100};
  auto const look = [&](Instant now, std::size_t only_late) {
    pm25.accepted += 100;
    pm25.only_late = only_late;
    return sight.find_blind(now, {&pm25, 1});
  };
  EXPECT_THAT(look(kNow, 0), IsEmpty());
  EXPECT_THAT(look(kNow + 1min, 9), IsEmpty()) << "some are late in every network";
  auto const blind = look(kNow + 2min, 12);
  ASSERT_EQ(blind.size(), 1U);
  EXPECT_EQ(blind.front(), (Blindness{.why = Blind::kLate, .channels = {"pm25"}, .streams = 12, .since = kNow + 2min}));
  EXPECT_EQ(look(kNow + 3min, 40).front().since, kNow + 2min);
  EXPECT_THAT(look(kNow + 4min, 0), IsEmpty());
}

TEST(warning_sight, says_that_no_real_station_is_heard_though_simulated_ones_are) {
  Sightedness sight(kNow);
  std::vector<Engine::Sight> both{{.channel = "pm25", .step = 2min, .streams = 20, .accepted = 100, .speaking = 20, .known = 20},
                                  {.channel = "pm25", .simulated = true, .step = 2min, .streams = 40, .accepted = 200, .speaking = 40, .known = 40}};
  EXPECT_THAT(sight.find_blind(kNow, both), IsEmpty());
  both[0].speaking = both[0].known = 0;
  both[1].accepted += 200;
  auto const blind = sight.find_blind(kNow + 40min, both);
  ASSERT_EQ(blind.size(), 1U);
  EXPECT_EQ(blind.front(), (Blindness{.why = Blind::kSilent, .channels = {"pm25"}, .streams = 20, .since = kNow, .simulated_seen = {"pm25"}}));

  auto const simulated = std::span(both).subspan(1);
  EXPECT_THAT(Sightedness(kNow).find_blind(kNow, simulated), IsEmpty()) << "a city of simulated stations is seen";
}

TEST(warning_sight, waits_for_no_station_that_stopped_before_it_was_known) {
  Sightedness sight(kNow);
  Engine::Sight pm25{.channel = "pm25", .step = 2min, .streams = 41, .accepted = 41, .speaking = 41};
  (void)sight.find_blind(kNow, {&pm25, 1});
  ASSERT_THAT(sight.find_blind(kNow + 3min, {&pm25, 1}), testing::SizeIs(1));
  pm25.stopped = 41;
  EXPECT_THAT(sight.find_blind(kNow + 10min, {&pm25, 1}), testing::SizeIs(1)) << "nobody is judged";
  pm25.stopped = 40;
  pm25.known = 1;
  EXPECT_THAT(sight.find_blind(kNow + 14min, {&pm25, 1}), IsEmpty()) << "who still speaks is judged";
  EXPECT_TRUE(sight.sees("blind:history", "pm25"));
}

TEST(warning_sight, of_real_stations_says_so_where_simulated_ones_are_judged) {
  Sightedness sight(kNow);
  std::vector<Engine::Sight> both{{.channel = "noise", .step = 2min, .streams = 1, .accepted = 1, .speaking = 1},
                                  {.channel = "pm25", .step = 2min, .streams = 1, .accepted = 1, .speaking = 1},
                                  {.channel = "pm25", .simulated = true, .step = 2min, .streams = 40, .accepted = 200, .speaking = 40, .known = 40}};
  (void)sight.find_blind(kNow, both);
  auto const blind = sight.find_blind(kNow + 3min, both);
  ASSERT_EQ(blind.size(), 1U);
  EXPECT_THAT(blind.front().channels, ElementsAre("noise", "pm25"));
  EXPECT_THAT(blind.front().simulated_seen, ElementsAre("pm25"));

  TestCity t;
  auto const messages = must(runtime::Messages::load(embedded_locales(), "Asia/Seoul"));
  auto const headline = signal_of(blind.front(), {*t.city, messages}).headline;
  EXPECT_THAT(headline.in("en"), HasSubstr(quantity_name(messages, "en", "pm25") + " (the city’s measuring stations, not the simulated ones)"));
  EXPECT_THAT(headline.in("en"), Not(HasSubstr(quantity_name(messages, "en", "noise") + " (")));
  EXPECT_THAT(headline.in("ko"), HasSubstr("모의 측정소 제외"));
}

struct foreign_units : testing::Test, TestCity {
  void add_gas(std::string const& serial, std::string const& channel, city::Unit unit, bool simulated = false) {
    auto thing = station(serial, kWest, {});
    thing.thing.simulated = simulated;
    auto stream = datastream(channel);
    stream.datastream.unit = std::move(unit);
    thing.datastreams.push_back(std::move(stream));
    ASSERT_TRUE(city->add_thing(thing).has_value());
  }
  [[nodiscard]] OnlyForeign found() const { return only_foreign(*city, shipped_rules()); }
};

TEST_F(foreign_units, are_told_of_a_quantity_only_where_no_stream_of_it_can_be_judged) {
  add_gas("A", "no2", {"micrograms per cubic metre", "µg/m³", ""});
  add_gas("B", "no2", {"micrograms per cubic metre", "µg/m³", ""});
  add_gas("C", "temperature", {"degree Fahrenheit", "°F", ""});
  EXPECT_THAT(found(), ElementsAre(testing::Pair("no2", 2U)));

  add_gas("D", "no2", {"parts per million", "ppm", ""});
  EXPECT_THAT(found(), IsEmpty()) << "one of them is judged";
}

TEST_F(foreign_units, of_real_stations_are_told_whatever_simulated_ones_measure) {
  add_gas("A", "no2", {"micrograms per cubic metre", "µg/m³", ""});
  add_gas("S", "no2", {"parts per million", "ppm", ""}, true);
  EXPECT_THAT(found(), ElementsAre(testing::Pair("no2", 1U)));
  add_gas("T", "no2", {"micrograms per cubic metre", "µg/m³", ""}, true);
  EXPECT_THAT(found(), ElementsAre(testing::Pair("no2", 1U))) << "simulated ones are not counted among them";
  add_gas("B", "no2", {"parts per million", "ppm", ""});
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(foreign_units, of_simulated_stations_are_told_where_all_are_simulated) {
  add_gas("S", "no2", {"micrograms per cubic metre", "µg/m³", ""}, true);
  EXPECT_THAT(found(), ElementsAre(testing::Pair("no2", 1U)));
}

TEST_F(foreign_units, are_told_of_humidity_too_since_heat_is_felt_with_it) {
  add_gas("A", "humidity", {"gram per cubic metre", "g/m³", ""});
  EXPECT_THAT(found(), ElementsAre(testing::Pair("humidity", 1U)));
}

TEST_F(foreign_units, are_nothing_where_no_rule_looks) {
  add_gas("A", "wind_speed", {"gram per cubic metre", "g/m³", ""});
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(foreign_units, and_all_else_that_is_blind_have_headlines_that_name_three_quantities_and_count_the_rest) {
  auto const messages = must(runtime::Messages::load(embedded_locales(), "Asia/Seoul"));
  for (auto const why : {Blind::kLate, Blind::kHistory, Blind::kSilent, Blind::kUnit}) {
    Blindness b{.why = why, .channels = {"co", "h2s", "nh3", "no2", "noise"}, .streams = 50, .since = kNow};
    auto const signal = signal_of(b, {*city, messages});
    EXPECT_EQ(signal.key, std::string("blind:") + std::string(name_of(why)));
    auto const english = signal.headline.in("en");
    EXPECT_THAT(english, HasSubstr(" and 2 more"));
    EXPECT_THAT(english, HasSubstr(quantity_name(messages, "en", "nh3")));
    EXPECT_THAT(english, Not(HasSubstr(quantity_name(messages, "en", "no2"))));
    EXPECT_THAT(signal.headline.in("ko"), HasSubstr(" 외 2개"));
    EXPECT_THAT(signal.description.in("en"), HasSubstr(quantity_name(messages, "en", "noise"))) << "the sentence names all";
    b.channels = {"co", "no2"};
    EXPECT_THAT(signal_of(b, {*city, messages}).headline.in("en"), Not(HasSubstr("more")));
  }
}

}  // namespace
}  // namespace madang::sensing::warning
