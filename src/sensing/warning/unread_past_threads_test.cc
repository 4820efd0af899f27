// A past that cannot be read ends no warning: nobody knows that it is over.
#include <gtest/gtest.h>

#include <atomic>

#include "sensing/warning/test_watched_city.h"
#include "support/passing_store.h"

namespace madang::sensing::warning {
namespace {

/// The city's store, whose reads fail for a while.
class FailingStore final : public test::PassingStore {
 public:
  using PassingStore::PassingStore;
  std::atomic<bool> fails = false;

  Result<std::vector<storage::StoredObservation>> read(DatastreamId stream, Interval when, storage::ReadOptions const& options) override {
    if (fails) return fail(Code::kUnavailable, "disk I/O error");
    return PassingStore::read(stream, when, options);
  }
};

TEST(early_warning_threads, ends_nothing_when_its_past_cannot_be_read_and_tries_again) {
  KeptCity city;
  FailingStore failing{city.store};
  city.watch_usual();
  city.run(10, 40);
  ASSERT_EQ(city.plumes(true).size(), 1U);
  auto const id = city.plumes(true).front()->id;
  city.ingest->stop();
  city.warning.reset();
  failing.fails = true;
  city.ingest = Ingest::start(city.store, city.clock, city.metrics, {});
  city.warning = must(EarlyWarning::start({*city.city, failing, *city.ingest, *city.told, city.messages, city.clock, city.metrics, nullptr},
                                          shipped_rules(), {.history = std::chrono::hours{12}}));
  city.warning->drain();
  EXPECT_TRUE(is_open((*city.kept->find(id))->state));
  EXPECT_EQ(city.kept->open_of("sensing.warning").size(), 2U) << "and it says that nothing is judged";
  failing.fails = false;
  city.clock.advance(std::chrono::seconds{15});
  city.run(6, 40);
  EXPECT_EQ(city.ever(), 1U);
  EXPECT_EQ(city.kept->open_of("sensing.warning").size(), 1U) << "it sees again";
  city.run(15, 0);
  EXPECT_TRUE((*city.kept->find(id))->clear_since);
  city.ingest->stop();
}

}  // namespace
}  // namespace madang::sensing::warning
