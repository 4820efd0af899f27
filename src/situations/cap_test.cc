// Every rule of CAP 1.2 (OASIS CAP-v1.2-os) that a message of ours could break, on the XML as a receiver parses it.
#include "situations/cap_message.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "situations/kinds.h"
#include "situations/test_alerts.h"
#include "situations/test_situations.h"

namespace madang::situations {
namespace {

using testing::AnyOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

/// What Situations publish of themselves, read back from the archive.
class cap_messages : public AlertsTest {
 protected:
  Xml newest(SituationId id) {
    auto const version = alerts->newest(id, id)->at(id).version;
    return Xml(*alerts->xml(id, version));
  }
  Xml of(SituationId id, std::int64_t version) {
    auto const xml = alerts->xml(id, version);
    EXPECT_TRUE(xml) << xml.error().sentence;
    return Xml(xml.value_or("<none/>"));
  }
};

// 3.2.1 alert

TEST_F(cap_messages, are_valid_against_the_grammar_of_the_standard) {
  auto signal = plume();
  signal.simulated = true;
  signal.group = "haze of today";
  auto const id = raise(signal);
  ASSERT_TRUE(situations->clear("sensing.warning", "station-7"));
  pass(std::chrono::minutes{5});
  EXPECT_EQ(of(id, 1).grammar_errors(), "");
  EXPECT_EQ(newest(id).grammar_errors(), "");
}

TEST(cap_grammar, refuses_what_the_standard_refuses) {
  constexpr auto kAlert = R"(<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>a</identifier>)"
                          R"(<sender>b</sender><sent>{}</sent><status>{}</status><msgType>Alert</msgType>)"
                          R"(<scope>Public</scope></alert>)";
  auto const errors = [&](std::string_view sent, std::string_view status) {
    return Xml(fmt::format(kAlert, sent, status)).grammar_errors();
  };
  EXPECT_EQ(errors("2026-11-26T14:03:00+09:00", "Actual"), "");
  EXPECT_NE(errors("2026-11-26T05:03:00Z", "Actual"), "");
  EXPECT_NE(errors("2026-11-26T14:03:00+09:00", "Real"), "");
}

TEST_F(cap_messages, have_no_block_in_a_language_in_which_nobody_wrote_them) {
  auto signal = plume();
  signal.headline = {{{"en", "Smoke at the harbour"}}};
  auto const xml = newest(raise(signal));
  EXPECT_THAT(xml.texts("/alert/info/language"), ElementsAre("en-US"));
}

TEST_F(cap_messages, pass_no_text_off_as_another_language) {
  auto signal = plume();
  signal.description = {{{"en", "Dark smoke"}}};
  signal.instruction = {{{"en", "Stay away"}, {"ko", "  "}}};
  auto const xml = newest(raise(signal));
  EXPECT_THAT(xml.texts("/alert/info/language"), ElementsAre("ko-KR", "en-US"));
  EXPECT_THAT(xml.texts("/alert/info/description"), ElementsAre("Dark smoke"));
  EXPECT_THAT(xml.texts("/alert/info/instruction"), ElementsAre("Stay away"));
  EXPECT_THAT(xml.texts("/alert/info[1]/description"), IsEmpty()) << "the Korean block says nothing in English";
  signal.key = "empty";
  signal.headline = {{{"ko", "화재"}, {"en", ""}}};
  EXPECT_THAT(newest(raise(signal)).texts("/alert/info/language"), ElementsAre("ko-KR"));
}

TEST_F(cap_messages, stand_in_the_namespace_of_the_standard) {
  EXPECT_EQ(newest(raise(plume())).name_space(), "urn:oasis:names:tc:emergency:cap:1.2");
}

TEST_F(cap_messages, have_an_identifier_of_their_own) {
  auto const id = raise(plume());
  raise(plume("station-7", Severity::kCritical));
  auto const other = raise(plume("station-8"));
  EXPECT_THAT(of(id, 1).texts("/alert/identifier"), ElementsAre(MatchesRegex("situation-1-1-1795669380-[0-9a-f]{16}")));
  EXPECT_THAT(of(id, 2).texts("/alert/identifier"), ElementsAre(MatchesRegex("situation-1-2-1795669380-[0-9a-f]{16}")));
  EXPECT_THAT(of(other, 1).texts("/alert/identifier"), ElementsAre(MatchesRegex("situation-2-1-.*")));
}

TEST_F(cap_messages, name_their_sender) {
  EXPECT_THAT(newest(raise(plume())).texts("/alert/sender"), ElementsAre("madang@city.example"));
}

TEST_F(cap_messages, tell_when_they_were_sent_with_a_numeric_offset) {
  EXPECT_THAT(newest(raise(plume())).texts("/alert/sent"), ElementsAre("2026-11-26T14:03:00+09:00"));
}

TEST_F(cap_messages, of_real_sources_are_actual_and_of_simulated_ones_an_exercise_that_says_so) {
  auto const real = newest(raise(plume()));
  EXPECT_THAT(real.texts("/alert/status"), ElementsAre("Actual"));
  EXPECT_THAT(real.texts("/alert/note"), IsEmpty());
  auto signal = plume("station-8");
  signal.simulated = true;
  auto const simulated = newest(raise(signal));
  EXPECT_THAT(simulated.texts("/alert/status"), ElementsAre("Exercise"));
  EXPECT_THAT(simulated.texts("/alert/note"), ElementsAre(HasSubstr("Exercise")));
  EXPECT_THAT(simulated.texts("/alert/info/headline"), Each(AnyOf(StartsWith("Exercise: "), StartsWith("[훈련] ")))) << "receivers show it alone";
  EXPECT_THAT(real.texts("/alert/info/headline"), Each(Not(AnyOf(HasSubstr("Exercise"), HasSubstr("훈련")))));
}

TEST_F(cap_messages, of_an_exercise_that_has_become_real_are_actual_say_so_and_stay_it_to_the_end) {
  auto drill = plume();
  drill.simulated = true;
  auto const id = raise(drill);
  raise(plume());
  auto const real = newest(id);
  EXPECT_THAT(real.texts("/alert/msgType"), ElementsAre("Update"));
  EXPECT_THAT(real.texts("/alert/status"), ElementsAre("Actual"));
  EXPECT_THAT(real.texts("/alert/note"), ElementsAre(HasSubstr("No exercise")));
  raise(drill);
  ASSERT_TRUE(situations->end("sensing.warning", "station-7", End::kGone));
  auto const over = newest(id);
  EXPECT_THAT(over.texts("/alert/msgType"), ElementsAre("Cancel"));
  EXPECT_THAT(over.texts("/alert/status"), ElementsAre("Actual"));
}

TEST_F(cap_messages, are_public) {
  auto const xml = newest(raise(plume()));
  EXPECT_THAT(xml.texts("/alert/scope"), ElementsAre("Public"));
  EXPECT_THAT(xml.texts("/alert/restriction"), IsEmpty());
  EXPECT_THAT(xml.texts("/alert/addresses"), IsEmpty());
}

TEST_F(cap_messages, begin_with_an_alert_that_refers_to_nothing) {
  auto const xml = newest(raise(plume()));
  EXPECT_THAT(xml.texts("/alert/msgType"), ElementsAre("Alert"));
  EXPECT_THAT(xml.texts("/alert/references"), IsEmpty());
}

TEST_F(cap_messages, go_on_with_updates_that_refer_to_all_before) {
  auto const id = raise(plume());
  clock.advance(std::chrono::minutes{1});
  raise(plume("station-7", Severity::kSerious));
  clock.advance(std::chrono::minutes{1});
  raise(plume("station-7", Severity::kCritical));
  auto const xml = newest(id);
  EXPECT_THAT(xml.texts("/alert/msgType"), ElementsAre("Update"));
  EXPECT_THAT(xml.texts("/alert/references"),
              ElementsAre("madang@city.example," + of(id, 1).texts("/alert/identifier").at(0) + ",2026-11-26T14:03:00+09:00 " +
                          "madang@city.example," + of(id, 2).texts("/alert/identifier").at(0) + ",2026-11-26T14:04:00+09:00"));
}

TEST_F(cap_messages, end_with_a_cancellation_that_says_why) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->dismiss(id, kim, "internal words of an operator"));
  auto const xml = newest(id);
  EXPECT_THAT(xml.texts("/alert/msgType"), ElementsAre("Cancel"));
  EXPECT_THAT(xml.texts("/alert/references"), ElementsAre(HasSubstr("situation-1-1-")));
  EXPECT_THAT(xml.texts("/alert/note"), ElementsAre(HasSubstr("not confirmed")));
  EXPECT_THAT(xml.texts("/alert/info/responseType"), ElementsAre("AllClear", "AllClear"));
  EXPECT_THAT(xml.texts("/alert/info/urgency"), ElementsAre("Past", "Past"));
  EXPECT_THAT(xml.texts("/alert/info/certainty"), ElementsAre("Unlikely", "Unlikely"));
  EXPECT_THAT(xml.texts("/alert/info/instruction"), IsEmpty());
  EXPECT_THAT(xml.text, Not(HasSubstr("internal words")));
}

TEST_F(cap_messages, call_nothing_over_that_an_operator_ended_while_it_lasted) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->resolve(id, kim, "internal words of an operator"));
  auto const xml = newest(id);
  EXPECT_THAT(xml.texts("/alert/msgType"), ElementsAre("Cancel"));
  EXPECT_THAT(xml.texts("/alert/note"), ElementsAre(AllOf(HasSubstr("not been measured that the cause is over"), HasSubstr("측정되지는"))));
  EXPECT_THAT(xml.texts("/alert/info/responseType"), IsEmpty());
  EXPECT_THAT(xml.texts("/alert/info/urgency"), ElementsAre("Unknown", "Unknown"));
  EXPECT_THAT(xml.texts("/alert/info/certainty"), ElementsAre("Unknown", "Unknown"));
  EXPECT_THAT(xml.text, Not(HasSubstr("internal words")));
}

TEST_F(cap_messages, say_that_it_is_over_when_the_cause_was_gone_before_an_operator_ended_it) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->clear("sensing.warning", "station-7"));
  ASSERT_TRUE(situations->resolve(id, kim, ""));
  EXPECT_THAT(newest(id).texts("/alert/info/responseType"), ElementsAre("AllClear", "AllClear"));
}

TEST_F(cap_messages, believe_whoever_reported_it_by_hand_that_it_is_over) {
  auto by_hand = plume();
  by_hand.source = std::string{kOperatorSource};
  auto const id = raise(by_hand);
  ASSERT_TRUE(situations->resolve(id, kim, ""));
  EXPECT_THAT(newest(id).texts("/alert/info/responseType"), ElementsAre("AllClear", "AllClear"));
}

TEST_F(cap_messages, of_one_group_share_an_incident) {
  auto one = plume("a");
  auto two = plume("b");
  one.group = two.group = "haze of \"today\"";
  EXPECT_THAT(newest(raise(one)).texts("/alert/incidents"), ElementsAre("haze-of--today-"));
  EXPECT_THAT(newest(raise(two)).texts("/alert/incidents"), ElementsAre("haze-of--today-"));
  EXPECT_THAT(newest(raise(plume("c"))).texts("/alert/incidents"), IsEmpty());
}

TEST_F(cap_messages, are_kept_as_they_were_sent) {
  auto const id = raise(plume());
  auto const before = *alerts->xml(id, 1);
  raise(plume("station-7", Severity::kCritical));
  ASSERT_TRUE(situations->resolve(id, kim, ""));
  reopen_alerts({.city = both("Elsewhere", "다른 곳"), .zone = "Europe/Berlin", .base_address = "", .sender = "else@where"});
  EXPECT_EQ(*alerts->xml(id, 1), before);
}

TEST_F(cap_messages, are_none_of_what_is_internal_or_only_worked_on) {
  auto internal = plume("inside");
  internal.is_public = false;
  auto const inside = raise(internal);
  EXPECT_TRUE(alerts->newest(inside, inside)->empty());
  auto const id = raise(plume());
  ASSERT_TRUE(situations->acknowledge(id, kim));
  ASSERT_TRUE(situations->note(id, kim, "seen it"));
  EXPECT_EQ(alerts->newest(id, id)->at(id).version, 1);
}

TEST_F(cap_messages, of_what_is_silenced_are_cancelled_and_begin_again) {
  auto const id = raise(plume());
  Silence const silence{.when = {clock.now(), clock.now() + std::chrono::hours{1}}, .reason = "drill"};
  ASSERT_TRUE(situations->silence(silence));
  pass(std::chrono::minutes{1});
  EXPECT_THAT(newest(id).texts("/alert/msgType"), ElementsAre("Cancel"));
  pass(std::chrono::hours{1});
  EXPECT_THAT(newest(id).texts("/alert/msgType"), ElementsAre("Alert"));
}

// 3.2.2 info

TEST_F(cap_messages, speak_korean_and_english) {
  auto const xml = newest(raise(plume()));
  EXPECT_THAT(xml.texts("/alert/info/language"), ElementsAre("ko-KR", "en-US"));
  EXPECT_THAT(xml.texts("/alert/info/headline"),
              ElementsAre("상암 부근에서 초미세먼지가 늘고 있습니다", "Fine dust is rising near Sangam"));
  EXPECT_THAT(xml.texts("/alert/info/description"), ElementsAre(HasSubstr("측정소"), HasSubstr("stations")));
  EXPECT_THAT(xml.texts("/alert/info/instruction"), ElementsAre(HasSubstr("창문"), HasSubstr("windows")));
  EXPECT_THAT(xml.texts("/alert/info/senderName"), ElementsAre("시험시", "Testville"));
  EXPECT_THAT(xml.texts("/alert/info/event"), ElementsAre("국지 대기오염", "Local air pollution"));
}

TEST_F(cap_messages, take_category_from_the_kind) {
  auto const category_of = [&](std::string const& kind) {
    auto signal = plume(kind);
    signal.kind = kind;
    return newest(raise(signal)).texts("/alert/info/category").at(0);
  };
  EXPECT_EQ(category_of("plume"), "Env");
  EXPECT_EQ(category_of("noise_event"), "Env");
  EXPECT_EQ(category_of("crowd_surge"), "Safety");
  EXPECT_EQ(category_of("heat"), "Met");
  EXPECT_EQ(category_of("something new"), "Other");
}

TEST_F(cap_messages, that_end_because_nobody_can_judge_any_more_do_not_say_that_all_is_clear) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->end("sensing.warning", "station-7", End::kUnheard));
  auto const xml = newest(id);
  EXPECT_EQ(xml.grammar_errors(), "");
  EXPECT_THAT(xml.texts("/alert/msgType"), ElementsAre("Cancel"));
  EXPECT_THAT(xml.texts("/alert/note"), ElementsAre(HasSubstr("Whether the cause is over is not known.")));
  EXPECT_THAT(xml.texts("/alert/info/responseType"), IsEmpty());
  EXPECT_THAT(xml.texts("/alert/info/urgency"), ElementsAre("Unknown", "Unknown"));
  EXPECT_THAT(xml.texts("/alert/info/certainty"), ElementsAre("Unknown", "Unknown"));
}

TEST_F(cap_messages, that_end_while_one_station_still_shows_it_do_not_say_that_all_is_clear) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->end("sensing.warning", "station-7", End::kUnconfirmed));
  auto const xml = newest(id);
  EXPECT_EQ(xml.grammar_errors(), "");
  EXPECT_THAT(xml.texts("/alert/msgType"), ElementsAre("Cancel"));
  EXPECT_THAT(xml.texts("/alert/note"), ElementsAre(HasSubstr("one station still shows it, and no other confirms it any more.")));
  EXPECT_THAT(xml.texts("/alert/note"), ElementsAre(HasSubstr("측정소 한 곳에서만")));
  EXPECT_THAT(xml.texts("/alert/info/responseType"), IsEmpty());
  EXPECT_THAT(xml.texts("/alert/info/urgency"), ElementsAre("Unknown", "Unknown"));
  EXPECT_THAT(xml.texts("/alert/info/certainty"), ElementsAre("Unknown", "Unknown"));
}

TEST_F(cap_messages, of_a_server_that_was_restored_from_a_backup_have_identifiers_of_their_own) {
  auto const id = raise(plume());
  ASSERT_TRUE(records->backup_to(folder + "/backup.db"));
  raise(plume("station-7", Severity::kSerious));
  raise(plume("station-8"));
  auto const before = std::set{of(id, 2).texts("/alert/identifier").at(0), of(SituationId{2}, 1).texts("/alert/identifier").at(0)};
  auto const first = of(id, 1).texts("/alert/identifier").at(0);

  situations.reset();
  ASSERT_TRUE(storage::Records::restore(folder + "/backup.db", "sqlite:" + folder + "/restored.db"));
  auto const restored = *storage::Records::open("sqlite:" + folder + "/restored.db", clock);
  auto const city_again = *city::City::open(*restored, clock);
  auto again = *Situations::open({.records = *restored, .city = *city_again, .clock = clock, .metrics = metrics}, {});
  auto const archive = *Alerts::open({.records = *restored, .situations = *again, .city = *city_again, .messages = messages}, publisher);
  ASSERT_TRUE(again->raise(plume("station-7", Severity::kSerious)));
  ASSERT_TRUE(again->raise(plume("station-9")));
  Xml const update(*archive->xml(id, 2));
  Xml const other(*archive->xml(SituationId{2}, 1));
  EXPECT_FALSE(before.contains(update.texts("/alert/identifier").at(0)));
  EXPECT_FALSE(before.contains(other.texts("/alert/identifier").at(0)));
  EXPECT_THAT(update.texts("/alert/references"), ElementsAre(HasSubstr(first))) << "what went out before the backup";
  again.reset();
}

TEST_F(cap_messages, of_every_kind_have_a_word_in_both_languages_and_a_category_of_the_standard) {
  for (auto const& kind : madang::situations::kinds()) {
    auto signal = plume(std::string{kind.name});
    signal.kind = kind.name;
    auto const id = raise(signal);
    EXPECT_EQ(alerts->newest(id, id)->empty(), kind.internal) << kind.name;
    if (kind.internal) continue;
    auto const xml = newest(id);
    EXPECT_EQ(xml.grammar_errors(), "") << kind.name;
    EXPECT_THAT(xml.texts("/alert/info/event"), ElementsAre(messages.text("ko", kind.key), messages.text("en", kind.key)));
  }
}

TEST_F(cap_messages, map_severity_and_urgency) {
  auto const words = [&](std::string const& key, Severity severity) {
    auto const xml = newest(raise(plume(key, severity)));
    return xml.texts("/alert/info/severity").at(0) + " " + xml.texts("/alert/info/urgency").at(0) + " " +
           xml.texts("/alert/info/certainty").at(0);
  };
  EXPECT_EQ(words("a", Severity::kNotice), "Minor Expected Observed");
  EXPECT_EQ(words("b", Severity::kCaution), "Moderate Expected Observed");
  EXPECT_EQ(words("c", Severity::kSerious), "Severe Immediate Observed");
  EXPECT_EQ(words("d", Severity::kCritical), "Extreme Immediate Observed");
}

TEST_F(cap_messages, tell_onset_and_when_they_expire) {
  auto const xml = newest(raise(plume()));
  EXPECT_THAT(xml.texts("/alert/info[1]/onset"), ElementsAre("2026-11-26T14:00:00+09:00"));
  EXPECT_THAT(xml.texts("/alert/info[1]/expires"), ElementsAre("2026-11-27T14:03:00+09:00"));
}

TEST_F(cap_messages, are_renewed_before_they_expire) {
  auto const id = raise(plume());
  pass(std::chrono::hours{12});
  auto const xml = newest(id);
  EXPECT_THAT(xml.texts("/alert/msgType"), ElementsAre("Update"));
  EXPECT_THAT(xml.texts("/alert/info[1]/expires"), ElementsAre("2026-11-28T02:03:00+09:00"));
}

TEST_F(cap_messages, link_to_the_page_by_an_absolute_address_or_not_at_all) {
  auto const id = raise(plume());
  EXPECT_THAT(newest(id).texts("/alert/info[1]/web"), ElementsAre("https://city.example/alerts/1"));
  reopen_alerts({.city = both("Testville", "시험시"), .zone = "Asia/Seoul", .base_address = "", .sender = "a@b"});
  EXPECT_THAT(newest(raise(plume("station-8"))).texts("/alert/info/web"), IsEmpty());
}

TEST_F(cap_messages, carry_parameters_as_name_and_value) {
  auto const xml = newest(raise(plume()));
  EXPECT_THAT(xml.texts("/alert/info[1]/parameter/valueName"), ElementsAre("madang:situation", "madang:kind"));
  EXPECT_THAT(xml.texts("/alert/info[1]/parameter/value"), ElementsAre("1", "plume"));
}

// 3.2.3 resource

TEST_F(cap_messages, name_the_picture_of_the_place_by_an_absolute_address_in_their_language) {
  auto const id = raise(plume());
  auto const xml = newest(id);
  EXPECT_EQ(xml.grammar_errors(), "");
  EXPECT_THAT(xml.texts("/alert/info[1]/resource/uri"), ElementsAre("https://city.example/alerts/1.svg?lang=ko"));
  EXPECT_THAT(xml.texts("/alert/info[2]/resource/uri"), ElementsAre("https://city.example/alerts/1.svg?lang=en"));
  EXPECT_THAT(xml.texts("/alert/info[2]/resource/resourceDesc"), ElementsAre("Map of the warning"));
  EXPECT_THAT(xml.texts("/alert/info/resource/mimeType"), ElementsAre("image/svg+xml", "image/svg+xml"));
}

TEST_F(cap_messages, name_no_picture_where_none_is_to_be_had) {
  auto everywhere = plume("everywhere");
  everywhere.place.reset();
  EXPECT_THAT(newest(raise(everywhere)).texts("//resource"), IsEmpty());
  auto const id = raise(plume());
  ASSERT_TRUE(situations->resolve(id, kim, ""));
  EXPECT_THAT(newest(id).texts("//resource"), IsEmpty()) << "a cancellation";
  reopen_alerts({.city = both("Testville", "시험시"), .zone = "Asia/Seoul", .base_address = "", .sender = "a@b"});
  EXPECT_THAT(newest(raise(plume("station-8"))).texts("//resource"), IsEmpty()) << "without an address";
}

// 3.2.4 area

TEST_F(cap_messages, of_an_area_carry_its_closed_outline_and_name) {
  auto const xml = newest(raise(plume()));
  EXPECT_THAT(xml.texts("/alert/info/area/areaDesc"), ElementsAre("상암동", "Sangam-dong"));
  auto const polygon = xml.texts("/alert/info[1]/area/polygon").at(0);
  EXPECT_THAT(polygon, MatchesRegex("(-?[0-9]+\\.[0-9]+,-?[0-9]+\\.[0-9]+ ?)+"));
  EXPECT_EQ(std::ranges::count(polygon, ','), 5);
  EXPECT_EQ(polygon.substr(0, polygon.find(' ')), polygon.substr(polygon.rfind(' ') + 1));
  EXPECT_THAT(polygon, HasSubstr("37.56000,126.86000"));
  EXPECT_THAT(xml.texts("/alert/info[1]/area/geocode/value"), ElementsAre("W1"));
}

TEST_F(cap_messages, of_a_radius_carry_a_circle_in_kilometres) {
  auto signal = plume();
  signal.radius = 750;
  auto const xml = newest(raise(signal));
  EXPECT_THAT(xml.texts("/alert/info[1]/area/circle"), ElementsAre("37.58000,126.88000 0.750"));
  EXPECT_THAT(xml.texts("/alert/info[1]/area/polygon"), IsEmpty());
  EXPECT_THAT(xml.texts("/alert/info[1]/area/areaDesc"), ElementsAre("상암동"));
}

TEST_F(cap_messages, of_the_whole_city_name_it_without_a_shape) {
  auto signal = plume();
  signal.place.reset();
  auto const xml = newest(raise(signal));
  EXPECT_THAT(xml.texts("/alert/info/area/areaDesc"), ElementsAre("시험시", "Testville"));
  EXPECT_THAT(xml.texts("/alert/info/area/polygon"), IsEmpty());
  EXPECT_THAT(xml.texts("/alert/info/area/circle"), IsEmpty());
}

// Text from detectors and people

TEST_F(cap_messages, keep_markup_and_control_characters_of_texts_harmless) {
  auto signal = plume();
  signal.headline = both("</headline><evil/> & \x01 \"done\"", "<나쁜>");
  auto const xml = newest(raise(signal));
  EXPECT_THAT(xml.texts("/alert/info[2]/headline"), ElementsAre("</headline><evil/> &  \"done\""));
  EXPECT_THAT(xml.texts("//evil"), IsEmpty());
}

}  // namespace
}  // namespace madang::situations
