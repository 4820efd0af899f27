// Damaged pages and chunks cost what stood there alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "storage/observations/chunk_store.h"
#include "storage/observations/chunk_writer.h"
#include "storage/observations/limits.h"
#include "storage/observations/test_small_store.h"

namespace madang::storage {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class chunk_store_damage : public SmallStore {};

std::vector<double> values_of(std::span<StoredObservation const> read) {
  std::vector<double> out;
  for (auto const& o : read) out.push_back(o.value);
  return out;
}

/// Overwrites the `number`th leaf page of a table in the closed store's file.
void damage_page(std::string const& folder, std::string const& table, std::size_t number) {
  auto const path = folder + "/" + kChunkFileName;
  std::int64_t root = 0, size = 0;
  {
    auto db = Database::open(path, "");
    ASSERT_TRUE(db->run("PRAGMA wal_checkpoint(TRUNCATE)"));
    root = *db->number("SELECT rootpage FROM sqlite_master WHERE name = '" + table + "'");
    size = *db->number("PRAGMA page_size");
  }
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  auto const byte_at = [&](std::int64_t page, std::int64_t at) {
    file.seekg((page - 1) * size + at);
    return static_cast<std::int64_t>(file.get());
  };
  ASSERT_THAT(byte_at(root, 0), testing::AnyOf(5, 2)) << "an interior page of a table: there are several leaves";
  ASSERT_LT(static_cast<std::int64_t>(number), byte_at(root, 3) * 256 + byte_at(root, 4)) << "and so many";
  auto const cell = byte_at(root, 12 + 2 * static_cast<std::int64_t>(number)) * 256 + byte_at(root, 13 + 2 * static_cast<std::int64_t>(number));
  std::int64_t leaf = 0;
  for (int i = 0; i < 4; ++i) leaf = leaf * 256 + byte_at(root, cell + i);
  file.seekp((leaf - 1) * size);
  std::string const rubbish(static_cast<std::size_t>(size), '\x7f');
  file.write(rubbish.data(), static_cast<std::streamsize>(rubbish.size()));
}

TEST_F(chunk_store_damage, a_damaged_page_of_the_table_of_streams_costs_what_stood_there_alone) {
  constexpr std::int64_t kStreams = 2'000;
  Batch batch;
  for (std::int64_t stream = 1; stream <= kStreams; ++stream)
    for (int i = 0; i < 3; ++i) batch.observations.push_back({DatastreamId{stream}, kNoon + minutes{i}, static_cast<double>(stream), kNoon + minutes{i}, kGood});
  ASSERT_TRUE(store_->append(batch));
  for (std::int64_t stream = 1; stream <= kStreams; ++stream) ASSERT_TRUE(store_->set_retention(DatastreamId{stream}, hours{24 * 365 * 100}));
  store_.reset();
  damage_page(folder_, "stream", 3);
  testing::internal::CaptureStderr();
  reopen();
  auto const told = testing::internal::GetCapturedStderr();
  EXPECT_THAT(told, testing::HasSubstr("event=stream_table_damaged"));
  EXPECT_THAT(told, testing::HasSubstr("table=\"stream\" behind="));
  auto const all_are_there = [this] {
    for (std::int64_t stream = 1; stream <= kStreams; ++stream) EXPECT_EQ(store_->count(DatastreamId{stream}, kAlways), 3u) << stream;
    return store_->statistics().datastreams;
  };
  EXPECT_EQ(all_are_there(), static_cast<std::uint64_t>(kStreams));
  auto const made_anew = std::ranges::count(told, '\n');
  EXPECT_LT(made_anew, kStreams / 4) << "the others are as they were";
  EXPECT_GT(made_anew, 1);
  testing::internal::CaptureStderr();
  reopen();
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::Not(testing::HasSubstr("level=error"))) << "it was written anew";
  for (auto& o : batch.observations) o.phenomenon_time += minutes{10};
  ASSERT_TRUE(store_->append(batch));
  reopen();
  for (std::int64_t stream = 1; stream <= kStreams; ++stream) EXPECT_EQ(store_->count(DatastreamId{stream}, kAlways), 6u) << stream;
}

TEST_F(chunk_store_damage, a_damaged_page_of_the_index_of_chunks_hides_what_stood_there_alone) {
  constexpr std::size_t kValues = 40'000;
  Batch batch;
  for (std::size_t i = 0; i < kValues; ++i) {
    auto const time = kNoon + minutes{i};
    batch.observations.push_back({DatastreamId{1}, time, static_cast<double>(i), time, kGood});
  }
  ASSERT_TRUE(store_->append(batch));
  store_.reset();
  damage_page(folder_, "chunk", 2);
  reopen();
  auto const read_up = store_->read(DatastreamId{1}, kAlways, {.limit = kValues});
  ASSERT_TRUE(read_up) << read_up.error().sentence;
  auto const up = values_of(*read_up);
  auto const read_down = store_->read(DatastreamId{1}, kAlways, {.limit = kValues, .descending = true});
  ASSERT_TRUE(read_down) << read_down.error().sentence;
  auto down = values_of(*read_down);
  EXPECT_GT(up.size(), kValues / 2);
  EXPECT_LT(up.size(), kValues);
  EXPECT_EQ(up.front(), 0);
  EXPECT_EQ(up.back(), static_cast<double>(kValues - 1)) << "what came after the damage is newer, not lost";
  std::ranges::reverse(down);
  EXPECT_EQ(up, down);
  EXPECT_EQ(store_->count(DatastreamId{1}, kAlways), up.size());
  DatastreamId const asked[] = {DatastreamId{1}};
  std::size_t summed = 0;
  auto const sums = store_->aggregate(asked, {kNoon, kNoon + minutes{kValues}}, {});
  for (auto const& bucket : sums->at(0).buckets) summed += bucket.count;
  EXPECT_EQ(summed, up.size());
  EXPECT_GE(store_->statistics().corrupt_chunks, 1u);
}

/// A steady clock on which each look takes a millisecond.
class LookedAtClock final : public runtime::Clock {
 public:
  [[nodiscard]] Instant now() const override { return kNoon; }
  [[nodiscard]] Tick tick() const override { return Tick{Millis{++looks_}}; }

 private:
  mutable std::atomic<std::int64_t> looks_ = 0;
};

TEST_F(chunk_store_damage, behind_a_damaged_page_no_more_is_read_than_was_asked_for_and_not_for_longer) {
  constexpr std::size_t kValues = 40'000, kChunks = kValues / 8;
  Batch batch;
  for (std::size_t i = 0; i < kValues; ++i) batch.observations.push_back({DatastreamId{1}, kNoon + minutes{i}, static_cast<double>(i), kNoon + minutes{i}, kGood});
  ASSERT_TRUE(store_->append(batch));
  store_.reset();
  damage_page(folder_, "chunk", 2);
  LookedAtClock const clock;
  options_.clock = &clock;
  reopen();
  auto const rows_read = [this](auto const& read) {
    auto const before = store_->statistics().chunk_rows;
    read();
    return store_->statistics().chunk_rows - before;
  };
  auto const all = values_of(*store_->read(DatastreamId{1}, kAlways, {.limit = kValues}));
  auto const gap = static_cast<std::size_t>(std::ranges::adjacent_find(all, [](double a, double b) { return b != a + 1; }) - all.begin()) + 1;
  ASSERT_LT(gap, all.size() / 2);
  for (bool const descending : {false, true}) {
    auto const before = descending ? all.size() - gap : gap;
    std::vector<StoredObservation> behind;
    auto const rows = rows_read([&] { behind = *store_->read(DatastreamId{1}, kAlways, {.limit = 1, .skip = before, .descending = descending}); });
    EXPECT_EQ(values_of(behind), std::vector{all[descending ? gap - 1 : gap]});
    EXPECT_LT(rows, before / 8 + 200) << "of " << kChunks;
  }
  DatastreamId const asked[] = {DatastreamId{1}};
  Interval const span{kNoon, kNoon + minutes{kValues}};
  auto const rows = rows_read([&] {
    auto const sums = store_->aggregate(asked, span, {.deadline = clock.tick() + Millis{50}});
    ASSERT_FALSE(sums);
    EXPECT_EQ(sums.error().code, Code::kUnavailable);
  });
  EXPECT_LT(rows, 60u) << "of " << kChunks;
  EXPECT_LT(rows_read([&] { EXPECT_FALSE(store_->count(DatastreamId{1}, kAlways, {.deadline = clock.tick() + Millis{50}})); }), 60u);
  store_.reset();  // while its clock is there
}

TEST_F(chunk_store_damage, what_stands_between_two_damaged_pages_is_read) {
  constexpr std::size_t kValues = 40'000;
  Batch batch;
  for (std::size_t i = 0; i < kValues; ++i) batch.observations.push_back({DatastreamId{1}, kNoon + minutes{i}, static_cast<double>(i), kNoon + minutes{i}, kGood});
  ASSERT_TRUE(store_->append(batch));
  store_.reset();
  damage_page(folder_, "chunk", 2);
  damage_page(folder_, "chunk", 5);
  reopen();
  auto const up = values_of(*store_->read(DatastreamId{1}, kAlways, {.limit = kValues}));
  auto down = values_of(*store_->read(DatastreamId{1}, kAlways, {.limit = kValues, .descending = true}));
  std::ranges::reverse(down);
  auto const gaps_in = [](std::vector<double> const& values) {
    std::size_t gaps = 0;
    for (std::size_t i = 1; i < values.size(); ++i) gaps += values[i] == values[i - 1] + 1 ? 0 : 1;
    return gaps;
  };
  EXPECT_EQ(gaps_in(up), 2u);
  EXPECT_EQ(up.front(), 0);
  EXPECT_EQ(up.back(), static_cast<double>(kValues - 1));
  EXPECT_EQ(up, down);
}

TEST_F(chunk_store_damage, one_old_value_is_found_without_reading_the_index_to_it) {
  constexpr std::size_t kValues = 40'000;
  Batch batch;
  for (std::size_t i = 0; i < kValues; ++i) batch.observations.push_back({DatastreamId{1}, kNoon + minutes{i}, static_cast<double>(i), kNoon + minutes{i}, kGood});
  ASSERT_TRUE(store_->append(batch));
  Batch late;
  for (std::size_t i = 10; i < 20; ++i) late.observations.push_back({DatastreamId{1}, kNoon + minutes{i} + std::chrono::seconds{1}, -1, kNoon + minutes{kValues}, kGood});
  ASSERT_TRUE(store_->append(late));
  store_->settle().value();
  auto const rows_for = [this](std::uint32_t arrival, bool is_there) {
    auto const before = store_->statistics().chunk_rows;
    EXPECT_EQ(store_->find(observation_id(DatastreamId{1}, arrival)).has_value(), is_there) << arrival;
    return store_->statistics().chunk_rows - before;
  };
  for (std::uint32_t const arrival : {0u, 100u, 5'000u, 20'000u, 39'999u}) EXPECT_LT(rows_for(arrival, true), 60u) << arrival;
  EXPECT_EQ(rows_for(60'000, false), 0u) << "never given";
  rows_for(40'005, true);  // it came late and stands among the oldest
}

TEST_F(chunk_store_damage, a_chunk_known_to_be_damaged_is_not_counted) {
  fill_levels(1);
  store_.reset();
  ASSERT_TRUE(Database::open(folder_ + "/" + kChunkFileName, "")
                  ->run("UPDATE body SET bytes = zeroblob(8) WHERE id = (SELECT body FROM chunk ORDER BY first LIMIT 1 OFFSET 5)"));
  reopen();
  auto const read = values_of(*store_->read(DatastreamId{1}, kAlways, {.limit = 1'000}));
  EXPECT_LT(read.size(), 600u);
  EXPECT_EQ(store_->count(DatastreamId{1}, kAlways), read.size());
  auto const behind = values_of(*store_->read(DatastreamId{1}, kAlways, {.limit = 1'000, .skip = 300}));
  EXPECT_EQ(behind, std::vector(read.begin() + 300, read.end()));
}

/// A number that was given once is never given again, and a retention may be there before the first value.
TEST_F(chunk_store_damage, behind_a_damaged_page_of_the_table_of_streams_those_without_chunks_are_as_they_were) {
  constexpr std::int64_t kStreams = 1'500, kKept = 10;
  Batch batch;
  for (std::int64_t stream = 1; stream <= kStreams; ++stream) batch.observations.push_back({DatastreamId{stream}, kNoon, 1, kNoon, kGood});
  ASSERT_TRUE(store_->append(batch));
  for (std::int64_t stream = kKept + 1; stream <= kStreams; ++stream) ASSERT_EQ(store_->erase(DatastreamId{stream}, kAlways), 1u);
  ASSERT_TRUE(store_->set_retention(DatastreamId{kStreams + 1}, hours{1}));
  store_.reset();
  damage_page(folder_, "stream", 1);
  auto const written_anew = [this] {
    return *Database::open(folder_ + "/" + kChunkFileName, "")->number("SELECT count(*) FROM sqlite_master WHERE name GLOB 'stream_damaged_*'");
  };
  auto reading = options_;
  reading.upgrades = reading.settle_at_end = false;
  {
    auto const only_read = ChunkStore::open(reading);
    ASSERT_TRUE(only_read);
    EXPECT_EQ((*only_read)->count(DatastreamId{kKept}, kAlways), 1u);
  }
  EXPECT_EQ(written_anew(), 0);
  reopen();
  reopen();
  EXPECT_EQ(written_anew(), 1);
  put(kStreams + 1, kNoon - hours{24 * 365 * 20}, 1);
  EXPECT_EQ(store_->count(DatastreamId{kStreams + 1}, kAlways), 0u) << "its retention";
  for (auto& o : batch.observations) o.phenomenon_time += minutes{10};
  ASSERT_TRUE(store_->append(batch));
  std::size_t lost = 0;
  for (std::int64_t stream = 1; stream <= kStreams; ++stream)
    lost += arrival_of(store_->read(DatastreamId{stream}, kAlways, {.limit = 1, .descending = true})->front().id) == 1 ? 0 : 1;
  EXPECT_GT(lost, 0u) << "those on the page";
  EXPECT_LT(lost, static_cast<std::size_t>(kStreams) / 2);
}

}  // namespace
}  // namespace madang::storage
