#include "observation_store_contract.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <random>

#include "storage/observations/chunk_store.h"
#include "storage/observations/memory_store.h"

namespace madang::storage::test {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Outcome = Appended::Outcome;

namespace {

/// Hourly sums kept the simple way.
class BucketCheck {
 public:
  void add(std::int64_t hour, double value) {
    auto& bucket = buckets_[hour];
    bucket.min = bucket.count == 0 ? value : std::min(bucket.min, value);
    bucket.max = bucket.count == 0 ? value : std::max(bucket.max, value);
    ++bucket.count;
    bucket.sum += value;
    bucket.sum_of_squares += value * value;
  }
  void expect(std::vector<Bucket> const& given) const {
    ASSERT_EQ(given.size(), buckets_.size());
    std::size_t i = 0;
    for (auto const& [hour, bucket] : buckets_) {
      EXPECT_EQ(given[i].from, kNoon + hours{hour});
      EXPECT_EQ(given[i].count, bucket.count);
      EXPECT_EQ(given[i].good, bucket.count);
      EXPECT_EQ(given[i].min, bucket.min);
      EXPECT_EQ(given[i].max, bucket.max);
      EXPECT_NEAR(given[i].sum, bucket.sum, 1e-9 * std::abs(bucket.sum));
      EXPECT_NEAR(given[i].sum_of_squares, bucket.sum_of_squares, 1e-9 * bucket.sum_of_squares);
      ++i;
    }
  }

 private:
  std::map<std::int64_t, Bucket> buckets_;
};

ChunkStore::Options options_for(runtime::Clock const& clock, std::string const& folder) {
  ChunkStore::Options options;
  options.folder = folder;
  options.clock = &clock;
  options.default_feature = [](DatastreamId) { return kDefaultFeature; };
  options.chunk_values = 16;
  options.background = false;
  return options;
}

/// A chunk store to which something happens after every change.
class DisturbedStore final : public ObservationStore {
 public:
  enum class Disturbance { kSettle, kReopen, kRecover };
  DisturbedStore(ChunkStore::Options options, Disturbance disturbance)
      : options_(std::move(options)), disturbance_(disturbance) {
    options_.settle_at_end = disturbance_ != Disturbance::kRecover;
    reopen();
  }

  using ObservationStore::append;
  Result<Appended> append(Batch const& batch, Position position) override { return after(store_->append(batch, position)); }
  Position applied() override { return store_->applied(); }
  Result<std::vector<StoredObservation>> read(DatastreamId stream, Interval when, ReadOptions const& options) override {
    return store_->read(stream, when, options);
  }
  using ObservationStore::count;
  Result<std::size_t> count(DatastreamId stream, Interval when, CountOptions const& options) override {
    return store_->count(stream, when, options);
  }
  Result<std::vector<StoredObservation>> latest(std::span<DatastreamId const> streams) override {
    return store_->latest(streams);
  }
  Result<std::vector<Newest>> newest(std::span<DatastreamId const> streams, Trust const& trust) override {
    return store_->newest(streams, trust);
  }
  Result<StoredObservation> find(ObservationId id) override { return store_->find(id); }
  Result<StoredObservation> successor(ObservationId id) override { return store_->successor(id); }
  Result<std::vector<Series>> aggregate(std::span<DatastreamId const> streams, Interval when,
                                        AggregateOptions const& options) override {
    return store_->aggregate(streams, when, options);
  }
  Result<std::size_t> rejudge(DatastreamId stream, std::span<Judgement const> judgements) override {
    return after(store_->rejudge(stream, judgements));
  }
  Result<std::size_t> erase(DatastreamId stream, Interval when) override { return after(store_->erase(stream, when)); }
  Result<void> set_retention(DatastreamId stream, Millis keep) override {
    return after(store_->set_retention(stream, keep));
  }
  Result<void> set_averaging(std::span<DatastreamId const> streams, Averaging averaging) override {
    return after(store_->set_averaging(streams, averaging));
  }
  StoreStatistics statistics() override { return store_->statistics(); }
  Result<void> backup_to(std::string const& folder) override { return store_->backup_to(folder); }

 private:
  template <typename Answer>
  Answer after(Answer answer) {
    // With kRecover some changes are rolled before the next end, so that log and chunks overlap.
    bool const settle =
        disturbance_ == Disturbance::kSettle || (disturbance_ == Disturbance::kRecover && ++changes_ % 3 == 0);
    EXPECT_TRUE(!settle || store_->settle().has_value());
    if (disturbance_ != Disturbance::kSettle) reopen();
    return answer;
  }
  void reopen() {
    store_.reset();
    auto opened = ChunkStore::open(options_);
    ASSERT_TRUE(opened.has_value()) << opened.error().sentence;
    store_ = std::move(*opened);
  }

  ChunkStore::Options options_;
  Disturbance disturbance_;
  int changes_ = 0;
  std::unique_ptr<ChunkStore> store_;
};

std::unique_ptr<ObservationStore> make_hot(runtime::Clock const& clock, std::string const& folder) {
  return std::move(ChunkStore::open(options_for(clock, folder)).value());
}
std::unique_ptr<ObservationStore> make_settled(runtime::Clock const& clock, std::string const& folder) {
  return std::make_unique<DisturbedStore>(options_for(clock, folder), DisturbedStore::Disturbance::kSettle);
}
std::unique_ptr<ObservationStore> make_reopened(runtime::Clock const& clock, std::string const& folder) {
  return std::make_unique<DisturbedStore>(options_for(clock, folder), DisturbedStore::Disturbance::kReopen);
}
std::unique_ptr<ObservationStore> make_recovered(runtime::Clock const& clock, std::string const& folder) {
  return std::make_unique<DisturbedStore>(options_for(clock, folder), DisturbedStore::Disturbance::kRecover);
}
std::unique_ptr<ObservationStore> make_rolling(runtime::Clock const& clock, std::string const& folder) {
  auto options = options_for(clock, folder);
  options.background = true;
  options.hot_values = 20;
  options.slice_values = 10;
  return std::move(ChunkStore::open(options).value());
}

std::string name_of_maker(testing::TestParamInfo<MakeStore> const& maker) { return maker.param.name; }

}  // namespace

void observation_store::SetUp() {
  std::string pattern = (std::filesystem::temp_directory_path() / "madang-store-XXXXXX").string();
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  folder_ = pattern;
  store_ = GetParam().make(clock_, folder_);
  ASSERT_NE(store_, nullptr);
}

void observation_store::TearDown() {
  // Whatever a test did: what is counted is what is read.
  for (std::int64_t stream = 1; store_ != nullptr && stream <= 3; ++stream) {
    auto const read = store_->read(DatastreamId{stream}, kAlways, {.limit = std::numeric_limits<std::size_t>::max()});
    if (!read) continue;
    EXPECT_EQ(store_->count(DatastreamId{stream}, kAlways), read->size()) << stream;
  }
  store_.reset();
  std::filesystem::remove_all(folder_);
}

Appended::Entry observation_store::put(std::int64_t stream, Instant when, double value, QualityFlag flag) {
  auto const appended = store_->append({.observations = {number(stream, when, value, flag)}, .details = {}});
  EXPECT_TRUE(appended.has_value()) << appended.error().sentence;
  return appended ? appended->entries.at(0) : Appended::Entry{};
}

std::vector<double> observation_store::values(std::int64_t stream, Interval when, ReadOptions options) {
  std::vector<double> out;
  auto const read = store_->read(DatastreamId{stream}, when, options);
  EXPECT_TRUE(read.has_value());
  for (auto const& o : *read) out.push_back(o.value);
  return out;
}

TEST_P(observation_store, gives_back_what_it_was_given) {
  Observation o = number(7, kNoon, -12.25, QualityFlag::kSuspect);
  o.quality = {QualityFlag::kSuspect, 3, 41};
  auto const appended = store_->append({.observations = {o}, .details = {}});
  ASSERT_TRUE(appended);
  EXPECT_EQ(appended->entries.at(0).outcome, Outcome::kStored);

  auto const read = store_->read(DatastreamId{7}, kAlways, {});
  ASSERT_EQ(read->size(), 1u);
  EXPECT_EQ(read->at(0).datastream, DatastreamId{7});
  EXPECT_EQ(read->at(0).phenomenon_time, kNoon);
  EXPECT_EQ(read->at(0).value, -12.25);
  EXPECT_EQ(read->at(0).received_at, kNoon + Millis{250});
  EXPECT_EQ(read->at(0).quality, (Quality{QualityFlag::kSuspect, 3, 41}));
  EXPECT_EQ(read->at(0).id, appended->entries.at(0).id);
  EXPECT_FALSE(read->at(0).detail.has_value());
}

TEST_P(observation_store, reads_in_order_of_time_whatever_the_order_of_arrival) {
  put(1, kNoon + minutes{4}, 3);
  put(1, kNoon, 1);
  put(1, kNoon + minutes{2}, 2);
  put(2, kNoon, 99);
  EXPECT_EQ(values(1, kAlways), (std::vector<double>{1, 2, 3}));
}

TEST_P(observation_store, takes_ranges_half_open) {
  for (int i = 0; i < 5; ++i) put(1, kNoon + minutes{i}, i);
  EXPECT_EQ(values(1, {kNoon + minutes{1}, kNoon + minutes{3}}), (std::vector<double>{1, 2}));
  EXPECT_EQ(*store_->count(DatastreamId{1}, {kNoon + minutes{1}, kNoon + minutes{3}}), 2u);
  EXPECT_TRUE(values(1, {kNoon, kNoon}).empty());
  EXPECT_TRUE(values(3, kAlways).empty());
}

TEST_P(observation_store, limits_skips_and_turns_round) {
  for (int i = 0; i < 6; ++i) put(1, kNoon + minutes{i}, i);
  EXPECT_EQ(values(1, kAlways, {.limit = 2}), (std::vector<double>{0, 1}));
  EXPECT_EQ(values(1, kAlways, {.limit = 2, .skip = 3}), (std::vector<double>{3, 4}));
  EXPECT_EQ(values(1, kAlways, {.limit = 2, .descending = true}), (std::vector<double>{5, 4}));
  EXPECT_EQ(values(1, kAlways, {.limit = 9, .skip = 4, .descending = true}), (std::vector<double>{1, 0}));
  EXPECT_TRUE(values(1, kAlways, {.skip = 6}).empty());
}

TEST_P(observation_store, an_identical_repeat_is_a_no_op) {
  auto const first = put(1, kNoon, 5);
  auto const second = put(1, kNoon, 5);
  EXPECT_EQ(second.outcome, Outcome::kRepeated);
  EXPECT_EQ(second.id, first.id);
  EXPECT_EQ(*store_->count(DatastreamId{1}, kAlways), 1u);
}

TEST_P(observation_store, another_value_for_the_same_time_supersedes) {
  auto const first = put(1, kNoon, 5);
  auto const second = put(1, kNoon, 6);
  EXPECT_EQ(second.outcome, Outcome::kSuperseded);
  EXPECT_NE(second.id, first.id);
  EXPECT_EQ(values(1, kAlways), (std::vector<double>{6}));
  EXPECT_EQ(store_->find(first.id).error().code, Code::kNotFound);
  EXPECT_EQ(store_->find(second.id)->value, 6);
  EXPECT_EQ(put(1, kNoon, 5).outcome, Outcome::kSuperseded);
}

TEST_P(observation_store, sees_repeats_inside_one_batch) {
  auto const appended =
      store_->append({.observations = {number(1, kNoon, 5), number(1, kNoon + minutes{1}, 7), number(1, kNoon, 5),
                                       number(1, kNoon + minutes{1}, 8), number(1, kNoon - minutes{1}, 4)},
                      .details = {}});
  ASSERT_TRUE(appended);
  EXPECT_EQ(appended->entries[2].outcome, Outcome::kRepeated);
  EXPECT_EQ(appended->entries[2].id, appended->entries[0].id);
  EXPECT_EQ(appended->entries[3].outcome, Outcome::kSuperseded);
  EXPECT_EQ(appended->entries[4].outcome, Outcome::kStored);
  EXPECT_EQ(values(1, kAlways), (std::vector<double>{4, 5, 8}));
}

TEST_P(observation_store, finds_one_by_its_stable_id) {
  std::vector<ObservationId> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(put(1, kNoon + minutes{i % 2 == 0 ? i : -i}, i).id);
  for (int i = 0; i < 20; ++i) {
    auto const found = store_->find(ids[static_cast<std::size_t>(i)]);
    ASSERT_TRUE(found) << i;
    EXPECT_EQ(found->value, i);
    EXPECT_EQ(datastream_of(found->id), DatastreamId{1});
  }
  EXPECT_EQ(store_->find(observation_id(DatastreamId{1}, 20)).error().code, Code::kNotFound);
  EXPECT_EQ(store_->find(observation_id(DatastreamId{2}, 0)).error().code, Code::kNotFound);
}

TEST_P(observation_store, knows_the_latest_of_many) {
  put(1, kNoon + minutes{5}, 2);
  put(1, kNoon, 1);
  put(3, kNoon, 9);
  DatastreamId const asked[] = {DatastreamId{3}, DatastreamId{2}, DatastreamId{1}};
  auto const latest = store_->latest(asked);
  ASSERT_EQ(latest->size(), 3u);
  EXPECT_EQ(latest->at(0).value, 9);
  EXPECT_EQ(latest->at(1).id, ObservationId{});
  EXPECT_EQ(latest->at(1).datastream, DatastreamId{2});
  EXPECT_EQ(latest->at(2).value, 2);
  EXPECT_EQ(latest->at(2).received_at, kNoon + minutes{5} + Millis{250});
}

TEST_P(observation_store, keeps_text_json_interval_feature_and_parameters) {
  ObservationDetail const text = text_result("보통");
  ObservationDetail whole;
  whole.phenomenon_end = kNoon + hours{1};
  whole.result_time = kNoon + hours{2};
  whole.feature = FeatureId{77};
  whole.parameters = R"({"height_m":2})";
  auto const appended = store_->append(
      {.observations = {number(1, kNoon, 0), number(1, kNoon + minutes{1}, 5), number(1, kNoon + minutes{2}, 6)},
       .details = {{0, text}, {2, whole}}});
  ASSERT_TRUE(appended);
  auto const read = store_->read(DatastreamId{1}, kAlways, {});
  ASSERT_EQ(read->size(), 3u);
  EXPECT_EQ(read->at(0).detail, text);
  EXPECT_FALSE(read->at(1).detail.has_value());
  EXPECT_EQ(read->at(2).detail, whole);
  EXPECT_EQ(store_->find(appended->entries[2].id)->detail, whole);
  DatastreamId const asked[] = {DatastreamId{1}};
  EXPECT_EQ(store_->latest(asked)->at(0).detail, whole);
  auto const bare = store_->read(DatastreamId{1}, kAlways, {.with_details = false});
  EXPECT_FALSE(bare->at(0).detail.has_value());
}

TEST_P(observation_store, compares_texts_when_the_time_is_the_same) {
  auto const text = [](char const* word) {
    return Batch{.observations = {number(1, kNoon, 0)}, .details = {{0, text_result(word)}}};
  };
  ASSERT_TRUE(store_->append(text("good")));
  EXPECT_EQ(store_->append(text("good"))->entries.at(0).outcome, Outcome::kRepeated);
  EXPECT_EQ(store_->append(text("bad"))->entries.at(0).outcome, Outcome::kSuperseded);
  EXPECT_EQ(put(1, kNoon, 0).outcome, Outcome::kSuperseded);
  EXPECT_FALSE(store_->read(DatastreamId{1}, kAlways, {})->at(0).detail.has_value());
}

TEST_P(observation_store, adds_up_buckets_counted_from_the_start_of_the_range) {
  put(1, kNoon, 1);
  put(1, kNoon + minutes{20}, 3);
  put(1, kNoon + minutes{40}, 100, QualityFlag::kFail);
  put(1, kNoon + minutes{80}, -2, QualityFlag::kUnknown);
  put(2, kNoon + minutes{10}, 8);
  DatastreamId const asked[] = {DatastreamId{1}, DatastreamId{2}};
  Interval const when{kNoon, kNoon + hours{3}};

  auto const each = store_->aggregate(asked, when, {.together = false});
  ASSERT_EQ(each->size(), 2u);
  ASSERT_EQ(each->at(0).buckets.size(), 2u);
  Bucket const& first = each->at(0).buckets[0];
  EXPECT_EQ(first.from, kNoon);
  EXPECT_EQ(first.count, 3u);
  EXPECT_EQ(first.good, 2u);
  EXPECT_EQ(first.min, 1);
  EXPECT_EQ(first.max, 3);
  EXPECT_EQ(first.sum, 4);
  EXPECT_EQ(first.sum_of_squares, 10);
  EXPECT_EQ(each->at(0).buckets[1].from, kNoon + hours{1});
  EXPECT_EQ(each->at(0).buckets[1].mean(), -2);

  auto const together = store_->aggregate(asked, when, {});
  ASSERT_EQ(together->size(), 1u);
  EXPECT_EQ(together->at(0).datastream, DatastreamId{});
  EXPECT_EQ(together->at(0).buckets[0].count, 4u);
  EXPECT_EQ(together->at(0).buckets[0].max, 8);

  auto const half_hours = store_->aggregate(asked, {kNoon + minutes{10}, kNoon + minutes{45}}, {.step = minutes{30}});
  ASSERT_EQ(half_hours->at(0).buckets.size(), 2u);
  EXPECT_EQ(half_hours->at(0).buckets[0].from, kNoon + minutes{10});
  EXPECT_EQ(half_hours->at(0).buckets[0].good, 2u);
  EXPECT_EQ(half_hours->at(0).buckets[1].count, 1u);
  EXPECT_EQ(half_hours->at(0).buckets[1].good, 0u);
}

TEST_P(observation_store, roll_ups_follow_late_superseded_and_erased_values) {
  put(1, kNoon + minutes{1}, 10);
  put(1, kNoon + hours{5}, 10);
  put(1, kNoon + minutes{30}, 20);
  put(1, kNoon + minutes{1}, 40);
  DatastreamId const asked[] = {DatastreamId{1}};
  Interval const when{kNoon, kNoon + hours{6}};
  EXPECT_EQ(store_->aggregate(asked, when, {})->at(0).buckets.at(0).sum, 60);
  ASSERT_EQ(*store_->erase(DatastreamId{1}, {kNoon + minutes{20}, kNoon + hours{1}}), 1u);
  EXPECT_EQ(store_->aggregate(asked, when, {})->at(0).buckets.at(0).sum, 40);
  EXPECT_EQ(store_->aggregate(asked, when, {.from_raw = true})->at(0).buckets.at(0).sum, 40);
}

TEST_P(observation_store, another_judgement_changes_the_quality_and_nothing_else) {
  std::vector<ObservationId> ids;
  for (int i = 0; i < 40; ++i) ids.push_back(put(1, kNoon + minutes{i}, i).id);
  Quality const bad{QualityFlag::kFail, 3, 2};
  Judgement const judgements[] = {{kNoon + minutes{3}, bad}, {kNoon + minutes{3} + seconds{1}, bad},
                                  {kNoon + minutes{39}, {QualityFlag::kSuspect, 4, 2}}};
  EXPECT_EQ(*store_->rejudge(DatastreamId{1}, judgements), 2u);
  EXPECT_EQ(*store_->rejudge(DatastreamId{1}, judgements), 0u);
  EXPECT_EQ(*store_->rejudge(DatastreamId{2}, judgements), 0u);
  auto const read = store_->read(DatastreamId{1}, kAlways, {});
  ASSERT_EQ(read->size(), 40u);
  EXPECT_EQ(read->at(3).quality, bad);
  EXPECT_EQ(read->at(3).value, 3);
  EXPECT_EQ(read->at(3).id, ids[3]);
  EXPECT_EQ(store_->find(ids[3])->quality, bad);
  DatastreamId const asked[] = {DatastreamId{1}};
  EXPECT_EQ(store_->latest(asked)->at(0).quality.flag, QualityFlag::kSuspect);
  for (bool const from_raw : {false, true}) {
    auto const bucket = store_->aggregate(asked, {kNoon, kNoon + hours{1}}, {.from_raw = from_raw})->at(0).buckets.at(0);
    EXPECT_EQ(bucket.count, 40u);
    EXPECT_EQ(bucket.good, 38u);
    EXPECT_EQ(bucket.max, 38);
  }
  EXPECT_EQ(store_->statistics().observations, 40u);
}

TEST_P(observation_store, a_judged_value_keeps_its_details_and_gives_way_to_a_correction) {
  Batch batch;
  batch.observations.push_back(number(1, kNoon, 0));
  batch.details.emplace_back().second.parameters = R"({"sea":"calm"})";
  auto const id = store_->append(batch)->entries.at(0).id;
  put(1, kNoon + hours{9}, 5);
  Judgement const suspect[] = {{kNoon, {QualityFlag::kSuspect, 1, 2}}};
  ASSERT_EQ(*store_->rejudge(DatastreamId{1}, suspect), 1u);
  EXPECT_EQ(store_->find(id)->detail->parameters, R"({"sea":"calm"})");
  put(1, kNoon, 7);
  EXPECT_EQ(values(1, kAlways), (std::vector<double>{7, 5}));
  EXPECT_EQ(store_->find(id).error().code, Code::kNotFound);
  ASSERT_EQ(*store_->rejudge(DatastreamId{1}, suspect), 1u);
  ASSERT_EQ(*store_->erase(DatastreamId{1}, {kNoon, kNoon + hours{1}}), 1u);
  EXPECT_EQ(*store_->rejudge(DatastreamId{1}, suspect), 0u);
  EXPECT_EQ(values(1, kAlways), (std::vector<double>{5}));
}

TEST_P(observation_store, refuses_judgements_in_disorder) {
  Judgement const judgements[] = {{kNoon + minutes{1}, {}}, {kNoon, {}}};
  EXPECT_EQ(store_->rejudge(DatastreamId{1}, judgements).error().code, Code::kInvalid);
  EXPECT_EQ(store_->rejudge(DatastreamId{0}, {}).error().code, Code::kInvalid);
}

TEST_P(observation_store, erases_a_range_and_only_that) {
  std::vector<ObservationId> ids;
  for (int i = 0; i < 6; ++i) ids.push_back(put(1, kNoon + minutes{i}, i).id);
  put(2, kNoon + minutes{2}, 50);
  EXPECT_EQ(*store_->erase(DatastreamId{1}, {kNoon + minutes{2}, kNoon + minutes{4}}), 2u);
  EXPECT_EQ(*store_->erase(DatastreamId{1}, {kNoon + minutes{2}, kNoon + minutes{4}}), 0u);
  EXPECT_EQ(values(1, kAlways), (std::vector<double>{0, 1, 4, 5}));
  EXPECT_EQ(values(2, kAlways), (std::vector<double>{50}));
  EXPECT_EQ(store_->find(ids[2]).error().code, Code::kNotFound);
  EXPECT_EQ(store_->find(ids[4])->value, 4);
  EXPECT_EQ(*store_->count(DatastreamId{1}, kAlways), 4u);
}

TEST_P(observation_store, takes_new_values_where_old_ones_were_erased) {
  auto const first = put(1, kNoon, 1);
  ASSERT_EQ(*store_->erase(DatastreamId{1}, kAlways), 1u);
  DatastreamId const asked[] = {DatastreamId{1}};
  EXPECT_EQ(store_->latest(asked)->at(0).id, ObservationId{});
  auto const again = put(1, kNoon, 1);
  EXPECT_EQ(again.outcome, Outcome::kStored);
  EXPECT_NE(again.id, first.id);
  EXPECT_EQ(values(1, kAlways), (std::vector<double>{1}));
}

TEST_P(observation_store, the_latest_steps_back_when_it_is_erased) {
  put(1, kNoon, 1);
  put(1, kNoon + minutes{1}, 2);
  ASSERT_EQ(*store_->erase(DatastreamId{1}, {kNoon + minutes{1}, kNoon + minutes{2}}), 1u);
  DatastreamId const asked[] = {DatastreamId{1}};
  EXPECT_EQ(store_->latest(asked)->at(0).value, 1);
}

TEST_P(observation_store, lets_old_observations_go) {
  put(1, kNoon - hours{30}, 1);
  put(1, kNoon - hours{10}, 2);
  put(2, kNoon - hours{30}, 3);
  ASSERT_TRUE(store_->set_retention(DatastreamId{1}, hours{24}));
  EXPECT_EQ(values(1, kAlways), (std::vector<double>{2}));
  EXPECT_EQ(values(2, kAlways), (std::vector<double>{3}));
  clock_.advance(hours{20});
  EXPECT_TRUE(values(1, kAlways).empty());
  EXPECT_EQ(*store_->count(DatastreamId{1}, kAlways), 0u);
  DatastreamId const asked[] = {DatastreamId{1}};
  EXPECT_EQ(store_->latest(asked)->at(0).id, ObservationId{});
}

TEST_P(observation_store, refuses_what_it_cannot_keep_and_keeps_nothing_of_it) {
  auto const refuse = [&](Observation const& bad) {
    auto const appended = store_->append({.observations = {number(1, kNoon, 1), bad}, .details = {}});
    return appended ? "taken" : std::string(name_of(appended.error().code)) + " " + appended.error().sentence;
  };
  EXPECT_THAT(refuse(number(1, kNoon, std::nan(""))), testing::StartsWith("invalid observations[1].value"));
  EXPECT_THAT(refuse(number(1, kNoon, std::numeric_limits<double>::infinity())),
              testing::StartsWith("invalid observations[1].value"));
  EXPECT_THAT(refuse(number(1, kInstantMax, 1)), testing::StartsWith("invalid observations[1].phenomenon_time"));
  EXPECT_THAT(refuse(number(0, kNoon, 1)), testing::StartsWith("invalid observations[1].datastream"));
  EXPECT_THAT(refuse(number(kDatastreamMax + 1, kNoon, 1)), testing::StartsWith("limit observations[1].datastream"));
  EXPECT_EQ(store_->append({.observations = {number(1, kNoon, 1)}, .details = {{1, {}}}}).error().code, Code::kInvalid);
  EXPECT_TRUE(values(1, kAlways).empty());
  EXPECT_TRUE(store_->append({}).has_value());
}

/// Zero may come back without its sign: it is the same reading.
TEST_P(observation_store, keeps_extreme_numbers_and_times_exactly) {
  std::vector<double> const numbers{
      0.1, -0.0, 1e308, -4.9e-324, 123456789.123456, 1.0 / 3, 9007199254740993.0, -999, 0.30000000000000004};
  std::vector<double> expected;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    put(kDatastreamMax, kInstantMin + hours{i * 200'000}, numbers[i]);
    expected.push_back(numbers[i]);
  }
  put(kDatastreamMax, kInstantMax - seconds{1}, 7);
  expected.push_back(7);
  auto const read = values(kDatastreamMax, kAlways);
  ASSERT_EQ(read.size(), expected.size());
  for (std::size_t i = 0; i < read.size(); ++i) EXPECT_EQ(read[i], expected[i]);
}

TEST_P(observation_store, counts_what_it_holds) {
  for (int i = 0; i < 10; ++i) put(1 + i % 3, kNoon + minutes{i}, i);
  put(1, kNoon, 0);
  put(1, kNoon, 5);
  auto const statistics = store_->statistics();
  EXPECT_EQ(statistics.observations, 10u);
  EXPECT_EQ(statistics.datastreams, 3u);
  EXPECT_EQ(statistics.corrupt_chunks, 0u);
}

/// The same random life of a few Datastreams, in the store and in a map.
TEST_P(observation_store, agrees_with_a_map_through_a_random_life) {
  std::uint32_t const seed = 20261124;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 engine(seed);
  auto const random = [&engine] { return static_cast<std::int32_t>(engine() >> 1); };
  std::map<std::pair<std::int64_t, std::int64_t>, double> expected;
  std::map<std::pair<std::int64_t, std::int64_t>, ObservationId> ids;
  for (int step = 0; step < 80; ++step) {
    if (random() % 12 == 0) {
      std::int64_t const stream = 1 + random() % 4;
      std::int64_t const from = random() % 400;
      std::int64_t const to = from + random() % 40;
      std::size_t gone = 0;
      for (auto t = from; t < to; ++t) gone += expected.erase({stream, t});
      ASSERT_EQ(*store_->erase(DatastreamId{stream}, {kNoon + minutes{from}, kNoon + minutes{to}}), gone);
      continue;
    }
    Batch batch;
    for (int i = random() % 60 + 1; i > 0; --i) {
      std::int64_t const stream = 1 + random() % 4;
      std::int64_t const t = std::clamp(step * 3 + random() % 30 - (random() % 10 == 0 ? random() % 90 : 0), 0, 399);
      double const value = (random() % 3 == 0) ? random() % 1000 / 7.0 : random() % 200 / 10.0;
      batch.observations.push_back(number(stream, kNoon + minutes{t}, value));
      expected[{stream, t}] = value;
    }
    auto const appended = store_->append(batch);
    ASSERT_TRUE(appended);
    for (std::size_t i = 0; i < batch.observations.size(); ++i) {
      auto const& o = batch.observations[i];
      ids[{o.datastream.value(), (o.phenomenon_time - kNoon) / minutes{1}}] = appended->entries[i].id;
    }
  }
  for (std::int64_t stream = 1; stream <= 4; ++stream) {
    std::vector<double> wanted;
    BucketCheck check;
    for (auto const& [key, value] : expected) {
      if (key.first != stream) continue;
      wanted.push_back(value);
      check.add(key.second / 60, value);
      ASSERT_EQ(store_->find(ids[key])->value, value);
    }
    ASSERT_EQ(values(stream, kAlways), wanted);
    ASSERT_EQ(values(stream, {kNoon + minutes{100}, kNoon + minutes{200}}),
              values(stream, {kNoon + minutes{100}, kNoon + minutes{200}}, {.limit = 1000}));
    DatastreamId const asked[] = {DatastreamId{stream}};
    for (bool const from_raw : {false, true}) {
      auto const series = store_->aggregate(asked, {kNoon, kNoon + hours{7}}, {.from_raw = from_raw});
      check.expect(series->at(0).buckets);
    }
    EXPECT_EQ(store_->latest(asked)->at(0).value, wanted.empty() ? 0 : wanted.back());
  }
}

INSTANTIATE_TEST_SUITE_P(memory, observation_store,
                         testing::Values(MakeStore{"memory",
                                                   [](runtime::Clock const& clock, std::string const&) {
                                                     return std::make_unique<MemoryStore>(
                                                         clock, [](DatastreamId) { return kDefaultFeature; });
                                                   }}),
                         name_of_maker);

INSTANTIATE_TEST_SUITE_P(chunks, observation_store,
                         testing::Values(MakeStore{"in_memory_and_log", make_hot},
                                         MakeStore{"settled_after_each_change", make_settled},
                                         MakeStore{"reopened_after_each_change", make_reopened},
                                         MakeStore{"recovered_after_each_change", make_recovered},
                                         MakeStore{"rolled_beside", make_rolling}),
                         name_of_maker);

}  // namespace madang::storage::test
