// The writer judges while pages ask for the work list and the job settles.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

#include "sensing/quality/quality.h"
#include "sensing/test_city.h"

namespace madang::sensing {
namespace {

using namespace std::chrono_literals;

constexpr std::array kFiles{runtime::EmbeddedFile{"quality/en.json", R"({"quality.stuck": "Stuck."})"}};

TEST(quality_threads, judge_settle_and_list_at_the_same_time) {
  TestCity t;
  for (int i = 0; i < 20; ++i) t.add("POLE-" + std::to_string(i), {37.55 + 0.002 * i, 126.95}, {"temperature", "pm25"});
  auto const messages = *runtime::Messages::load(kFiles, "Asia/Seoul");
  auto const control = must(QualityControl::start({.city = *t.city, .store = t.store, .clock = t.clock, .metrics = t.metrics, .messages = messages}));
  auto const ingest = Ingest::start(t.store, t.clock, t.metrics, {.judge = [control](storage::Batch& b) { control->judge(b); }});
  std::atomic<bool> stop = false;
  std::thread pages([&] {
    while (!stop) (void)control->work_list();
  });
  std::thread job([&] {
    while (!stop) EXPECT_TRUE(control->settle().has_value());
  });
  for (int round = 0; round < 200; ++round) {
    storage::Batch batch;
    for (int i = 0; i < 20; ++i)
      batch.observations.push_back({t.stream("POLE-" + std::to_string(i), "temperature"), t.clock.now() + 2min * round,
                                    round % 7 == 0 ? 40.0 : 10.0, t.clock.now() + 2min * round, {}});
    must(ingest->submit_and_wait(std::move(batch)));
    if (round == 100) t.add("POLE-NEW", kEast, {"temperature"});
  }
  stop = true;
  pages.join();
  job.join();
  ingest->stop();
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(control->settle().has_value());
  auto const stored = must(t.store.read(t.stream("POLE-3", "temperature"), {kInstantMin, kInstantMax}, {}));
  EXPECT_EQ(stored.size(), 200U);
  EXPECT_EQ(stored[7].quality, opinion(QualityFlag::kFail, QualityTest::kSpike));
}

}  // namespace
}  // namespace madang::sensing
