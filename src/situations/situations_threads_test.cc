// Detectors, operators, readers and the tick at once: nothing is lost, nothing is doubled, every line has its number.
#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "situations/test_alerts.h"

namespace madang::situations {
namespace {

class situations_threads : public AlertsTest {};

TEST_F(situations_threads, detectors_operators_and_readers_share_them) {
  constexpr int kRounds = 60;
  std::atomic<bool> done = false;
  std::mutex mutex;
  std::set<std::pair<SituationId, std::int64_t>> lines;
  std::atomic<int> doubled = 0;
  situations->listen([&](Situations::Change const& change) {
    std::scoped_lock const lock(mutex);
    if (!lines.insert({change.entry.situation, change.entry.number}).second) ++doubled;
  });
  std::vector<std::jthread> threads;
  for (int worker = 0; worker < 2; ++worker) {
    threads.emplace_back([&, worker] {
      for (int i = 0; i < kRounds; ++i) {
        auto const key = "key-" + std::to_string(i % 7);
        auto const severity = static_cast<Severity>(1 + (i + worker) % 4);
        EXPECT_TRUE(situations->raise(plume(key, severity)));
        EXPECT_TRUE(i % 3 != 0 || situations->clear("sensing.warning", key));
      }
    });
  }
  threads.emplace_back([&] {
    for (int i = 0; i < kRounds; ++i) {
      for (auto const& s : situations->open_of("sensing.warning")) {
        auto const changed = i % 2 == 0 ? situations->acknowledge(s->id, kim) : situations->resolve(s->id, kim, "done");
        EXPECT_TRUE(changed || changed.error().code == Code::kConflict) << changed.error().sentence;
      }
      clock.advance(std::chrono::minutes{1});
      EXPECT_TRUE(situations->tick());
    }
    done = true;
  });
  threads.emplace_back([&] {
    while (!done) {
      auto const all = situations->list({.public_only = true});
      ASSERT_TRUE(all);
      for (auto const& s : *all) EXPECT_TRUE(situations->find(s->id));
      EXPECT_TRUE(situations->silences().empty());
    }
  });
  threads.clear();
  EXPECT_EQ(doubled, 0);
  std::size_t kept = 0;
  std::set<std::string> open_keys;
  auto const all = situations->list({.limit = 1'000});
  for (auto const& s : *all) {
    auto const entries = situations->timeline(s->id);
    kept += entries->size();
    EXPECT_EQ(static_cast<std::int64_t>(entries->size()), s->version);
    EXPECT_TRUE(!is_open(s->state) || open_keys.insert(s->signal.key).second);
  }
  EXPECT_EQ(kept, lines.size());
}

}  // namespace
}  // namespace madang::situations
