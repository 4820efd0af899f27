// What older files hold is read rightly and renewed; what would grow or slow down for ever does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <thread>

#include "storage/observations/chunk_store.h"
#include "storage/observations/chunk_writer.h"
#include "storage/observations/codec/checksum.h"
#include "storage/observations/layers.h"
#include "storage/observations/limits.h"

namespace madang::storage {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

Instant const kNoon = *parse_instant("2026-11-24T12:00:00Z");
constexpr Interval kAlways{kInstantMin, kInstantMax};
constexpr Quality kGood{QualityFlag::kGood, 0, 3};

/// As version 1 wrote it: no averaging, texts with the quality of their sender.
std::string old_summary(ChunkRow const& row, Columns const& columns, int decimals) {
  ByteWriter out;
  out.u8(1);
  out.u8('S');
  out.varint(row.summary.moments_body);
  out.varint(static_cast<std::uint64_t>(row.summary.last - row.first));
  out.varint(row.summary.count);
  out.varint(row.summary.arrival_min);
  out.varint(row.summary.arrival_max - row.summary.arrival_min);
  out.varint(row.summary.details);
  auto const rollup = encode_rollup(columns, decimals, Averaging::kArithmetic);
  out.raw(rollup.data(), rollup.size());
  auto const stream = static_cast<std::uint64_t>(row.stream.value()) << 8 | 'S';
  seal(out, stream ^ (static_cast<std::uint64_t>(row.first) * checksum_detail::kOdd2));
  return out.take();
}

std::string old_state(StreamRow const& row) {
  ByteWriter out;
  out.u8(1);
  out.varint(row.next_arrival);
  out.svarint(row.chunks_newest);
  out.varint(row.rolled_sequence);
  out.svarint(row.rolled_until);
  out.svarint(row.keep);
  out.varint(row.chunk_values);
  out.varint(row.chunks);
  out.u8(1);
  out.svarint(row.latest.time);
  out.u64(std::bit_cast<std::uint64_t>(row.latest.value));
  out.svarint(row.latest.received - row.latest.time);
  out.varint(row.latest.arrival);
  out.varint(packed(kGood));
  out.u8(row.latest.has_detail ? 1 : 0);
  seal(out, static_cast<std::uint64_t>(row.id.value()));
  return out.take();
}

class chunk_store_format : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "madang-format-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    options_.folder = folder_;
    options_.chunk_values = 8;
    options_.background = false;
    reopen();
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  void reopen() {
    store_.reset();
    auto opened = ChunkStore::open(options_);
    ASSERT_TRUE(opened) << opened.error().sentence;
    store_ = std::move(*opened);
  }
  void put(std::int64_t stream, Instant when, double value, std::string text = {}) {
    Batch batch;
    batch.observations.push_back({DatastreamId{stream}, when, value, when, kGood});
    if (!text.empty()) {
      batch.details.emplace_back().second.result = std::move(text);
      batch.details.back().second.result_kind = ObservationDetail::ResultKind::kText;
    }
    ASSERT_TRUE(store_->append(batch));
  }
  /// A value each ten minutes for 100 hours: level 40 and once an hour 90.
  void fill_levels(std::int64_t stream) {
    Batch batch;
    for (int i = 0; i < 600; ++i) {
      auto const time = kNoon + minutes{10 * i};
      batch.observations.push_back({DatastreamId{stream}, time, i % 6 == 0 ? 90.0 : 40.0, time, kGood});
    }
    ASSERT_TRUE(store_->append(batch));
  }
  /// Rewrites the closed store's files as version 1, every chunk or each second one, as after a kill between.
  void downgrade(int each) {
    store_.reset();
    CorruptionList corruption;
    auto writer = std::move(ChunkWriter::open(folder_, "", corruption).value());
    auto& db = writer->db();
    std::vector<StreamRow> streams;
    ASSERT_TRUE(writer->load_streams([&streams](StreamRow const& row) { streams.push_back(row); }));
    auto put_state = db.prepare("UPDATE stream SET state = ?2 WHERE id = ?1");
    auto put_body = db.prepare("UPDATE body SET bytes = ?2 WHERE id = ?1");
    auto put_summary = db.prepare("UPDATE chunk SET summary = ?3 WHERE stream = ?1 AND first = ?2");
    int count = 0;
    for (auto const& stream : streams) {
      auto const state = old_state(stream);
      put_state->bind(1, stream.id.value()).bind(2, state);
      ASSERT_TRUE(put_state->run());
      auto const rows = writer->reader().rows(stream.id, kTimeMin, kTimeMax);
      for (auto const& row : *rows) {
        if (count++ % each != 0) continue;
        Columns columns;
        ASSERT_TRUE(*writer->reader().load(row, {}, columns));
        for (auto& quality : columns.qualities)
          if (unpacked(quality) == kNoNumber) quality = packed(kGood);
        int const decimals = decimals_of(columns.values);
        auto const moments = row.summary.moments_body == 0 ? encode_moments(columns) : std::string();
        auto const body = encode_body(row.stream, columns, decimals, moments);
        auto const summary = old_summary(row, columns, decimals);
        put_body->bind(1, row.body).bind(2, body);
        ASSERT_TRUE(put_body->run());
        put_summary->bind(1, row.stream.value()).bind(2, row.first).bind(3, summary);
        ASSERT_TRUE(put_summary->run());
      }
    }
    ASSERT_TRUE(db.run("PRAGMA user_version = 1"));
    ASSERT_TRUE(Database::open(folder_ + "/" + kLogFileName, "")->run("PRAGMA user_version = 1"));
  }
  std::int64_t old_summaries() {
    auto db = Database::open(folder_ + "/" + kChunkFileName, "");
    return *db->number("SELECT count(*) FROM chunk WHERE substr(summary, 1, 1) = x'01'");
  }
  void expect_hour_without_text() {
    DatastreamId const asked[] = {DatastreamId{1}};
    for (bool const from_raw : {false, true}) {
      auto const hour = store_->aggregate(asked, {kNoon, kNoon + hours{1}}, {.from_raw = from_raw});
      auto const& bucket = hour->at(0).buckets.at(0);
      EXPECT_EQ(bucket.count, 3u);
      EXPECT_EQ(bucket.good, 2u);
      EXPECT_EQ(bucket.min, 20);
      EXPECT_EQ(bucket.mean(), 20.5);
    }
    EXPECT_FALSE(is_number(store_->read(DatastreamId{1}, kAlways, {.with_details = false})->at(1)));
    EXPECT_FALSE(is_number(store_->latest(asked)->at(0)));
  }
  void expect_levels(std::int64_t stream) {
    DatastreamId const asked[] = {DatastreamId{stream}};
    double const mean = 10 * std::log10((1e9 + 5e4) / 6);
    for (bool const from_raw : {false, true}) {
      auto const series = store_->aggregate(asked, {kNoon, kNoon + hours{100}}, {.from_raw = from_raw, .averaging = Averaging::kEnergy});
      ASSERT_EQ(series->at(0).buckets.size(), 100u);
      for (auto const& bucket : series->at(0).buckets) EXPECT_NEAR(*mean_of(bucket, Averaging::kEnergy), mean, 1e-9);
    }
  }

  std::string folder_;
  ChunkStore::Options options_;
  std::unique_ptr<ChunkStore> store_;
};

TEST_F(chunk_store_format, texts_of_version_1_count_nowhere_before_and_after_they_are_renewed) {
  put(1, kNoon, 20);
  put(1, kNoon + minutes{10}, 0, "21.0");
  put(1, kNoon + minutes{20}, 21);
  put(1, kNoon + hours{2}, 0, "closed");
  downgrade(1);
  EXPECT_EQ(old_summaries(), 1);
  reopen();
  expect_hour_without_text();
  ASSERT_TRUE(store_->renew());
  expect_hour_without_text();
  EXPECT_EQ(old_summaries(), 0);
  reopen();
  expect_hour_without_text();
  EXPECT_EQ(store_->read(DatastreamId{1}, kAlways, {})->at(1).detail->result, "21.0");
}

TEST_F(chunk_store_format, roll_ups_of_version_1_get_their_sums_and_a_kill_between_loses_nothing) {
  fill_levels(1);
  fill_levels(2);
  put(3, kNoon, 1);
  downgrade(2);  // as a kill left it: half are of either version
  reopen();
  expect_levels(1);
  DatastreamId const levels[] = {DatastreamId{1}, DatastreamId{2}};
  ASSERT_TRUE(store_->set_averaging(levels, Averaging::kEnergy));
  expect_levels(2);
  options_.settle_at_end = false;
  reopen();  // killed before anything was renewed
  ASSERT_TRUE(store_->renew());
  expect_levels(1);
  expect_levels(2);
  reopen();
  expect_levels(2);
  ASSERT_TRUE(store_->settle());
  store_.reset();
  CorruptionList corruption;
  auto reader = ChunkReader::open(folder_, "", corruption);
  auto const rows = reader->rows(DatastreamId{2}, kTimeMin, kTimeMax);
  EXPECT_EQ(rows->size(), 75u);
  EXPECT_TRUE(std::ranges::all_of(*rows, [](ChunkRow const& row) { return row.summary.averaging == Averaging::kEnergy; }));
}

TEST_F(chunk_store_format, the_background_renews_what_is_older) {
  fill_levels(1);
  downgrade(1);
  options_.background = true;
  reopen();
  ASSERT_TRUE(store_->set_averaging(std::array{DatastreamId{1}}, Averaging::kEnergy));
  for (int i = 0; i < 1'000 && old_summaries() > 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
  EXPECT_EQ(old_summaries(), 0);
  expect_levels(1);
}

TEST_F(chunk_store_format, an_averaging_lasts) {
  ASSERT_TRUE(store_->set_averaging(std::array{DatastreamId{1}}, Averaging::kEnergy));
  reopen();
  options_.settle_at_end = false;
  reopen();
  fill_levels(1);
  ASSERT_TRUE(store_->settle());
  CorruptionList corruption;
  auto reader = ChunkReader::open(folder_, "", corruption);
  auto const rows = reader->rows(DatastreamId{1}, kTimeMin, kTimeMax);
  ASSERT_FALSE(rows->empty());
  EXPECT_EQ(rows->front().summary.averaging, Averaging::kEnergy);
}

TEST_F(chunk_store_format, numbers_that_are_used_up_are_refused_in_words_and_never_given_twice) {
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
  reopen();
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

/// Behind a value of 2199 all others would come late: each a look into the file, each roll one more rewriting.
TEST_F(chunk_store_format, a_value_dated_far_ahead_stands_in_no_ones_way) {
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
TEST_F(chunk_store_format, behind_a_value_of_2199_the_file_is_asked_once_and_not_by_each_append) {
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

TEST_F(chunk_store_format, a_deep_skip_over_layers_reads_few_chunks) {
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
TEST_F(chunk_store_format, an_averaging_asked_for_early_does_not_part_a_devices_channels) {
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

TEST_F(chunk_store_format, an_upgrade_is_told_and_goes_on_after_a_kill_between_the_two_files) {
  fill_levels(1);
  downgrade(1);
  testing::internal::CaptureStderr();
  reopen();
  auto const told = testing::internal::GetCapturedStderr();
  EXPECT_THAT(told, testing::HasSubstr("event=format_upgrade_begins"));
  EXPECT_THAT(told, testing::HasSubstr("from=1 to=3"));
  EXPECT_THAT(told, testing::HasSubstr("an older madang cannot open it"));
  EXPECT_THAT(told, testing::HasSubstr("event=format_upgraded"));
  downgrade(1);
  ASSERT_TRUE(Database::open(folder_ + "/" + kChunkFileName, "")->run("PRAGMA user_version = 3"));
  testing::internal::CaptureStderr();
  reopen();
  ASSERT_TRUE(store_->set_averaging(std::array{DatastreamId{1}}, Averaging::kEnergy));
  ASSERT_TRUE(store_->renew());
  auto const resumed = testing::internal::GetCapturedStderr();
  EXPECT_THAT(resumed, testing::Not(testing::HasSubstr("format_upgrade_begins")));
  EXPECT_THAT(resumed, testing::HasSubstr("event=chunks_renewed"));
  EXPECT_EQ(old_summaries(), 0);
  EXPECT_EQ(*Database::open(folder_ + "/" + kLogFileName, "")->number("PRAGMA user_version"), 3);
  expect_levels(1);
}

/// Version 1 kept a feature that was named, the default one too.
TEST_F(chunk_store_format, a_default_feature_named_in_version_1_is_the_same_observation_when_it_comes_again_without) {
  options_.default_feature = [](DatastreamId) { return FeatureId{5}; };
  ObservationDetail named;
  named.feature = FeatureId{5};
  Batch const old{.observations = {{DatastreamId{1}, kNoon, 20, kNoon, kGood}}, .details = {{0, named}}};
  ASSERT_TRUE(store_->append(old));
  downgrade(1);
  reopen();
  Batch const plain{.observations = old.observations, .details = {}};
  EXPECT_EQ(store_->append(plain)->entries.at(0).outcome, Appended::Outcome::kRepeated);
  ASSERT_TRUE(store_->renew());
  EXPECT_EQ(store_->append(plain)->entries.at(0).outcome, Appended::Outcome::kRepeated);
  put(1, kNoon, 21);
  EXPECT_EQ(*store_->count(DatastreamId{1}, kAlways), 1u);
  EXPECT_EQ(store_->append(old)->entries.at(0).outcome, Appended::Outcome::kSuperseded);
  EXPECT_EQ(*store_->count(DatastreamId{1}, kAlways), 1u);
}

/// One time with a new value for ever: what was superseded leaves memory and log, though its successor is always fresh.
TEST_F(chunk_store_format, a_clock_that_stands_still_does_not_fill_the_log) {
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
