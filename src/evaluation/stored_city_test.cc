// Rules tried on what a city has stored hear what the running early warning hears.
#include "evaluation/stored_city.h"

#include <gtest/gtest.h>

#include "sensing/quality/tests.h"
#include "sensing/warning/test_watched_city.h"

namespace madang::evaluation {
namespace {

using sensing::must;
using sensing::warning::Engine;
using sensing::warning::Finding;

TEST(stored_city, plays_to_the_rules_what_quality_doubts_and_may_be_true_and_nothing_else) {
  sensing::warning::WatchedCity drawn;
  storage::ChunkStore::Options options;
  options.folder = (drawn.folder.path() / "observations").string();
  options.clock = &drawn.clock;
  auto const doubted = Quality{QualityFlag::kSuspect, static_cast<std::uint8_t>(sensing::QualityTest::kNeighbour), 1};
  auto const wrong_clock = Quality{QualityFlag::kSuspect, static_cast<std::uint8_t>(sensing::QualityTest::kClock), 1};
  std::size_t count = 0;
  {
    auto const store = must(storage::ChunkStore::open(options));
    auto const keep = [&](int steps, double plume, Quality quality) {
      for (int n = 0; n < steps; ++n, ++drawn.step) {
        storage::Batch batch;
        batch.observations = drawn.values(plume, quality);
        if (quality != wrong_clock) count += batch.observations.size();
        must(store->append(batch));
      }
    };
    keep(120, 0, {QualityFlag::kGood, 0, 1});
    keep(6, 90, wrong_clock);
    keep(12, 90, doubted);
  }
  auto const stored = must(open_stored_city(drawn.folder.path(), "sqlite:" + (drawn.folder.path() / "records.db").string()));
  Engine engine(sensing::warning::shipped_rules(), {.calendar = must(sensing::indices::Calendar::of_zone("Asia/Seoul"))});
  sensing::warning::StreamNumbers numbers;
  ASSERT_EQ(must(sensing::warning::add_streams(*stored->city, engine, numbers)), 0U);
  std::vector<Finding> found;
  auto const played = must(play(*stored, engine, numbers, must(span_of(*stored, numbers)), [&](Finding const& f) { found.push_back(f); }));
  EXPECT_EQ(played, count);
  ASSERT_FALSE(found.empty());
  EXPECT_GE(found.front().since, drawn.start + sensing::warning::kStep * 125);
}

}  // namespace
}  // namespace madang::evaluation
