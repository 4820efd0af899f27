// Looking back: what was known at a moment, and nothing of what came later.
#include "situations/past.h"

#include <gtest/gtest.h>

#include <chrono>

#include "situations/test_situations.h"

namespace madang::situations {
namespace {

using namespace std::chrono_literals;

class past_situations : public SituationsTest {
 protected:
  std::optional<Situation> at(SituationId id, Instant when) {
    auto const timeline = situations->timeline(id);
    return as_stood_at(*find(id), *timeline, when);
  }
};

TEST_F(past_situations, stand_as_their_timeline_says_and_not_as_they_are_today) {
  auto const raised_at = clock.now();
  auto const id = raise(counted_plume(2, 47));
  clock.advance(5min);
  ASSERT_TRUE(situations->acknowledge(id, kim));
  clock.advance(5min);
  auto worse = counted_plume(6, 83);
  worse.severity = Severity::kSerious;
  worse.facts.quantities.front().severity = Severity::kSerious;
  raise(worse);
  auto const worse_at = clock.now();
  clock.advance(5min);
  ASSERT_TRUE(situations->resolve(id, kim, "swept"));

  EXPECT_FALSE(at(id, raised_at - 1ms)) << "nobody knew of it yet";
  auto const first = at(id, raised_at);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->state, State::kFiring);
  EXPECT_EQ(first->signal.severity, Severity::kCaution);
  EXPECT_EQ(first->severity_max, Severity::kCaution);
  EXPECT_EQ(first->signal.facts.stations, 2);
  EXPECT_DOUBLE_EQ(first->signal.facts.quantities.front().value, 47);
  EXPECT_EQ(first->signal.description.in("en"), "") << "its numbers came later";
  EXPECT_FALSE(first->ended_at);
  EXPECT_EQ(first->end_reason, "");
  auto const acknowledged = at(id, raised_at + 6min);
  ASSERT_TRUE(acknowledged);
  EXPECT_EQ(acknowledged->state, State::kAcknowledged);
  EXPECT_EQ(acknowledged->acknowledged_at, raised_at + 5min);
  auto const later = at(id, worse_at);
  ASSERT_TRUE(later);
  EXPECT_EQ(later->signal.severity, Severity::kSerious);
  EXPECT_EQ(later->signal.facts.stations, 6);
  EXPECT_FALSE(at(id, clock.now())) << "it had ended";
}

TEST_F(past_situations, of_what_was_reported_by_hand_keep_its_words) {
  auto const id = raise(plume());
  clock.advance(20min);
  auto const then = at(id, clock.now() - 10min);
  ASSERT_TRUE(then);
  EXPECT_EQ(then->signal.description.in("en"), "Three stations measure more than usual.");
}

TEST_F(past_situations, call_nothing_confirmed_that_was_not_yet) {
  auto lone = counted_plume(1, 90);
  lone.kind = "unconfirmed";
  auto const id = raise(lone);
  auto const raised_at = clock.now();
  clock.advance(5min);
  raise(counted_plume(3, 95));
  ASSERT_TRUE(shown_to_public(*find(id)));
  auto const then = at(id, raised_at + 1min);
  ASSERT_TRUE(then);
  EXPECT_EQ(then->signal.kind, "unconfirmed");
  EXPECT_FALSE(shown_to_public(*then));
  EXPECT_TRUE(shown_to_public(*at(id, clock.now())));
}

TEST_F(past_situations, know_who_had_it_and_whether_a_silence_hid_it) {
  auto const id = raise(plume());
  auto const raised_at = clock.now();
  clock.advance(1min);
  ASSERT_TRUE(situations->assign(id, kim, {.party = PartyId{2}, .name = "lee"}));
  clock.advance(1min);
  Silence silence;
  silence.when = {clock.now(), clock.now() + 10min};
  silence.reason = "works";
  silence.by_name = "kim";
  silence.by = PartyId{1};
  ASSERT_TRUE(situations->silence(silence));
  pass(1s);
  pass(20min);
  EXPECT_EQ(at(id, raised_at)->assignee_name, "");
  EXPECT_EQ(at(id, raised_at + 90s)->assignee_name, "lee");
  EXPECT_FALSE(at(id, raised_at + 90s)->silenced);
  EXPECT_TRUE(at(id, raised_at + 5min)->silenced);
  EXPECT_FALSE(at(id, clock.now())->silenced);
}

}  // namespace
}  // namespace madang::situations
