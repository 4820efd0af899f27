// What would grow or slow down for ever does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "storage/observations/chunk_store.h"
#include "storage/observations/chunk_writer.h"
#include "storage/observations/layers.h"
#include "storage/observations/limits.h"
#include "storage/observations/test_small_store.h"

namespace madang::storage {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class chunk_store_bounds : public SmallStore {};

TEST_F(chunk_store_bounds, numbers_that_are_used_up_are_refused_in_words_and_never_given_twice) {
  put(1, kNoon, 1);
  store_.reset();
  {
    CorruptionList corruption;
    auto writer = std::move(ChunkWriter::open(folder_, "", corruption).value());
    StreamRow row;
    ASSERT_TRUE(writer->load_streams([&row](StreamRow const& read) { row = read; }));
    row.next_arrival = kArrivalMax;
    ASSERT_TRUE(writer->save_stream(row));
  }
  testing::internal::CaptureStderr();
  reopen();
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("event=numbers_nearly_used_up datastream=1"));
  put(1, kNoon + minutes{1}, 2);
  Batch const more{.observations = {{DatastreamId{1}, kNoon + minutes{2}, 3, kNoon, {}}}, .details = {}};
  for (int i = 0; i < 2; ++i) {
    auto const refused = store_->append(more);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kLimit);
    EXPECT_THAT(refused.error().sentence, testing::HasSubstr("datastream 1: its observation numbers are used up"));
    reopen();
  }
  EXPECT_EQ(store_->count(DatastreamId{1}, kAlways), 2u);
  EXPECT_EQ(store_->find(observation_id(DatastreamId{1}, 0))->value, 1);
}

TEST_F(chunk_store_bounds, numbers_that_will_be_used_up_are_told_once_long_before) {
  put(1, kNoon, 1);
  put(2, kNoon, 1);
  store_.reset();
  {
    CorruptionList corruption;
    auto writer = std::move(ChunkWriter::open(folder_, "", corruption).value());
    std::optional<StreamRow> first;
    ASSERT_TRUE(writer->load_streams([&first](StreamRow const& read) { first = first.value_or(read); }));
    first->next_arrival = kArrivalsNearlyAll - 2;
    ASSERT_TRUE(writer->save_stream(*first));
  }
  testing::internal::CaptureStderr();
  reopen();
  put(1, kNoon + minutes{1}, 2);
  put(1, kNoon + minutes{2}, 2);
  put(1, kNoon + minutes{3}, 2);
  auto const told = testing::internal::GetCapturedStderr();
  auto const at = told.find("event=numbers_nearly_used_up datastream=1");
  ASSERT_NE(at, std::string::npos) << told;
  EXPECT_EQ(told.find("numbers_nearly_used_up", at + 10), std::string::npos) << "once";
}

/// Behind a value of 2199 all others would come late: each a look into the file, each roll one more rewriting.
TEST_F(chunk_store_bounds, a_value_dated_far_ahead_stands_in_no_ones_way) {
  Batch far;
  far.observations.push_back({DatastreamId{1}, *parse_instant("2199-01-01T00:00:00Z"), 5, kNoon, kGood});
  ASSERT_TRUE(store_->append(far));
  for (int i = 0; i < 40; ++i) {
    put(1, kNoon + minutes{i}, i);
    if (i % 10 == 9) reopen();
  }
  store_.reset();
  CorruptionList corruption;
  auto reader = ChunkReader::open(folder_, "", corruption);
  EXPECT_EQ(reader->rows(layer_id(DatastreamId{1}, kAheadLayer), kTimeMin, kTimeMax)->size(), 1u);
  auto const rows = reader->rows(DatastreamId{1}, kTimeMin, kTimeMax);
  EXPECT_EQ(instant_of_millis(rows->back().summary.last), kNoon + minutes{39});
}

/// Older stores hold such a value in the Datastream's own series, newer ones in a layer. In either all that come are late, and
/// whether they are there already is asked of the file once and not by each.
TEST_F(chunk_store_bounds, behind_a_value_of_2199_the_file_is_asked_once_and_not_by_each_append) {
  auto const far = *parse_instant("2199-01-01T00:00:00Z");
  ASSERT_TRUE(store_->append({.observations = {{DatastreamId{1}, far, 5, far, kGood}}, .details = {}}));    // its own series
  ASSERT_TRUE(store_->append({.observations = {{DatastreamId{2}, far, 5, kNoon, kGood}}, .details = {}}));  // a layer
  fill_levels(1);
  fill_levels(2);
  reopen();
  auto const before = store_->statistics();
  for (int i = 0; i < 200; ++i)
    for (std::int64_t const stream : {1, 2}) put(stream, kNoon + hours{200} + minutes{i}, i);
  auto const after = store_->statistics();
  EXPECT_LE(after.chunk_lookups - before.chunk_lookups, 6u);
  EXPECT_LE(after.chunks_read - before.chunks_read, 2u);
  EXPECT_EQ(*store_->count(DatastreamId{1}, kAlways), 801u);
  // What is remembered of the file ends with the next roll: a repeat of a value rolled since is found.
  ASSERT_TRUE(store_->settle());
  auto const again = store_->append(
      {.observations = {{DatastreamId{1}, kNoon + hours{200}, 0, kNoon, kGood}, {DatastreamId{2}, kNoon + hours{200}, 7, kNoon, kGood}},
       .details = {}});
  EXPECT_EQ(again->entries.at(0).outcome, Appended::Outcome::kRepeated);
  EXPECT_EQ(again->entries.at(1).outcome, Appended::Outcome::kSuperseded);
}

/// Who asks for one value of a long series, or how many there are, does not pay for its history.
TEST_F(chunk_store_bounds, one_value_of_a_long_series_costs_one_chunk) {
  Batch batch;
  for (int i = 0; i < 4'000; ++i) batch.observations.push_back({DatastreamId{1}, kNoon + minutes{i}, 1.0 * i, kNoon + minutes{i}, kGood});
  ASSERT_TRUE(store_->append(batch));
  reopen();
  ASSERT_GE(store_->statistics().chunks, 100u);
  auto before = store_->statistics();
  auto const is_cheap = [&](std::uint64_t rows, std::uint64_t chunks) {
    auto const after = store_->statistics();
    EXPECT_LE(after.chunk_rows - before.chunk_rows, rows);
    EXPECT_LE(after.chunks_read - before.chunks_read, chunks);
    before = after;
  };
  EXPECT_EQ(store_->read(DatastreamId{1}, kAlways, {.limit = 1})->front().value, 0);
  is_cheap(3, 1);
  auto const last = store_->read(DatastreamId{1}, kAlways, {.limit = 1, .descending = true});
  EXPECT_EQ(last->front().value, 3'999);
  is_cheap(3, 1);
  EXPECT_EQ(store_->find(last->front().id)->value, 3'999);
  is_cheap(1, 1);
  EXPECT_EQ(store_->count(DatastreamId{1}, kAlways), 4'000u);
  is_cheap(600, 0);
  EXPECT_GT(*store_->count(DatastreamId{1}, {kNoon, kNoon + minutes{3'999}}, {.at_most = 20}), 20u);
  is_cheap(70, 1);
  // Late ones stand over chunks: they are no more, and are known without looking.
  ASSERT_TRUE(store_->append({.observations = {{DatastreamId{1}, kNoon, 7, kNoon, kGood}, {DatastreamId{1}, kNoon + Millis{1}, 8, kNoon, kGood}},
                              .details = {}}));
  before = store_->statistics();
  EXPECT_EQ(store_->count(DatastreamId{1}, kAlways), 4'001u);
  EXPECT_EQ(store_->statistics().observations, 4'001u);
  is_cheap(600, 2);
}

TEST_F(chunk_store_bounds, an_id_is_found_wherever_its_value_stands) {
  auto const value_of = [this](std::uint32_t arrival) {
    auto const found = store_->find(observation_id(DatastreamId{1}, arrival));
    return found ? found->value : -1;
  };
  for (int i = 0; i < 20; ++i) put(1, kNoon + minutes{i}, i);
  reopen();                           // 0 to 19 stand in chunks
  put(1, kNoon + minutes{30}, 20);
  put(1, kNoon + minutes{25}, 21);    // late
  put(1, kNoon - minutes{5}, 22);     // before all others
  put(1, kNoon + minutes{3}, 23);     // over 3, in a chunk
  put(1, kNoon + minutes{30}, 0, "over 20, in memory");
  for (std::uint32_t const arrival : {0u, 2u, 4u, 19u, 21u, 22u, 23u}) EXPECT_EQ(value_of(arrival), arrival);
  for (std::uint32_t const gone : {3u, 20u, 25u, 99u}) EXPECT_EQ(value_of(gone), -1) << gone;
  EXPECT_EQ(store_->find(observation_id(DatastreamId{1}, 24))->detail->result, "over 20, in memory");
  EXPECT_EQ(arrival_of(store_->successor(observation_id(DatastreamId{1}, 3))->id), 23u);
  EXPECT_EQ(arrival_of(store_->successor(observation_id(DatastreamId{1}, 20))->id), 24u);
  ASSERT_TRUE(store_->erase(DatastreamId{1}, {kNoon + minutes{10}, kNoon + minutes{12}}));
  for (std::uint32_t const gone : {10u, 11u}) EXPECT_EQ(value_of(gone), -1) << gone;
  reopen();
  for (std::uint32_t const arrival : {0u, 2u, 4u, 19u, 21u, 22u, 23u}) EXPECT_EQ(value_of(arrival), arrival);
  for (std::uint32_t const gone : {3u, 10u, 11u, 20u}) EXPECT_EQ(value_of(gone), -1) << gone;
  EXPECT_EQ(arrival_of(store_->successor(observation_id(DatastreamId{1}, 3))->id), 23u);
  ASSERT_TRUE(store_->set_retention(DatastreamId{1}, hours{24 * 365 * 100}));
  EXPECT_EQ(value_of(12), 12);
}

TEST_F(chunk_store_bounds, a_deep_skip_over_layers_reads_few_chunks) {
  fill_levels(1);
  Batch beside;
  for (std::uint32_t i = 0; i < 2'400; ++i) {
    auto const time = kNoon + minutes{5} * static_cast<int>(i);
    beside.observations.push_back({DatastreamId{1}, time, 1'000.0 + i, time, kGood});
    beside.details.emplace_back(i, ObservationDetail{}).second.feature = FeatureId{2};
  }
  ASSERT_TRUE(store_->append(beside));
  reopen();
  put(1, kNoon + minutes{3}, 1);  // late: memory has a say in the answer
  for (bool const descending : {false, true}) {
    auto const all = store_->read(DatastreamId{1}, kAlways, {.descending = descending});
    ASSERT_EQ(all->size(), 3'001u);
    for (std::size_t const skip : {1'001, 1'500, 2'987, 3'000}) {
      auto const before = store_->statistics().chunks_read;
      auto const some = store_->read(DatastreamId{1}, kAlways, {.limit = 10, .skip = skip, .descending = descending});
      EXPECT_LE(store_->statistics().chunks_read - before, 60u) << skip;
      ASSERT_EQ(some->size(), std::min<std::size_t>(10, all->size() - skip));
      for (std::size_t i = 0; i < some->size(); ++i) EXPECT_EQ(some->at(i).id, all->at(skip + i).id) << skip;
    }
  }
  EXPECT_TRUE(store_->read(DatastreamId{1}, kAlways, {.limit = 10, .skip = 3'001})->empty());
}

/// It is asked for before the first value. A device's channels are rolled together all the same, and share their moments.
TEST_F(chunk_store_bounds, an_averaging_asked_for_early_does_not_part_a_devices_channels) {
  constexpr std::int64_t kDevices = 30;
  std::vector<DatastreamId> levels;
  for (std::int64_t device = 0; device < kDevices; ++device) levels.push_back(DatastreamId{device * 3 + 2});
  options_.slice_values = 70;  // of two devices
  reopen();
  ASSERT_TRUE(store_->set_averaging(levels, Averaging::kEnergy));
  EXPECT_EQ(store_->statistics().datastreams, 0u);
  reopen();  // it is remembered, and makes nothing early either
  Batch batch;
  for (int i = 0; i < 12; ++i)
    for (std::int64_t stream = 1; stream <= kDevices * 3; ++stream) {
      auto const time = kNoon + minutes{i} + Millis{(stream - 1) / 3 * 137};
      batch.observations.push_back({DatastreamId{stream}, time, 40, time, kGood});
    }
  ASSERT_TRUE(store_->append(batch));
  ASSERT_TRUE(store_->settle());
  CorruptionList corruption;
  auto reader = ChunkReader::open(folder_, "", corruption);
  for (auto const level : levels) {
    auto const row = reader->rows(level, kTimeMin, kTimeMax)->at(0);
    auto const beside = reader->rows(DatastreamId{level.value() - 1}, kTimeMin, kTimeMax)->at(0);
    EXPECT_NE(row.summary.moments_body, 0u);
    EXPECT_EQ(row.summary.moments_body, beside.summary.moments_body);
    EXPECT_EQ(row.summary.averaging, Averaging::kEnergy);
    EXPECT_EQ(beside.summary.averaging, Averaging::kArithmetic);
  }
}

/// One time with a new value for ever: what was superseded leaves memory and log, though its successor is always fresh.
TEST_F(chunk_store_bounds, a_clock_that_stands_still_does_not_fill_the_log) {
  store_.reset();
  options_.background = true;
  options_.hot_values = 20;
  reopen();
  constexpr int kCount = 1'000;
  for (int i = 0; i < kCount; ++i) put(1, kNoon, i);
  auto log = Database::open(folder_ + "/" + kLogFileName, "");
  auto const rows = [&log] { return *log->number("SELECT count(*) FROM log"); };
  for (int i = 0; i < 1'000 && rows() > kCount / 2; ++i) {
    put(2, kNoon + minutes{i}, i);  // what another device sends meanwhile
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  EXPECT_LE(rows(), kCount / 2);
  ASSERT_TRUE(store_->settle());
  auto chunks = Database::open(folder_ + "/" + kChunkFileName, "");
  EXPECT_EQ(*chunks->number("SELECT count(*) FROM superseded WHERE stream = 1"), kCount - 1);
  EXPECT_EQ(store_->read(DatastreamId{1}, kAlways, {})->at(0).value, kCount - 1);
}

}  // namespace
}  // namespace madang::storage
