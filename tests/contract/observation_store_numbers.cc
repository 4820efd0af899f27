// The contract of all observation stores, continued: what counts as a number, sums of levels and directions, and times that
// cannot be believed.
#include <gmock/gmock.h>

#include <array>
#include <cmath>

#include "observation_store_contract.h"
#include "storage/observations/sign_of_life.h"

namespace madang::storage::test {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Outcome = Appended::Outcome;

TEST_P(observation_store, a_result_that_is_no_number_counts_nowhere) {
  ObservationDetail json;
  json.result_kind = ObservationDetail::ResultKind::kJson;
  json.result = "[1]";
  ObservationDetail truth;
  truth.result_kind = ObservationDetail::ResultKind::kBoolean;
  ASSERT_TRUE(store_->append({.observations = {number(1, kNoon, 20.5), number(1, kNoon + minutes{1}, 0),
                                               number(1, kNoon + minutes{2}, 0), number(2, kNoon, 1), number(2, kNoon + minutes{1}, 0)},
                              .details = {{1, text_result("20.5")}, {2, json}, {3, truth}, {4, truth}}}));
  DatastreamId const asked[] = {DatastreamId{1}, DatastreamId{2}};
  for (bool const from_raw : {false, true}) {
    auto const series = store_->aggregate(asked, {kNoon, kNoon + hours{1}}, {.together = false, .from_raw = from_raw});
    auto const& numbers = series->at(0).buckets.at(0);
    EXPECT_EQ(numbers.count, 3u);
    EXPECT_EQ(numbers.good, 1u);
    EXPECT_EQ(numbers.mean(), 20.5);
    EXPECT_EQ(numbers.min, 20.5);
    EXPECT_EQ(series->at(1).buckets.at(0).mean(), 0.5) << "a mean of true and false is the share of true";
  }
  auto const read = store_->read(DatastreamId{1}, kAlways, {.with_details = false});
  EXPECT_TRUE(is_number(read->at(0)));
  EXPECT_FALSE(is_number(read->at(1)));
  EXPECT_FALSE(is_number(read->at(2)));
  EXPECT_EQ(read->at(1).quality, kNoNumber);
  EXPECT_FALSE(is_number(store_->latest(asked)->at(0)));
  Judgement const good[] = {{kNoon + minutes{1}, {QualityFlag::kGood, 0, 3}}};
  EXPECT_EQ(*store_->rejudge(DatastreamId{1}, good), 0u);
  EXPECT_EQ(store_->append({.observations = {number(1, kNoon + minutes{1}, 0)}, .details = {{0, text_result("20.5")}}})->entries.at(0).outcome,
            Outcome::kRepeated);
}

/// As the quantity's own rule has it, whether the roll-ups have been told or not, and after they were.
TEST_P(observation_store, sums_energies_and_directions_exactly) {
  Batch first;
  Batch more;
  for (int i = 0; i < 48; ++i) {
    first.observations.push_back(number(1, kNoon + minutes{10 * i}, i % 6 == 0 ? 90 : 40.5));
    first.observations.push_back(number(2, kNoon + minutes{10 * i}, i % 2 == 0 ? 350 : 20.5));
    more.observations.push_back(number(1, kNoon + minutes{10 * i + 480}, 50));
    more.observations.push_back(number(2, kNoon + minutes{10 * i + 480}, 50));
  }
  ASSERT_TRUE(store_->append(first));
  put(1, kNoon + minutes{1}, 130, QualityFlag::kFail);
  DatastreamId const noise[] = {DatastreamId{1}};
  DatastreamId const wind[] = {DatastreamId{2}};
  Interval const when{kNoon, kNoon + hours{8}};
  double const energy = 1e9 + 5 * std::pow(10.0, 4.05);
  auto const check = [&] {
    for (bool const from_raw : {false, true}) {
      auto const levels = store_->aggregate(noise, when, {.from_raw = from_raw, .averaging = Averaging::kEnergy});
      ASSERT_EQ(levels->at(0).buckets.size(), 8u);
      for (auto const& bucket : levels->at(0).buckets) EXPECT_NEAR(bucket.energy, energy, 1e-9 * energy);
      EXPECT_NEAR(*mean_of(levels->at(0).buckets[0], Averaging::kEnergy), 10 * std::log10(energy / 6), 1e-9);
      auto const turns = store_->aggregate(wind, when, {.step = hours{8}, .from_raw = from_raw, .averaging = Averaging::kCircular});
      EXPECT_NEAR(*mean_of(turns->at(0).buckets.at(0), Averaging::kCircular), 5.25, 1e-9);
    }
  };
  check();
  ASSERT_TRUE(store_->set_averaging(noise, Averaging::kEnergy));
  ASSERT_TRUE(store_->set_averaging(wind, Averaging::kCircular));
  check();
  ASSERT_TRUE(store_->append(more));
  check();
  put(1, kNoon + minutes{1}, 120);
  auto const louder = store_->aggregate(noise, when, {.averaging = Averaging::kEnergy});
  EXPECT_NEAR(louder->at(0).buckets[0].energy, energy + 1e12, 1e-9 * 1e12);
  EXPECT_EQ(store_->set_averaging(std::array{DatastreamId{0}}, Averaging::kEnergy).error().code, Code::kInvalid);
}

TEST_P(observation_store, a_date_far_ahead_stands_and_disturbs_no_other) {
  Observation far = number(1, kInstantMax - hours{1}, 77);
  far.received_at = kNoon;
  auto const id = store_->append({.observations = {far}, .details = {}})->entries.at(0).id;
  std::vector<double> expected;
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(put(1, kNoon + minutes{i}, i).outcome, Outcome::kStored);
    expected.push_back(i);
  }
  expected.push_back(77);
  EXPECT_EQ(values(1, kAlways), expected);
  EXPECT_EQ(store_->find(id)->phenomenon_time, kInstantMax - hours{1});
  DatastreamId const asked[] = {DatastreamId{1}};
  EXPECT_EQ(store_->latest(asked)->at(0).value, 77) << "latest is by phenomenonTime";
  far.value = 78;
  EXPECT_EQ(store_->append({.observations = {far}, .details = {}})->entries.at(0).outcome, Outcome::kSuperseded);
  far.received_at = far.phenomenon_time;  // the time has come
  EXPECT_EQ(store_->append({.observations = {far}, .details = {}})->entries.at(0).outcome, Outcome::kRepeated);
  EXPECT_EQ(*store_->erase(DatastreamId{1}, {kNoon + hours{1}, kInstantMax}), 1u);
  EXPECT_EQ(store_->latest(asked)->at(0).value, 39);
}

TEST_P(observation_store, knows_the_newest_that_can_be_believed_and_the_last_arrival) {
  constexpr std::uint8_t kClockTest = 11;
  Trust const trust{.reasons = {kClockTest}};
  DatastreamId const asked[] = {DatastreamId{1}, DatastreamId{2}, DatastreamId{3}};
  auto const put_at = [this](Instant when, Instant received, Quality quality) {
    Observation o = number(1, when, static_cast<double>(when.time_since_epoch().count()));
    o.received_at = received;
    o.quality = quality;
    ASSERT_TRUE(store_->append({.observations = {o}, .details = {}}));
  };
  Quality const good{QualityFlag::kGood, 0, 3};
  put_at(*parse_instant("2014-06-01T00:00:00Z"), kNoon, good);
  EXPECT_EQ(store_->newest(asked, trust)->at(0).trusted.id, ObservationId{});
  EXPECT_EQ(store_->newest(asked, trust)->at(0).arrived, kNoon);
  for (int i = 0; i < 30; ++i) put_at(kNoon + minutes{i}, kNoon + minutes{i}, good);
  put_at(kNoon + minutes{34}, kNoon + minutes{30}, good);                                  // four minutes ahead
  put_at(kNoon + minutes{40}, kNoon + minutes{31}, good);                                  // nine
  put_at(kNoon + minutes{35}, kNoon + minutes{32}, {QualityFlag::kSuspect, kClockTest, 3});
  put_at(kNoon + hours{900}, kNoon + minutes{33}, good);
  put_at(kNoon + minutes{5} + seconds{1}, kNoon + minutes{50}, good);                      // late
  ASSERT_TRUE(store_->append({.observations = {number(2, kNoon, 0)}, .details = {{0, text_result("on")}}}));
  auto const newest = store_->newest(asked, trust);
  ASSERT_TRUE(newest);
  EXPECT_EQ(newest->at(0).trusted.phenomenon_time, kNoon + minutes{34});
  EXPECT_EQ(newest->at(0).arrived, kNoon + minutes{50});
  EXPECT_EQ(newest->at(1).trusted.id, ObservationId{});
  EXPECT_EQ(newest->at(1).arrived, kNoon + Millis{250});
  EXPECT_FALSE(newest->at(2).arrived.has_value());
  EXPECT_EQ(newest->at(2).trusted.datastream, DatastreamId{3});
  Trust const texts_too{.reasons = {}, .numbers_only = false};
  EXPECT_EQ(store_->newest(asked, texts_too)->at(0).trusted.phenomenon_time, kNoon + minutes{35});
  EXPECT_EQ(store_->newest(asked, texts_too)->at(1).trusted.detail->result, "on");
  Judgement const doubt[] = {{kNoon + minutes{34}, {QualityFlag::kFail, kClockTest, 3}}};
  ASSERT_EQ(*store_->rejudge(DatastreamId{1}, doubt), 1u);
  EXPECT_EQ(store_->newest(asked, trust)->at(0).trusted.phenomenon_time, kNoon + minutes{29});
}

TEST_P(observation_store, takes_history_that_is_loaded_for_no_sign_of_life) {
  DatastreamId const asked[] = {DatastreamId{1}, DatastreamId{2}};
  auto const load = [this](std::int64_t stream, Instant when, Quality quality) {
    Observation o = number(stream, when, static_cast<double>(when.time_since_epoch().count()));
    o.received_at = kNoon + days{30};
    o.quality = quality;
    ASSERT_TRUE(store_->append({.observations = {o}, .details = {}}));
  };
  auto const heard = [&] { return store_->newest(asked, {})->at(0).arrived; };
  ASSERT_TRUE(store_->append({.observations = {number(1, kNoon, 1)}, .details = {}}));
  auto const alive = heard();
  Quality const good{QualityFlag::kGood, 0, 3};
  load(1, kNoon - days{365}, good);
  load(1, kNoon + days{22}, {QualityFlag::kSuspect, 4, 3});
  EXPECT_GT(*heard(), *alive) << "it was alive when it measured that";
  EXPECT_EQ(heard(), kNoon + days{22});
  load(2, kNoon - days{365}, good);
  EXPECT_EQ(store_->newest(asked, {})->at(1).arrived, kNoon - days{365});
  load(1, kNoon - days{300}, {QualityFlag::kSuspect, kClockReasons[1], 3});
  EXPECT_EQ(heard(), kNoon + days{30}) << "a wrong clock speaks all the same";
}

}  // namespace madang::storage::test
