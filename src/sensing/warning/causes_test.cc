// One name while a cause lasts, and the onset that was told, whatever a restart reads again.
#include "sensing/warning/causes.h"

#include <gtest/gtest.h>

#include "sensing/warning/test_drawn_city.h"

namespace madang::sensing::warning {
namespace {

using What = Finding::What;

Finding const& newest(DrawnCity const& city, What what) {
  return *std::ranges::find(city.findings.rbegin(), city.findings.rend(), what, &Finding::what);
}

/// What was found in turn: a key may come back.
std::vector<What> raised_or_cleared(DrawnCity const& city) {
  std::vector<What> all;
  for (auto const& f : city.findings)
    if ((f.what == What::kRaise || f.what == What::kClear) && (all.empty() || all.back() != f.what)) all.push_back(f.what);
  return all;
}

TEST(warning_causes, begin_after_a_replay_when_they_rose_and_not_with_what_was_over_before) {
  DrawnCity city("noise");
  city.usual = 50;
  city.learn();
  city.run(15, only(25, 800, 800));
  city.run(8);
  ASSERT_EQ(city.keys(What::kClear).size(), 1U);
  int const again = city.now();
  city.run(6, only(25, 800, 800));
  EXPECT_LT(newest(city, What::kRaise).since, kStart + kStep * again) << "it came back soon: the same one, for who heard of it";

  city.engine.mark_open_unreported();
  city.run(1, only(25, 800, 800));
  EXPECT_EQ(newest(city, What::kRaise).since, kStart + kStep * again);
}

TEST(warning_causes, keep_the_name_of_before_a_restart_when_they_meet_one_that_began_earlier) {
  DrawnCity city("pm25", 12);
  city.learn();
  auto const west = cloud(60, 400, 400);
  auto const both = [&](double x, double y, int step) { return west(x, y, step) + cloud(60, 3'600, 400)(x, y, step); };
  city.run(5, west);
  city.run(4, both);
  ASSERT_EQ(city.keys(What::kRaise).size(), 2U);
  auto const& east = newest(city, What::kRaise);
  Finding const younger = city.findings.back().since > city.findings.front().since ? city.findings.back() : east;
  ASSERT_EQ(city.engine.adopt({.key = "pm25_plume:77:1", .rule = "pm25_plume", .since = younger.since, .severity = younger.severity,
                               .streams = younger.streams, .seen = younger.at}),
            Adoption::kGoesOn);
  city.findings.clear();
  city.run(6, [&](double x, double y, int step) { return both(x, y, step) + cloud(60, 2'000, 400)(x, y, step) + cloud(60, 1'200, 400)(x, y, step) + cloud(60, 2'800, 400)(x, y, step); });
  EXPECT_EQ(newest(city, What::kRaise).key, "pm25_plume:77:1");
  ASSERT_EQ(city.keys(What::kClear).size(), 1U);
  EXPECT_EQ(newest(city, What::kClear).over, Finding::Over::kJoined);
  EXPECT_NE(newest(city, What::kClear).key, "pm25_plume:77:1");
}

/// The stations of a DrawnCity that a cloud of this width around this place reaches.
std::set<int> near(DrawnCity const& city, double x, double y, double metres) {
  std::set<int> all;
  for (int i = 0; i < 36; ++i)
    if (std::hypot(city.x(i) - x, city.y(i) - y) <= metres) all.insert(i);
  return all;
}

TEST(warning_causes, end_as_measured_when_all_are_back_but_a_station_that_went_dead_in_it) {
  DrawnCity city("pm25");
  city.learn();
  city.run(10, cloud(80, 800, 800));
  ASSERT_EQ(city.keys(What::kRaise).size(), 1U);
  city.run(5, cloud(80, 800, 800), {14});
  city.run(15, {}, {14});
  ASSERT_EQ(city.keys(What::kClear), city.keys(What::kRaise)) << "within half an hour, not two hours";
  EXPECT_EQ(newest(city, What::kClear).over, Finding::Over::kBack);
}

TEST(warning_causes, end_when_the_only_other_station_is_back_and_wait_for_one_that_is_silent_for_a_moment) {
  DrawnCity city("pm25");
  city.learn();
  auto const pair = [](double x, double y, int) { return y == 800 && (x == 800 || x == 1'200) ? 60.0 : 0.0; };
  city.run(10, pair);
  ASSERT_EQ(city.keys(What::kRaise).size(), 1U);
  city.run(4, only(60, 800, 800), {14});
  EXPECT_TRUE(city.keys(What::kClear).empty());
  city.run(10, {}, {14});
  ASSERT_EQ(city.keys(What::kClear).size(), 1U);
  EXPECT_EQ(newest(city, What::kClear).over, Finding::Over::kSilent) << "of half of them nobody knows";
}

TEST(warning_causes, do_not_end_as_measured_by_one_station_when_most_of_them_went_dead) {
  DrawnCity city("pm25");
  city.learn();
  city.run(10, cloud(80, 800, 800));
  auto dead = near(city, 800, 800, 900);
  dead.erase(14);
  city.run(50, {}, dead);
  EXPECT_TRUE(city.keys(What::kClear).empty());
  city.run(20, {}, dead);
  ASSERT_EQ(city.keys(What::kClear).size(), 1U);
  EXPECT_EQ(newest(city, What::kClear).over, Finding::Over::kSilent);
}

/// All of the city, or only those within this distance.
std::set<int> away(DrawnCity const& city, double metres) { return near(city, 1'000, 800, metres); }

TEST(warning_causes, are_not_over_because_a_gateway_or_the_server_is_away_with_all_who_could_say_so) {
  auto const pair = [](double x, double y, int) { return y == 800 && (x == 800 || x == 1'200) ? 200.0 : 0.0; };
  for (double const reach : {10'000.0, 1'300.0}) {
    DrawnCity city("pm25");
    city.learn();
    city.run(10, [&](double x, double y, int step) { return cloud(90, 1'000, 800)(x, y, step) + pair(x, y, step); });
    city.run(8, pair);
    ASSERT_TRUE(city.keys(What::kClear).empty());
    city.run(20, pair, away(city, reach));
    EXPECT_TRUE(city.keys(What::kClear).empty()) << "nobody spoke within " << reach << " m";
    city.run(3, pair);
    EXPECT_TRUE(city.keys(What::kClear).empty());
    city.run(8);
    ASSERT_EQ(city.keys(What::kClear).size(), 1U);
    EXPECT_EQ(newest(city, What::kClear).over, Finding::Over::kBack);
  }
}

TEST(warning_causes, end_as_measured_when_those_who_were_silent_come_back_and_are_usual) {
  DrawnCity city("pm25");
  city.learn();
  auto const line = [](double last) { return [last](double x, double y, int) { return y == 800 && x >= 800 && x <= last ? 80.0 : 0.0; }; };
  city.run(10, line(1'600));
  ASSERT_EQ(city.keys(What::kRaise).size(), 1U);
  city.run(8, line(1'200));
  city.run(14, line(1'200), {14, 15});
  EXPECT_TRUE(city.keys(What::kClear).empty()) << "one of three was measured to be back";
  city.run(8);
  ASSERT_EQ(city.keys(What::kClear).size(), 1U);
  EXPECT_EQ(newest(city, What::kClear).over, Finding::Over::kBack);
}

TEST(warning_causes, end_without_a_word_of_back_where_as_many_went_dead_as_were_measured_back) {
  DrawnCity city("pm25");
  city.learn();
  auto const four = [](double x, double y, int) { return (y == 800 || y == 1'200) && (x == 800 || x == 1'200) ? 80.0 : 0.0; };
  auto const two = [](double x, double y, int) { return y == 800 && (x == 800 || x == 1'200) ? 80.0 : 0.0; };
  city.run(10, four);
  ASSERT_EQ(city.keys(What::kRaise).size(), 1U);
  city.run(8, two);
  city.run(14, two, {14, 15});
  ASSERT_EQ(city.keys(What::kClear).size(), 1U);
  EXPECT_EQ(newest(city, What::kClear).over, Finding::Over::kSilent);
}

TEST(warning_causes, do_not_begin_again_by_a_partner_that_went_dead_while_it_was_high) {
  DrawnCity city("pm25");
  city.learn();
  auto const four = [](double x, double y, int) { return (y == 800 || y == 1'200) && (x == 800 || x == 1'200) ? 80.0 : 0.0; };
  auto const two = [](double x, double y, int) { return y == 800 && (x == 800 || x == 1'200) ? 80.0 : 0.0; };
  city.run(20, four);
  city.run(8, two);
  city.run(50, two, {14});
  EXPECT_EQ(raised_or_cleared(city), (std::vector{What::kRaise, What::kClear})) << "what the dead one said last confirms nobody";
  EXPECT_EQ(newest(city, What::kClear).over, Finding::Over::kUnconfirmed);
}

TEST(warning_causes, are_not_over_by_the_word_of_those_whom_they_had_left_before_the_others_fell_silent) {
  DrawnCity city("pm25");
  city.learn();
  auto const from = [](double first) { return [first](double x, double y, int) { return y == 800 && x >= first ? 80.0 : 0.0; }; };
  city.run(10, from(0));
  ASSERT_EQ(city.keys(What::kRaise).size(), 1U);
  city.run(8, from(1'600));
  city.run(14, from(1'600), {16, 17});
  ASSERT_EQ(city.keys(What::kClear), city.keys(What::kRaise));
  EXPECT_EQ(newest(city, What::kClear).over, Finding::Over::kSilent) << "four of six are back, and it was at the two others";
}

TEST(warning_causes, are_over_by_the_word_of_those_who_were_up_beside_the_silent_ones) {
  DrawnCity city("pm25");
  city.learn();
  auto const line = [](double, double y, int) { return y == 800 ? 80.0 : 0.0; };
  city.run(10, line);
  ASSERT_EQ(city.keys(What::kRaise).size(), 1U);
  city.run(3, line, {14, 15});
  city.run(14, {}, {14, 15});
  ASSERT_EQ(city.keys(What::kClear), city.keys(What::kRaise));
  EXPECT_EQ(newest(city, What::kClear).over, Finding::Over::kBack);
}

TEST(warning_causes, are_not_over_by_the_word_of_one_of_two_long_after_the_other_was_lost) {
  DrawnCity city("pm25");
  city.learn();
  auto const pair = [](double x, double y, int) { return y == 800 && (x == 800 || x == 1'200) ? 60.0 : 0.0; };
  city.run(10, pair);
  city.run(65, pair, {14});
  EXPECT_TRUE(city.keys(What::kClear).empty());
  city.run(8, {}, {14});
  ASSERT_EQ(city.keys(What::kClear), city.keys(What::kRaise));
  EXPECT_EQ(newest(city, What::kClear).over, Finding::Over::kSilent);
}

TEST(warning_causes, are_not_held_open_by_one_station_with_a_small_spell_of_its_own) {
  DrawnCity city("pm25");
  city.learn();
  auto const spell = only(9, 1'200, 800);
  city.run(10, [&](double x, double y, int step) { return cloud(90, 800, 800)(x, y, step) + spell(x, y, step); });
  ASSERT_EQ(city.keys(What::kRaise).size(), 1U);
  city.run(30, spell);
  ASSERT_EQ(city.keys(What::kClear), city.keys(What::kRaise)) << "the plume is over since an hour";
  EXPECT_EQ(newest(city, What::kClear).over, Finding::Over::kBack);
}

TEST(warning_causes, are_not_over_while_the_only_one_that_nobody_confirms_any_more_still_shows_it) {
  DrawnCity city("pm25");
  city.learn();
  auto const pair = [](double x, double y, int) { return y == 800 && (x == 800 || x == 1'200) ? 45.0 : 0.0; };
  city.run(10, pair);
  ASSERT_EQ(city.keys(What::kRaise).size(), 1U);
  city.run(20, only(45, 800, 800));
  ASSERT_EQ(city.keys(What::kClear), city.keys(What::kRaise));
  EXPECT_EQ(newest(city, What::kClear).over, Finding::Over::kUnconfirmed);
}

TEST(warning_causes, that_have_lasted_for_a_day_end_as_usual_and_not_as_over) {
  DrawnCity city("pm25");
  city.learn();
  city.run(740, [](double x, double y, int) { return y == 800 && (x == 800 || x == 1'200) ? 45.0 : 0.0; });
  ASSERT_EQ(city.keys(What::kClear), city.keys(What::kRaise));
  EXPECT_EQ(newest(city, What::kClear).over, Finding::Over::kUsual) << "nobody has measured less";
}

TEST(warning_causes, that_ended_as_usual_do_not_begin_again_while_nothing_changes) {
  DrawnCity city("pm25");
  city.learn();
  auto const pair = [](double x, double y, int) { return y == 800 && (x == 800 || x == 1'200) ? 45.0 : 0.0; };
  city.run(740, pair);
  ASSERT_EQ(city.keys(What::kClear), city.keys(What::kRaise));
  city.run(360, pair);
  EXPECT_EQ(raised_or_cleared(city), (std::vector{What::kRaise, What::kClear})) << "what is usual is no event";
  city.run(15, [&](double x, double y, int step) { return pair(x, y, step) + cloud(60, 1'000, 800)(x, y, step); });
  EXPECT_EQ(raised_or_cleared(city), (std::vector{What::kRaise, What::kClear, What::kRaise})) << "and what comes on top of it is one";
}

TEST(warning_causes, that_lasted_for_a_day_end_where_their_stations_rose_one_after_the_other) {
  DrawnCity city("pm25");
  city.learn();
  int const begun = city.now();
  auto const two = [begun](double x, double y, int step) {
    return y == 800 && (x == 800 || (x == 1'200 && step >= begun + 8)) ? 45.0 : 0.0;
  };
  city.run(900, two);
  EXPECT_EQ(raised_or_cleared(city), (std::vector{What::kRaise, What::kClear}));
}

/// Two stations of a row for a day, two more that join later and stay for an hour longer; after `fades` the first two say less.
Finding::Over end_of_four(bool fades) {
  DrawnCity city("pm25");
  city.learn();
  int const begun = city.now();
  city.run(900, [=](double x, double y, int step) {
    int const at = step - begun;
    bool const first = x == 800 || x == 1'200;
    bool const later = x == 1'600 || x == 2'000;
    bool const up = (first && !(fades && at > 735)) || (later && at > 500 && at < 780);
    return y == 800 && up ? 45.0 : 0.0;
  });
  EXPECT_EQ(raised_or_cleared(city), (std::vector{What::kRaise, What::kClear}));
  return newest(city, What::kClear).over;
}

TEST(warning_causes, are_over_as_usual_only_while_what_has_become_usual_is_measured_still) {
  EXPECT_EQ(end_of_four(false), Finding::Over::kUsual) << "the last ones are back, and two say what they have said all day";
  EXPECT_EQ(end_of_four(true), Finding::Over::kBack) << "all are";
}

TEST(warning_causes, of_noise_that_has_lasted_for_a_day_do_not_begin_again) {
  DrawnCity city("noise");
  city.usual = 50;
  city.learn();
  city.run(1'000, only(25, 800, 800));
  EXPECT_EQ(raised_or_cleared(city), (std::vector{What::kRaise, What::kClear}));
}

TEST(warning_causes, are_over_when_the_last_one_is_back_before_it_counts_as_left_alone) {
  DrawnCity city("pm25");
  city.learn();
  auto const pair = [](double x, double y, int) { return y == 800 && (x == 800 || x == 1'200) ? 45.0 : 0.0; };
  city.run(10, pair);
  city.run(9, only(45, 800, 800));
  city.run(8);
  ASSERT_EQ(city.keys(What::kClear).size(), 1U);
  EXPECT_EQ(newest(city, What::kClear).over, Finding::Over::kBack);
}

TEST(warning_causes, last_by_two_stations_that_confirm_each_other_when_all_others_are_back) {
  DrawnCity city("pm25");
  city.learn();
  auto const pair = [](double x, double y, int) { return y == 800 && (x == 800 || x == 1'200) ? 40.0 : 0.0; };
  city.run(10, [&](double x, double y, int step) { return cloud(90, 800, 800)(x, y, step) + pair(x, y, step); });
  city.run(40, pair);
  EXPECT_TRUE(city.keys(What::kClear).empty());
}

TEST(warning_causes, last_where_one_station_is_still_up_and_nobody_was_measured_to_be_back) {
  DrawnCity city("pm25");
  city.learn();
  auto const pair = [](double x, double y, int) { return y == 800 && (x == 800 || x == 1'200) ? 60.0 : 0.0; };
  city.run(10, pair);
  city.run(30, pair, {14});
  EXPECT_TRUE(city.keys(What::kClear).empty()) << "the other one went dead, which is no word of an end";
}

TEST(warning_causes, do_not_begin_anew_with_each_spell_beside_a_station_that_was_left_alone) {
  DrawnCity city("pm25");
  city.learn();
  auto const broken = only(60, 800, 800);
  auto const spell_at = [&](double x) { return [&broken, x](double px, double y, int step) { return broken(px, y, step) + (px == x && y == 800 ? 25.0 : 0.0); }; };
  city.run(10, spell_at(1'200));
  ASSERT_EQ(city.keys(What::kRaise).size(), 1U);
  city.run(30, broken);
  ASSERT_EQ(city.keys(What::kClear).size(), 1U);
  city.findings.clear();
  city.run(20, spell_at(400));
  EXPECT_TRUE(city.keys(What::kRaise).empty());
  city.run(10, [](double x, double y, int step) { return only(60, 800, 800)(x, y, step) + cloud(120, 400, 800)(x, y, step); });
  EXPECT_EQ(city.keys(What::kRaise).size(), 1U) << "others confirm each other";
}

TEST(warning_causes, begin_where_one_beside_a_station_that_was_left_alone_is_as_high_for_half_an_hour) {
  DrawnCity city("pm25");
  city.learn();
  auto const smoulders = only(100, 800, 800);
  auto const both = [](double x, double y, int) { return y == 800 && (x == 800 || x == 1'200) ? 100.0 : 0.0; };
  city.run(10, both);
  city.run(40, smoulders);
  ASSERT_EQ(city.keys(What::kClear).size(), 1U);
  city.findings.clear();
  city.run(10, both);
  EXPECT_TRUE(city.keys(What::kRaise).empty());
  city.run(10, both);
  EXPECT_EQ(city.keys(What::kRaise).size(), 1U);
}

/// Four close stations whose values are made up.
std::set<int> const kSimulated{14, 15, 20, 21};
Field2 made_up_cloud(double size) {
  return [size](double x, double y, int) { return (x == 800 || x == 1'200) && (y == 800 || y == 1'200) ? size : 0.0; };
}

struct PartlySimulatedCity : DrawnCity {
  PartlySimulatedCity() : DrawnCity("pm25") {
    for (int const i : kSimulated) {
      Stream s = engine.stream(static_cast<std::uint32_t>(i));
      s.simulated = true;
      engine.change(static_cast<std::uint32_t>(i), s);
    }
    learn();
  }
  [[nodiscard]] std::set<std::string> told(What what, bool simulated) const {
    std::set<std::string> keys;
    for (auto const& f : findings)
      if (f.what == what && f.simulated == simulated) keys.insert(f.key);
    return keys;
  }
};

TEST(warning_causes, of_an_exercise_become_nothing_real_by_a_small_spell_of_a_real_station_beside_it) {
  PartlySimulatedCity city;
  city.run(15, [](double x, double y, int step) { return made_up_cloud(80)(x, y, step) + only(9, 400, 800)(x, y, step); });
  EXPECT_EQ(city.told(What::kRaise, true).size(), 1U);
  EXPECT_TRUE(city.told(What::kRaise, false).empty()) << "nobody measured more than nine";
}

TEST(warning_causes, of_an_exercise_confirm_no_real_station_and_take_none_in) {
  PartlySimulatedCity city;
  city.run(15, [](double x, double y, int step) { return made_up_cloud(80)(x, y, step) + only(80, 400, 800)(x, y, step); });
  EXPECT_EQ(city.told(What::kRaise, true).size(), 1U);
  EXPECT_TRUE(city.told(What::kRaise, false).empty());
  EXPECT_EQ(city.told(What::kUnconfirmed, false).size(), 1U);
}

TEST(warning_causes, that_are_real_are_told_beside_an_exercise_by_their_own_stations_alone) {
  PartlySimulatedCity city;
  city.run(15, [](double x, double y, int step) { return made_up_cloud(150)(x, y, step) + only(40, 400, 800)(x, y, step) + only(40, 400, 1'200)(x, y, step); });
  EXPECT_EQ(city.told(What::kRaise, true).size(), 1U);
  ASSERT_EQ(city.told(What::kRaise, false).size(), 1U);
  auto const real = *std::ranges::find_if(city.findings.rbegin(), city.findings.rend(), [](Finding const& f) { return f.what == What::kRaise && !f.simulated; });
  EXPECT_EQ(real.stations, 2U);
  EXPECT_LT(real.excess, 60);
  EXPECT_EQ(real.severity, Severity::kCaution);
  EXPECT_TRUE(std::ranges::none_of(real.members, [&](Member const& m) { return city.engine.stream(m.stream).simulated; })) << "nor is a simulated one shown beside it";
}

TEST(warning_causes, that_are_real_do_not_go_on_under_the_key_of_an_exercise_that_was_over_there) {
  PartlySimulatedCity city;
  city.run(12, made_up_cloud(80));
  city.run(8);
  ASSERT_EQ(city.keys(What::kClear).size(), 1U);
  auto const exercise = city.told(What::kRaise, true);
  city.run(8, [](double x, double y, int step) { return only(60, 400, 800)(x, y, step) + only(60, 400, 1'200)(x, y, step); });
  ASSERT_EQ(city.told(What::kRaise, false).size(), 1U);
  EXPECT_NE(city.told(What::kRaise, false), exercise);
}

TEST(warning_causes, of_an_exercise_are_not_gone_on_with_by_stations_that_are_real_now) {
  PartlySimulatedCity city;
  Before before{.key = "pm25_plume:77:1", .rule = "pm25_plume", .since = kStart, .streams = {0, 1}, .seen = kStart + kStep * city.now()};
  before.simulated = true;
  EXPECT_EQ(city.engine.adopt(before), Adoption::kNoStations);
  before.streams = {14, 15};
  EXPECT_EQ(city.engine.adopt(before), Adoption::kGoesOn);
}

}  // namespace
}  // namespace madang::sensing::warning
