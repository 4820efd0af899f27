#include "city/changes.h"

#include <gtest/gtest.h>

namespace madang::city {
namespace {

Change made(std::int64_t id) { return {EntryKind::kThing, Act::kMade, id, ThingId{id}}; }

TEST(change_log, tells_who_knows_nothing_to_read_everything) {
  ChangeLog log(10);
  auto const first = log.since(0);
  EXPECT_TRUE(first.read_all_anew);
  EXPECT_TRUE(first.any_of(EntryKind::kArea));
  auto const next = log.since(first.cursor);
  EXPECT_FALSE(next.read_all_anew);
  EXPECT_TRUE(next.changes.empty());
}

TEST(change_log, gives_what_came_since_the_cursor_in_its_order) {
  ChangeLog log(10);
  log.add(made(1));
  auto const cursor = log.cursor();
  log.add(made(2));
  log.add({EntryKind::kDatastream, Act::kEdited, 7, ThingId{2}});
  auto const changes = log.since(cursor);
  ASSERT_EQ(changes.changes.size(), 2u);
  EXPECT_EQ(changes.changes[0].id, 2);
  EXPECT_EQ(changes.changes[1].act, Act::kEdited);
  EXPECT_EQ(changes.changes[1].thing, ThingId{2});
  EXPECT_TRUE(changes.any_of(EntryKind::kDatastream));
  EXPECT_FALSE(changes.any_of(EntryKind::kArea));
  EXPECT_EQ(changes.cursor, log.cursor());
}

TEST(change_log, says_when_more_has_changed_than_it_keeps) {
  ChangeLog log(3);
  auto const cursor = log.cursor();
  for (int i = 1; i <= 3; ++i) log.add(made(i));
  EXPECT_EQ(log.since(cursor).changes.size(), 3u);
  log.add(made(4));
  EXPECT_TRUE(log.since(cursor).read_all_anew);
  EXPECT_TRUE(log.since(cursor).changes.empty());
  EXPECT_EQ(log.since(cursor + 1).changes.size(), 3u);
}

TEST(change_log, trusts_no_cursor_from_the_future) {
  ChangeLog log(3);
  log.add(made(1));
  EXPECT_TRUE(log.since(log.cursor() + 1).read_all_anew);
}

}  // namespace
}  // namespace madang::city
