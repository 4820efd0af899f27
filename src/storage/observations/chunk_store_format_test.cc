// What older files hold is read rightly and renewed; what would grow or slow down for ever does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "storage/observations/chunk_store.h"
#include "storage/observations/chunk_writer.h"
#include "storage/observations/codec/checksum.h"
#include "storage/observations/layers.h"
#include "storage/observations/limits.h"
#include "storage/observations/test_times.h"

namespace madang::storage {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

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

TEST_F(chunk_store_format, numbers_that_will_be_used_up_are_told_once_long_before) {
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

/// Who asks for one value of a long series, or how many there are, does not pay for its history.
TEST_F(chunk_store_format, one_value_of_a_long_series_costs_one_chunk) {
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

TEST_F(chunk_store_format, an_id_is_found_wherever_its_value_stands) {
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

TEST_F(chunk_store_format, a_damaged_page_of_the_table_of_streams_costs_what_stood_there_alone) {
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

TEST_F(chunk_store_format, a_damaged_page_of_the_index_of_chunks_hides_what_stood_there_alone) {
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

TEST_F(chunk_store_format, behind_a_damaged_page_no_more_is_read_than_was_asked_for_and_not_for_longer) {
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

TEST_F(chunk_store_format, what_stands_between_two_damaged_pages_is_read) {
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

TEST_F(chunk_store_format, one_old_value_is_found_without_reading_the_index_to_it) {
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

TEST_F(chunk_store_format, a_chunk_known_to_be_damaged_is_not_counted) {
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
TEST_F(chunk_store_format, behind_a_damaged_page_of_the_table_of_streams_those_without_chunks_are_as_they_were) {
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

TEST_F(chunk_store_format, a_store_of_an_older_format_is_left_as_it_is_by_who_only_reads) {
  fill_levels(1);
  downgrade(1);
  auto reading = options_;
  reading.upgrades = false;
  auto const refused = ChunkStore::open(reading);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnsupported);
  EXPECT_THAT(refused.error().sentence, testing::HasSubstr("by an older Madang, this one reads format 3; reading changes nothing, `madang serve` upgrades it"));
  EXPECT_LT(*Database::open(folder_ + "/" + kChunkFileName, "")->number("PRAGMA user_version"), 3);
  reopen();
  store_.reset();
  EXPECT_TRUE(ChunkStore::open(reading));
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
