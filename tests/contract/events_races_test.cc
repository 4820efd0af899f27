// Events where several act at once: writers whose causes end in another order, and two servers between which leases change hands.
// Every wait here has a deadline and is a look at the state, so no missed wake-up can hang it.
#include <gmock/gmock.h>

#include <array>
#include <map>
#include <random>
#include <thread>

#include "events_fixture.h"
#include "storage/events/delivery.h"
#include "storage/events/handler_progress.h"
#include "storage/records/transactions.h"
#include "support/soon.h"

namespace madang::storage::events {
namespace {

using namespace std::chrono_literals;
using test::soon;

constexpr char const* kMoves = "lamp.moved";
/// Much longer than a commit takes on a busy disk, or nobody ever holds what he asks for.
constexpr Millis kLength{1'000};
/// Of who brings the rest to its end, where a machine has no time for anybody.
constexpr Millis kCalmLength{20'000};

struct Moved {
  std::int64_t id = 0;
  EventId event;
  std::string key;
};
constexpr auto kMoved = table<Moved>("moved", key("id", &Moved::id), column("event", &Moved::event), column("event_key", &Moved::key));
constexpr std::array kMovedSteps = {
    Migration{"keep what moved", "CREATE TABLE moved (id BIGINT NOT NULL PRIMARY KEY, event BIGINT NOT NULL, event_key TEXT NOT NULL)"}};

/// A steady clock that stands still while its process is asleep: what it believes then lags behind the world.
class SleepyClock final : public runtime::Clock {
 public:
  [[nodiscard]] Instant now() const override { return system_.now(); }
  [[nodiscard]] Tick tick() const override {
    auto const stopped = stopped_at_.load();
    return stopped == 0 ? system_.tick() : Tick{Tick::duration{stopped}};
  }
  void fall_asleep() { stopped_at_ = system_.tick().time_since_epoch().count(); }
  void wake_up() { stopped_at_ = 0; }

 private:
  runtime::SystemClock system_;
  std::atomic<Tick::rep> stopped_at_ = 0;
};

/// A server: its own records, clock and lease.
struct Runner {
  Runner(std::unique_ptr<Records> its_records, std::string directory, Millis length = kLength)
      : records(std::move(its_records)),
        leases(*records, clock, {.directory = std::move(directory), .length = length}),
        delivery({*records, clock, leases, {}},
                 {.name = "mover", .topic = kMoves, .apply = [](soci::session& sql, Event const& event) -> Result<void> {
                    return insert(sql, kMoved, Moved{take_ids(sql, "moved"), event.id, event.key});
                  }, .act = {}},
                 {.wait_first = 1ms, .wait_max = 5ms, .attempts_max = 1'000}) {}

  SleepyClock clock;
  std::unique_ptr<Records> records;
  Leases leases;
  Delivery delivery;
};

class events_at_once : public madang::contract::RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    if (IsSkipped()) return;
    records = open(address);
    ASSERT_TRUE(migrate(*records));
    ASSERT_TRUE(records->migrate("moved", kMovedSteps));
  }
  std::vector<Moved> moved() {
    std::vector<Moved> all;
    auto const read = records->read([&](soci::session& sql) -> Result<void> {
      MADANG_TRY(all, select(sql, kMoved, {"ORDER BY id"}));
      return {};
    });
    EXPECT_TRUE(read) << read.error().sentence;
    return all;
  }
  static Result<void> emit_in(Records& into, std::string const& key, Instant now) {
    return into.transaction([&](soci::session& sql) -> Result<void> {
      MADANG_CHECK(emit(sql, now, kMoves, key, "{}"));
      return {};
    });
  }
  void expect_each_once_and_in_order(std::size_t count) {
    std::map<std::string, EventId> last;
    std::map<EventId, int> times;
    for (auto const& each : moved()) {
      ++times[each.event];
      EXPECT_GT(each.event, last[each.key]) << each.key;
      last[each.key] = each.event;
    }
    EXPECT_EQ(times.size(), count);
    for (auto const& [event, often] : times) EXPECT_EQ(often, 1) << event.value();
  }

  std::unique_ptr<Records> records;
};
MADANG_ON_BOTH_ENGINES(events_at_once);

TEST_P(events_at_once, are_not_passed_over_when_a_cause_ends_after_one_that_began_later) {
  Runner runner(open(address), "a");
  ASSERT_TRUE(runner.delivery.open());
  std::atomic<bool> emitted = false;
  std::atomic<bool> may_end = false;
  std::atomic<bool> second_done = false;
  auto const beside = open(address);
  std::thread first([&] {
    EXPECT_TRUE(records->transaction([&](soci::session& sql) -> Result<void> {
      MADANG_CHECK(emit(sql, clock.now(), kMoves, "first", "{}"));
      emitted = true;
      EXPECT_TRUE(soon([&] { return may_end.load(); }));
      return {};
    }));
  });
  EXPECT_TRUE(soon([&] { return emitted.load(); }));
  std::thread second([&] {
    EXPECT_TRUE(emit_in(*beside, "second", clock.now()));
    second_done = true;
  });
  EXPECT_FALSE(soon([&] { return second_done.load(); }, 100ms)) << "it waits for its turn in the order";
  may_end = true;
  first.join();
  second.join();

  ASSERT_TRUE(soon([&] {
    (void)runner.leases.renew_all();
    return runner.delivery.run(1s) && moved().size() == 2;
  }));
  EXPECT_EQ(moved()[0].key, "first");
}

TEST_P(events_at_once, of_many_writers_all_reach_a_handler_that_runs_meanwhile) {
  constexpr int kWriters = 3;
  constexpr int kEach = 60;
  Runner runner(open(address), "a");
  ASSERT_TRUE(runner.delivery.open());
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer, own = std::shared_ptr<Records>(open(address))] {
      for (int i = 0; i < kEach; ++i) EXPECT_TRUE(emit_in(*own, "w" + std::to_string(writer), clock.now()));
    });
  }
  EXPECT_TRUE(soon([&] {
    (void)runner.leases.renew_all();
    (void)runner.delivery.run(50ms);
    return moved().size() >= kWriters * kEach;
  }, 120s));
  writers.clear();
  expect_each_once_and_in_order(kWriters * kEach);
}

TEST_P(events_at_once, are_handled_each_once_while_leases_change_hands) {
  constexpr std::size_t kAll = 200;
  constexpr int kChanges = 5;
  constexpr int kNaps = 2;
  constexpr unsigned kSeed = 20'261'201;
  Runner a(open(address), "a");
  Runner b(open(address), "b");
  ASSERT_TRUE(a.delivery.open());
  ASSERT_TRUE(b.delivery.open());
  std::atomic<bool> over = false;
  std::atomic<int> changes = 0;
  auto const live = [&](Runner& runner, Runner const& other, unsigned seed) {
    std::mt19937 random(seed);
    std::int64_t last = 0;
    int naps = 0;
    while (!over) {
      if (random() % 4 != 0) (void)runner.leases.renew_all();
      auto const held = runner.leases.held(runner.delivery.lease());
      if (held && std::exchange(last, held->number) != held->number) ++changes;
      (void)runner.delivery.step();
      if (held && naps < kNaps && random() % 16 == 0) {
        // Asleep, it goes on believing in what the other one takes over, and what it does then must not stand.
        ++naps;
        runner.clock.fall_asleep();
        (void)soon([&] { return over || other.leases.holds(other.delivery.lease()); }, 5s);
        (void)runner.delivery.step();
        runner.clock.wake_up();
      }
      if (random() % 8 == 0) (void)runner.leases.release();
      std::this_thread::sleep_for(Millis{random() % 5});
    }
  };
  std::jthread first([&] { live(a, b, kSeed); });
  std::jthread second([&] { live(b, a, kSeed + 1); });
  // Nothing here may return early: the two live until `over`.
  std::size_t emitted = 0;
  EXPECT_TRUE(soon([&] {
    if (emit_in(*records, "k" + std::to_string(emitted % 5), clock.now())) ++emitted;
    return emitted >= kAll && changes >= kChanges;
  }, 240s)) << emitted << " events, " << changes.load() << " holders, seed " << kSeed;
  over = true;
  first.join();
  second.join();
  // What they left is done in calm: where each commit takes longer than a short lease, two that snatch it from each other never end.
  Runner last(open(address), "c", kCalmLength);
  ASSERT_TRUE(last.delivery.open());
  EXPECT_TRUE(soon([&] {
    (void)last.leases.renew_all();
    (void)last.delivery.run(100ms);
    return moved().size() >= emitted;
  }, 240s)) << moved().size() << " of " << emitted << ", seed " << kSeed;
  expect_each_once_and_in_order(emitted);
}

}  // namespace
}  // namespace madang::storage::events
