// The early warning in drawn cities: who is told, once, by which key, and when it is over.
#include "sensing/warning/engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "sensing/warning/test_drawn_city.h"

namespace madang::sensing::warning {
namespace {

using What = Finding::What;

TEST(warning_engine, finds_one_cause_for_one_plume_and_ends_it_when_the_air_is_clean_again) {
  DrawnCity city("pm25");
  city.learn();
  city.run(20, cloud(50, 800, 800));
  EXPECT_EQ(city.keys(What::kRaise).size(), 1U);
  EXPECT_TRUE(city.keys(What::kClear).empty());
  EXPECT_LE(city.findings.front().at, kStart + kStep * 363);

  city.run(15);
  EXPECT_EQ(city.keys(What::kClear), city.keys(What::kRaise));
  EXPECT_TRUE(city.keys(What::kSuspect).empty());
}

TEST(warning_engine, ends_a_great_plume_though_the_air_beneath_has_risen_a_little) {
  DrawnCity city("pm25");
  city.learn();
  city.run(12, cloud(90, 800, 800));
  ASSERT_EQ(city.keys(What::kRaise).size(), 1U);

  city.run(25, only(5, 800, 800));  // of what is expected since the onset, for as long as one looks
  EXPECT_EQ(city.keys(What::kClear), city.keys(What::kRaise));
}

TEST(warning_engine, tells_what_was_seen_and_what_was_expected) {
  DrawnCity city("pm25");
  city.learn();
  city.run(6, cloud(50, 800, 800));

  ASSERT_FALSE(city.findings.empty());
  Finding const& f = city.findings.back();
  EXPECT_EQ(city.engine.rules().rules[f.rule].id, "pm25_plume");
  EXPECT_NEAR(f.excess, 50, 8);
  EXPECT_NEAR(f.city_median, 20, 5);
  ASSERT_TRUE(f.place.has_value());
  EXPECT_LT(distance_metres(*f.place, city.engine.stream(14).place), 500);
  EXPECT_GE(std::ranges::count(f.members, true, &Member::cause), 2);
  EXPECT_GE(std::ranges::count(f.members, false, &Member::cause), 1);
  EXPECT_GE(f.score, f.threshold);
}

TEST(warning_engine, tells_the_newest_numbers_of_what_lasts_at_every_step) {
  DrawnCity city("pm25");
  city.learn();
  city.run(6, cloud(50, 800, 800));
  ASSERT_EQ(city.keys(What::kRaise).size(), 1U);
  city.findings.clear();
  for (int n = 0; n < 6; ++n) {
    city.run(1, cloud(60 + 20 * n, 800, 800));
    ASSERT_EQ(city.findings.size(), static_cast<std::size_t>(n + 1));
    EXPECT_NEAR(city.findings.back().excess, 60 + 20 * n, 10);
    EXPECT_EQ(city.findings.back().measured, kStart + kStep * (city.now() - 1));
  }

  DrawnCity alone("pm25");
  alone.learn();
  alone.run(3, only(70, 800, 800));
  ASSERT_EQ(alone.keys(What::kUnconfirmed).size(), 1U);
  alone.findings.clear();
  alone.run(4, only(140, 800, 800));
  EXPECT_EQ(std::ranges::count(alone.findings, What::kUnconfirmed, &Finding::what), 4);
}

TEST(warning_engine, calls_haze_over_the_whole_city_one_thing) {
  DrawnCity city("pm25");
  city.learn();
  city.run(240, [&](double, double, int step) { return std::min(60.0, (step - 360) * 0.5); });

  EXPECT_EQ(city.keys(What::kRaise), std::vector<std::string>{"pm25_haze:city"});
  EXPECT_EQ(city.findings.back().severity, Severity::kSerious);
}

TEST(warning_engine, makes_a_single_high_station_work_for_the_crew_and_no_public_alarm) {
  DrawnCity city("pm25");
  city.learn();
  city.run(30, only(60, 800, 800));

  EXPECT_TRUE(city.keys(What::kRaise).empty());
  ASSERT_EQ(city.keys(What::kUnconfirmed).size(), 1U);
  EXPECT_TRUE(city.keys(What::kUnconfirmed)[0].starts_with("pm25_plume:alone:15:")) << "and the second at which it began";
  EXPECT_EQ(city.keys(What::kSuspect), std::vector<std::string>{"pm25_plume:device:15"});
  city.run(10);
  EXPECT_EQ(city.keys(What::kSuspectOver), city.keys(What::kSuspect));
  EXPECT_EQ(city.keys(What::kUnconfirmedOver), city.keys(What::kUnconfirmed));
}

TEST(warning_engine, leaves_a_device_that_speaks_in_another_unit_to_the_crew) {
  DrawnCity city("pm25");
  city.resolution = 1;
  city.learn();
  city.unit[14] = 10;
  // A neighbour with a spell of its own confirms nothing of it.
  city.run(30, only(30, 1200, 800));
  EXPECT_TRUE(city.keys(What::kRaise).empty());
  EXPECT_TRUE(city.keys(What::kUnconfirmed).empty());
  EXPECT_EQ(city.keys(What::kSuspect), std::vector<std::string>{"pm25_plume:device:15"});

  DrawnCity smoke("pm25");
  smoke.resolution = 1;
  smoke.learn();
  smoke.run(4, only(180, 800, 800));
  EXPECT_EQ(smoke.keys(What::kUnconfirmed).size(), 1U) << "as much, and not in tens";
}

TEST(warning_engine, takes_no_fire_for_another_unit_because_it_shows_all_that_the_sensor_can_say) {
  DrawnCity city("pm25");
  city.resolution = 1;
  city.usual = 10;
  city.most = 1'000;
  Stream saturates = city.engine.stream(14);
  saturates.value_most = city.most;
  city.engine.change(14, saturates);
  city.learn();
  city.run(3, only(5'000, 800, 800));  // a hundred times as much, and round
  EXPECT_EQ(city.keys(What::kUnconfirmed).size(), 1U);
}

TEST(warning_engine, takes_no_fire_for_another_unit_when_two_neighbours_begin_to_say_round_values_in_one_step) {
  DrawnCity city("pm25");
  city.resolution = 1;
  city.usual = 10;
  city.most = 1'000;
  city.learn();
  city.run(3, cloud(50'000, 1'000, 800));
  EXPECT_EQ(city.keys(What::kRaise).size(), 1U);
}

TEST(warning_engine, leaves_devices_whose_gateway_changes_their_unit_to_the_crew) {
  for (double const scale : {1.0, 0.3}) {
    for (int const devices : {2, 12}) {
      DrawnCity city("pm25", 6, shipped_rules(), scale);
      city.resolution = 1;
      city.learn();
      for (int i = 12; i < 12 + devices; ++i) city.unit[i] = 10;
      city.run(40);
      EXPECT_TRUE(city.keys(What::kRaise).empty()) << devices << " devices that differ by " << scale;
      EXPECT_EQ(city.keys(What::kSuspect).size(), static_cast<std::size_t>(devices)) << devices << " devices that differ by " << scale;
    }
  }
}

TEST(warning_engine, takes_no_fire_for_another_unit_because_two_decimals_were_once_of_a_large_value) {
  DrawnCity city("pm25", 6, shipped_rules(), 0.1);
  city.resolution = 0.01;
  city.usual = 300;  // as in a dust storm: 300.33 is no float
  city.run(120);
  for (; city.usual > 20; city.usual -= 4) city.run(1);
  city.run(360);
  city.findings.clear();
  city.run(4, only(180, 800, 800));
  EXPECT_EQ(city.keys(What::kUnconfirmed).size(), 1U);
}

TEST(warning_engine, knows_another_unit_where_floats_round_the_last_decimal) {
  DrawnCity city("pm25");
  city.resolution = 0.001;
  city.usual = 28;  // that one says about 32.8: 32.843 is no float, and 328.43 none either
  city.learn();
  city.unit[14] = 10;
  city.run(30);
  EXPECT_TRUE(city.keys(What::kRaise).empty());
  EXPECT_TRUE(city.keys(What::kUnconfirmed).empty());
  EXPECT_EQ(city.keys(What::kSuspect), std::vector<std::string>{"pm25_plume:device:15"});
}

/// `first` at one station, and `second` at the one beside it `later` steps afterwards.
Field2 two_spells(double first, double second, int later) {
  return [=](double x, double y, int step) {
    if (y != 800) return 0.0;
    if (x == 800) return first;
    return x == 1200 && step >= 360 + later ? second : 0.0;
  };
}

TEST(warning_engine, makes_no_plume_of_two_small_spells_that_happen_to_meet) {
  DrawnCity city("pm25");
  city.learn();
  city.run(40, two_spells(22, 12, 18));
  EXPECT_TRUE(city.keys(What::kRaise).empty());
}

TEST(warning_engine, calls_it_a_plume_when_both_rise_together_or_both_are_large) {
  DrawnCity together("pm25");
  together.learn();
  together.run(40, two_spells(22, 12, 5));
  EXPECT_EQ(together.keys(What::kRaise).size(), 1U);

  DrawnCity large("pm25");
  large.learn();
  large.run(40, two_spells(30, 30, 18));
  EXPECT_EQ(large.keys(What::kRaise).size(), 1U);
}

TEST(warning_engine, is_not_moved_by_one_wild_value) {
  DrawnCity city("pm25");
  city.learn();
  city.run(1, cloud(400, 800, 800));
  city.run(1);
  city.run(1, only(900, 400, 400));
  city.run(20);

  EXPECT_TRUE(city.keys(What::kSuspect).empty());
}

TEST(warning_engine, lets_a_short_noise_pass_and_tells_a_lasting_one_once) {
  DrawnCity city("noise");
  city.usual = 50;
  city.learn();
  city.run(2, only(25, 800, 800));
  city.run(20);
  EXPECT_TRUE(city.findings.empty());

  city.run(15, only(25, 800, 800));
  EXPECT_EQ(city.keys(What::kRaise).size(), 1U);
  city.run(10);
  EXPECT_EQ(city.keys(What::kClear).size(), 1U);
}

TEST(warning_engine, takes_a_sound_that_never_trembles_for_a_broken_device) {
  RuleSet rules = shipped_rules();
  for (auto& rule : rules.rules) rule.saturation = 0;
  DrawnCity city("noise", 6, rules);
  city.usual = 50;
  city.learn();
  city.run(20, [](double x, double y, int) { return x == 800 && y == 800 ? 1e9 : 0; });  // all the same as floats
  EXPECT_EQ(city.keys(What::kSuspect).size(), 1U);
}

TEST(warning_engine, counts_who_stopped_before_its_usual_values_were_known) {
  DrawnCity city("pm25", 2);
  city.run(2);
  city.run(20, {}, {1, 2, 3});
  auto const sights = city.engine.sight();
  ASSERT_FALSE(sights.empty());
  EXPECT_EQ(sights.front().speaking, 4U);
  EXPECT_EQ(sights.front().known, 1U);
  EXPECT_EQ(sights.front().stopped, 3U);
}

TEST(warning_engine, keeps_firing_while_the_stations_are_silent_for_a_while) {
  DrawnCity city("pm25");
  city.learn();
  city.run(10, cloud(50, 800, 800));
  std::set<int> all;
  for (int i = 0; i < 36; ++i) all.insert(i);
  city.run(50, {}, all);
  EXPECT_TRUE(city.keys(What::kClear).empty());

  city.run(12);
  EXPECT_EQ(city.keys(What::kClear).size(), 1U);
  EXPECT_EQ(city.findings.back().over, Finding::Over::kBack);
}

TEST(warning_engine, ends_a_cause_whose_stations_died_in_it_after_two_hours_and_says_so) {
  DrawnCity city("pm25");
  city.learn();
  city.run(10, cloud(50, 800, 800));
  std::set<int> all;
  for (int i = 0; i < 36; ++i) all.insert(i);
  city.run(59, {}, all);
  EXPECT_TRUE(city.keys(What::kClear).empty());
  city.run(2, {}, all);
  EXPECT_EQ(city.keys(What::kClear), city.keys(What::kRaise));
  EXPECT_EQ(city.findings.back().over, Finding::Over::kSilent);
}

TEST(warning_engine, keeps_the_key_of_a_plume_that_drifts) {
  DrawnCity city("pm25", 10);
  city.learn();
  int const since = city.now();
  city.run(60, cloud(60, 0, 1600, 60, since));
  EXPECT_EQ(city.keys(What::kRaise).size(), 1U);
  EXPECT_TRUE(city.keys(What::kClear).empty());
}

TEST(warning_engine, tells_two_separate_plumes_apart) {
  DrawnCity city("pm25", 12);
  city.learn();
  city.run(15, [](double x, double y, int step) {
    return cloud(60, 400, 400)(x, y, step) + cloud(60, 4000, 4000)(x, y, step);
  });
  EXPECT_EQ(city.keys(What::kRaise).size(), 2U);
}

TEST(warning_engine, takes_a_plume_that_comes_back_soon_for_the_same_one) {
  DrawnCity city("pm25");
  city.learn();
  for (int n = 0; n < 3; ++n) {
    city.run(8, cloud(60, 800, 800));
    city.run(7);
  }
  EXPECT_EQ(city.keys(What::kRaise).size(), 1U);
}

TEST(warning_engine, goes_on_with_a_cause_of_before_a_restart) {
  DrawnCity before("pm25");
  before.learn();
  before.run(10, cloud(60, 800, 800));
  auto const& last = before.findings.back();
  std::vector<std::uint32_t> streams;
  for (auto const& m : last.members) {
    if (m.cause) streams.push_back(m.stream);
  }

  DrawnCity after("pm25");
  after.learn();
  ASSERT_EQ(after.engine.adopt({.key = last.key, .rule = "pm25_plume", .since = last.since, .severity = last.severity,
                                .streams = streams, .seen = last.at, .stood = Before::Stood::kOpen}),
            Adoption::kGoesOn);
  after.run(10, cloud(60, 800, 800));
  EXPECT_EQ(after.keys(What::kRaise), std::vector<std::string>{last.key});
  after.run(12);
  EXPECT_EQ(after.keys(What::kClear), std::vector<std::string>{last.key});
}

TEST(warning_engine, follows_the_gain_of_a_device_through_haze) {
  DrawnCity city("pm25");
  // Station 14 reads 60 % too high: what haze adds there is no plume.
  auto const steep = [&](double x, double y, double haze) { return x == 800 && y == 800 ? 0.6 * (20 + haze) : 0; };
  for (int day = 0; day < 6; ++day) {
    city.run(720, [&](double x, double y, int step) {
      double const haze = 12 + 12 * std::sin(step * 2 * 3.14159265 / 720);
      return haze + steep(x, y, haze);
    });
  }
  city.findings.clear();
  city.run(360, [&](double x, double y, int step) {
    double const haze = 12 + std::min(45.0, (step - 6 * 720) * 0.4);
    return haze + steep(x, y, haze);
  });
  EXPECT_TRUE(city.keys(What::kSuspect).empty());
  EXPECT_EQ(city.keys(What::kRaise), std::vector<std::string>{"pm25_haze:city"});
}

TEST(warning_engine, expects_three_times_the_haze_of_a_device_that_has_always_shown_three_times_as_much) {
  DrawnCity city("pm25");
  auto const threefold = [](double x, double y, double haze) { return x == 800 && y == 800 ? 2 * (20 + haze) : 0; };
  city.run(360, [&](double x, double y, int) { return threefold(x, y, 0); });
  city.findings.clear();
  city.run(360, [&](double x, double y, int step) {
    double const haze = std::min(100.0, (step - 360) * 0.6);
    return haze + threefold(x, y, haze);
  });
  EXPECT_TRUE(city.keys(What::kUnconfirmed).empty());
  EXPECT_TRUE(city.keys(What::kSuspect).empty());
  EXPECT_EQ(city.keys(What::kRaise), std::vector<std::string>{"pm25_haze:city"});
}

TEST(warning_engine, tells_a_crowd_that_gathers_quickly_but_not_a_busy_evening) {
  DrawnCity city("people");
  city.usual = 200;
  city.learn();
  city.run(60, [](double, double, int step) { return (step - 360) * 1.5; });  // everywhere, slowly
  EXPECT_TRUE(city.findings.empty());

  city.run(20, [](double x, double y, int step) {
    return 90 + (x == 800 && y == 800 ? std::min(900.0, (step - 420) * 90.0) : 0);
  });
  EXPECT_EQ(city.keys(What::kRaise).size(), 1U);
}

/// One square in the middle, its ground known, that begins to fill an hour after it is first counted.
struct Square : DrawnCity {
  Square(double square_metres, double people, double a_step) : DrawnCity("people") {
    usual = 60;
    learn();
    Stream s = engine.stream(0);
    s.datastream = DatastreamId{900};
    s.thing = ThingId{900};
    s.place = {s.place.latitude + 0.003, s.place.longitude + 0.003};
    s.square_metres = square_metres;
    number = engine.add(s).value();
    for (int i = 0; i < 90; ++i) {
      engine.observe(number, kStart + kStep * now(), 40 + (i > 30 ? std::min(people, (i - 30) * a_step) : 0) + i % 3);
      run(1);
    }
  }
  std::uint32_t number = 0;
};

TEST(warning_engine, tells_a_crowd_by_density_and_rate_where_the_ground_is_known) {
  Square const wide(1000, 900, 90);  // 0.9 people/m2
  EXPECT_TRUE(wide.findings.empty());

  Square const filling(250, 800, 90);  // 3.4 people/m2
  ASSERT_EQ(filling.keys(What::kRaise).size(), 1U);
  EXPECT_EQ(filling.findings.back().severity, Severity::kCaution);

  Square const lane(20, 55, 30);  // 4.8 people/m2, fewer than a busy square has at noon
  ASSERT_EQ(lane.keys(What::kRaise).size(), 1U);
  EXPECT_EQ(lane.findings.back().severity, Severity::kSerious);

  Square const slowly(200, 700, 15);  // 3.7 people/m2, never quickly more
  EXPECT_TRUE(std::ranges::none_of(slowly.findings, [](auto const& f) { return f.severity == Severity::kCritical; }));
}

TEST(warning_engine, tells_a_packed_place_however_slowly_it_filled) {
  Square const packed(100, 560, 9);  // 5 people/m2 at the end, 4.5 people a minute
  ASSERT_EQ(packed.keys(What::kRaise).size(), 1U);
  EXPECT_EQ(packed.findings.back().severity, Severity::kCritical);
}

TEST(warning_engine, warns_of_heat_by_district_from_temperature_and_humidity) {
  DrawnCity city("temperature");
  for (int i = 0; i < 36; ++i) {
    Stream s = city.engine.stream(static_cast<std::uint32_t>(i));
    s.channel = "humidity";
    ASSERT_TRUE(city.engine.add(s).has_value());
  }
  for (int step = 0; step < 40; ++step) {
    Instant const when = kStart + kStep * step;
    for (std::uint32_t i = 0; i < 36; ++i) {
      city.engine.observe(i, when, 36);
      city.engine.observe(36 + i, when, 65);
    }
    for (auto& f : city.engine.advance(when + kStep)) city.findings.push_back(std::move(f));
  }
  EXPECT_EQ(city.keys(What::kRaise), std::vector<std::string>{"heat:area:1"});
  EXPECT_EQ(city.findings.back().severity, Severity::kSerious);
}

/// Four districts of nine stations each, one value each hour; a temperature for each district.
struct HotCity {
  Engine engine{shipped_rules(), {.alarms_per_day = 5, .calendar = *indices::Calendar::of_zone("Asia/Seoul")}};
  std::vector<Finding> findings;
  int hour = 0;

  HotCity() {
    for (std::string_view const channel : {"temperature", "humidity"}) {
      for (int i = 0; i < 36; ++i) {
        Stream s;
        s.channel = channel;
        s.interval = std::chrono::hours{1};
        s.area = AreaId{1 + i / 9};
        EXPECT_TRUE(engine.add(s).has_value());
      }
    }
  }
  void feel(std::array<double, 4> const& degrees) {
    Instant const when = kStart + std::chrono::hours{hour++};
    for (std::uint32_t i = 0; i < 36; ++i) {
      engine.observe(i, when, degrees[i / 9]);
      engine.observe(36 + i, when, 50);
    }
    for (auto& f : engine.advance(when + std::chrono::hours{1})) findings.push_back(std::move(f));
  }
  [[nodiscard]] std::vector<std::string> keys(What what) const {
    std::vector<std::string> found;
    for (auto const& f : findings) {
      if (f.what == what && std::ranges::find(found, f.key) == found.end()) found.push_back(f.key);
    }
    return found;
  }
};

TEST(warning_engine, tells_heat_of_the_whole_city_once) {
  HotCity city;
  for (int i = 0; i < 4; ++i) city.feel({33, 33, 32.8, 33.2});
  for (int i = 0; i < 4; ++i) city.feel({26, 26, 26, 26});
  EXPECT_EQ(city.keys(What::kRaise), std::vector<std::string>{"heat:city"});
  EXPECT_EQ(city.keys(What::kClear), std::vector<std::string>{"heat:city"});
}

TEST(warning_engine, tells_a_district_that_is_hotter_than_a_hot_city_and_one_in_a_mild_city) {
  HotCity hot;
  for (int i = 0; i < 4; ++i) hot.feel({33, 33, 32.8, 37});
  EXPECT_EQ(hot.keys(What::kRaise), (std::vector<std::string>{"heat:city", "heat:area:4"}));

  HotCity mild;
  for (int i = 0; i < 4; ++i) mild.feel({25, 25, 25, 33});
  for (int i = 0; i < 4; ++i) mild.feel({33, 33, 33, 33});  // what was one district's is the city's now
  EXPECT_EQ(mild.keys(What::kRaise), (std::vector<std::string>{"heat:area:4", "heat:city"}));
  EXPECT_EQ(mild.keys(What::kClear), std::vector<std::string>{"heat:area:4"});
}

TEST(warning_engine, loses_nothing_of_streams_that_are_faster_than_the_wait_for_late_values) {
  Engine engine(shipped_rules(), {.alarms_per_day = 5,
                                  .calendar = *indices::Calendar::of_zone("Asia/Seoul"),
                                  .lateness = Millis{15'000}});
  Stream s;
  s.channel = "pm25";
  s.interval = Millis{5'000};
  auto const number = engine.add(s);
  ASSERT_TRUE(number.has_value());
  for (int i = 0; i < 100; ++i) {
    Instant const when = kStart + s.interval * i + Millis{i * 37 % 5'000};
    EXPECT_TRUE(engine.advance(when).empty());
    engine.observe(*number, when, 20);
  }
  EXPECT_EQ(engine.late(), 0U);
  EXPECT_GE(engine.recent(*number).size(), 10U);
}

TEST(warning_engine, counts_values_of_steps_that_are_over) {
  DrawnCity city("pm25");
  city.run(5);
  city.engine.observe(0, kStart, 20);
  EXPECT_EQ(city.engine.late(), 1U);
}

}  // namespace
}  // namespace madang::sensing::warning
