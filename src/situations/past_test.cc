// Looking back: what was known at a moment, and nothing of what came later.
#include <gtest/gtest.h>

#include <soci/soci.h>

#include <chrono>
#include <cmath>

#include "situations/test_situations.h"

namespace madang::situations {
namespace {

using namespace std::chrono_literals;

class past_situations : public SituationsTest {
 protected:
  SituationPtr at(SituationId id, Instant when) {
    auto const all = situations->open_at(when);
    EXPECT_TRUE(all) << all.error().sentence;
    for (auto const& s : *all)
      if (s->id == id) return s;
    return nullptr;
  }
  /// As a version left it that kept timelines alone.
  void forget_what_was_shown() {
    EXPECT_TRUE(records->transaction([](soci::session& sql) -> Result<void> {
      sql << "DELETE FROM situation_past";
      return {};
    }));
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
  EXPECT_EQ(first->signal.description.in("en"), "47 now");
  EXPECT_TRUE(first->recorded);
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

TEST_F(past_situations, stand_where_they_were_under_the_name_that_they_had) {
  auto const raised_at = clock.now();
  auto const id = raise(counted_plume(2, 47));
  clock.advance(15min);
  auto moved = counted_plume(4, 60);
  moved.place = LatLon{37.52, 126.83};
  moved.radius = 700;
  moved.headline = both("Fine dust near the river", "강가 부근 초미세먼지");
  moved.evidence.streams.front().thing = ThingId{9};
  raise(moved);

  auto const first = at(id, raised_at + 5min);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->signal.headline.in("en"), "Fine dust is rising near Sangam");
  EXPECT_EQ(first->signal.place, (LatLon{37.58, 126.88}));
  EXPECT_EQ(first->signal.radius, 0);
  EXPECT_EQ(first->signal.area, city->area_at({37.58, 126.88}));
  ASSERT_EQ(first->signal.evidence.streams.size(), 1U);
  EXPECT_EQ(first->signal.evidence.streams.front().thing, ThingId{7});
  EXPECT_TRUE(first->signal.evidence.streams.front().values.empty()) << "only which Things were in alarm";
  auto const later = at(id, clock.now());
  ASSERT_TRUE(later);
  EXPECT_EQ(later->signal.headline.in("en"), "Fine dust near the river");
  EXPECT_EQ(later->signal.place, (LatLon{37.52, 126.83}));
  EXPECT_EQ(later->signal.radius, 700);
  EXPECT_NE(later->signal.area, first->signal.area);
  EXPECT_EQ(later->signal.evidence.streams.front().thing, ThingId{9});
}

TEST_F(past_situations, name_the_quantity_that_led_then) {
  auto const raised_at = clock.now();
  auto const id = raise(counted_plume(2, 47));
  clock.advance(15min);
  auto other = counted_plume(2, 180);
  other.facts.quantities.front().channel = "pm10";
  other.facts.quantities.front().name = both("PM10", "미세먼지");
  other.facts.quantities.front().expected = 40;
  other.facts.quantities.front().city = 45;
  raise(other);
  auto const first = at(id, raised_at);
  ASSERT_TRUE(first);
  auto const& dust = first->signal.facts.quantities.front();
  EXPECT_EQ(dust.channel, "pm25");
  EXPECT_EQ(dust.name.in("en"), "PM2.5");
  EXPECT_EQ(dust.expected, 21);
  EXPECT_EQ(dust.city, 20);

  forget_what_was_shown();
  auto const told = at(id, raised_at);
  ASSERT_TRUE(told);
  auto const& known = told->signal.facts.quantities.front();
  EXPECT_EQ(known.channel, "pm25");
  EXPECT_EQ(known.value, 47);
  EXPECT_EQ(known.name.in("en"), "") << "not the name of what leads today";
  EXPECT_TRUE(std::isnan(known.expected));
  EXPECT_TRUE(std::isnan(known.city));
  EXPECT_TRUE(std::isnan(known.peak));
  EXPECT_EQ(known.peak_at, Instant{}) << "not the moment of the line";
}

TEST_F(past_situations, that_only_the_timeline_knows_put_the_count_of_all_stations_on_no_single_quantity) {
  auto const raised_at = clock.now();
  auto both_dusts = counted_plume(2, 90);
  both_dusts.facts.stations = 5;
  both_dusts.facts.quantities.push_back(both_dusts.facts.quantities.front());
  both_dusts.facts.quantities.back().channel = "pm25";
  both_dusts.facts.quantities.front().channel = "pm10";
  auto const id = raise(both_dusts);
  EXPECT_EQ(at(id, raised_at)->signal.facts.quantities.front().stations, 2);
  forget_what_was_shown();
  EXPECT_EQ(at(id, raised_at)->signal.facts.stations, 5);
  EXPECT_EQ(at(id, raised_at)->signal.facts.quantities.front().stations, 0);
}

TEST_F(past_situations, of_which_only_the_timeline_was_kept_say_so_and_show_nothing_of_today) {
  auto const raised_at = clock.now();
  auto const id = raise(counted_plume(2, 47));
  clock.advance(5min);
  ASSERT_TRUE(situations->act(id, kim, "on the way"));
  forget_what_was_shown();
  clock.advance(15min);
  raise(counted_plume(6, 83));

  auto const then = at(id, raised_at + 6min);
  ASSERT_TRUE(then);
  EXPECT_FALSE(then->recorded);
  EXPECT_EQ(then->state, State::kActing);
  EXPECT_EQ(then->signal.facts.stations, 2);
  EXPECT_EQ(then->signal.facts.quantities.front().value, 47);
  EXPECT_EQ(then->signal.kind, "plume");
  EXPECT_TRUE(then->signal.headline.by_language.empty());
  EXPECT_TRUE(then->signal.description.by_language.empty());
  EXPECT_FALSE(then->signal.place);
  EXPECT_FALSE(then->signal.area);
  EXPECT_TRUE(then->signal.rule.empty());
  EXPECT_TRUE(then->signal.evidence.streams.empty());
  EXPECT_TRUE(at(id, clock.now())->recorded) << "from the next change on it is kept";
}

TEST_F(past_situations, that_told_of_an_end_are_not_among_the_open_ones) {
  auto const id = raise(plume());
  clock.advance(5min);
  auto const before = clock.now();
  clock.advance(5min);
  ASSERT_TRUE(situations->dismiss(id, kim, "a test"));
  clock.advance(5min);
  ASSERT_TRUE(situations->note(id, kim, "written afterwards"));
  EXPECT_TRUE(at(id, before));
  EXPECT_FALSE(at(id, clock.now()));
  forget_what_was_shown();
  EXPECT_TRUE(at(id, before));
  EXPECT_FALSE(at(id, clock.now()));
}

TEST_F(past_situations, know_when_their_words_were_last_changed_also_after_a_restart) {
  auto const id = raise(counted_plume(3, 47));
  clock.advance(2min);
  raise(counted_plume(3, 48));
  auto const changed = clock.now();
  EXPECT_EQ(find(id)->words_at, changed) << "without a line";
  EXPECT_LT(find(id)->updated_at, changed);
  pass(1min);
  raise(counted_plume(3, 48));
  reopen();
  EXPECT_EQ(find(id)->words_at, changed);
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
  forget_what_was_shown();
  EXPECT_EQ(at(id, raised_at + 1min)->signal.kind, "unconfirmed");
  EXPECT_FALSE(shown_to_public(*at(id, raised_at + 1min)));
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
