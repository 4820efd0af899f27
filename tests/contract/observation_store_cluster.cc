// The contract of all observation stores, continued: what a store needs that follows a log beside others, and readers that come
// page by page and do not wait for ever.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "observation_store_contract.h"

namespace madang::storage::test {

using std::chrono::hours;
using std::chrono::minutes;
using Outcome = Appended::Outcome;

namespace {

Batch of(std::vector<Observation> observations) { return {.observations = std::move(observations), .details = {}}; }

}  // namespace

TEST_P(observation_store, a_position_that_was_taken_in_before_changes_nothing) {
  auto const first = of({number(1, kNoon, 5), number(2, kNoon, 6)});
  ASSERT_EQ(store_->append(first, Position{3})->entries.size(), 2u);
  auto const second = store_->append(of({number(1, kNoon, 7)}), Position{8});
  EXPECT_EQ(second->entries.at(0).outcome, Outcome::kSuperseded);
  for (auto const position : {Position{3}, Position{8}, Position{1}})
    EXPECT_TRUE(store_->append(first, position)->entries.empty());
  EXPECT_EQ(store_->applied(), Position{8});
  EXPECT_EQ(values(1, kAlways), (std::vector<double>{7}));
  EXPECT_EQ(store_->find(second->entries.at(0).id)->value, 7);
  auto const next = store_->append(of({number(1, kNoon + minutes{1}, 1)}), Position{9});
  EXPECT_EQ(next->entries.at(0).id, observation_id(DatastreamId{1}, 2)) << "nothing was numbered meanwhile";
}

TEST_P(observation_store, a_position_is_of_the_log_alone) {
  EXPECT_EQ(store_->applied(), Position{});
  put(1, kNoon, 1);
  EXPECT_EQ(store_->applied(), Position{});
  ASSERT_TRUE(store_->append(of({number(1, kNoon, 2)}), Position{std::uint64_t{1} << 40}));
  put(1, kNoon, 3);
  EXPECT_EQ(store_->applied(), Position{std::uint64_t{1} << 40});
}

/// What is deleted next must not come back when the entry is read again.
TEST_P(observation_store, a_position_lasts_where_nothing_was_new) {
  ASSERT_TRUE(store_->append(of({number(1, kNoon, 5)}), Position{1}));
  EXPECT_EQ(store_->append(of({number(1, kNoon, 5)}), Position{2})->entries.at(0).outcome, Outcome::kRepeated);
  EXPECT_TRUE(store_->append({}, Position{3}));
  EXPECT_EQ(store_->applied(), Position{3});
  ASSERT_EQ(*store_->erase(DatastreamId{1}, kAlways), 1u);
  EXPECT_TRUE(store_->append(of({number(1, kNoon, 5)}), Position{2})->entries.empty());
  EXPECT_TRUE(values(1, kAlways).empty());
  EXPECT_EQ(store_->applied(), Position{3});
}

TEST_P(observation_store, what_was_refused_at_a_position_is_not_taken_there_later) {
  auto const crowd = [](std::uint32_t from, std::uint32_t to) {
    Batch out;
    for (auto i = from; i < to; ++i) {
      out.observations.push_back(number(1, kNoon, i));
      out.details.emplace_back(i - from, ObservationDetail{}).second.feature = FeatureId{1'000 + i};
    }
    return out;
  };
  ASSERT_TRUE(store_->append(crowd(0, 256), Position{1}));
  EXPECT_EQ(store_->append(crowd(256, 257), Position{2}).error().code, Code::kLimit);
  EXPECT_EQ(store_->append(of({number(1, kNoon, std::nan(""))}), Position{3}).error().code, Code::kInvalid);
  EXPECT_EQ(store_->applied(), Position{3});
  ASSERT_EQ(*store_->erase(DatastreamId{1}, kAlways), 256u);
  EXPECT_TRUE(store_->append(crowd(256, 257), Position{2})->entries.empty());
  EXPECT_EQ(*store_->count(DatastreamId{1}, kAlways), 0u);
}

TEST_P(observation_store, what_retention_let_go_does_not_come_back_when_more_is_kept) {
  put(1, kNoon - hours{30}, 1);
  put(1, kNoon - hours{10}, 2);
  ASSERT_TRUE(store_->set_retention(DatastreamId{1}, hours{24}));
  put(1, kNoon, 3);
  EXPECT_EQ(values(1, kAlways), (std::vector<double>{2, 3}));
  ASSERT_TRUE(store_->set_retention(DatastreamId{1}, hours{48}));
  EXPECT_EQ(values(1, kAlways), (std::vector<double>{2, 3}));
  clock_.advance(hours{39});
  ASSERT_TRUE(store_->set_retention(DatastreamId{1}, Millis{0}));
  EXPECT_EQ(values(1, kAlways), (std::vector<double>{3}));
  EXPECT_EQ(*store_->count(DatastreamId{1}, kAlways), 1u);
  ASSERT_TRUE(store_->set_retention(DatastreamId{1}, Millis::max()));
  EXPECT_EQ(values(1, kAlways), (std::vector<double>{3}));
}

TEST_P(observation_store, pages_follow_each_other_by_a_cursor_whatever_changes_between) {
  Batch batch;
  for (std::uint32_t i = 0; i < 40; ++i) {
    batch.observations.push_back(number(1, kNoon + minutes{i / 5}, i));
    if (i % 5 > 0) batch.details.emplace_back(i, ObservationDetail{}).second.feature = FeatureId{1'000 + i % 5};
  }
  ASSERT_TRUE(store_->append(batch));
  for (bool const descending : {false, true})
    for (std::size_t const size : {1u, 2u, 3u, 5u, 7u, 40u, 41u}) {
      auto const whole = *store_->read(DatastreamId{1}, kAlways, {.descending = descending});
      ReadOptions options{.limit = size, .descending = descending};
      std::vector<ObservationId> seen;
      for (;;) {
        auto const page = *store_->read(DatastreamId{1}, kAlways, options);
        if (page.empty()) break;
        for (auto const& o : page) seen.push_back(o.id);
        options.after = cursor_after(page, options);
        ASSERT_LE(seen.size(), whole.size());
      }
      std::vector<ObservationId> wanted;
      for (auto const& o : whole) wanted.push_back(o.id);
      EXPECT_EQ(seen, wanted) << size << (descending ? " descending" : "");
    }
  ReadOptions options{.limit = 7};
  auto const page = *store_->read(DatastreamId{1}, kAlways, options);
  options.after = cursor_after(page, options);
  EXPECT_EQ(options.after, (Cursor{kNoon + minutes{1}, 2}));
  Batch again = batch;
  again.observations.erase(again.observations.begin() + 10, again.observations.end());
  std::erase_if(again.details, [](auto const& d) { return d.first >= 10; });
  for (auto& o : again.observations) o.value += 100;
  ASSERT_TRUE(store_->append(again));
  EXPECT_EQ(values(1, kAlways, options), (std::vector<double>{107, 108, 109, 10, 11, 12, 13}));
  ASSERT_TRUE(store_->erase(DatastreamId{1}, {kNoon, kNoon + minutes{2}}));
  EXPECT_EQ(values(1, kAlways, options), (std::vector<double>{10, 11, 12, 13, 14, 15, 16}));
  EXPECT_EQ(cursor_after({}, options), options.after);
  EXPECT_EQ(cursor_after({}, {}), std::nullopt);
}

TEST_P(observation_store, an_answer_ends_at_its_deadline) {
  for (int i = 0; i < 40; ++i) put(1, kNoon + minutes{i}, i);
  DatastreamId const asked[] = {DatastreamId{1}};
  auto const later = clock_.tick() + minutes{1};
  EXPECT_EQ(store_->read(asked[0], kAlways, {.deadline = later})->size(), 40u);
  EXPECT_TRUE(store_->aggregate(asked, {kNoon, kNoon + hours{1}}, {.deadline = later}));
  clock_.advance(minutes{1});
  EXPECT_EQ(store_->read(asked[0], kAlways, {.deadline = later}).error().code, Code::kUnavailable);
  EXPECT_EQ(store_->aggregate(asked, {kNoon, kNoon + hours{1}}, {.deadline = later}).error().code, Code::kUnavailable);
  EXPECT_EQ(store_->count(asked[0], {kNoon, kNoon + hours{1}}, {.deadline = later}).error().code, Code::kUnavailable);
}

TEST_P(observation_store, counting_may_end_once_it_is_above_what_matters) {
  for (int i = 0; i < 40; ++i) put(1, kNoon + minutes{i}, i);
  Interval const some{kNoon, kNoon + minutes{30}};
  EXPECT_GT(*store_->count(DatastreamId{1}, some, {.at_most = 7}), 7u);
  EXPECT_LE(*store_->count(DatastreamId{1}, some, {.at_most = 7}), 30u);
  EXPECT_EQ(*store_->count(DatastreamId{1}, some, {.at_most = 30}), 30u);
}

/// Texts and JSON are bounded together, not only each for itself; two features make two layers.
TEST_P(observation_store, an_answer_ends_where_its_details_are_large_and_goes_on_behind_it) {
  for (std::int64_t const features : {1, 2}) {
    Batch batch;
    for (std::uint32_t i = 0; i < 60; ++i) {
      batch.observations.push_back(number(features, kNoon + minutes{i / features}, 0));
      auto& detail = batch.details.emplace_back(i, text_result(std::string(1'000, 'x'))).second;
      detail.feature = FeatureId{i % features + 1};
    }
    ASSERT_TRUE(store_->append(batch));
    for (bool const descending : {false, true}) {
      auto const whole = *store_->read(DatastreamId{features}, kAlways, {.descending = descending});
      ASSERT_EQ(whole.size(), 60u);
      ReadOptions options{.descending = descending, .detail_bytes = 6'500};
      std::vector<ObservationId> seen;
      for (;;) {
        auto const page = *store_->read(DatastreamId{features}, kAlways, options);
        if (page.empty()) break;
        EXPECT_LE(page.size(), 7u);
        for (auto const& o : page) seen.push_back(o.id);
        options.after = cursor_after(page, options);
        ASSERT_LE(seen.size(), whole.size());
      }
      std::vector<ObservationId> wanted;
      for (auto const& o : whole) wanted.push_back(o.id);
      EXPECT_EQ(seen, wanted) << features << (descending ? " descending" : "");
      // What is left out counts nothing.
      auto const behind = *store_->read(DatastreamId{features}, kAlways, {.skip = 20, .descending = descending, .detail_bytes = 6'500});
      ASSERT_EQ(behind.size(), 7u);
      EXPECT_EQ(behind.front().id, whole[20].id);
      EXPECT_EQ(store_->read(DatastreamId{features}, kAlways, {.descending = descending, .with_details = false, .detail_bytes = 1})->size(), 60u);
    }
  }
}

}  // namespace madang::storage::test
