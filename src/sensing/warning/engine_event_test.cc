// What must never be missed: fires, sharp plumes, values that quality doubts, clocks that differ, networks that are late.
#include <gtest/gtest.h>

#include <optional>

#include "sensing/warning/test_drawn_city.h"

namespace madang::sensing::warning {
namespace {

using What = Finding::What;

/// Temperatures: devices differ by half a degree and tremble by a tenth.
struct WarmCity : DrawnCity {
  WarmCity() : DrawnCity("temperature", 6, shipped_rules(), 0.12) { usual = 8; }
};

Field2 fire(double at_it, double next_door) {
  return [=](double x, double y, int) {
    if (y != 800) return 0.0;
    return x == 800 ? at_it : x == 1200 ? next_door : 0.0;
  };
}

TEST(warning_events, tells_a_fire_that_one_neighbour_feels_within_three_values) {
  WarmCity city;
  city.learn();
  city.run(3, fire(20, 3));
  ASSERT_EQ(city.keys(What::kRaise).size(), 1U);
  EXPECT_EQ(city.findings.back().severity, Severity::kSerious);
}

TEST(warning_events, tells_a_weak_fire_at_three_neighbours) {
  WarmCity city;
  city.learn();
  city.run(3, [](double x, double y, int) { return y == 800 && x <= 800 ? 7.0 : 0; });
  EXPECT_EQ(city.keys(What::kRaise).size(), 1U);
}

TEST(warning_events, tells_operators_of_a_fire_that_nobody_confirms) {
  WarmCity city;
  city.learn();
  city.run(3, fire(6, 0));
  EXPECT_TRUE(city.keys(What::kRaise).empty());
  ASSERT_EQ(city.keys(What::kUnconfirmed).size(), 1U);
  EXPECT_TRUE(city.keys(What::kUnconfirmed)[0].starts_with("hot_spot:alone:15:"));
  city.run(10);
  EXPECT_EQ(city.keys(What::kUnconfirmedOver), city.keys(What::kUnconfirmed));
}

TEST(warning_events, tells_of_what_swells_slowly_at_one_station_only_when_it_is_larger_than_any_weather) {
  WarmCity city;
  city.learn();
  auto const swelling = [](double most) {
    return [most](double x, double y, int step) { return x == 800 && y == 800 ? std::min(most, 0.25 * (step - 360)) : 0.0; };
  };
  city.run(24, swelling(5.5));
  EXPECT_TRUE(city.keys(What::kUnconfirmed).empty());
  city.run(24, swelling(12));
  EXPECT_EQ(city.keys(What::kUnconfirmed).size(), 1U);
}

TEST(warning_events, makes_one_cause_of_a_lone_fire_when_a_neighbour_feels_it_too) {
  WarmCity city;
  city.learn();
  city.run(4, fire(12, 0));
  city.run(4, fire(20, 4));
  EXPECT_EQ(city.keys(What::kRaise).size(), 1U);
  ASSERT_EQ(city.keys(What::kUnconfirmedOver).size(), 1U);
  auto const over = std::ranges::find(city.findings, What::kUnconfirmedOver, &Finding::what);
  EXPECT_EQ(over->over, Finding::Over::kJoined);
}

/// A sound, a smoke, a heat that one station alone reports without ever trembling, so large that nobody may miss it.
struct Flat {
  char const* channel;
  double usual;
  double scale;   ///< of how devices differ and tremble
  double flat;
};
struct warning_flat : ::testing::TestWithParam<Flat> {};

TEST_P(warning_flat, is_told_to_operators_within_ten_minutes) {
  auto const& p = GetParam();
  DrawnCity city(p.channel, 6, shipped_rules(), p.scale);
  city.usual = p.usual;
  city.learn();
  for (int n = 0; n < 5; ++n) {
    Instant const when = kStart + kStep * city.now();
    city.engine.observe(14, when, p.flat);
    city.run(1, {}, {14});
  }
  auto told = city.keys(What::kUnconfirmed);
  auto const raised = city.keys(What::kRaise);
  told.insert(told.end(), raised.begin(), raised.end());
  EXPECT_EQ(told.size(), 1U) << p.channel;
}

INSTANTIATE_TEST_SUITE_P(all, warning_flat,
                         ::testing::Values(Flat{"pm25", 20, 1, 75}, Flat{"pm10", 40, 2, 170}, Flat{"no2", 0.03, 0.001, 0.3},
                                           Flat{"so2", 0.004, 0.0004, 0.1}, Flat{"co", 0.5, 0.03, 6}, Flat{"nh3", 0.01, 0.004, 1},
                                           Flat{"h2s", 0.002, 0.002, 0.5}, Flat{"temperature", 8, 0.12, 14},
                                           Flat{"noise", 50, 1, 75}, Flat{"people", 60, 2, 1'000}),
                         [](auto const& flat) { return std::string(flat.param.channel); });

TEST(warning_events, takes_three_equal_readings_of_a_lasting_sound_for_chance_and_many_for_a_broken_device) {
  DrawnCity city("noise");
  city.usual = 50;
  city.resolution = 0.1;
  city.learn();
  auto const hear = [&city](double value) {
    city.engine.observe(14, kStart + kStep * city.now(), value);
    city.run(1, {}, {14});
  };
  for (int n = 0; n < 6; ++n)
    for (double const value : {75.4, 74.6, 75.1, 75.1, 75.1, 74.2, 75.9}) hear(value);
  EXPECT_EQ(city.keys(What::kRaise).size(), 1U);
  EXPECT_TRUE(city.keys(What::kUnconfirmed).empty());
  EXPECT_TRUE(city.keys(What::kSuspect).empty());
  DrawnCity broken("noise");
  broken.usual = 50;
  broken.resolution = 0.1;
  broken.learn();
  for (int n = 0; n < 8; ++n) {
    broken.engine.observe(14, kStart + kStep * broken.now(), 75.1);
    broken.run(1, {}, {14});
  }
  EXPECT_TRUE(broken.keys(What::kRaise).empty());
  EXPECT_EQ(broken.keys(What::kUnconfirmed).size(), 1U);
}

/// Stations that say the same number again and again; all others go on as usual.
struct SteadySounds : DrawnCity {
  explicit SteadySounds(double usual_level) : DrawnCity("noise") {
    usual = usual_level;
    resolution = 0.1;
    learn();
  }
  void hear(int steps, std::map<int, double> const& steady) {
    std::set<int> spoken;
    for (auto const& [station, level] : steady) spoken.insert(station);
    for (int n = 0; n < steps; ++n) {
      for (auto const& [station, level] : steady) engine.observe(static_cast<std::uint32_t>(station), kStart + kStep * now(), level);
      run(1, {}, spoken);
    }
  }
};

TEST(warning_events, makes_one_cause_of_a_steady_sound_that_two_neighbours_rose_with) {
  SteadySounds city(47);
  city.hear(8, {{14, 78.6}, {15, 64.6}});
  ASSERT_EQ(city.keys(What::kRaise).size(), 1U);
  EXPECT_EQ(city.findings.back().stations, 2U);
  EXPECT_TRUE(city.keys(What::kUnconfirmed).empty());
  city.hear(40, {{14, 78.6}, {15, 64.6}});
  EXPECT_TRUE(city.keys(What::kSuspect).empty());
  city.run(10);
  EXPECT_EQ(city.keys(What::kClear), city.keys(What::kRaise));
}

TEST(warning_events, take_the_very_same_number_of_two_neighbours_for_no_sound) {
  SteadySounds city(47);
  city.hear(10, {{14, 78.6}, {15, 78.6}});
  EXPECT_TRUE(city.keys(What::kRaise).empty());
  EXPECT_EQ(city.keys(What::kUnconfirmed).size(), 2U);
}

TEST(warning_events, take_a_steady_sound_whose_neighbour_rose_at_another_time_for_that_of_one_device) {
  SteadySounds city(47);
  city.hear(10, {{14, 78.6}});
  EXPECT_EQ(city.keys(What::kUnconfirmed).size(), 1U);
  city.hear(10, {{14, 78.6}, {15, 76.2}});
  EXPECT_TRUE(city.keys(What::kRaise).empty());
}

TEST(warning_events, leave_a_device_that_froze_in_a_sound_to_operators_when_the_sound_is_over) {
  SteadySounds city(47);
  city.hear(10, {{14, 78.6}, {15, 70.2}});
  ASSERT_EQ(city.keys(What::kRaise).size(), 1U);
  city.hear(20, {{14, 78.6}});
  EXPECT_EQ(city.keys(What::kClear), city.keys(What::kRaise));
  EXPECT_EQ(city.keys(What::kUnconfirmed).size() + city.keys(What::kSuspect).size(), 1U);
}

TEST(warning_events, tell_nobody_of_a_steady_sound_that_is_loud_only_for_a_quiet_street) {
  SteadySounds quiet(38);
  quiet.hear(12, {{14, 60.4}});
  EXPECT_TRUE(quiet.keys(What::kUnconfirmed).empty());
  SteadySounds loud(38);
  loud.hear(12, {{14, 72.0}});
  EXPECT_EQ(loud.keys(What::kUnconfirmed).size(), 1U);
}

TEST(warning_events, takes_a_crowd_that_came_slowly_for_a_matter_of_operators) {
  DrawnCity city("people");
  city.usual = 60;
  city.learn();
  city.run(180, [](double x, double y, int step) { return x == 800 && y == 800 ? std::min(1'000.0, (step - 360) * 8.0) : 0; });
  EXPECT_TRUE(city.keys(What::kRaise).empty());
  EXPECT_EQ(city.keys(What::kUnconfirmed).size(), 1U);
}

TEST(warning_events, does_not_let_a_station_that_rose_alone_hours_before_speak_for_a_plume) {
  DrawnCity city("pm25");
  city.learn();
  city.run(60, only(45, 1'600, 800));
  int const since = city.now();
  city.run(8, [](double x, double y, int step) { return only(45, 1'600, 800)(x, y, step) + cloud(30, 800, 800)(x, y, step); });
  ASSERT_EQ(city.keys(What::kRaise).size(), 1U);
  auto const& f = *std::ranges::find(city.findings.rbegin(), city.findings.rend(), What::kRaise, &Finding::what);
  ASSERT_TRUE(std::ranges::any_of(f.members, [](Member const& m) { return m.lone; })) << "it is part of it";
  EXPECT_GE(f.since, kStart + kStep * since);
  EXPECT_FALSE(f.members.front().lone);
  EXPECT_LT(f.excess, 40);
  EXPECT_LT(distance_metres(*f.place, city.engine.stream(14).place), 350);
}

TEST(warning_events, does_not_cry_over_one_spike) {
  WarmCity city;
  city.learn();
  city.run(1, fire(25, 0));
  city.run(10);
  EXPECT_TRUE(city.findings.empty());
}

TEST(warning_events, does_not_take_a_device_that_stands_still_for_a_fire) {
  WarmCity city;
  city.learn();
  Instant when = kStart + kStep * city.now();
  for (int n = 0; n < 120; ++n) {  // the city cools by six degrees, station 14 does not
    city.usual -= 0.05;
    city.run(1, {}, {14});
    city.engine.observe(14, when, 8);
    when += kStep;
  }
  EXPECT_TRUE(city.keys(What::kUnconfirmed).empty());
}

TEST(warning_events, begin_and_end_in_a_town_of_four_stations_too) {
  DrawnCity town("noise", 2);
  town.usual = 50;
  town.learn();
  town.run(40, only(25, 0, 0));
  EXPECT_EQ(town.keys(What::kRaise).size(), 1U);
  town.run(12);
  EXPECT_EQ(town.keys(What::kClear), town.keys(What::kRaise));
}

TEST(warning_events, are_found_though_the_first_value_of_a_station_was_wild) {
  DrawnCity city("pm25");
  city.run(1, only(400, 800, 800));
  city.run(12);
  city.findings.clear();
  city.run(4, cloud(60, 800, 800));
  ASSERT_EQ(city.keys(What::kRaise).size(), 1U);
  auto const& members = city.findings.back().members;
  EXPECT_TRUE(std::ranges::any_of(members, [](Member const& m) { return m.stream == 14 && m.cause; }));
}

TEST(warning_events, say_nothing_of_the_first_values_of_a_town) {
  DrawnCity town("temperature", 2, shipped_rules(), 0.12);
  town.run(20);
  EXPECT_TRUE(town.findings.empty());
}

TEST(warning_events, hears_a_plume_whose_values_quality_doubts) {
  DrawnCity city("pm25");
  city.learn();
  for (int n = 0; n < 3; ++n) {
    Instant const when = kStart + kStep * city.now();
    city.run(1, cloud(5, 800, 800), {14, 15});
    for (std::uint32_t const place : {14U, 15U})
      city.engine.observe(place, when + kStep, city.next_value(static_cast<int>(place), 90), QualityFlag::kSuspect);
  }
  city.run(1, cloud(5, 800, 800), {14, 15});
  ASSERT_EQ(city.keys(What::kRaise).size(), 1U);
  auto const shown = city.engine.recent(14);
  EXPECT_EQ(shown.back().flag, QualityFlag::kSuspect);
}

TEST(warning_events, takes_back_what_a_later_opinion_says_was_a_spike) {
  WarmCity city;
  city.learn();
  city.run(2, fire(25, 0));
  ASSERT_EQ(city.keys(What::kUnconfirmed).size(), 1U);
  Instant const spike = kStart + kStep * (city.now() - 2);
  city.engine.revise(14, {spike, spike + 2 * kStep}, QualityFlag::kFail);
  city.run(1);
  EXPECT_EQ(city.keys(What::kUnconfirmedOver), city.keys(What::kUnconfirmed));
  auto const shown = city.engine.recent(14);
  EXPECT_EQ(shown[shown.size() - 2].flag, QualityFlag::kFail);
}

TEST(warning_events, keeps_the_good_values_of_a_step_though_another_of_it_said_nothing) {
  WarmCity city;
  city.learn();
  for (int n = 0; n < 3; ++n) {
    Instant const step = kStart + kStep * city.now();
    city.run(1, fire(25, 6));
    city.engine.revise(14, {step + std::chrono::seconds{30}, step + std::chrono::seconds{31}}, QualityFlag::kMissing);
  }
  EXPECT_EQ(city.keys(What::kRaise).size(), 1U);
  EXPECT_TRUE(city.keys(What::kClear).empty());
  EXPECT_EQ(city.engine.recent(14).back().flag, QualityFlag::kGood);
}

TEST(warning_events, judges_as_usual_when_one_clock_of_fifty_runs_four_minutes_ahead) {
  DrawnCity city("pm25", 7);
  DrawnCity ahead("pm25", 7);
  ahead.clock_off[24] = std::chrono::minutes{4};
  for (auto* c : {&city, &ahead}) {
    c->learn();
    c->run(6, cloud(50, 800, 800));
    c->run(15);
  }
  // A cause is named after the station that was strongest when it was found, and the second of that.
  auto const second_of = [](std::string const& key) { return key.substr(key.rfind(':')); };
  ASSERT_EQ(city.keys(What::kRaise).size(), 1U);
  ASSERT_EQ(ahead.keys(What::kRaise).size(), 1U);
  EXPECT_EQ(second_of(ahead.keys(What::kRaise)[0]), second_of(city.keys(What::kRaise)[0]));
  EXPECT_EQ(city.keys(What::kClear), city.keys(What::kRaise));
  EXPECT_EQ(ahead.keys(What::kClear), ahead.keys(What::kRaise));
  EXPECT_EQ(ahead.engine.late(), 0U);
}

TEST(warning_events, begins_with_the_right_step_when_the_first_clock_runs_ahead) {
  Engine engine(shipped_rules(), {.alarms_per_day = 5, .calendar = *indices::Calendar::of_zone("Asia/Seoul")});
  Stream s;
  s.channel = "pm25";
  ASSERT_TRUE(engine.add(s).has_value());
  s.thing = ThingId{2};
  ASSERT_TRUE(engine.add(s).has_value());
  engine.observe(0, kStart + std::chrono::minutes{4}, 20);
  engine.observe(1, kStart, 20);
  EXPECT_EQ(engine.late(), 0U);
}

TEST(warning_events, begin_at_the_time_though_the_first_clock_is_years_off) {
  for (auto const off : {Millis{std::chrono::hours{24 * 700}}, Millis{-std::chrono::hours{24 * 700}}}) {
    Engine engine(shipped_rules(), {.alarms_per_day = 5, .calendar = *indices::Calendar::of_zone("Asia/Seoul")});
    for (int i = 0; i < 2; ++i) {
      Stream s;
      s.thing = ThingId{1 + i};
      s.channel = "pm25";
      ASSERT_TRUE(engine.add(s).has_value());
    }
    engine.advance(kStart);
    engine.observe(0, kStart + off, 20);
    for (int n = 0; n < 5; ++n) {
      engine.observe(1, kStart + kStep * n, 20);
      engine.advance(kStart + kStep * (n + 1));
    }
    EXPECT_EQ(engine.recent(1).size(), 5U);
    EXPECT_EQ(engine.late(), 1U);
  }
}

TEST(warning_events, see_what_streams_of_short_steps_bring_hours_late) {
  DrawnCity city("pm25");
  Stream s = city.engine.stream(0);
  s.channel = "no2";
  s.interval = std::chrono::seconds{5};
  s.lateness = std::chrono::hours{6};
  auto const number = city.engine.add(s);
  ASSERT_TRUE(number.has_value());
  Instant const now = kStart + std::chrono::hours{12};
  city.engine.advance(now - std::chrono::hours{1});
  for (auto when = now - std::chrono::hours{6}; when < now; when += s.interval) city.engine.observe(*number, when, 0.02);
  EXPECT_EQ(city.engine.late(), 0U);
  city.engine.advance(now + std::chrono::hours{5});
  EXPECT_FALSE(city.engine.recent(*number).empty());
}

TEST(warning_events, go_on_in_one_part_though_its_stations_deliver_at_two_paces) {
  Engine engine(shipped_rules(), {.alarms_per_day = 5, .calendar = *indices::Calendar::of_zone("Asia/Seoul")});
  std::vector<std::uint32_t> streams;
  for (int i = 0; i < 5; ++i) {
    Stream s;
    s.thing = ThingId{1 + i};
    s.channel = "pm25";
    s.place = {37.5, 127 + i * 0.001};
    s.placed = true;
    s.lateness = i < 3 ? Millis{0} : Millis{std::chrono::minutes{5}};
    streams.push_back(engine.add(s).value());
  }
  ASSERT_EQ(engine.adopt({.key = "pm25_plume:1:1", .rule = "pm25_plume", .since = kStart, .streams = streams, .seen = kStart}), Adoption::kGoesOn);
  std::size_t open = 0;
  for (auto const& standing : engine.standing()) open += standing.open;
  EXPECT_EQ(open, 1U);
  EXPECT_EQ(engine.adopt({.key = "pm25_plume:2:2", .rule = "pm25_plume", .since = kStart, .streams = {streams[0]}, .seen = kStart}),
            Adoption::kElsewhere) << "and a station goes on in one cause alone";
}

TEST(warning_events, are_over_when_streams_of_every_pace_say_so) {
  DrawnCity city("pm25");
  std::vector<std::uint32_t> late;
  for (std::uint32_t i = 0; i < 36; ++i) {
    Stream s = city.engine.stream(i);
    s.channel = "pm25_2min";
    s.lateness = std::chrono::minutes{5};
    late.push_back(city.engine.add(s).value());
  }
  auto const run = [&](int steps, Field2 const& quick, Field2 const& slow) {
    for (int n = 0; n < steps; ++n) {
      Instant const when = kStart + kStep * city.now();
      for (int i = 0; i < 36; ++i)
        city.engine.observe(late[static_cast<std::size_t>(i)], when, city.next_value(i, slow ? slow(city.x(i), city.y(i), n) : 0));
      city.run(1, quick);
    }
  };
  run(360, {}, {});
  city.findings.clear();
  run(30, only(60, 800, 800), only(60, 800, 800));
  ASSERT_EQ(city.keys(What::kSuspect), std::vector<std::string>{"pm25_plume:device:15"});
  run(12, {}, only(60, 800, 800));
  EXPECT_TRUE(city.keys(What::kSuspectOver).empty());
  run(15, {}, {});
  EXPECT_EQ(city.keys(What::kSuspectOver), city.keys(What::kSuspect));
}

/// A network that brings its values in parcels: `parcel` steps at once, the newest `behind` old.
std::vector<Finding> delivered(Millis lateness, int parcel, Millis behind) {
  DrawnCity city("pm25", 6, shipped_rules(), 1, lateness);
  std::vector<Finding> found;
  int const plume_from = 1'500;
  auto const plume = cloud(50, 800, 800);
  for (int first = 0; first < 3'600; first += parcel) {
    Instant const arrival = kStart + kStep * (first + parcel - 1) + behind;
    for (auto& f : city.engine.advance(arrival)) found.push_back(std::move(f));
    for (int i = 0; i < 36; ++i) {  // one station's after the other's
      for (int n = first; n < first + parcel; ++n) {
        bool const in_it = n >= plume_from && n < plume_from + 30;
        double const value = city.next_value(i, in_it ? plume(city.x(i), city.y(i), n) : 0);
        city.engine.observe(static_cast<std::uint32_t>(i), kStart + kStep * n, value);
      }
    }
    for (int seconds = 10; seconds <= 60; seconds += 10)
      for (auto& f : city.engine.advance(arrival + std::chrono::seconds{seconds})) found.push_back(std::move(f));
  }
  EXPECT_EQ(city.engine.late(), 0U);
  std::erase_if(found, [](Finding const& f) { return f.what != What::kRaise && f.what != What::kClear; });
  return found;
}

struct Network {
  char const* name;
  Millis lateness;
  int parcel;
  Millis behind;
};
struct warning_paces : ::testing::TestWithParam<Network> {};

TEST_P(warning_paces, finds_a_plume_and_its_end) {
  auto const found = delivered(GetParam().lateness, GetParam().parcel, GetParam().behind);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.front().what, What::kRaise);
  EXPECT_LE(found.front().at, kStart + kStep * 1'503);
  EXPECT_EQ(found.back().what, What::kClear);
  EXPECT_EQ(found.back().key, found.front().key);
}

using namespace std::chrono_literals;
INSTANTIATE_TEST_SUITE_P(all, warning_paces,
                         ::testing::Values(Network{"three_minutes", 5min, 1, 3min}, Network{"a_quarter", 20min, 1, 15min},
                                           Network{"hourly", 75min, 30, 1min}, Network{"daily", 30h, 720, 4h}),
                         [](auto const& network) { return std::string(network.param.name); });

TEST(warning_levels, is_over_when_streams_of_every_step_say_so) {
  Engine engine(shipped_rules(), {.alarms_per_day = 5, .calendar = *indices::Calendar::of_zone("Asia/Seoul")});
  for (int i = 0; i < 18; ++i) {
    Stream s;
    s.thing = ThingId{i + 1};
    s.channel = i < 9 ? "pm25" : "pm25_hourly";
    if (i >= 9) s.interval = 1h;
    ASSERT_TRUE(engine.add(s).has_value());
  }
  std::vector<Finding> found;
  auto const pass = [&](int hours, double quick, double hourly) {
    static int step = 0;
    for (int n = 0; n < 30 * hours; ++n, ++step) {
      Instant const when = kStart + kStep * step;
      for (std::uint32_t i = 0; i < 9; ++i) engine.observe(i, when, quick);
      for (std::uint32_t i = 9; i < 18 && step % 30 == 0; ++i) engine.observe(i, when, hourly);
      for (auto& f : engine.advance(when + kStep))
        if (f.key == "pm25_haze:city") found.push_back(std::move(f));
    }
  };
  auto const is_clear = [](Finding const& f) { return f.what == What::kClear; };
  pass(4, 60, 60);
  ASSERT_FALSE(found.empty());
  pass(3, 10, 60);
  EXPECT_EQ(std::ranges::count_if(found, is_clear), 0);
  pass(3, 10, 10);
  EXPECT_EQ(std::ranges::count_if(found, is_clear), 1);
}

}  // namespace
}  // namespace madang::sensing::warning
