// What files of older versions hold is read rightly and renewed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "storage/observations/chunk_store.h"
#include "storage/observations/chunk_writer.h"
#include "storage/observations/codec/checksum.h"
#include "storage/observations/limits.h"
#include "storage/observations/test_small_store.h"

namespace madang::storage {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

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

class chunk_store_format : public SmallStore {
 protected:
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

}  // namespace
}  // namespace madang::storage
