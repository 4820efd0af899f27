// Two stores that follow one log live differently: they roll, restart, are killed and catch up at other moments, and their
// clocks differ. In the end both give the same ids and values, and number what comes next alike.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <random>

#include "storage/observations/chunk_store.h"
#include "storage/observations/memory_log.h"
#include "storage/observations/test_folder.h"
#include "storage/observations/test_times.h"

namespace madang::storage {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

Instant const kStart = *parse_instant("2026-11-24T00:00:00Z");
constexpr Millis kLongest = hours{400};

struct Size {
  std::uint64_t entries;
  std::uint64_t observations;  ///< at most, of an entry
  std::int64_t streams;
};

/// What operators or rules do to a store between two entries.
struct Act {
  enum class Kind { kErase, kRejudge, kKeep, kAverage } kind = Kind::kErase;
  DatastreamId stream;
  Interval when;
  std::uint64_t number = 0;
};

/// What happens, the same for all replicas: entries, and what is done behind each.
struct Script {
  Script(std::uint64_t seed, Size how_large) : random(seed), size(how_large) {
    for (std::uint64_t i = 1; i <= size.entries; ++i) {
      entries.push_back(entry(i));
      auto& acts = behind.emplace_back();
      for (auto n = random() % 4 == 0 ? random() % 3 : 0; n > 0; --n) acts.push_back(act(i));
    }
  }

  Instant moment(std::uint64_t i) const { return kStart + minutes{20} * static_cast<int>(i); }

  Batch entry(std::uint64_t i) {
    Batch batch;
    if (!entries.empty() && random() % 8 == 0) return entries[random() % entries.size()];  // a device sends all again
    for (auto n = 1 + random() % size.observations; n > 0; --n) {
      Observation o;
      o.datastream = DatastreamId{1 + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(size.streams))};
      auto const late = random() % 4 == 0 ? random() % (i + 1) : 0;
      o.phenomenon_time = moment(i - late) + minutes{static_cast<std::int64_t>(random() % 12)};
      if (random() % 40 == 0) o.phenomenon_time += hours{30};  // a clock ahead
      if (random() % 200 == 0) o.value = 1.0 / 3;
      else o.value = static_cast<double>(random() % 30) / 10;
      o.received_at = moment(i) + minutes{1};
      o.quality = {QualityFlag::kGood, 0, 1};
      if (random() % 6 == 0) {
        auto& detail = batch.details.emplace_back(static_cast<std::uint32_t>(batch.observations.size()), ObservationDetail{}).second;
        detail.feature = FeatureId{static_cast<std::int64_t>(random() % 3)};
        if (random() % 3 == 0) {
          detail.result_kind = ObservationDetail::ResultKind::kJson;
          detail.result = "[" + std::to_string(random() % 3) + "]";
          o.value = 0;
        }
      }
      if (random() % 300 == 0) o.value = std::numeric_limits<double>::infinity();  // the whole entry is refused
      batch.observations.push_back(o);
    }
    set_aside_non_numbers(batch);
    return batch;
  }

  Act act(std::uint64_t i) {
    Act out;
    out.kind = static_cast<Act::Kind>(random() % 4);
    out.stream = DatastreamId{1 + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(size.streams))};
    out.when.from = moment(random() % (i + 1));
    out.when.to = out.when.from + minutes{static_cast<std::int64_t>(random() % 100)};
    out.number = random();
    return out;
  }

  std::mt19937_64 random;
  Size size;
  std::vector<Batch> entries;
  std::vector<std::vector<Act>> behind;
};

class Replica {
 public:
  Replica(std::string const& folder, Script const& script, MemoryLog& log, std::uint64_t seed)
      : script_(script), log_(log), random_(seed) {
    options_.folder = folder;
    options_.clock = &clock_;
    options_.background = false;
    options_.chunk_values = 8 + random_() % 40;
    options_.default_feature = [](DatastreamId) { return FeatureId{1}; };
    options_.settle_at_end = false;
    open();
  }
  Replica(Replica const&) = delete;
  Replica& operator=(Replica const&) = delete;

  /// Something of its own happens to it. `now`: what the city's clock says.
  void happen(Instant now) {
    // Its own clock is never behind what it hears, but may be days ahead when it catches up.
    clock_.advance(std::max(now - clock_.now(), Millis{0}) + (random_() % 20 == 0 ? hours{60} : hours{0}));
    switch (random_() % 8) {
      case 0:
      case 1: EXPECT_TRUE(!store_ || store_->settle()); break;
      case 2: die_in_ = random_() % 3; break;  // in the middle of what is done behind an entry
      case 3: away(); break;
      case 4:
        away();
        open();
        break;
      default: break;
    }
    if ((!following_ || cut_short_) && random_() % 3 != 0) open();
  }

  /// Closed, or killed: either way what was acknowledged stands in its files.
  void away() {
    following_.reset();
    store_.reset();
  }

  void open() {
    die_in_.reset();
    cut_short_ = false;
    following_.reset();
    store_.reset();
    auto opened = ChunkStore::open(options_);
    ASSERT_TRUE(opened) << opened.error().sentence;
    store_ = std::move(*opened);
    // What was done behind the last entry may have been cut short; done again it changes nothing more.
    auto const applied = store_->applied();
    if (applied) (void)act_behind(applied);
    auto follows = log_.follow(random_() % 4 == 0 ? Position{} : applied, [this](Batch const& batch, Position position) { return take(batch, position); });
    if (follows) following_ = std::move(*follows);
  }

  void catch_up(Instant now) {
    for (int i = 0; i < 10 && (!store_ || cut_short_ || store_->applied() < log_.end()); ++i) open();
    clock_.advance(now - clock_.now());
  }

  ChunkStore& store() { return *store_; }
  std::map<std::uint64_t, std::vector<Appended::Entry>> const& answers() const { return answers_; }

 private:
  Result<Appended> take(Batch const& batch, Position position) {
    bool const before = position <= store_->applied();
    auto appended = store_->append(batch, position);
    if (before) {
      EXPECT_TRUE(appended && appended->entries.empty());
      return appended;
    }
    if (appended) answers_[position.value] = appended->entries;
    if (!act_behind(position)) return fail(Code::kUnavailable, "killed");
    return appended;
  }

  /// False when it died over it.
  bool act_behind(Position position) {
    for (auto const& act : script_.behind[position.value - 1]) {
      if (die_in_ && (*die_in_)-- == 0) {
        die_in_.reset();
        cut_short_ = true;
        return false;
      }
      switch (act.kind) {
        case Act::Kind::kErase: EXPECT_TRUE(store_->erase(act.stream, act.when)); break;
        case Act::Kind::kKeep: EXPECT_TRUE(store_->set_retention(act.stream, hours{1 + static_cast<std::int64_t>(act.number % 8)})); break;
        case Act::Kind::kAverage:
          EXPECT_TRUE(store_->set_averaging(std::array{act.stream}, static_cast<Averaging>(act.number % 3)));
          break;
        case Act::Kind::kRejudge: {
          std::vector<Judgement> judgements;
          for (auto t = act.when.from; t < act.when.to; t += minutes{1})
            judgements.push_back({t, {QualityFlag::kFail, static_cast<std::uint8_t>(act.number % 3), 2}});
          EXPECT_TRUE(store_->rejudge(act.stream, judgements));
          break;
        }
      }
    }
    return true;
  }

  Script const& script_;
  MemoryLog& log_;
  std::mt19937_64 random_;
  runtime::ManualClock clock_{kStart};
  ChunkStore::Options options_;
  std::unique_ptr<ChunkStore> store_;
  std::unique_ptr<ReadingLog::Following> following_;
  std::optional<std::uint64_t> die_in_;  ///< after so many acts
  bool cut_short_ = false;
  std::map<std::uint64_t, std::vector<Appended::Entry>> answers_;
};

void expect_equal(ChunkStore& a, ChunkStore& b, std::int64_t streams) {
  EXPECT_EQ(a.applied(), b.applied());
  for (std::int64_t stream = 1; stream <= streams; ++stream) {
    DatastreamId const ids[] = {DatastreamId{stream}};
    auto const left = *a.read(ids[0], kAlways, {});
    auto const right = *b.read(ids[0], kAlways, {});
    ASSERT_EQ(left.size(), right.size()) << "stream " << stream;
    EXPECT_EQ(*a.count(ids[0], kAlways), left.size());
    EXPECT_EQ(*b.count(ids[0], kAlways), left.size());
    for (std::size_t i = 0; i < left.size(); ++i) {
      ASSERT_EQ(left[i].id, right[i].id) << "stream " << stream << " at " << format_instant(left[i].phenomenon_time);
      ASSERT_EQ(left[i].phenomenon_time, right[i].phenomenon_time);
      ASSERT_EQ(left[i].value, right[i].value);
      ASSERT_EQ(left[i].received_at, right[i].received_at);
      ASSERT_EQ(left[i].quality, right[i].quality);
      ASSERT_TRUE(left[i].detail == right[i].detail);
    }
    EXPECT_EQ(a.latest(ids)->at(0).id, b.latest(ids)->at(0).id);
    Interval const days{kStart - hours{24}, kStart + kLongest};
    auto const sums = a.aggregate(ids, days, {});
    auto const more = b.aggregate(ids, days, {.from_raw = true});
    ASSERT_EQ(sums->at(0).buckets.size(), more->at(0).buckets.size());
    for (std::size_t i = 0; i < sums->at(0).buckets.size(); ++i) {
      EXPECT_EQ(sums->at(0).buckets[i].count, more->at(0).buckets[i].count);
      EXPECT_NEAR(sums->at(0).buckets[i].sum, more->at(0).buckets[i].sum, 1e-6);
    }
  }
}

void live(std::uint64_t seed, Size size) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  TestFolder const folder;
  ASSERT_FALSE(folder.path().empty());
  Script script(seed, size);
  MemoryLog log;
  Replica left(folder.path() + "/left", script, log, seed * 2);
  Replica right(folder.path() + "/right", script, log, seed * 2 + 1);
  // A third does nothing but take in, so that somebody always follows.
  std::uint64_t taken = 0;
  auto const keeper = log.follow({}, [&taken](Batch const&, Position) -> Result<Appended> {
    ++taken;
    return Appended{};
  }).value();
  for (std::uint64_t i = 1; i <= size.entries; ++i) {
    auto const now = script.moment(i) + minutes{2};
    left.happen(now);
    right.happen(now);
    (void)log.append(script.entries[i - 1]);
  }
  EXPECT_EQ(taken, size.entries);
  // A clock that ran ahead is set right again: what it hid is seen again.
  auto const end = script.moment(size.entries + 1);
  left.catch_up(end);
  right.catch_up(end);
  expect_equal(left.store(), right.store(), size.streams);
  for (auto const& [position, entries] : left.answers()) {
    auto const other = right.answers().find(position);
    if (other == right.answers().end()) continue;
    ASSERT_EQ(entries.size(), other->second.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      ASSERT_EQ(entries[i].id, other->second[i].id) << "position " << position;
      ASSERT_EQ(entries[i].outcome, other->second[i].outcome) << "position " << position;
    }
  }
  // What nobody sees any more must not number differently what comes next.
  Batch all;
  for (auto const& batch : script.entries)
    for (auto const& o : batch.observations)
      if (std::isfinite(o.value)) all.observations.push_back(o);
  auto const a = left.store().append(all, Position{size.entries + 1});
  auto const b = right.store().append(all, Position{size.entries + 1});
  ASSERT_TRUE(a && b);
  for (std::size_t i = 0; i < all.observations.size(); ++i) {
    ASSERT_EQ(a->entries[i].id, b->entries[i].id) << "again " << i;
    ASSERT_EQ(a->entries[i].outcome, b->entries[i].outcome) << "again " << i;
  }
  expect_equal(left.store(), right.store(), size.streams);
}

std::uint64_t first_seed() {
  char const* const given = std::getenv("MADANG_TEST_SEED");
  return given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
}

TEST(store_replicas, agree_after_a_thousand_small_lives) {
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 1'000 && !testing::Test::HasFailure(); ++seed)
    live(seed, {.entries = 12, .observations = 12, .streams = 3});
}

TEST(store_replicas, agree_after_a_long_life) {
  live(first_seed() + 1'000'000, {.entries = 400, .observations = 150, .streams = 20});
}

}  // namespace
}  // namespace madang::storage
