// One table of kinds: what it names exists everywhere else.
#include "situations/kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <set>

#include "situations/phrases.h"
#include "situations/test_alerts.h"

namespace madang::situations {
namespace {

using testing::HasSubstr;

TEST(kinds, have_names_of_their_own_and_words_in_both_languages) {
  auto const messages = repository_messages();
  std::set<std::string_view> names;
  for (auto const& kind : kinds()) {
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
    EXPECT_NE(messages.text("en", kind.key), kind.key) << kind.name;
    EXPECT_NE(messages.text("ko", kind.key), messages.text("en", kind.key)) << kind.name;
  }
}

TEST(kinds, of_the_control_room_are_the_same) {
  std::ifstream in(std::string{MADANG_SOURCE_DIR} + "/ui/src/domains/situations/words.ts", std::ios::binary);
  std::string const words{std::istreambuf_iterator<char>(in), {}};
  for (auto const& kind : kinds())
    EXPECT_THAT(words, HasSubstr(std::string{kind.name} + ": '" + std::string{kind.key} + "'"));
}

TEST(kinds, that_nobody_knows_are_shown_as_other_and_refused_where_somebody_asks_for_them) {
  EXPECT_EQ(kind_of("road_works").name, "other");
  EXPECT_EQ(known_kind("road_works"), nullptr);
  EXPECT_TRUE(check_kind("kind", "plume"));
  auto const refused = check_kind("kinds", "plum");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr("kinds: there is no kind \"plum\"; known are plume, haze"));
}

class phrases : public testing::Test {
 protected:
  runtime::Messages const messages = repository_messages();
  Speech const english{messages, "en"};
  Speech const korean{messages, "ko"};
};

TEST_F(phrases, give_distances_no_digits_that_nobody_knows) {
  EXPECT_EQ(distance_text(1'397, english), "about 1.4 km");
  EXPECT_EQ(distance_text(747, english), "about 750 m");
  EXPECT_EQ(distance_text(980, english), "about 1 km");
  EXPECT_EQ(distance_text(974, english), "about 950 m");
  EXPECT_EQ(distance_text(12'345, english), "about 12 km");
  EXPECT_EQ(distance_text(3, english), "about 10 m");
  EXPECT_EQ(distance_text(1'397, korean), "약 1.4 km");
}

TEST_F(phrases, say_what_changed_and_once_what_did_not) {
  Facts const facts = counted_plume(6, 83).facts;
  Entry entry;
  EXPECT_EQ(change_text(entry, facts, english), "");
  entry.to = Standing{Severity::kCaution, 6, "pm25", "µg/m³", 83};
  EXPECT_EQ(change_text(entry, facts, english), "6 stations, PM2.5 83 µg/m³");
  entry.from = Standing{Severity::kCaution, 2, "pm25", "µg/m³", 47};
  EXPECT_EQ(change_text(entry, facts, english), "2 → 6 stations, PM2.5 47 → 83 µg/m³");
  entry.from = Standing{Severity::kNotice, 6, "pm10", "µg/m³", 140};
  EXPECT_EQ(change_text(entry, facts, english), "Notice → Caution, 6 stations, now led by PM2.5: 83 µg/m³") << "other quantities are not compared";
  EXPECT_EQ(change_text(entry, facts, korean), "관심 → 주의, 측정소 6곳, 주요 항목 변경: 초미세먼지 83 µg/m³");
}

TEST_F(phrases, of_what_a_person_reported_have_no_numbers) {
  Entry entry;
  entry.from = Standing{.severity = Severity::kCaution};
  entry.to = Standing{.severity = Severity::kSerious};
  EXPECT_EQ(change_text(entry, {}, english), "Caution → Serious");
}

TEST_F(phrases, say_units_that_are_words_in_the_readers_language) {
  Facts facts = counted_plume(6, 1'203).facts;
  facts.quantities.front().channel = "people";
  facts.quantities.front().name = both("People present", "유동 인구");
  Entry entry;
  entry.from = Standing{Severity::kCaution, 6, "people", "people", 853};
  entry.to = Standing{Severity::kCaution, 6, "people", "people", 1'203};
  EXPECT_EQ(change_text(entry, facts, english), "6 stations, People present 853 → 1,203 people");
  EXPECT_THAT(change_text(entry, facts, korean), HasSubstr("853 → 1,203 명"));
}

TEST(facts, of_one_channel_are_one_for_people) {
  auto facts = counted_plume(6, 47).facts;
  auto more = counted_plume(2, 83, "station-9").facts.quantities.front();
  more.expected = 30;
  facts.quantities.push_back(more);
  auto const told = by_channel(facts);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].stations, 8);
  EXPECT_EQ(told[0].peak, 83);
  EXPECT_EQ(told[0].expected, 30) << "of the station where the peak was";
  EXPECT_EQ(standing_of(facts, Severity::kCaution).value, 83);
}

TEST(facts, of_one_channel_have_the_first_time_at_which_their_peak_was_measured) {
  auto facts = counted_plume(6, 83).facts;
  auto earlier = counted_plume(2, 83, "station-9").facts.quantities.front();
  earlier.peak_at -= std::chrono::minutes{2};
  earlier.expected = 30;
  facts.quantities.push_back(earlier);
  auto const told = by_channel(facts);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].peak_at, earlier.peak_at);
  EXPECT_EQ(told[0].expected, 30);
  std::ranges::reverse(facts.quantities);
  EXPECT_EQ(by_channel(facts)[0].peak_at, earlier.peak_at) << "in whatever order they stand";
}

TEST(facts, of_one_station_alone_are_told_where_others_confirm_another_quantity) {
  auto facts = counted_plume(6, 47).facts;
  auto heat = counted_plume(1, 12, "station-9").facts.quantities.front();
  heat.kind = kUnconfirmed;
  heat.channel = "temperature";
  auto dust = counted_plume(1, 300, "station-10").facts.quantities.front();
  dust.kind = kUnconfirmed;
  auto broken = heat;
  broken.kind = kDeviceSuspect;
  broken.channel = "noise";
  facts.quantities.insert(facts.quantities.end(), {heat, dust, broken});
  auto const told = by_channel(facts);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].peak, 47) << "what others confirm leads, in their numbers";
  EXPECT_EQ(told[1].channel, "temperature");
  EXPECT_EQ(told[1].peak, 12);
}

TEST(facts, name_the_stations_that_show_it_each_once_and_none_that_stands_beside_it) {
  auto facts = counted_plume(2, 47).facts;
  facts.quantities.front().members = {DatastreamId{41}, DatastreamId{42}, DatastreamId{43}};  // the last rose alone within it
  auto more = counted_plume(2, 83, "station-9").facts.quantities.front();
  more.members = {DatastreamId{42}, DatastreamId{44}};
  auto lone = counted_plume(1, 300, "station-10").facts.quantities.front();
  lone.kind = kUnconfirmed;
  lone.members = {DatastreamId{45}};
  facts.quantities.insert(facts.quantities.end(), {more, lone});
  EXPECT_THAT(named_members(facts), testing::ElementsAre(DatastreamId{41}, DatastreamId{42}, DatastreamId{44}));
}

TEST(news, is_a_fifth_more_or_a_clearly_louder_sound) {
  Standing const dust{Severity::kCaution, 2, "pm25", "µg/m³", 50};
  auto now = dust;
  now.value = 59;
  EXPECT_FALSE(is_news(dust, now));
  now.value = 60;
  EXPECT_TRUE(is_news(dust, now));
  Standing const noise{Severity::kCaution, 1, "noise", "dB(A)", 70};
  now = noise;
  now.value = 74;
  EXPECT_FALSE(is_news(noise, now));
  now.value = 75;
  EXPECT_TRUE(is_news(noise, now));
}

}  // namespace
}  // namespace madang::situations
