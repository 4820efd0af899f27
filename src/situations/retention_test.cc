// What of long ended Situations is kept, and what goes.
#include "situations/retention.h"

#include <gmock/gmock.h>
#include <soci/soci.h>

#include <chrono>

#include "situations/limits.h"
#include "situations/test_alerts.h"

namespace madang::situations {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr Millis kKept = 24h * 30;

class retained_situations : public AlertsTest {
 protected:
  std::vector<int> versions(std::string const& table, std::string const& id_column, SituationId id) {
    std::vector<int> all(100);
    EXPECT_TRUE(records->read([&](soci::session& sql) -> Result<void> {
      long long const wanted = id.value();
      sql << "SELECT version FROM " + table + " WHERE " + id_column + " = :id ORDER BY version", soci::use(wanted, "id"), soci::into(all);
      return {};
    }));
    return all;
  }
  std::vector<int> past(SituationId id) { return versions("situation_past", "id", id); }
  Severity severity_at(Instant moment) {
    auto const then = *situations->open_at(moment);
    EXPECT_EQ(then.size(), 1U);
    return then.empty() ? Severity::kNotice : then.front()->signal.severity;
  }
  std::vector<int> messages_of(SituationId id) { return versions("alert_message", "situation", id); }

  /// Raised, worse, moved, better, noted, resolved: six lines, five of which are published.
  SituationId lived(std::string const& key) {
    auto const id = raise(plume(key));
    clock.advance(20min);
    raise(plume(key, Severity::kCritical));
    clock.advance(10min);
    auto moved = plume(key, Severity::kCritical);
    moved.description = both("Five stations measure more than usual.", "다섯 측정소의 값이 평소보다 높습니다.");
    raise(moved);
    clock.advance(10min);
    auto again = moved;
    again.severity = Severity::kCaution;
    raise(again);
    clock.advance(6min);
    raise(again);
    EXPECT_TRUE(situations->note(id, kim, "seen"));
    clock.advance(4min);
    EXPECT_TRUE(situations->resolve(id, kim, "swept"));
    return id;
  }
};

TEST_F(retained_situations, keep_of_what_ended_long_ago_the_first_the_last_and_each_severity_and_state) {
  auto const id = lived("a");
  ASSERT_EQ(kinds(id), "raised worsened updated eased noted resolved");
  ASSERT_THAT(past(id), ElementsAre(1, 2, 3, 4, 5, 6));
  ASSERT_THAT(messages_of(id), ElementsAre(1, 2, 3, 4, 6));
  auto const raised_at = find(id)->raised_at;
  Retention retention(*records, clock, kKept);
  clock.advance(kKept - 1h);
  ASSERT_TRUE(retention.shorten());
  EXPECT_EQ(past(id).size(), 6U) << "not yet";
  clock.advance(24h);
  ASSERT_TRUE(retention.shorten());
  EXPECT_THAT(past(id), ElementsAre(1, 2, 4, 6));
  EXPECT_THAT(messages_of(id), ElementsAre(1, 2, 4, 6));
  EXPECT_EQ(kinds(id), "raised worsened updated eased noted resolved") << "its whole timeline stays";
  EXPECT_EQ(find(id)->signal.evidence.score, 8.5);
  EXPECT_TRUE(alerts->xml(id, 6));
  EXPECT_EQ(severity_at(raised_at + 30min), Severity::kCritical) << "and it can be looked back at";
  EXPECT_EQ(severity_at(raised_at + 48min), Severity::kCaution) << "it had eased, and that was told";
}

TEST_F(retained_situations, say_of_each_moment_who_had_it_and_what_the_public_saw) {
  auto const id = raise(plume("a", Severity::kCritical));
  clock.advance(10min);
  ASSERT_TRUE(situations->act(id, kim, ""));
  auto const quiet = situations->silence({.when = {clock.now() + 10min, clock.now() + 20min}, .reason = "drill", .by = kim.party, .by_name = kim.name});
  ASSERT_TRUE(quiet) << quiet.error().sentence;
  pass(10min);
  pass(10min);
  clock.advance(10min);
  auto const raised_at = find(id)->raised_at;
  ASSERT_TRUE(situations->resolve(id, kim, "swept"));
  clock.advance(kKept + 24h);
  ASSERT_TRUE(Retention(*records, clock, kKept).shorten());
  EXPECT_EQ(situations->open_at(raised_at + 5min)->front()->state, State::kFiring);
  EXPECT_EQ(situations->open_at(raised_at + 15min)->front()->state, State::kActing);
  EXPECT_TRUE(situations->open_at(raised_at + 25min)->front()->silenced);
  EXPECT_FALSE(situations->open_at(raised_at + 35min)->front()->silenced);
}

TEST_F(retained_situations, keep_all_of_what_is_open_or_for_who_wants_all) {
  auto const id = lived("a");
  auto const open = raise(plume("b"));
  clock.advance(20min);
  raise(plume("b", Severity::kSerious));
  clock.advance(20min);
  raise(plume("b", Severity::kCritical));
  clock.advance(20min);
  ASSERT_TRUE(situations->act(open, kim, ""));
  clock.advance(kKept * 50);
  ASSERT_TRUE(Retention(*records, clock, Millis::zero()).shorten());
  EXPECT_EQ(past(id).size(), 6U);
  ASSERT_TRUE(Retention(*records, clock, kKept).shorten());
  EXPECT_EQ(past(id).size(), 4U);
  EXPECT_EQ(past(open).size(), 4U);
}

TEST_F(retained_situations, are_shortened_some_at_a_time) {
  std::vector<SituationId> all;
  for (std::size_t i = 0; i < kShortenedMax + 1; ++i) all.push_back(lived(std::to_string(i)));
  clock.advance(kKept + 24h);
  Retention retention(*records, clock, kKept);
  ASSERT_TRUE(retention.shorten());
  EXPECT_EQ(past(all[kShortenedMax - 1]).size(), 4U);
  EXPECT_EQ(past(all[kShortenedMax]).size(), 6U);
  ASSERT_TRUE(retention.shorten());
  EXPECT_EQ(past(all[kShortenedMax]).size(), 4U);
  // Behind the last it rests, and begins anew a day later.
  auto const later = lived("later");
  clock.advance(kKept + 24h);
  ASSERT_TRUE(retention.shorten());
  ASSERT_TRUE(retention.shorten());
  EXPECT_EQ(past(later).size(), 4U);
}

TEST_F(retained_situations, stay_shortened_where_a_later_one_fails) {
  auto const first = lived("a");
  auto const second = lived("b");
  auto const on_records = [this](std::string const& statement) {
    return records->transaction([&](soci::session& sql) -> Result<void> {
      sql << statement;
      return {};
    });
  };
  ASSERT_TRUE(on_records("CREATE TRIGGER fails BEFORE DELETE ON situation_past WHEN OLD.id = " + std::to_string(second.value()) +
                         " BEGIN SELECT RAISE(ABORT, 'too slow'); END"));
  clock.advance(kKept + 24h);
  Retention retention(*records, clock, kKept);
  EXPECT_FALSE(retention.shorten());
  EXPECT_EQ(past(first).size(), 4U);
  ASSERT_TRUE(on_records("DROP TRIGGER fails"));
  ASSERT_TRUE(retention.shorten());
  EXPECT_EQ(past(second).size(), 4U);
}

}  // namespace
}  // namespace madang::situations
