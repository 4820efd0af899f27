// Small cities on the whole path: what is measured is measured on what the server runs.
#include "evaluation/play.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "evaluation/quality.h"
#include "evaluation/truth_file.h"

namespace madang::evaluation {
namespace {

using simulation::Channel;

TEST(real_path, turns_large_plumes_of_a_small_city_into_situations) {
  auto const play = Play::prepare({.seed = 2,
                                   .days = 1.5,
                                   .quiet_days = 1,
                                   .stations = 150,
                                   .events_per_day = {40, 0, 0, 0, 0, 0},
                                   .channels = {Channel::kPm25, Channel::kTemperature, Channel::kHumidity, Channel::kNoise, Channel::kPeople},
                                   .rivals = true});
  ASSERT_TRUE(play.has_value()) << play.error().sentence;
  ASSERT_TRUE((*play)->run().has_value());
  auto const ours = (*play)->ours();
  auto const& wide = ours.of[static_cast<std::size_t>(EventClass::kWide)];
  EXPECT_GT(wide.must, 0);
  EXPECT_GT(wide.must_found, wide.must / 2);
  EXPECT_EQ((*play)->values(), 150U * 5 * 1080);
  EXPECT_GT((*play)->event_values().values, 0U);
}

PlayOptions small_city_of_plumes(std::uint64_t seed) {
  return {.seed = seed, .days = 1.5, .quiet_days = 1, .stations = 150, .events_per_day = {40, 0, 0, 0, 0, 0},
          .channels = {Channel::kPm25}, .pieces = 2};
}

TEST(real_path, goes_on_with_everything_when_the_server_starts_again_among_plumes) {
  auto options = small_city_of_plumes(2);
  options.restarts = 3;
  auto const play = Play::prepare(options);
  ASSERT_TRUE(play.has_value()) << play.error().sentence;
  ASSERT_TRUE((*play)->run().has_value());
  EXPECT_EQ((*play)->path().statistics().observations, (*play)->values());
  auto const ours = (*play)->ours();
  auto const& wide = ours.of[static_cast<std::size_t>(EventClass::kWide)];
  EXPECT_GT(wide.must, 0);
  EXPECT_GT(wide.must_found, wide.must / 2);
}

struct LagWatch final : Play::Observer {
  std::map<std::size_t, Millis> longest;  ///< by node
  void value(std::size_t node, std::size_t, Instant, storage::StoredObservation const& o) override {
    auto& lag = longest[node];
    lag = std::max(lag, o.received_at - o.phenomenon_time);
  }
  void step(Play&, Instant) override {}
};

TEST(real_path, finds_plumes_where_half_of_all_stations_stand_behind_late_gateways) {
  auto options = small_city_of_plumes(2);
  options.late_share = 0.5;
  auto const play = Play::prepare(options);
  ASSERT_TRUE(play.has_value()) << play.error().sentence;
  LagWatch watch;
  ASSERT_TRUE((*play)->run(&watch).has_value());
  auto const later_than = [&watch](Millis lag) {
    return std::ranges::count_if(watch.longest, [lag](auto const& node) { return node.second > lag; });
  };
  EXPECT_NEAR(static_cast<double>(later_than(std::chrono::seconds{10})), 75, 20);
  EXPECT_GT(later_than(std::chrono::minutes{50}), 10);
  EXPECT_EQ(later_than(std::chrono::minutes{61}), 0);
  auto const ours = (*play)->ours();
  EXPECT_GT(ours.of[static_cast<std::size_t>(EventClass::kWide)].must_found, 0);
}

double value_of(QualityTable const& table, std::string_view begin) {
  auto const row = std::ranges::find_if(table.rows, [&](Measured const& m) { return m.name.starts_with(begin); });
  return row == table.rows.end() ? -1 : row->value;
}

TEST(quality_evaluation, finds_most_of_what_was_put_in) {
  auto const table = evaluate_injected_faults({.seeds = {2}, .nodes = 64, .days = 4}, [](std::string const&) {});
  ASSERT_TRUE(table.has_value()) << table.error().sentence;
  EXPECT_GT(value_of(*table, "sentinel: precision"), 0.9);
  EXPECT_GT(value_of(*table, "spikes: precision"), 0.8);
}

TEST(truth_file, is_read_as_it_was_written) {
  auto const city = simulation::make_city_plan({.seed = 1, .nodes = 40});
  Interval const day{*parse_instant("2026-11-20T00:00:00Z"), *parse_instant("2026-11-24T00:00:00Z")};
  auto const written = simulation::truth_of(city, day);
  auto const folder = TemporaryDirectory::make();
  ASSERT_TRUE(folder.has_value());
  auto const path = folder->path() / "truth.jsonl";
  {
    std::ofstream out(path);
    for (auto const& t : written) out << simulation::json_line(t);
  }
  auto const read = read_truth(path);
  ASSERT_TRUE(read.has_value()) << read.error().sentence;
  EXPECT_TRUE(std::ranges::equal(*read, written, [](auto const& a, auto const& b) {
    return a.id == b.id && a.kind == b.kind && a.when == b.when && a.channel == b.channel && a.about == b.about &&
           a.effect.pair_minutes == b.effect.pair_minutes;
  }));
}

TEST(truth_file, names_the_line_that_is_none) {
  auto const folder = TemporaryDirectory::make();
  ASSERT_TRUE(folder.has_value());
  auto const path = folder->path() / "truth.jsonl";
  std::ofstream(path) << "{\"kind\":\"haze\",\"from\":\"2026-11-20T00:00:00Z\",\"to\":\"2026-11-21T00:00:00Z\"}\n{\"kind\":\"haze\"}\n";
  auto const read = read_truth(path);
  ASSERT_FALSE(read.has_value());
  EXPECT_TRUE(read.error().sentence.ends_with("line 2: \"from\" is not a time")) << read.error().sentence;
}

}  // namespace
}  // namespace madang::evaluation
