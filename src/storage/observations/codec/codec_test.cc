#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "storage/observations/codec/checksum.h"
#include "storage/observations/codec/chunk_codec.h"
#include "storage/observations/codec/int_column.h"
#include "storage/observations/codec/log_codec.h"

namespace madang::storage {
namespace {

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

std::string column(std::vector<std::int64_t> const& values) {
  ByteWriter out;
  write_ints(out, values);
  return out.take();
}

std::vector<std::int64_t> back(std::string bytes, std::size_t count) {
  bytes.append(8, '\0');
  ByteReader in(bytes_of(bytes).first(bytes.size() - 8));
  std::vector<std::int64_t> values(count);
  read_ints(in, values);
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.left(), 0u);
  return values;
}

Columns readings(std::size_t count, double unit) {
  std::mt19937 random(1);
  Columns c;
  double level = 200;
  for (std::size_t i = 0; i < count; ++i) {
    level += static_cast<double>(random() % 5) - 2;
    c.times.push_back(1'790'000'000'000 + static_cast<std::int64_t>(i) * 120'000 +
                      static_cast<std::int64_t>(random() % 501));
    c.received.push_back(1'790'000'060'000 + static_cast<std::int64_t>(i) * 120'000);
    c.arrivals.push_back(1'000 + static_cast<std::int64_t>(i));
    c.qualities.push_back(packed({QualityFlag::kGood, 0, 1}));
    c.values.push_back(level / unit);
  }
  return c;
}

TEST(int_column, gives_back_any_integers) {
  std::mt19937_64 random(7);
  std::vector<std::vector<std::int64_t>> columns{{}, {0}, {kMin, kMax, kMin}, {5, 5, 5, 9, 5}, {10, 20, 30, 41, 50}};
  for (int width = 1; width <= 64; ++width) {
    std::vector<std::int64_t> values;
    std::vector<std::int64_t> around;
    for (int i = 0; i < 200; ++i) values.push_back(static_cast<std::int64_t>(random() >> (64 - width)));
    for (auto const v : values)
      around.push_back(static_cast<std::int64_t>(static_cast<std::uint64_t>(v) ^ random() << 63));
    columns.push_back(values);
    columns.push_back(around);
  }
  for (auto const& values : columns) {
    auto const bytes = column(values);
    EXPECT_EQ(bytes.size(), plan_ints(values).size);
    EXPECT_EQ(back(bytes, values.size()), values);
  }
}

TEST(int_column, spends_nothing_on_what_repeats_and_little_on_what_steps) {
  std::vector<std::int64_t> same(480, 1'790'000'000'000);
  std::vector<std::int64_t> steps;
  for (int i = 0; i < 480; ++i) steps.push_back(1'790'000'000'000 + 120'000 * i);
  EXPECT_LE(column(same).size(), 10u);
  EXPECT_LE(column(steps).size(), 14u);
}

TEST(int_column, refuses_bytes_that_end_too_early) {
  std::vector<std::int64_t> values;
  std::mt19937_64 random(3);
  for (int i = 0; i < 100; ++i) values.push_back(static_cast<std::int64_t>(random() % 1'000));
  auto bytes = column(values);
  bytes.resize(bytes.size() / 2);
  std::string padded = bytes + std::string(8, '\0');
  ByteReader in(bytes_of(padded).first(bytes.size()));
  read_ints(in, values);
  EXPECT_FALSE(in.ok());
}

TEST(columns, find_the_decimals_that_all_values_share) {
  EXPECT_EQ(decimals_of({1, 2, -3}), 0);
  EXPECT_EQ(decimals_of({1, 2.5, 0.3}), 1);
  EXPECT_EQ(decimals_of({0.001, 12.5}), 3);
  EXPECT_EQ(decimals_of({0.1 + 0.2}), kNoDecimals);
  EXPECT_EQ(decimals_of({1.0 / 3}), kNoDecimals);
  EXPECT_EQ(decimals_of({1e300}), kNoDecimals);
}

TEST(int_column, gives_the_wanted_rows_alone_as_it_gives_all) {
  std::mt19937_64 random(5);
  std::vector<std::vector<std::int64_t>> columns;
  std::vector<std::int64_t> same(300, 7), steps, near, walk, wide;
  for (int i = 0; i < 300; ++i) {
    steps.push_back(120'000 * i + (i > 100 ? 30 : 0));
    near.push_back(static_cast<std::int64_t>(random() % 40));
    walk.push_back((i == 0 ? 1'000 : walk.back()) + static_cast<std::int64_t>(random() % 9) - 4);
    wide.push_back(static_cast<std::int64_t>(random() >> 2));
  }
  same[40] = 9;
  for (auto const& values : {same, steps, near, walk, wide}) {
    auto const bytes = column(values) + std::string(8, '\0');
    for (Rows const rows : {Rows{0, 0}, Rows{0, 1}, Rows{39, 180}, Rows{101, 102}, Rows{250, 300}}) {
      std::vector<std::int64_t> read(values.size());
      ByteReader in(bytes_of(bytes).first(bytes.size() - 8));
      read_ints(in, read, rows);
      ASSERT_TRUE(in.ok());
      EXPECT_EQ(in.left(), 0u);
      for (std::size_t i = rows.from; i < rows.to; ++i) ASSERT_EQ(read[i], values[i]) << "row " << i;
    }
  }
}

TEST(chunk_codec, gives_back_what_it_was_given_in_about_two_bytes_a_value) {
  auto const c = readings(480, 10);
  auto const body = encode_body(DatastreamId{7}, c, decimals_of(c.values), encode_moments(c));
  EXPECT_LT(body.size(), 480 * 2);
  Columns read;
  ASSERT_TRUE(decode_body(bytes_of(body), DatastreamId{7}, {}, 0, {}, read));
  EXPECT_EQ(read.times, c.times);
  EXPECT_EQ(read.received, c.received);
  EXPECT_EQ(read.arrivals, c.arrivals);
  EXPECT_EQ(read.qualities, c.qualities);
  EXPECT_EQ(read.values, c.values);
}

TEST(chunk_codec, packs_unrounded_doubles_below_seven_bytes) {
  auto c = readings(480, 10);
  std::mt19937_64 random(5);
  for (auto& v : c.values) v = 20 + 3 * std::sin(static_cast<double>(random()));
  auto const body = encode_body(DatastreamId{7}, c, decimals_of(c.values), "");
  EXPECT_LT(body.size(), 480 * 7);
  auto const moments = encode_moments_body(3, c.size(), encode_moments(c));
  Columns read;
  ASSERT_TRUE(decode_body(bytes_of(body), DatastreamId{7}, bytes_of(moments), 3, {}, read));
  EXPECT_EQ(read.values, c.values);
}

TEST(chunk_codec, notices_every_flipped_bit_and_every_other_place) {
  auto const c = readings(40, 10);
  auto body = encode_body(DatastreamId{7}, c, 1, encode_moments(c));
  Columns read;
  EXPECT_FALSE(decode_body(bytes_of(body), DatastreamId{8}, {}, 0, {.moments = false}, read));
  for (std::size_t bit = 0; bit < body.size() * 8; ++bit) {
    body[bit / 8] = static_cast<char>(body[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(decode_body(bytes_of(body), DatastreamId{7}, {}, 0, {.moments = false}, read)) << bit;
    body[bit / 8] = static_cast<char>(body[bit / 8] ^ (1 << (bit % 8)));
  }
}

TEST(rollup, adds_up_hours_exactly) {
  Columns c;
  for (int i = 0; i < 10; ++i) {
    c.times.push_back(-kHourMillis + i * kHourMillis / 4);
    c.received.push_back(0);
    c.arrivals.push_back(i);
    c.qualities.push_back(packed({i == 1 ? QualityFlag::kFail : QualityFlag::kGood, 0, 1}));
    c.values.push_back((i - 5) / 10.0);
  }
  Summary const summary{.last = c.times.back(), .count = 10, .arrival_max = 9};
  auto const bytes =
      encode_summary(DatastreamId{1}, c.times[0], summary, encode_rollup(c, 1, Averaging::kArithmetic));
  std::vector<Bucket> rows;
  ASSERT_TRUE(decode_summary(bytes_of(bytes), DatastreamId{1}, c.times[0], &rows));
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].from, instant_of_millis(-kHourMillis));
  EXPECT_EQ(rows[0].count, 4u);
  EXPECT_EQ(rows[0].good, 3u);
  EXPECT_EQ(rows[0].min, -0.5);
  EXPECT_EQ(rows[0].max, -0.2);
  EXPECT_EQ(rows[0].sum, -1.0);
  EXPECT_EQ(rows[0].sum_of_squares, 0.38);
}

/// Two hours of values whose means a plain sum would get wrong.
Columns two_hours(std::vector<double> values) {
  Columns c;
  for (std::size_t i = 0; i < values.size(); ++i) {
    c.times.push_back(static_cast<std::int64_t>(i) * kHourMillis / 2);
    c.received.push_back(0);
    c.arrivals.push_back(static_cast<std::int64_t>(i));
    c.qualities.push_back(packed({QualityFlag::kGood, 0, 1}));
  }
  c.values = std::move(values);
  return c;
}

std::vector<Bucket> rolled_up(Columns const& c, Averaging averaging) {
  Summary const summary{.last = c.times.back(), .count = static_cast<std::uint32_t>(c.size()), .averaging = averaging};
  auto const bytes = encode_summary(DatastreamId{1}, c.times[0], summary, encode_rollup(c, 1, averaging));
  std::vector<Bucket> rows;
  auto const read = decode_summary(bytes_of(bytes), DatastreamId{1}, c.times[0], &rows);
  EXPECT_TRUE(read && read->has_rollup && read->averaging == averaging);
  return rows;
}

TEST(rollup, holds_the_energy_of_levels) {
  auto const rows = rolled_up(two_hours({40, 80, 60.5, 60.5}), Averaging::kEnergy);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_DOUBLE_EQ(rows[0].energy, 1e4 + 1e8);
  EXPECT_NEAR(*mean_of(rows[0], Averaging::kEnergy), 76.9902, 1e-4);
  EXPECT_NEAR(*mean_of(rows[1], Averaging::kEnergy), 60.5, 1e-12);
  EXPECT_EQ(rows[0].sum, 120);
}

TEST(rollup, holds_the_vectors_of_directions) {
  auto const rows = rolled_up(two_hours({350, 20, 0, 180}), Averaging::kCircular);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_NEAR(*mean_of(rows[0], Averaging::kCircular), 5, 1e-9);
  EXPECT_FALSE(mean_of(rows[1], Averaging::kCircular)) << "opposite winds have no mean";
}

TEST(rollup, of_version_1_is_read_unless_it_may_count_texts) {
  auto const c = two_hours({1, 2, 3, 4});
  for (std::uint32_t const details : {0u, 1u}) {
    ByteWriter out;
    out.u8(1);
    out.u8('S');
    for (std::uint64_t const v : {std::uint64_t{0}, static_cast<std::uint64_t>(c.times.back()), std::uint64_t{4}, std::uint64_t{0},
                                  std::uint64_t{3}, std::uint64_t{details}})
      out.varint(v);
    auto const rollup = encode_rollup(c, 1, Averaging::kArithmetic);
    out.raw(rollup.data(), rollup.size());
    seal(out, 1 << 8 | 'S');
    std::vector<Bucket> rows;
    auto const read = decode_summary(bytes_of(out.str()), DatastreamId{1}, 0, &rows);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->count, 4u);
    EXPECT_EQ(read->marks_non_numbers, details == 0);
    EXPECT_EQ(rows.size(), details == 0 ? 2u : 0u);
  }
}

TEST(log_codec, marks_texts_of_rows_that_did_not) {
  LogBatch batch;
  batch.columns = readings(2, 10);
  batch.columns.qualities = {packed({QualityFlag::kGood, 0, 1}), packed({QualityFlag::kGood, 0, 1})};
  batch.streams = {4, 5};
  ObservationDetail text;
  text.result_kind = ObservationDetail::ResultKind::kText;
  batch.details.emplace_back(1, text);
  auto const read = decode_log(bytes_of(encode_log(12, batch)), 12);
  ASSERT_TRUE(read && read->batch);
  EXPECT_EQ(unpacked(read->batch->columns.qualities[0]).flag, QualityFlag::kGood);
  EXPECT_EQ(unpacked(read->batch->columns.qualities[1]), kNoNumber);
}

TEST(log_codec, keeps_the_position_of_a_batch_and_of_one_of_which_nothing_was_new) {
  LogBatch batch;
  batch.columns = readings(2, 10);
  batch.streams = {4, 5};
  batch.position = {std::uint64_t{1} << 60};
  auto const read = decode_log(bytes_of(encode_log(12, batch)), 12);
  ASSERT_TRUE(read && read->batch);
  EXPECT_EQ(read->batch->position, batch.position);
  EXPECT_EQ(read->batch->streams, batch.streams);
  LogBatch nothing;
  nothing.position = {7};
  auto const empty = decode_log(bytes_of(encode_log(12, nothing)), 12);
  ASSERT_TRUE(empty && empty->batch);
  EXPECT_EQ(empty->batch->position, Position{7});
  EXPECT_EQ(empty->batch->columns.size(), 0u);
}

TEST(log_codec, gives_back_every_kind_of_record) {
  LogBatch batch;
  batch.columns = readings(3, 10);
  batch.streams = {4, 5, 4};
  ObservationDetail detail;
  detail.result_kind = ObservationDetail::ResultKind::kJson;
  detail.result = R"({"a":1})";
  detail.feature = FeatureId{9};
  batch.details.emplace_back(1, detail);
  auto const read = decode_log(bytes_of(encode_log(12, batch)), 12);
  ASSERT_TRUE(read && read->batch);
  EXPECT_EQ(read->batch->streams, batch.streams);
  EXPECT_EQ(read->batch->columns.values, batch.columns.values);
  EXPECT_EQ(read->batch->details.at(0).second, detail);
  EXPECT_FALSE(decode_log(bytes_of(encode_log(12, batch)), 13));

  LogErase const erase{DatastreamId{3}, {kInstantMin, instant_of_millis(5)}};
  EXPECT_EQ(decode_log(bytes_of(encode_log(2, erase)), 2)->erase->when, erase.when);
  EXPECT_EQ(decode_log(bytes_of(encode_log(2, LogRetention{DatastreamId{3}, Millis{7}})), 2)->retention->keep,
            Millis{7});
  LogAveraging const directions{{3, 9, 4}, Averaging::kCircular};
  auto const averaging = decode_log(bytes_of(encode_log(2, directions)), 2)->averaging;
  ASSERT_TRUE(averaging);
  EXPECT_EQ(averaging->streams, directions.streams);
  EXPECT_EQ(averaging->averaging, Averaging::kCircular);
}

}  // namespace
}  // namespace madang::storage
