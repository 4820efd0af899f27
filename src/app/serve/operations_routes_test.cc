// What the server tells of itself costs those who use it nothing.
#include "app/serve/operations_routes.h"

#include <gmock/gmock.h>

#include "storage/observations/memory_store.h"
#include "support/passing_store.h"

namespace madang::app {
namespace {

using ::testing::HasSubstr;

class CountingStore final : public test::PassingStore {
 public:
  using PassingStore::PassingStore;
  int asked = 0;
  storage::StoreStatistics statistics() override {
    ++asked;
    return PassingStore::statistics();
  }
};

TEST(store_metrics, ask_the_store_once_a_scrape_and_once_a_second) {
  runtime::ManualClock clock{*parse_instant("2026-11-24T12:00:00Z")};
  storage::MemoryStore memory{clock};
  CountingStore store{memory};
  runtime::Metrics metrics;
  measure_store(metrics, store, clock);
  ASSERT_TRUE(store.append({.observations = {{DatastreamId{1}, clock.now(), 5, clock.now(), {}}}, .details = {}}));
  EXPECT_THAT(metrics.text(), HasSubstr("\nmadang_storage_observations 1\n"));
  EXPECT_EQ(store.asked, 1);
  for (int i = 0; i < 20; ++i) (void)metrics.text();
  EXPECT_EQ(store.asked, 1);
  clock.advance(Millis{1'000});
  (void)metrics.text();
  EXPECT_EQ(store.asked, 2);
}

}  // namespace
}  // namespace madang::app
