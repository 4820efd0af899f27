// The living city over a sink that only remembers: honest times, each station at its own moment, truth in a file.
#include "simulation/feed/live.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "simulation/feed/truth_log.h"

namespace madang::simulation {
namespace {

class Memory final : public Sink {
 public:
  explicit Memory(runtime::Clock const& clock) : clock_(clock) {}
  Result<void> send(std::size_t node, Reading const& reading) override {
    times[node].push_back(reading.phenomenon_time);
    pm25_largest = std::max(pm25_largest, reading.value(Channel::kPm25));
    early += reading.phenomenon_time > clock_.now() ? 1 : 0;
    ++counts_.sent;
    return {};
  }
  Result<void> flush() override { return {}; }
  void finish() override { finished = true; }
  SinkCounts counts() override { return counts_; }

  std::map<std::size_t, std::vector<Instant>> times;
  double pm25_largest = 0;
  int early = 0;
  bool finished = false;

 private:
  runtime::Clock const& clock_;
  SinkCounts counts_;
};

TEST(run_live, sends_each_station_at_its_own_moment_and_never_ahead_of_time) {
  CityPlan const plan = make_city_plan({.seed = 1, .nodes = 40});
  runtime::SystemClock const clock;
  Memory sink(clock);
  std::atomic<bool> const stop = false;
  LiveOptions options;
  options.interval = Millis{1000};
  options.duration = Millis{2200};

  ASSERT_TRUE(run_live(plan, sink, options, clock, stop));

  EXPECT_TRUE(sink.finished);
  EXPECT_EQ(sink.early, 0);
  EXPECT_FALSE(sink.times.empty());
  bool in_step = true;
  for (auto const& [node, times] : sink.times) {
    for (std::size_t i = 1; i < times.size(); ++i) {
      in_step = in_step && (times[i] - times[i - 1]).count() % options.interval.count() == 0;
    }
  }
  EXPECT_TRUE(in_step);
}

TEST(run_live, ends_when_it_is_told_to) {
  CityPlan const plan = make_city_plan({.seed = 1, .nodes = 5});
  runtime::SystemClock const clock;
  Memory sink(clock);
  std::atomic<bool> const stop = true;
  LiveOptions const options;

  ASSERT_TRUE(run_live(plan, sink, options, clock, stop));

  EXPECT_TRUE(sink.times.empty());
}

class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "madang-truth-XXXXXX").string()) { MADANG_ASSERT(mkdtemp(path_.data())); }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(Folder const&) = delete;
  Folder& operator=(Folder const&) = delete;
  [[nodiscard]] std::string file() const { return path_ + "/truth.jsonl"; }

 private:
  std::string path_;
};

std::vector<std::string> lines_of(std::string const& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(truth_log, writes_each_truth_once) {
  CityPlan const plan = make_city_plan({.seed = 1, .nodes = 300});
  Instant const begin = *parse_instant("2026-11-24T00:00:00Z");
  Instant const end = begin + Millis{6 * 3'600'000};
  Folder const folder;
  {
    auto log = TruthLog::open(folder.file(), plan, {begin, 1}, {begin, begin + Millis{3'600'000}});
    ASSERT_TRUE(log);
    for (Instant t = begin + Millis{3'600'000}; t < end; t += Millis{60'000}) ASSERT_TRUE(log->advance(t + Millis{60'000}));
  }
  auto lines = lines_of(folder.file());
  auto const expected = truth_of(plan, {begin, end});

  EXPECT_EQ(lines.size(), expected.size());
  std::ranges::sort(lines);
  EXPECT_TRUE(std::ranges::adjacent_find(lines) == lines.end());
}

TEST(run_live, lets_what_was_asked_for_happen_and_writes_it_into_the_truth) {
  CityPlan const plan = make_city_plan({.seed = 1, .nodes = 5});
  runtime::SystemClock const clock;
  Memory sink(clock);
  std::atomic<bool> const stop = false;
  Folder const folder;
  LiveOptions options;
  options.interval = Millis{500};
  options.speed = 60;
  options.duration = Millis{1500};
  options.truth_file = folder.file();
  options.truth_from = clock.now();
  options.staged = {{.kind = HappeningKind::kPlume, .place = plan.nodes[2].position, .size = 900, .length = Millis{900'000}, .delay = Millis{500}}};

  ASSERT_TRUE(run_live(plan, sink, options, clock, stop));

  auto const lines = lines_of(folder.file());
  auto const staged = std::ranges::find_if(lines, [](auto const& line) { return line.contains("\"staged\":true"); });
  ASSERT_NE(staged, lines.end());
  EXPECT_NE(staged->find("\"node\":\"" + plan.nodes[2].serial + "\""), std::string::npos) << *staged;
  auto const from = *parse_instant(staged->substr(staged->find("\"from\":\"") + 8, 24));
  auto const to = *parse_instant(staged->substr(staged->find("\"to\":\"") + 6, 24));
  EXPECT_EQ(to - from, Millis{900'000});
  EXPECT_GE(sink.pm25_largest, 300);
}

TEST(time_scale, maps_a_fast_city_to_the_moment_of_sending_and_back) {
  TimeScale const scale{*parse_instant("2026-11-24T00:00:00Z"), 60};
  Instant const sent = *parse_instant("2026-11-24T00:01:00Z");

  EXPECT_EQ(scale.simulated(sent), *parse_instant("2026-11-24T01:00:00Z"));
  EXPECT_EQ(scale.sent(scale.simulated(sent)), sent);
  EXPECT_EQ(scale.sent(*parse_instant("2026-11-23T12:00:00Z")), *parse_instant("2026-11-23T12:00:00Z"));
}

}  // namespace
}  // namespace madang::simulation
