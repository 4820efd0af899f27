// The contract of all observation stores, continued: which observations are the same, and what may stand beside each other.
#include <gmock/gmock.h>

#include "observation_store_contract.h"
#include "storage/observations/limits.h"

namespace madang::storage::test {

using std::chrono::hours;
using std::chrono::minutes;
using Outcome = Appended::Outcome;

namespace {

/// A value of an interval, or of a feature of its own.
Batch of_identity(Instant when, double value, std::optional<Instant> end, FeatureId feature = {}) {
  ObservationDetail detail;
  detail.phenomenon_end = end;
  detail.feature = feature;
  return {.observations = {number(1, when, value)}, .details = {{0, detail}}};
}

}  // namespace

TEST_P(observation_store, keeps_two_intervals_with_one_start) {
  auto const hour = store_->append(of_identity(kNoon, 5, kNoon + hours{1}))->entries.at(0);
  auto const day = store_->append(of_identity(kNoon, 6, kNoon + hours{24}))->entries.at(0);
  auto const instant = put(1, kNoon, 7);
  EXPECT_EQ(day.outcome, Outcome::kStored);
  EXPECT_EQ(instant.outcome, Outcome::kStored);
  EXPECT_EQ(values(1, kAlways), (std::vector<double>{5, 6, 7}));
  EXPECT_EQ(store_->find(hour.id)->value, 5);
  EXPECT_EQ(store_->find(day.id)->detail->phenomenon_end, kNoon + hours{24});
  EXPECT_EQ(store_->find(instant.id)->value, 7);
  EXPECT_EQ(store_->find(day.id)->datastream, DatastreamId{1});
  EXPECT_EQ(*store_->count(DatastreamId{1}, kAlways), 3u);
  EXPECT_EQ(store_->statistics().observations, 3u);
  EXPECT_EQ(store_->statistics().datastreams, 1u);
}

TEST_P(observation_store, repeats_and_supersedes_within_one_identity) {
  auto const first = store_->append(of_identity(kNoon, 5, {}, FeatureId{1}))->entries.at(0);
  auto const other = store_->append(of_identity(kNoon, 5, {}, FeatureId{2}))->entries.at(0);
  EXPECT_EQ(other.outcome, Outcome::kStored);
  auto const again = store_->append(of_identity(kNoon, 5, {}, FeatureId{1}))->entries.at(0);
  EXPECT_EQ(again.outcome, Outcome::kRepeated);
  EXPECT_EQ(again.id, first.id);
  auto const corrected = store_->append(of_identity(kNoon, 8, {}, FeatureId{2}))->entries.at(0);
  EXPECT_EQ(corrected.outcome, Outcome::kSuperseded);
  EXPECT_EQ(values(1, kAlways), (std::vector<double>{5, 8}));
  EXPECT_EQ(store_->find(other.id).error().code, Code::kNotFound);
  EXPECT_EQ(store_->find(corrected.id)->detail->feature, FeatureId{2});
}

TEST_P(observation_store, takes_the_default_feature_named_or_not_for_one_identity) {
  auto const named = store_->append(of_identity(kNoon, 5, {}, kDefaultFeature))->entries.at(0);
  EXPECT_EQ(put(1, kNoon, 5).id, named.id);
  auto const corrected = put(1, kNoon, 8);
  EXPECT_EQ(corrected.outcome, Outcome::kSuperseded);
  auto const again = store_->append(of_identity(kNoon, 8, {}, kDefaultFeature))->entries.at(0);
  EXPECT_EQ(again.outcome, Outcome::kRepeated);
  EXPECT_EQ(again.id, corrected.id);
  auto const elsewhere = store_->append(of_identity(kNoon, 8, {}, FeatureId{2}))->entries.at(0);
  EXPECT_EQ(elsewhere.outcome, Outcome::kStored);
  auto const back = store_->append(of_identity(kNoon, 9, {}, kDefaultFeature))->entries.at(0);
  EXPECT_EQ(back.outcome, Outcome::kSuperseded);
  EXPECT_EQ(put(1, kNoon, 9).id, back.id);
  EXPECT_EQ(*store_->count(DatastreamId{1}, kAlways), 2u);
}

TEST_P(observation_store, says_what_stands_in_the_place_of_a_superseded_one) {
  auto const first = put(1, kNoon, 5);
  auto const beside = store_->append(of_identity(kNoon, 6, kNoon + hours{1}))->entries.at(0);
  auto const second = put(1, kNoon, 7);
  auto const beside_again = store_->append(of_identity(kNoon, 8, kNoon + hours{1}))->entries.at(0);
  auto const third = put(1, kNoon, 9);
  for (auto const id : {first.id, second.id}) EXPECT_EQ(store_->successor(id)->id, third.id);
  EXPECT_EQ(store_->successor(beside.id)->id, beside_again.id);
  EXPECT_EQ(store_->successor(beside.id)->detail->phenomenon_end, kNoon + hours{1});
  for (auto const id : {third.id, observation_id(DatastreamId{1}, 99), observation_id(DatastreamId{9}, 0)})
    EXPECT_EQ(store_->successor(id).error().code, Code::kNotFound);
  ASSERT_TRUE(store_->erase(DatastreamId{1}, kAlways));
  EXPECT_EQ(store_->successor(first.id).error().code, Code::kNotFound);
}

TEST_P(observation_store, is_no_repeat_when_it_brings_a_result_time_or_parameters) {
  auto const with = [](std::string parameters, std::optional<Instant> result_time) {
    ObservationDetail detail;
    detail.parameters = std::move(parameters);
    detail.result_time = result_time;
    return Batch{.observations = {number(1, kNoon, 5)}, .details = {{0, detail}}};
  };
  put(1, kNoon, 5);
  EXPECT_EQ(store_->append(with("{\"depth_m\":2}", {}))->entries.at(0).outcome, Outcome::kSuperseded);
  EXPECT_EQ(store_->append(with("{\"depth_m\":2}", {}))->entries.at(0).outcome, Outcome::kRepeated);
  EXPECT_EQ(store_->append(with("{\"depth_m\":2}", kNoon + hours{1}))->entries.at(0).outcome, Outcome::kSuperseded);
  EXPECT_EQ(put(1, kNoon, 5).outcome, Outcome::kRepeated) << "what says less adds nothing";
  EXPECT_EQ(store_->read(DatastreamId{1}, kAlways, {})->at(0).detail->parameters, "{\"depth_m\":2}");
  EXPECT_EQ(*store_->count(DatastreamId{1}, kAlways), 1u);
}

TEST_P(observation_store, tells_identities_apart_inside_one_batch) {
  Batch batch;
  for (std::uint32_t i = 0; i < 60; ++i) {
    batch.observations.push_back(number(1, kNoon + minutes{i / 20}, i));
    ObservationDetail detail;
    detail.feature = FeatureId{1 + i % 20};
    batch.details.emplace_back(i, detail);
  }
  auto const appended = store_->append(batch);
  ASSERT_TRUE(appended);
  std::vector<double> all;
  for (std::uint32_t i = 0; i < 60; ++i) {
    EXPECT_EQ(appended->entries[i].outcome, Outcome::kStored);
    EXPECT_EQ(store_->find(appended->entries[i].id)->value, i);
    all.push_back(i);
  }
  EXPECT_EQ(values(1, kAlways), all);
  EXPECT_EQ(values(1, kAlways, {.limit = 3, .skip = 19}), (std::vector<double>{19, 20, 21}));
  EXPECT_EQ(values(1, kAlways, {.limit = 2, .skip = 1, .descending = true}), (std::vector<double>{58, 57}));
  EXPECT_EQ(store_->append(batch)->entries.back().outcome, Outcome::kRepeated);
  DatastreamId const asked[] = {DatastreamId{1}};
  EXPECT_EQ(store_->latest(asked)->at(0).value, 59);
  for (bool const from_raw : {false, true}) {
    auto const bucket = store_->aggregate(asked, {kNoon, kNoon + hours{1}}, {.from_raw = from_raw})->at(0).buckets.at(0);
    EXPECT_EQ(bucket.good, 60u);
    EXPECT_EQ(bucket.sum, 59 * 30);
  }
}

TEST_P(observation_store, changes_all_identities_of_a_time_together) {
  put(1, kNoon, 1);
  ASSERT_TRUE(store_->append(of_identity(kNoon, 2, kNoon + hours{1})));
  put(1, kNoon + hours{2}, 3);
  Judgement const bad[] = {{kNoon, {QualityFlag::kFail, 2, 3}}};
  EXPECT_EQ(*store_->rejudge(DatastreamId{1}, bad), 2u);
  EXPECT_EQ(*store_->rejudge(DatastreamId{1}, bad), 0u);
  auto const judged = *store_->read(DatastreamId{1}, {kNoon, kNoon + hours{1}}, {});
  EXPECT_EQ(judged.size(), 2u);
  for (auto const& o : judged) EXPECT_EQ(o.quality.flag, QualityFlag::kFail);
  EXPECT_EQ(*store_->erase(DatastreamId{1}, {kNoon, kNoon + hours{1}}), 2u);
  EXPECT_EQ(values(1, kAlways), (std::vector<double>{3}));
  EXPECT_EQ(store_->append(of_identity(kNoon, 4, kNoon + hours{1}))->entries.at(0).outcome, Outcome::kStored);
  ASSERT_TRUE(store_->set_retention(DatastreamId{1}, hours{24}));
  clock_.advance(hours{25});
  EXPECT_EQ(values(1, kAlways), (std::vector<double>{3}));
  clock_.advance(hours{5});
  EXPECT_EQ(*store_->count(DatastreamId{1}, kAlways), 0u);
}

TEST_P(observation_store, refuses_more_of_one_time_than_it_can_keep_and_keeps_nothing_of_the_batch) {
  Batch batch;
  for (std::uint32_t i = 0; i < kSameTimeMax + 1; ++i) {
    batch.observations.push_back(number(1, kNoon, i));
    ObservationDetail detail;
    detail.feature = FeatureId{1 + i};
    batch.details.emplace_back(i, detail);
  }
  auto const refused = store_->append(batch);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kLimit);
  EXPECT_THAT(refused.error().sentence, testing::HasSubstr("2026-11-24T12:00:00"));
  EXPECT_EQ(*store_->count(DatastreamId{1}, kAlways), 0u);
  batch.observations.pop_back();
  batch.details.pop_back();
  ASSERT_TRUE(store_->append(batch));
  EXPECT_EQ(*store_->count(DatastreamId{1}, kAlways), kSameTimeMax);
}

}  // namespace madang::storage::test
