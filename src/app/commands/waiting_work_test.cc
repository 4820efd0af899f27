#include "app/commands/waiting_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace madang::app {
namespace {

using testing::HasSubstr;
using testing::Not;

Instant const kNow = *parse_instant("2026-12-01T12:00:00Z");
constexpr std::string_view kNobody = R"({"subscribers":[]})";

std::string metrics(std::string_view owed, std::string_view seconds) {
  return "# HELP madang_situations_notices_owed notices that wait to be delivered\n# TYPE madang_situations_notices_owed gauge\nmadang_situations_notices_owed " +
         std::string{owed} + "\nmadang_situations_notices_oldest_owed_seconds " + std::string{seconds} + "\n";
}

TEST(waiting_work, says_how_many_notices_wait_since_when_for_whom_and_why) {
  auto const finding = waiting_notices(metrics("3", "7200"),
                                       R"({"subscribers":[{"name":"Fire desk","address":"x@y.org","owed":2,"error":"503 from the receiver"},
                                           {"name":"Mayor","owed":1,"error":""},{"name":"Well","owed":0,"error":""}]})", kNow);

  EXPECT_FALSE(finding.well);
  EXPECT_EQ(finding.found, "3 notices wait, the oldest since 2026-12-01T10:00:00Z: Fire desk waits for 2 (503 from the receiver); Mayor waits for 1");
  EXPECT_THAT(finding.mend, HasSubstr("docs/notices.md"));
  EXPECT_THAT(finding.found, Not(HasSubstr("x@y.org")));
}

TEST(waiting_work, is_well_where_nothing_waits_or_what_waits_is_on_its_way) {
  EXPECT_EQ(waiting_notices(metrics("0", "0"), kNobody, kNow).found, "no notice waits");
  EXPECT_TRUE(waiting_notices(metrics("2", "5"), kNobody, kNow).well);
  EXPECT_EQ(waiting_events(R"({"at":1,"handlers":[{"handler":"a","topic":"t","lag_ms":0,"waiting":0,"held_keys":0,"dead_letters":0}]})", kNow).found,
            "no event waits");
  EXPECT_EQ(dead_letters(R"({"letters":[]})").found, "no dead letters");
}

TEST(waiting_work, says_how_many_events_wait_since_when_and_at_which_handler) {
  auto const finding = waiting_events(R"({"at":1,"handlers":[
      {"handler":"lamps","topic":"lamp.changed","oldest":1796119200000,"lag_ms":7200000,"waiting":4,"held_keys":1,"dead_letters":0},
      {"handler":"other","topic":"t","lag_ms":0,"waiting":0,"held_keys":0,"dead_letters":0}]})", kNow);

  EXPECT_FALSE(finding.well);
  EXPECT_EQ(finding.found, "4 events wait: lamps 4 since 2026-12-01T10:00:00Z, 1 keys behind one that failed");
  EXPECT_THAT(finding.mend, HasSubstr("docs/events.md"));
}

TEST(waiting_work, names_a_handler_whose_events_could_not_be_counted) {
  auto const finding = waiting_events(R"({"at":1,"handlers":[
      {"handler":"lamps","topic":"lamp.changed","oldest":1796119200000,"lag_ms":7200000,"held_keys":0,"dead_letters":0},
      {"handler":"other","topic":"t","oldest":1796125200000,"lag_ms":1200000,"waiting":3,"held_keys":0,"dead_letters":0}]})", kNow);

  EXPECT_FALSE(finding.well);
  EXPECT_EQ(finding.found, "more than 3 events wait: lamps more than can be counted since 2026-12-01T10:00:00Z; other 3 since 2026-12-01T11:40:00Z");
}

TEST(waiting_work, names_dead_letters_with_their_reason_and_what_to_do) {
  auto const finding = dead_letters(R"({"letters":[{"handler":"lamps","event":7,"topic":"lamp.changed","key":"L7","emitted_at":1,"attempts":20,
      "failed_at":1796119200000,"why":"the lamp does not answer","tried_again":false}],"next":"lamps:7"})");

  EXPECT_FALSE(finding.well);
  EXPECT_EQ(finding.found, "at least 1 events failed too often and wait for somebody, the first since 2026-12-01T10:00:00Z. "
                           "lamp.changed of lamps: the lamp does not answer");
  EXPECT_THAT(finding.mend, HasSubstr("try them again or drop them"));
}

TEST(waiting_work, is_told_as_far_as_the_server_answers) {
  Error const away{Code::kUnavailable, "the server does not answer in time"};
  std::string const letters = R"({"letters":[{"handler":"lamps","event":7,"topic":"lamp.changed","key":"L7","failed_at":1796119200000,"why":"dark"}]})";

  auto const lines = waiting_work({.metrics = metrics("3", "7200"), .subscribers = std::unexpected{away}, .handlers = std::unexpected{away}, .letters = letters}, kNow);

  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].what, "notices");
  EXPECT_FALSE(lines[0].finding.well);
  EXPECT_EQ(lines[0].finding.found, "3 notices wait, the oldest since 2026-12-01T10:00:00Z; whose receivers fail is not known: " + away.sentence);
  EXPECT_THAT(lines[0].finding.mend, HasSubstr("docs/notices.md"));
  EXPECT_EQ(lines[1].what, "events");
  EXPECT_EQ(lines[1].finding.found, away.sentence);
  EXPECT_EQ(lines[2].what, "letters");
  EXPECT_THAT(lines[2].finding.found, HasSubstr("lamp.changed of lamps: dark"));
}

TEST(waiting_work, says_that_notices_are_not_known_without_the_numbers) {
  Error const away{Code::kUnavailable, "the server does not answer in time"};

  auto const lines = waiting_work({.metrics = std::unexpected{away}, .subscribers = std::string{kNobody}, .handlers = R"({"handlers":[]})", .letters = R"({"letters":[]})"}, kNow);

  EXPECT_EQ(lines[0].finding.found, away.sentence);
  EXPECT_FALSE(lines[0].finding.well);
  EXPECT_TRUE(lines[1].finding.well);
  EXPECT_TRUE(lines[2].finding.well);
}

TEST(waiting_work, says_so_where_an_answer_is_not_understood) {
  EXPECT_FALSE(waiting_notices("", kNobody, kNow).well);
  EXPECT_FALSE(waiting_events("<html>", kNow).well);
  EXPECT_FALSE(dead_letters("{}").well);
}

}  // namespace
}  // namespace madang::app
