// The observation store is killed at random moments, hundreds of times, while it appends, rolls, merges late
// data, deletes and lets old data go. Afterwards nothing acknowledged is missing and nothing is there twice.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <thread>
#include <tuple>

#include "runtime/clock.h"
#include "runtime/log.h"
#include "storage/observations/chunk_store.h"
#include "store_test_vfs.h"

namespace madang {
namespace {

using std::chrono::minutes;
using storage::Batch;
using storage::ChunkStore;

constexpr std::int64_t kStreams = 6;
constexpr std::int64_t kShortLived = kStreams;  ///< the Datastream with a retention
constexpr Millis kKeep = minutes{90};
Instant const kCrashStart = *parse_instant("2026-11-24T00:00:00Z");

Instant moment(std::uint64_t step) { return kCrashStart + minutes{step}; }

/// What the store must hold: (Datastream, time, feature) to value and its quality.
struct Kept {
  double value = 0;
  Quality quality;
  friend bool operator==(Kept const&, Kept const&) = default;
};
using Key = std::tuple<std::int64_t, Instant, std::int64_t>;
using Model = std::map<Key, Kept>;

/// One change; the same step of the same seed is always the same change.
struct Change {
  std::optional<Batch> batch;
  std::optional<std::pair<std::int64_t, Interval>> erase;
  std::optional<std::pair<std::int64_t, std::vector<storage::Judgement>>> rejudge;
  std::optional<std::pair<std::int64_t, Averaging>> averaging;
  bool settle = false;
};

FeatureId feature_of(Batch const& batch, std::size_t index) {
  for (auto const& [at, detail] : batch.details)
    if (at == index) return detail.feature;
  return {};
}

Change change_of(std::uint64_t seed, std::uint64_t step) {
  std::mt19937_64 random(seed * 1'000'003 + step);
  Change out;
  auto const kind = random() % 100;
  if (kind < 4) {
    out.settle = true;
    return out;
  }
  auto const stream = static_cast<std::int64_t>(random() % kStreams) + 1;
  if (kind < 12) {
    Instant const from = moment(step) - minutes{random() % 200};
    out.erase.emplace(stream, Interval{from, from + minutes{random() % 20 + 1}});
    return out;
  }
  if (kind < 18) {
    std::vector<storage::Judgement> judgements;
    Quality const quality{random() % 2 == 0 ? QualityFlag::kFail : QualityFlag::kGood, 3, 2};
    std::uint64_t const from = step - std::min(step, random() % 150);
    for (std::uint64_t at = from; at < from + 30; ++at) judgements.push_back({moment(at) + Millis{500}, quality});
    out.rejudge.emplace(stream, std::move(judgements));
    return out;
  }
  if (kind < 20) {
    out.averaging.emplace(stream, static_cast<Averaging>(random() % 3));
    return out;
  }
  Batch batch;
  // A device's message: all channels at one time. The rest come as they like.
  for (std::int64_t channel = 1; channel <= kStreams; ++channel)
    batch.observations.push_back(
        {DatastreamId{channel}, moment(step) + Millis{500}, static_cast<double>(step * 1'000) / 10, moment(step), {}});
  for (std::uint64_t i = random() % 60 + 5; i > 0; --i) {
    storage::Observation o;
    o.datastream = DatastreamId{static_cast<std::int64_t>(random() % kStreams) + 1};
    // Every other step repeats a moment of a neighbour's, so that values are superseded; a fifth comes late.
    auto const late = random() % 5 == 0 ? random() % 120 : 0;
    o.phenomenon_time = moment(step) - minutes{late} + Millis{static_cast<std::int64_t>(random() % 40) * 1'000};
    o.value = static_cast<double>(step * 1'000 + i) / 10.0;
    o.received_at = moment(step);
    o.quality = {QualityFlag::kGood, 0, 1};
    if (random() % 60 == 0) o.phenomenon_time += std::chrono::hours{200};  // a clock far ahead
    if (random() % 10 == 0) {
      storage::ObservationDetail detail;
      detail.feature = FeatureId{static_cast<std::int64_t>(random() % 3) + 1};
      batch.details.emplace_back(static_cast<std::uint32_t>(batch.observations.size()), detail);
    }
    batch.observations.push_back(o);
  }
  out.batch = std::move(batch);
  return out;
}

void apply_change(Model& model, Change const& change) {
  if (change.batch)
    for (std::size_t i = 0; i < change.batch->observations.size(); ++i) {
      auto const& o = change.batch->observations[i];
      auto& kept = model[{o.datastream.value(), o.phenomenon_time, feature_of(*change.batch, i).value()}];
      if (kept.value != o.value || kept == Kept{}) kept = {o.value, o.quality};
    }
  if (change.rejudge)
    for (auto const& [time, quality] : change.rejudge->second)
      for (auto at = model.lower_bound({change.rejudge->first, time, 0});
           at != model.lower_bound({change.rejudge->first, time + Millis{1}, 0}); ++at)
        at->second.quality = quality;
  if (change.erase)
    model.erase(model.lower_bound({change.erase->first, change.erase->second.from, 0}),
                model.lower_bound({change.erase->first, change.erase->second.to, 0}));
}

ChunkStore::Options options_for(std::string const& folder, runtime::Clock const& clock) {
  ChunkStore::Options out;
  out.folder = folder;
  out.clock = &clock;
  out.hot_values = 300;
  out.chunk_values = 48;
  out.slice_values = 100;
  out.log_bytes = 64u << 10;
  out.settle_at_end = false;
  return out;
}

/// The child: changes from `step` on, each acknowledged through the pipe once the store has said yes.
[[noreturn]] void live_a_life(ChunkStore::Options options, std::uint64_t seed, std::uint64_t step, runtime::ManualClock& clock,
                       int pipe) {
  auto store = ChunkStore::open(options);
  if (!store) _exit(3);
  for (;; ++step) {
    clock.advance(moment(step) - clock.now());
    auto const change = change_of(seed, step);
    bool done = true;
    if (change.batch) done = (*store)->append(*change.batch).has_value();
    if (change.erase) done = (*store)->erase(DatastreamId{change.erase->first}, change.erase->second).has_value();
    if (change.rejudge)
      done = (*store)->rejudge(DatastreamId{change.rejudge->first}, change.rejudge->second).has_value();
    if (change.averaging)
      done = (*store)->set_averaging(std::array{DatastreamId{change.averaging->first}}, change.averaging->second).has_value();
    if (change.settle) done = (*store)->settle().has_value();
    if (!done || ::write(pipe, &step, sizeof step) != sizeof step) _exit(4);
  }
}

class store_crash : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "madang-crash-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    if (char const* const given = std::getenv("MADANG_TEST_SEED")) seed_ = std::strtoull(given, nullptr, 10);
    std::printf("seed %llu (MADANG_TEST_SEED repeats it)\n", static_cast<unsigned long long>(seed_));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void set_retention() {
    runtime::ManualClock const clock(kCrashStart);
    auto options = options_for(folder_, clock);
    options.background = false;
    auto store = ChunkStore::open(options);
    ASSERT_TRUE(store);
    ASSERT_TRUE((*store)->set_retention(DatastreamId{kShortLived}, kKeep));
  }

  /// One life: starts at next_, is killed after a random while. Gives the last acknowledged step, if any.
  std::optional<std::uint64_t> live_and_die(std::string const& vfs) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    pid_t const child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      storage_quiet();
      runtime::ManualClock clock(moment(next_));
      auto options = options_for(folder_, clock);
      options.vfs = vfs;
      if (!vfs.empty()) test::register_test_vfs(seed_ + next_);
      live_a_life(options, seed_, next_, clock, ends[1]);
    }
    ::close(ends[1]);
    std::uint64_t step = 0;
    std::optional<std::uint64_t> last;
    if (::read(ends[0], &step, sizeof step) == sizeof step) last = step;
    std::this_thread::sleep_for(std::chrono::microseconds(random_() % 15'000));
    ::kill(child, SIGKILL);
    while (::read(ends[0], &step, sizeof step) == sizeof step) last = step;
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the store refused a change: exit " << WEXITSTATUS(status);
    return last;
  }

  static void storage_quiet() { runtime::set_log_level(runtime::LogLevel::kError); }

  /// Compares with the model, with or without the change that was under way; moves next_ behind what is there.
  void check(std::optional<std::uint64_t> acknowledged) {
    for (; acknowledged && next_ <= *acknowledged; ++next_) apply_change(model_, change_of(seed_, next_));
    runtime::ManualClock const clock(moment(next_));
    auto options = options_for(folder_, clock);
    options.background = false;
    auto opened = ChunkStore::open(options);
    ASSERT_TRUE(opened) << opened.error().sentence;
    std::erase_if(model_, [&](auto const& entry) {
      return std::get<0>(entry.first) == kShortLived && std::get<1>(entry.first) < clock.now() - kKeep;
    });
    Model under_way = model_;
    apply_change(under_way, change_of(seed_, next_));
    std::erase_if(under_way, [&](auto const& entry) {
      return std::get<0>(entry.first) == kShortLived && std::get<1>(entry.first) < clock.now() - kKeep;
    });
    Model const held = read_all(**opened);
    if (held == model_) return;
    ASSERT_EQ(held.size(), under_way.size()) << "at step " << next_ << "; acknowledged were " << model_.size();
    ASSERT_TRUE(held == under_way) << "at step " << next_;
    model_ = std::move(under_way);
    ++next_;
  }

  Model read_all(ChunkStore& store) {
    Model out;
    std::set<ObservationId> seen;
    for (std::int64_t stream = 1; stream <= kStreams; ++stream) {
      DatastreamId const ids[] = {DatastreamId{stream}};
      Interval const all{kInstantMin, kInstantMax};
      auto const read = store.read(ids[0], all, {.limit = 10'000'000});
      EXPECT_TRUE(read);
      for (auto const& o : *read) {
        auto const feature = o.detail ? o.detail->feature.value() : 0;
        Key const key{stream, o.phenomenon_time, feature};
        EXPECT_TRUE(out.emplace(key, Kept{o.value, o.quality}).second) << "an observation is there twice";
        EXPECT_TRUE(seen.insert(o.id).second) << "an id is there twice";
        auto const [known, fresh] = ids_.try_emplace({stream, o.phenomenon_time, feature, o.value}, o.id);
        EXPECT_TRUE(fresh || known->second == o.id) << "an id has changed";
      }
      EXPECT_EQ(*store.count(ids[0], all), read->size());
      Interval const days{kCrashStart - std::chrono::hours{24}, kCrashStart + std::chrono::hours{24 * 30}};
      for (auto const averaging : {Averaging::kEnergy, Averaging::kCircular}) {
        double sums[2] = {0, 0};
        for (bool const raw : {false, true}) {
          auto const series = store.aggregate(ids, days, {.from_raw = raw, .averaging = averaging});
          EXPECT_TRUE(series);
          for (auto const& b : series->at(0).buckets) sums[raw] += b.sum + std::log1p(b.energy) + 10 * b.sine + b.cosine;
        }
        EXPECT_NEAR(sums[0], sums[1], 1e-6 * (1 + std::abs(sums[1]))) << "roll-ups differ from values";
      }
    }
    return out;
  }

  void die_often(int times, std::string const& vfs) {
    ASSERT_NO_FATAL_FAILURE(set_retention());
    for (int i = 0; i < times && !HasFailure(); ++i) {
      SCOPED_TRACE("life " + std::to_string(i) + " of seed " + std::to_string(seed_));
      auto const acknowledged = live_and_die(vfs);
      ASSERT_NO_FATAL_FAILURE(check(acknowledged));
    }
    std::printf("%d kills, %llu changes, %zu values left\n", times, static_cast<unsigned long long>(next_),
                model_.size());
    EXPECT_GT(next_, static_cast<std::uint64_t>(times));
  }

  std::string folder_;
  std::uint64_t seed_ = std::random_device{}();
  std::mt19937_64 random_{seed_};
  Model model_;
  /// An observation keeps its id for ever.
  std::map<std::tuple<std::int64_t, Instant, std::int64_t, double>, ObservationId> ids_;
  std::uint64_t next_ = 0;
};

TEST_F(store_crash, loses_nothing_acknowledged_when_killed_two_hundred_times) { die_often(200, ""); }

TEST_F(store_crash, loses_nothing_acknowledged_when_power_fails_two_hundred_times) { die_often(200, test::kLossyVfs); }

TEST_F(store_crash, a_full_disk_refuses_clearly_keeps_nothing_half_and_recovers) {
  test::register_test_vfs(seed_);
  runtime::ManualClock clock(kCrashStart);
  auto options = options_for(folder_, clock);
  options.vfs = test::kQuotaVfs;
  auto store = std::move(ChunkStore::open(options).value());
  Model kept;
  std::uint64_t step = 1;
  test::set_quota(4u << 20);
  std::optional<Error> refused;
  for (; step < 20'000 && !refused; ++step) {
    auto const change = change_of(seed_, step);
    if (!change.batch) continue;
    auto const appended = store->append(*change.batch);
    if (appended)
      apply_change(kept, change);
    else
      refused = appended.error();
  }
  ASSERT_TRUE(refused) << "4 MiB were never full";
  EXPECT_EQ(refused->code, Code::kFull) << refused->sentence;
  EXPECT_TRUE(read_all(*store) == kept) << "something of the refused batch was kept, or something else was lost";

  test::set_quota(64u << 20);
  auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  Batch batch;
  batch.observations.push_back({DatastreamId{1}, moment(step), 42, moment(step), {}});
  bool taken = false;
  while (!taken && std::chrono::steady_clock::now() < deadline) taken = store->append(batch).has_value();
  ASSERT_TRUE(taken) << "space came back, but the store did not";
  kept[{1, moment(step), 0}] = {42, {}};
  EXPECT_TRUE(store->settle().has_value());
  EXPECT_TRUE(read_all(*store) == kept);
  store.reset();
  store = std::move(ChunkStore::open(options).value());
  EXPECT_TRUE(read_all(*store) == kept);
  test::set_quota(~std::uint64_t{0});
}

}  // namespace
}  // namespace madang
