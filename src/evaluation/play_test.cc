// Small cities on the whole path: what is measured is measured on what the server runs.
#include "evaluation/play.h"

#include <gtest/gtest.h>

#include <fstream>

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
