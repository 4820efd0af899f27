#include "sensing/warning/rules.h"

#include <gtest/gtest.h>

#include "sensing/test_city.h"
#include "sensing/warning/rule_store.h"
#include "storage/journal/journal.h"

namespace madang::sensing::warning {
namespace {

TEST(warning_rules, are_sound_as_shipped_and_read_back_from_their_json) {
  RuleSet const set = shipped_rules();
  ASSERT_TRUE(check(set).has_value());
  auto const read = rule_set_of_json(json_of(set));
  ASSERT_TRUE(read.has_value()) << read.error().sentence;
  EXPECT_EQ(read->rules, set.rules);
}

TEST(warning_rules, of_sound_that_were_saved_without_a_level_alone_have_the_shipped_one) {
  auto const level_of = [](std::string const& rule) { return rule_set_of_json(R"({"rules":[{"id":"a","method":"persistence","kind":"noise_event",)" + rule + "}]}")->rules.front().level_alone; };
  EXPECT_EQ(level_of(R"("channel":"noise")"), kHarmfulSound);
  EXPECT_EQ(level_of(R"("channel":"noise","level_alone":0)"), 0) << "so the city wants it";
  EXPECT_EQ(level_of(R"("channel":"vibration")"), 0);
}

TEST(warning_rules, say_which_field_of_which_rule_is_wrong) {
  auto const sentence = [](std::string_view json) {
    auto const read = rule_set_of_json(json);
    return read ? std::string{"accepted"} : read.error().sentence;
  };
  EXPECT_EQ(sentence("{}"), "rules: an array expected");
  EXPECT_EQ(sentence(R"({"rules":[{"method":"magic"}]})"),
            "rules[0].method: neighbours, persistence, surge or level expected");
  EXPECT_EQ(sentence(R"({"rules":[{"method":"level","radius":3}]})"),
            "rules[0].radius: a rule of method level has no such field");
  EXPECT_EQ(sentence(R"({"rules":[{"method":"level","gain":true}]})"),
            "rules[0].gain: a rule of method level has no such field");
  EXPECT_EQ(sentence(R"({"rules":[{"method":"surge","measure":"city_median"}]})"),
            "rules[0].measure: a rule of method surge has no such field");
  EXPECT_EQ(sentence(R"({"rules":[{"method":"level","id":"a","channel":"pm25","kind":"haze","minutes":0}]})"),
            "rule \"a\": minutes: 0 is not between 1 and 1440");
  EXPECT_EQ(sentence(R"({"rules":[{"method":"level","id":"a","channel":"x","kind":"y"},
                                  {"method":"level","id":"a","channel":"x","kind":"y"}]})"),
            "rule \"a\": id: another rule has it");
}

TEST(warning_rules, are_handed_in_in_languages_that_have_texts_only) {
  RuleSet set = shipped_rules();
  EXPECT_TRUE(check_languages(set).has_value());
  set.rules[1].headline.by_language["kr"] = "x";
  EXPECT_EQ(check_languages(set).error().sentence, "rules[1].headline: there are no texts in \"kr\", only in en, ko");
  set.rules[0].instruction.by_language["kr"] = "x";
  EXPECT_EQ(check_languages(set).error().sentence, "rules[0].instruction: there are no texts in \"kr\", only in en, ko");
}

TEST(warning_rules, may_not_share_out_more_than_all_alarms) {
  RuleSet set = shipped_rules();
  set.rules.front().share = 0.9;
  EXPECT_FALSE(check(set).has_value());
}

TEST(warning_rule_store, keeps_every_version) {
  TestCity city;
  RuleStore store(*city.records);
  ASSERT_TRUE(store.open(city.clock.now()).has_value());
  ASSERT_TRUE(store.open(city.clock.now()).has_value());
  RuleSet next = must(store.newest());
  EXPECT_EQ(next.version, 1U);
  EXPECT_EQ(next.rules, shipped_rules().rules);

  next.note = "noise counts from 8 dB";
  next.author = "kim";
  for (auto& rule : next.rules) rule.excess_min = rule.id == "noise_event" ? 8 : rule.excess_min;
  EXPECT_EQ(must(store.add(next, 1, PartyId{7})).version, 2U);
  EXPECT_EQ(store.add(next, 1, PartyId{7}).error().code, Code::kConflict);
  auto const recorded = must(storage::journal::entries(*city.records, 0, 10));
  ASSERT_EQ(recorded.size(), 1U) << "once, and nothing of what was refused";
  EXPECT_NE(recorded[0].leaf.find(R"("kind":"rules_changed","facts":{"by":7,"version":2})"), std::string::npos) << recorded[0].leaf;
  EXPECT_EQ(must(store.newest()).rules, next.rules);
  EXPECT_EQ(must(store.version(1)).rules, shipped_rules().rules);
  auto const history = must(store.history());
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history.front().note, "noise counts from 8 dB");
  EXPECT_EQ(store.version(9).error().code, Code::kNotFound);
}

TEST(warning_rule_store, opens_what_another_build_wrote_in_a_language_that_this_one_has_no_texts_in) {
  TestCity city;
  RuleStore store(*city.records);
  ASSERT_TRUE(store.open(city.clock.now()).has_value());
  RuleSet next = must(store.newest());
  next.author = "kim";
  next.rules.front().headline.by_language["ja"] = "大気の異常";
  ASSERT_TRUE(store.add(next, 1, PartyId{7}).has_value());
  RuleStore again(*city.records);
  auto const opened = again.open(city.clock.now());
  ASSERT_TRUE(opened.has_value()) << opened.error().sentence;
  EXPECT_EQ(must(again.newest()).rules, next.rules);
  EXPECT_EQ(must(again.version(2)).rules, next.rules);
}

TEST(warning_rule_store, lets_untouched_rules_follow_the_release_and_keeps_changed_ones) {
  TestCity city;
  RuleStore store(*city.records);
  ASSERT_TRUE(store.open(city.clock.now()).has_value());
  RuleSet old = shipped_rules();
  old.rules.front().excess_alone = 0;
  ASSERT_TRUE(store.add(old, 1, PartyId{7}).has_value());  // as if an older Madang had shipped it
  ASSERT_TRUE(store.open(city.clock.now()).has_value());
  EXPECT_EQ(must(store.newest()).version, 3U);
  EXPECT_EQ(must(store.newest()).rules, shipped_rules().rules);

  old.author = "kim";
  ASSERT_TRUE(store.add(old, 3, PartyId{7}).has_value());
  ASSERT_TRUE(store.open(city.clock.now()).has_value());
  EXPECT_EQ(must(store.newest()).version, 4U);
}

}  // namespace
}  // namespace madang::sensing::warning
