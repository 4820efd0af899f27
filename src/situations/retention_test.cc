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
  std::vector<int> messages_of(SituationId id) { return versions("alert_message", "situation", id); }

  /// Raised, worse, better, noted, resolved: five lines, four of which are published.
  SituationId lived(std::string const& key) {
    auto const id = raise(plume(key));
    clock.advance(20min);
    raise(plume(key, Severity::kCritical));
    clock.advance(20min);
    auto again = plume(key);
    raise(again);
    clock.advance(6min);
    raise(again);
    EXPECT_TRUE(situations->note(id, kim, "seen"));
    EXPECT_TRUE(situations->resolve(id, kim, "swept"));
    return id;
  }
};

TEST_F(retained_situations, keep_of_what_ended_long_ago_the_first_the_worst_and_the_last) {
  auto const id = lived("a");
  ASSERT_EQ(kinds(id), "raised worsened eased noted resolved");
  ASSERT_THAT(past(id), ElementsAre(1, 2, 3, 4, 5));
  ASSERT_THAT(messages_of(id), ElementsAre(1, 2, 3, 5));
  auto const raised_at = find(id)->raised_at;
  Retention retention(*records, clock, kKept);
  clock.advance(kKept - 1h);
  ASSERT_TRUE(retention.shorten());
  EXPECT_EQ(past(id).size(), 5U) << "not yet";
  clock.advance(24h);
  ASSERT_TRUE(retention.shorten());
  EXPECT_THAT(past(id), ElementsAre(1, 2, 5));
  EXPECT_THAT(messages_of(id), ElementsAre(1, 2, 5));
  EXPECT_EQ(kinds(id), "raised worsened eased noted resolved") << "its whole timeline stays";
  EXPECT_EQ(find(id)->signal.evidence.score, 8.5);
  EXPECT_TRUE(alerts->xml(id, 5));
  auto const then = *situations->stood_at(raised_at + 45min);
  ASSERT_EQ(then.size(), 1U) << "and it can be looked back at";
  EXPECT_EQ(then.front()->signal.severity, Severity::kCritical);
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
  EXPECT_EQ(past(id).size(), 5U);
  ASSERT_TRUE(Retention(*records, clock, kKept).shorten());
  EXPECT_EQ(past(id).size(), 3U);
  EXPECT_EQ(past(open).size(), 4U);
}

TEST_F(retained_situations, are_shortened_some_at_a_time) {
  std::vector<SituationId> all;
  for (std::size_t i = 0; i < kShortenedMax + 1; ++i) all.push_back(lived(std::to_string(i)));
  clock.advance(kKept + 24h);
  Retention retention(*records, clock, kKept);
  ASSERT_TRUE(retention.shorten());
  EXPECT_EQ(past(all[kShortenedMax - 1]).size(), 3U);
  EXPECT_EQ(past(all[kShortenedMax]).size(), 5U);
  ASSERT_TRUE(retention.shorten());
  EXPECT_EQ(past(all[kShortenedMax]).size(), 3U);
  // Behind the last it rests, and begins anew a day later.
  auto const later = lived("later");
  clock.advance(kKept + 24h);
  ASSERT_TRUE(retention.shorten());
  ASSERT_TRUE(retention.shorten());
  EXPECT_EQ(past(later).size(), 3U);
}

}  // namespace
}  // namespace madang::situations
