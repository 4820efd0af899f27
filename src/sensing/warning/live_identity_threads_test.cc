// A cause has one identity through dismissal, restart, rules that change and parts that come and go; and what finds no room
// or is corrected is not lost.
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "sensing/warning/test_watched_city.h"

namespace madang::sensing::warning {
namespace {

situations::Actor const kKim{.party = PartyId{1}, .name = "kim"};

TEST(early_warning_threads, tells_a_new_plume_where_one_was_dismissed_that_is_over_also_after_a_restart) {
  KeptCity city;
  city.watch_usual();
  city.run(10, 40);
  ASSERT_EQ(city.plumes(true).size(), 1U);
  ASSERT_TRUE(city.kept->dismiss(city.plumes(true).front()->id, kKim, "street cleaning"));
  city.run(30, 0);
  city.restart_all();
  city.run(6, 40);
  ASSERT_EQ(city.plumes(true).size(), 1U) << "another one at the same stations";
  auto const told = city.plumes(true).front();
  city.restart_all();
  city.run(6, 40);
  EXPECT_EQ(city.ever(), 2U);
  ASSERT_EQ(city.plumes(true).size(), 1U);
  EXPECT_EQ(city.plumes(true).front()->id, told->id);
  EXPECT_EQ(city.plumes(true).front()->signal.key, told->signal.key);
  city.ingest->stop();
}

TEST(early_warning_threads, makes_one_situation_of_a_station_that_stays_alone_and_the_suspicion_of_its_device) {
  KeptCity city;
  city.watch_usual();
  city.more[12] = 70;
  city.run(3, 0);
  ASSERT_EQ(city.all(true).size(), 1U);
  EXPECT_EQ(city.all(true).front()->signal.kind, "unconfirmed");
  auto const id = city.all(true).front()->id;
  city.run(25, 0);
  ASSERT_EQ(city.all(false).size(), 1U) << "one cause";
  auto const suspected = city.all(true).front();
  EXPECT_EQ(suspected->signal.kind, "device_suspect");
  EXPECT_EQ(suspected->signal.severity, situations::Severity::kCaution) << "it would be dangerous if it were true";
  EXPECT_EQ(suspected->signal.headline.in("en").find("warning."), std::string::npos);
  city.restart_all();
  city.run(8, 0);
  ASSERT_EQ(city.all(false).size(), 1U);
  EXPECT_EQ(city.all(true).front()->id, id);
  EXPECT_EQ(city.all(true).front()->signal.kind, "device_suspect");
  EXPECT_GT(city.all(true).front()->signal.evidence.score, city.all(true).front()->signal.evidence.threshold * 0.99);
  city.more.clear();
  city.run(10, 0);
  city.pass(20);
  city.pass_time();
  EXPECT_TRUE(city.all(true).empty());
  ASSERT_EQ(city.all(false).size(), 1U);
  EXPECT_EQ(city.all(false).front()->signal.kind, "device_suspect") << "which part of it was over first is told to nobody";
  city.ingest->stop();
}

TEST(early_warning_threads, shows_after_a_restart_how_sure_it_was_when_it_told) {
  KeptCity city;
  city.watch_usual();
  city.run(10, 60);
  ASSERT_EQ(city.plumes(true).size(), 1U);
  city.run(2, 0);
  city.restart_all();
  city.run(4, 3);
  auto const open = city.plumes(true);
  ASSERT_EQ(open.size(), 1U);
  EXPECT_GE(open.front()->signal.evidence.score, open.front()->signal.evidence.threshold);
  city.ingest->stop();
}

TEST(early_warning_threads, leaves_a_lasting_cause_alone_that_somebody_dismissed_also_after_a_restart) {
  KeptCity city;
  city.watch_usual();
  city.run(10, 40);
  ASSERT_EQ(city.plumes(true).size(), 1U);
  ASSERT_TRUE(city.kept->dismiss(city.plumes(true).front()->id, kKim, "street cleaning"));
  city.run(5, 40);
  city.restart_all();
  city.run(10, 40);
  EXPECT_EQ(city.ever(), 1U);
  EXPECT_TRUE(city.plumes(true).empty());
  city.ingest->stop();
}

TEST(early_warning_threads, a_restart_does_not_raise_what_waits_whether_it_is_really_gone) {
  KeptCity city;
  city.watch_usual();
  city.run(10, 40);
  ASSERT_EQ(city.plumes(true).size(), 1U);
  auto const id = city.plumes(true).front()->id;
  for (int n = 0; n < 12 && !city.plumes(true).front()->clear_since; ++n) city.run(1, 0);
  ASSERT_TRUE(city.plumes(true).front()->clear_since);
  auto const before = city.lines(id);
  city.restart_all();
  city.run(10, 8);  // less than is worth a word
  EXPECT_EQ(city.lines(id), before);
  city.pass_time();
  EXPECT_FALSE(is_open((*city.kept->find(id))->state));
  EXPECT_EQ(city.ever(), 1U);
  city.ingest->stop();
}

TEST(early_warning_threads, what_was_back_before_a_restart_is_not_ended_by_what_was_reported_before) {
  KeptCity city;
  city.watch_usual();
  city.run(10, 40);
  ASSERT_EQ(city.plumes(true).size(), 1U);
  auto const id = city.plumes(true).front()->id;
  for (int n = 0; n < 12 && !city.plumes(true).front()->clear_since; ++n) city.run(1, 0);
  ASSERT_TRUE(city.plumes(true).front()->clear_since);
  city.ingest->stop();
  city.warning.reset();
  for (int n = 0; n < 3; ++n, ++city.step) {  // it is back while nobody judges
    storage::Batch batch;
    batch.observations = city.values(60, {QualityFlag::kGood, 0, 1});
    ASSERT_TRUE(city.store.append(batch).has_value());
    city.clock.advance(kStep);
  }
  city.open();
  city.ingest = Ingest::start(city.store, city.clock, city.metrics, {});
  city.watch();
  EXPECT_FALSE((*city.kept->find(id))->clear_since);
  city.pass_time();
  city.run(4, 60);
  city.pass_time();
  EXPECT_TRUE(is_open((*city.kept->find(id))->state));
  EXPECT_EQ(city.ever(), 1U);
  city.ingest->stop();
}

TEST(early_warning_threads, a_restart_tells_nothing_again) {
  KeptCity city(true);
  city.watch_usual();
  city.run(10, 40);
  ASSERT_EQ(city.plumes(true).size(), 1U);
  auto const id = city.plumes(true).front()->id;
  auto const before = city.lines(id);
  city.restart_all();
  city.run(4, 40);
  EXPECT_EQ(city.lines(id), before);
  EXPECT_EQ(city.all(false).size(), 1U);
  city.ingest->stop();
}

/// Two clusters of one quantity, too far apart to be neighbours and near enough to be one cause.
constexpr std::array kNorth{0, 1, 5};
constexpr std::array kSouth{24, 23, 19};

TEST(early_warning_threads, ends_each_of_two_clusters_by_itself_after_a_restart) {
  KeptCity city;
  city.watch_usual();
  for (auto const i : kNorth) city.more[i] = 60;
  for (auto const i : kSouth) city.more[i] = 70;
  city.run(10, 0);
  ASSERT_EQ(city.plumes(true).size(), 1U);
  auto const id = city.plumes(true).front()->id;
  ASSERT_EQ(city.plumes(true).front()->signal.facts.quantities.size(), 2U);
  EXPECT_EQ(city.plumes(true).front()->signal.facts.stations, 6);
  city.pass_time();
  city.restart_all();
  city.run(6, 0);
  EXPECT_EQ(city.plumes(true).front()->signal.facts.quantities.size(), 2U);
  for (auto const i : kNorth) city.more[i] = 0;
  city.run(12, 0);
  ASSERT_EQ(city.plumes(true).size(), 1U);
  EXPECT_EQ(city.plumes(true).front()->signal.facts.quantities.size(), 1U);
  EXPECT_EQ(city.plumes(true).front()->signal.facts.stations, 3);
  for (auto const i : kSouth) city.more[i] = 0;
  city.run(12, 0);
  EXPECT_TRUE((*city.kept->find(id))->clear_since) << "and it is over when both are";
  EXPECT_EQ(city.ever(), 1U);
  city.ingest->stop();
}

TEST(early_warning_threads, tells_no_plume_again_when_two_stations_that_deliver_late_show_it_too) {
  KeptCity city;
  city.steps_late = {{7, 30}, {17, 30}};
  city.watch();
  city.run(300, 0);
  city.run(10, 60);
  ASSERT_EQ(city.ever(), 1U);
  city.run(12, 0);
  city.pass_time();
  ASSERT_TRUE(city.plumes(true).empty()) << "it is over, and two do not know of it yet";
  city.run(40, 0);
  EXPECT_EQ(city.ever(), 1U) << "what they show was told";
  city.restart_all();
  city.run(10, 60);
  city.run(12, 0);
  city.pass_time();
  ASSERT_EQ(city.ever(), 2U) << "another one";
  city.restart_all();
  city.run(40, 0);
  EXPECT_EQ(city.ever(), 2U) << "also after a restart in between";
  city.ingest->stop();
}

TEST(early_warning_threads, ends_the_part_of_a_rule_that_is_switched_off_and_says_why) {
  KeptCity city(true);
  city.watch_usual();
  city.run(10, 60);
  ASSERT_EQ(city.plumes(true).size(), 1U);
  auto const id = city.plumes(true).front()->id;
  ASSERT_EQ(situations::by_channel(city.plumes(true).front()->signal.facts).size(), 2U);
  RuleSet rules = shipped_rules();
  for (auto& rule : rules.rules) rule.enabled = rule.id != "pm10_plume";
  city.warning->use(rules);
  city.warning->drain();
  city.run(6, 60);
  auto const now = *city.kept->find(id);
  EXPECT_TRUE(is_open(now->state));
  ASSERT_EQ(now->signal.facts.quantities.size(), 1U);
  EXPECT_EQ(now->signal.facts.quantities.front().channel, "pm25");
  std::vector<situations::PartEnd> told;
  auto const timeline = *city.kept->timeline(id);
  for (auto const& line : timeline) told.insert(told.end(), line.ended_parts.begin(), line.ended_parts.end());
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.front().channel, "pm10");
  EXPECT_EQ(told.front().why, situations::End::kRuleOff);
  city.run(15, 0);
  EXPECT_TRUE((*city.kept->find(id))->clear_since) << "no part that nobody looks at holds it open";
  city.ingest->stop();
}

TEST(early_warning_threads, what_one_station_showed_alone_becomes_the_same_situation_when_others_confirm_it) {
  KeptCity city;
  city.watch_usual();
  city.more[12] = 70;
  city.run(4, 0);
  ASSERT_EQ(city.all(false).size(), 1U);
  EXPECT_EQ(city.all(true).front()->signal.kind, situations::kUnconfirmed);
  auto const id = city.all(true).front()->id;
  city.restart_all();
  city.run(2, 0);
  ASSERT_EQ(city.all(false).size(), 1U);
  city.more[13] = city.more[7] = 60;
  city.run(8, 0);
  ASSERT_EQ(city.all(false).size(), 1U);
  auto const now = city.all(true).front();
  EXPECT_EQ(now->id, id);
  EXPECT_EQ(now->signal.kind, situations::kPlume);
  EXPECT_TRUE(now->signal.is_public);
  EXPECT_TRUE(city.lines(id).starts_with("raised confirmed")) << city.lines(id);
  city.restart_all();
  city.run(4, 0);
  EXPECT_EQ(city.all(false).size(), 1U);
  city.more.clear();
  city.run(12, 0);
  city.pass_time();
  city.run(4, 0);
  city.pass_time();
  EXPECT_FALSE(is_open((*city.kept->find(id))->state));
  EXPECT_EQ(city.all(false).size(), 1U);
  city.ingest->stop();
}

TEST(early_warning_threads, a_fire_that_others_confirm_is_told_though_somebody_dismissed_the_lone_one) {
  KeptCity city;
  city.watch_usual();
  city.more[12] = 70;
  city.run(4, 0);
  ASSERT_EQ(city.all(true).size(), 1U);
  ASSERT_TRUE(city.kept->dismiss(city.all(true).front()->id, kKim, "a barbecue"));
  city.run(4, 0);
  EXPECT_TRUE(city.all(true).empty());
  city.more[13] = city.more[7] = 60;
  city.run(4, 0);
  ASSERT_EQ(city.all(true).size(), 1U);
  EXPECT_EQ(city.all(true).front()->signal.kind, situations::kPlume);
  city.ingest->stop();
}

TEST(early_warning_threads, says_on_over_a_restart_that_it_sees_nothing_and_of_what) {
  KeptCity city;
  city.late = std::chrono::hours{50};
  city.watch();
  city.run(10, 0);
  auto const blind = city.kept->open_of("sensing.warning");
  ASSERT_EQ(blind.size(), 1U);
  EXPECT_LE(blind.front()->signal.headline.in("en").size(), 80U) << "no list cuts it off";
  auto const missing = blind.front()->signal.facts.not_judged;
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_EQ(missing.front().channel, "pm25");
  EXPECT_NE(missing.front().name.in("en").find("PM2.5"), std::string::npos);
  city.restart_all();
  city.run(4, 0);
  ASSERT_EQ(city.kept->open_of("sensing.warning").size(), 1U);
  EXPECT_EQ(city.lines(blind.front()->id), "raised");
  city.ingest->stop();
}

TEST(early_warning_threads, tells_a_cause_that_is_raised_and_worse_in_one_judgement_as_one_line) {
  KeptCity city(true);
  city.watch_usual();
  city.run(4, 200);
  ASSERT_EQ(city.plumes(true).size(), 1U);
  auto const now = city.plumes(true).front();
  auto const lines = *city.kept->timeline(now->id);
  std::set<Instant> moments;
  for (auto const& line : lines) EXPECT_TRUE(moments.insert(line.at).second) << city.lines(now->id);
  city.ingest->stop();
}

TEST(early_warning_threads, reads_from_the_store_what_found_no_room_in_its_queue) {
  WatchedCity city;
  city.waiting_max = 100;
  city.watch();
  storage::Batch history;
  for (int n = 0; n < 120; ++n, ++city.step) {
    auto const values = city.values(0, {QualityFlag::kGood, 0, 1});
    history.observations.insert(history.observations.end(), values.begin(), values.end());
  }
  city.clock.advance(city.start + kStep * city.step - city.clock.now());
  ASSERT_TRUE(city.ingest->submit_and_wait(history).has_value());
  city.warning->drain();
  city.clock.advance(std::chrono::seconds{15});
  city.warning->drain();
  city.run(4, 60);
  EXPECT_EQ(city.keys().size(), 1U) << "it knows what is usual";
  city.ingest->stop();
}

TEST(early_warning_threads, takes_back_what_a_correction_says_was_never_measured) {
  WatchedCity city;
  city.watch_usual();
  city.more[12] = 70;
  int const first = city.step;
  city.run(3, 0);
  ASSERT_EQ(city.keys().size(), 1U);
  ASSERT_TRUE(city.cleared().empty());
  storage::Batch corrections;
  for (int n = first; n < city.step; ++n)
    corrections.observations.push_back({city.streams[12], city.start + kStep * n, 90.0 + n, city.clock.now(), {QualityFlag::kFail, 0, 1}});
  ASSERT_TRUE(city.ingest->submit_and_wait(corrections).has_value());
  city.more.clear();
  city.run(1, 0);
  EXPECT_EQ(city.cleared(), std::vector<std::string>{*city.keys().begin()}) << "at once, not after some values";
  city.ingest->stop();
}

}  // namespace
}  // namespace madang::sensing::warning
