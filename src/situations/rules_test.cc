#include "situations/rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "situations/kinds.h"
#include "situations/limits.h"
#include "situations/test_situations.h"

namespace madang::situations {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

Instant const kNow = *parse_instant("2026-11-26T05:03:00Z");
Situations::Options const kOptions;
Actor const kKim{.party = PartyId{1}, .name = "kim"};
Actor const kProgram{.party = PartyId{3}, .name = "dispatch", .is_program = true};

Situation firing(Severity severity = Severity::kCaution) {
  return raised(SituationId{7}, plume("station-7", severity), nullptr, kNow).situation;
}

Signal report(Severity severity) { return plume("station-7", severity); }

std::string kinds_of(Step const& step) {
  std::string out;
  for (auto const& entry : step.entries) out += (out.empty() ? "" : " ") + std::string{name_of(entry.kind)};
  return out;
}

Step worked(Situation const& s, Action action, std::string text = {}) {
  auto step = deed_done(s, {.action = action, .by = kKim, .text = std::move(text)}, kNow);
  EXPECT_TRUE(step) << step.error().sentence;
  return step.value_or(Step{});
}

Code refused_with(Situation const& s, Deed const& deed) {
  auto const step = deed_done(s, deed, kNow);
  return step ? Code::kInternal : step.error().code;
}

struct order_of_need : testing::Test {
  std::vector<Situation> all;
  void add(std::int64_t id, Severity severity, State state, minutes since) {
    auto s = firing(severity);
    s.id = SituationId{id};
    s.state = state;
    s.signal.since = kNow - since;
    if (!is_open(state)) s.ended_at = kNow - since;
    all.push_back(std::move(s));
  }
  std::vector<std::int64_t> ids() {
    std::ranges::sort(all, needs_first);
    std::vector<std::int64_t> out;
    for (auto const& s : all) out.push_back(s.id.value());
    return out;
  }
};

TEST_F(order_of_need, puts_severity_before_who_has_it_and_that_before_age) {
  add(1, Severity::kCaution, State::kFiring, minutes{1});
  add(2, Severity::kSerious, State::kActing, minutes{50});
  add(3, Severity::kSerious, State::kFiring, minutes{40});
  add(4, Severity::kSerious, State::kFiring, minutes{30});
  add(5, Severity::kCritical, State::kAcknowledged, minutes{90});
  EXPECT_EQ(ids(), (std::vector<std::int64_t>{5, 4, 3, 2, 1}));
}

TEST_F(order_of_need, puts_ended_ones_last_by_their_end) {
  add(1, Severity::kCritical, State::kResolved, minutes{9});
  add(2, Severity::kNotice, State::kDismissed, minutes{5});
  add(3, Severity::kNotice, State::kFiring, minutes{60});
  EXPECT_EQ(ids(), (std::vector<std::int64_t>{3, 2, 1}));
}

TEST(first_report, fires_with_one_line_and_version_one) {
  auto const step = raised(SituationId{7}, plume(), nullptr, kNow);
  EXPECT_EQ(kinds_of(step), "raised");
  EXPECT_EQ(step.situation.state, State::kFiring);
  EXPECT_EQ(step.situation.version, 1);
  EXPECT_EQ(step.entries[0].number, 1);
}

TEST(another_report, with_other_values_only_tells_nobody) {
  auto again = plume();
  again.evidence.score = 11;
  auto const step = reported(firing(), again, kOptions, kNow + minutes{2});
  EXPECT_TRUE(step.entries.empty());
  EXPECT_EQ(step.situation.signal.evidence.score, 11);
  EXPECT_EQ(step.situation.seen_at, kNow + minutes{2});
  EXPECT_EQ(step.situation.version, 1);
}

TEST(another_report, with_other_words_is_told_every_ten_minutes) {
  auto again = plume();
  again.headline = both("Fine dust is high near Sangam", "상암 부근 초미세먼지가 높습니다");
  auto const soon = reported(firing(), again, kOptions, kNow + minutes{9});
  EXPECT_TRUE(soon.entries.empty());
  EXPECT_EQ(soon.situation.signal.headline, plume().headline);
  auto const later = reported(soon.situation, again, kOptions, kNow + minutes{10});
  EXPECT_EQ(kinds_of(later), "updated");
  EXPECT_EQ(later.situation.signal.headline, again.headline);
}

TEST(another_report, that_changes_who_may_see_it_is_told_at_once) {
  auto again = plume();
  again.is_public = false;
  EXPECT_EQ(kinds_of(reported(firing(), again, kOptions, kNow)), "updated");
}

TEST(another_report, replaces_sentence_numbers_and_evidence_together) {
  auto const s = raised(SituationId{7}, counted_plume(2, 47), nullptr, kNow).situation;
  auto const step = reported(s, counted_plume(12, 83), kOptions, kNow + minutes{2});
  EXPECT_TRUE(step.entries.empty()) << "told two minutes ago";
  auto const& signal = step.situation.signal;
  EXPECT_EQ(signal.description.in("en"), "83 now");
  EXPECT_EQ(signal.facts.stations, 12);
  EXPECT_EQ(signal.evidence.streams.front().values.front().value, 83);
}

TEST(another_report, without_numbers_waits_with_words_and_evidence_alike) {
  auto again = plume();
  again.headline = both("Other words", "다른 말");
  again.evidence.score = 11;
  auto const step = reported(firing(), again, kOptions, kNow + minutes{2});
  EXPECT_EQ(step.situation.signal.headline, plume().headline);
  EXPECT_EQ(step.situation.signal.evidence.score, plume().evidence.score);
}

TEST(another_report, says_from_what_to_what_it_changed) {
  auto const s = raised(SituationId{7}, counted_plume(2, 47), nullptr, kNow).situation;
  auto const step = reported(s, counted_plume(6, 83), kOptions, kNow + minutes{10});
  ASSERT_EQ(kinds_of(step), "updated");
  EXPECT_EQ(step.entries[0].from, (Standing{Severity::kCaution, 2, "pm25", "µg/m³", 47}));
  EXPECT_EQ(step.entries[0].to, (Standing{Severity::kCaution, 6, "pm25", "µg/m³", 83}));
}

TEST(another_report, that_it_began_earlier_is_told_at_once) {
  auto const before = raised(SituationId{7}, counted_plume(2, 47), nullptr, kNow).situation;
  auto earlier = counted_plume(2, 47);
  earlier.since -= minutes{3};
  auto const told = reported(before, earlier, kOptions, kNow + minutes{1});
  EXPECT_EQ(kinds_of(told), "updated") << "messages name the beginning too";
  EXPECT_EQ(told.situation.signal.since, earlier.since);
  EXPECT_EQ(kinds_of(reported(told.situation, earlier, kOptions, kNow + minutes{2})), "");
}

TEST(another_report, of_a_value_that_only_trembles_is_never_told) {
  auto s = raised(SituationId{7}, counted_plume(2, 47), nullptr, kNow).situation;
  for (int i = 1; i <= 24; ++i) {
    auto const step = reported(s, counted_plume(2, 47 + i % 3), kOptions, kNow + minutes{10 * i});
    EXPECT_TRUE(step.entries.empty());
    s = step.situation;
  }
}

TEST(name_of_a_cause, stays_while_it_leans_over_a_border_and_another_quantity_leads) {
  auto const s = raised(SituationId{7}, counted_plume(2, 47), nullptr, kNow).situation;
  auto leaning = counted_plume(3, 140);
  leaning.facts.quantities.front().channel = "pm10";
  leaning.rule = "pm10_plume";
  leaning.area = AreaId{9};
  leaning.place = LatLon{37.585, 126.885};
  leaning.headline = both("Air pollution near Elsewhere", "다른 곳 부근의 대기 오염");
  auto const step = reported(s, leaning, kOptions, kNow + minutes{10});
  EXPECT_EQ(step.situation.signal.headline, s.signal.headline);
  EXPECT_EQ(step.situation.signal.area, s.signal.area);
  EXPECT_EQ(step.situation.signal.place, leaning.place);
}

TEST(name_of_a_cause, follows_it_when_it_has_moved_on) {
  auto const s = raised(SituationId{7}, counted_plume(2, 47), nullptr, kNow).situation;
  auto away = counted_plume(2, 47);
  away.area = AreaId{9};
  away.place = LatLon{37.6, 126.9};
  away.headline = both("Air pollution near Elsewhere", "다른 곳 부근의 대기 오염");
  auto const step = reported(s, away, kOptions, kNow + minutes{2});
  EXPECT_EQ(kinds_of(step), "updated");
  EXPECT_EQ(step.situation.signal.headline, away.headline);
  EXPECT_EQ(step.situation.signal.area, AreaId{9});
}

TEST(name_of_a_cause, stays_while_a_wide_one_stands_around_where_it_was_named) {
  auto const s = raised(SituationId{7}, counted_plume(2, 47), nullptr, kNow).situation;
  auto wide = counted_plume(9, 47);
  wide.place = LatLon{37.6, 126.9};  // 2.8 km on
  wide.radius = 4'000;
  wide.rule_version = s.signal.rule_version + 1;
  wide.headline = both("Air pollution near Elsewhere", "다른 곳 부근의 대기 오염");
  EXPECT_EQ(reported(s, wide, kOptions, kNow + minutes{1}).situation.signal.headline, s.signal.headline);
}

TEST(name_of_a_cause, is_chosen_anew_where_it_has_moved_and_holds_there) {
  auto const s = raised(SituationId{7}, counted_plume(2, 47), nullptr, kNow).situation;
  auto away = counted_plume(2, 47);
  away.place = LatLon{37.6, 126.9};
  away.headline = both("Air pollution near Elsewhere", "다른 곳 부근의 대기 오염");
  auto const moved = reported(s, away, kOptions, kNow + minutes{2}).situation;
  auto nearly = away;
  nearly.place = LatLon{37.601, 126.901};
  nearly.headline = both("Air pollution next door", "옆 동네의 대기 오염");
  EXPECT_EQ(reported(moved, nearly, kOptions, kNow + minutes{4}).situation.signal.headline, away.headline);
}

/// As the early warning tells what one station shows alone.
Signal lone() {
  auto s = counted_plume(1, 90);
  s.kind = std::string{kUnconfirmed};
  s.is_public = false;
  s.facts.quantities.front().kind = s.kind;
  s.headline = both("Unconfirmed: PM2.5", "미확인: 초미세먼지");
  return s;
}

TEST(confirmation, is_one_line_of_the_same_situation_however_much_it_changes) {
  auto const s = raised(SituationId{7}, lone(), nullptr, kNow).situation;
  auto seen = counted_plume(3, 95);
  seen.severity = Severity::kSerious;
  auto const step = reported(s, seen, kOptions, kNow + minutes{2});
  EXPECT_EQ(kinds_of(step), "confirmed");
  EXPECT_EQ(step.entries[0].from, (Standing{Severity::kCaution, 1, "pm25", "µg/m³", 90}));
  EXPECT_EQ(step.entries[0].to, (Standing{Severity::kSerious, 3, "pm25", "µg/m³", 95}));
  EXPECT_EQ(step.situation.signal.kind, "plume");
  EXPECT_EQ(step.situation.signal.headline, seen.headline);
  EXPECT_TRUE(step.situation.signal.is_public);
}

TEST(confirmation, is_news_though_somebody_dismissed_what_one_station_had_shown) {
  auto const s = worked(raised(SituationId{7}, lone(), nullptr, kNow).situation, Action::kDismiss, "a barbecue").situation;
  EXPECT_TRUE(stays_settled(s, lone(), kNow + minutes{5}));
  EXPECT_FALSE(stays_settled(s, counted_plume(2, 90), kNow + minutes{5}));
}

TEST(part_of_a_cause, that_ended_for_another_reason_is_told_at_once) {
  auto const s = raised(SituationId{7}, counted_plume(2, 47), nullptr, kNow).situation;
  auto rest = counted_plume(2, 47);
  rest.ended_parts = {{"pm10", both("PM10", "미세먼지"), End::kRuleOff}};
  auto const step = reported(s, rest, kOptions, kNow + minutes{1});
  EXPECT_EQ(kinds_of(step), "updated");
  ASSERT_EQ(step.entries[0].ended_parts.size(), 1u);
  EXPECT_EQ(step.entries[0].ended_parts[0].why, End::kRuleOff);
  EXPECT_TRUE(step.situation.signal.ended_parts.empty()) << "told once";
}

TEST(end_of_a_cause, is_not_contradicted_by_the_word_that_it_lasts) {
  auto s = cleared(firing(), kNow + hours{12}).situation;
  EXPECT_TRUE(time_passed(s, nullptr, kOptions, kNow + hours{12} + minutes{1}).entries.empty());
}

TEST(return_of_a_cause, says_how_it_stands_and_puts_nothing_else_off) {
  auto const back = reported(cleared(firing(), kNow).situation, report(Severity::kCaution), kOptions, kNow + minutes{1});
  EXPECT_EQ(kinds_of(back), "returned");
  EXPECT_TRUE(back.entries[0].from && back.entries[0].to);
  EXPECT_EQ(back.situation.last_standing_at, firing().last_standing_at) << "twice a day the public hears that it lasts, however it flaps";
}

TEST(end_without_an_end_of_the_cause, says_why_at_once) {
  auto const step = ended(firing(), End::kUnheard, kNow + minutes{3});
  EXPECT_EQ(kinds_of(step), "resolved");
  EXPECT_EQ(step.situation.ended_by, End::kUnheard);
  EXPECT_EQ(step.situation.ended_at, kNow + minutes{3});
}

TEST(resolution_by_hand, keeps_reports_of_the_lasting_cause_quiet) {
  auto s = worked(firing(), Action::kResolve, "fire is out").situation;
  EXPECT_EQ(s.ended_by, End::kOperator);
  s.seen_at = kNow + hours{30};
  EXPECT_TRUE(stays_settled(s, report(Severity::kCaution), kNow + hours{31}));
  EXPECT_FALSE(stays_settled(s, report(Severity::kSerious), kNow + hours{31})) << "it got worse";
  EXPECT_FALSE(stays_settled(s, report(Severity::kCaution), kNow + hours{54})) << "a day without a report";
  s.clear_since = kNow + hours{31};
  EXPECT_FALSE(stays_settled(s, report(Severity::kCaution), kNow + hours{32})) << "the cause was gone";
}

Signal program_report(Severity severity) {
  auto signal = report(severity);
  signal.source = kOperatorSource;
  signal.by_program = true;
  signal.place = LatLon{37.55, 126.95};
  return signal;
}

TEST(resolution_by_hand, of_what_a_program_reports_is_no_word_that_it_is_over) {
  auto s = firing();
  s.signal = program_report(Severity::kCaution);
  s = worked(s, Action::kResolve, "handed to the fire brigade").situation;
  EXPECT_TRUE(lasts_after_end(s));
  s.signal.by_program = false;
  EXPECT_FALSE(lasts_after_end(s)) << "a person who reported says that it is over";
}

TEST(resolution_by_hand, keeps_a_program_quiet_while_it_goes_on_about_the_same_and_no_longer) {
  auto s = firing();
  s.signal = program_report(Severity::kCaution);
  s = worked(s, Action::kResolve, "handed to the fire brigade").situation;
  s.seen_at = kNow;
  EXPECT_TRUE(stays_settled(s, program_report(Severity::kCaution), kNow + minutes{59}));
  EXPECT_FALSE(stays_settled(s, program_report(Severity::kCaution), kNow + minutes{60})) << "it rings again";
  auto elsewhere = program_report(Severity::kCaution);
  elsewhere.place->latitude += 0.05;
  EXPECT_FALSE(stays_settled(s, elsewhere, kNow + minutes{1}));
  auto other = program_report(Severity::kCaution);
  other.kind = "flood";
  EXPECT_FALSE(stays_settled(s, other, kNow + minutes{1}));
}

TEST(resolution_by_hand, holds_in_the_area_that_a_program_named_and_in_no_other) {
  auto const report_in = [](AreaId area, bool whole_city = false) {
    auto report = program_report(Severity::kCaution);
    report.place.reset();
    report.area = area;
    report.whole_city = whole_city;
    return report;
  };
  auto s = firing();
  s.signal = report_in(AreaId{5});
  s = worked(s, Action::kResolve, "handed to the fire brigade").situation;
  s.seen_at = kNow;
  EXPECT_TRUE(stays_settled(s, report_in(AreaId{5}), kNow + minutes{20}));
  EXPECT_FALSE(stays_settled(s, report_in(AreaId{9}), kNow + minutes{20}));
  EXPECT_FALSE(stays_settled(s, report_in(AreaId{}, true), kNow + minutes{20}));
  EXPECT_FALSE(stays_settled(s, program_report(Severity::kCaution), kNow + minutes{20})) << "it names a place now";
}

TEST(dismissal_by_hand, keeps_a_program_quiet_for_its_day_and_nothing_else_under_its_key) {
  auto s = firing();
  s.signal = program_report(Severity::kCaution);
  s = worked(s, Action::kDismiss, "a drill").situation;
  s.seen_at = kNow;
  EXPECT_TRUE(stays_settled(s, program_report(Severity::kCaution), kNow + hours{5}));
  auto other = program_report(Severity::kCaution);
  other.kind = "flood";
  EXPECT_FALSE(stays_settled(s, other, kNow + minutes{1}));
}

TEST(end_by_itself, keeps_nothing_quiet) {
  auto const gone = time_passed(cleared(firing(), kNow).situation, nullptr, kOptions, kNow + minutes{5}).situation;
  EXPECT_EQ(gone.ended_by, End::kGone);
  EXPECT_FALSE(stays_settled(gone, report(Severity::kCaution), kNow + minutes{6}));
  auto const unheard = ended(firing(), End::kUnheard, kNow).situation;
  EXPECT_FALSE(stays_settled(unheard, report(Severity::kCaution), kNow + minutes{1}));
}

TEST(severity, worsens_at_once) {
  auto const step = reported(firing(), report(Severity::kCritical), kOptions, kNow);
  EXPECT_EQ(kinds_of(step), "worsened");
  EXPECT_EQ(step.situation.severity_max, Severity::kCritical);
}

TEST(severity, eases_only_when_nothing_as_severe_is_reported_for_keep_firing) {
  auto s = reported(firing(), report(Severity::kNotice), kOptions, kNow).situation;
  EXPECT_EQ(s.signal.severity, Severity::kCaution);
  s = reported(s, report(Severity::kNotice), kOptions, kNow + minutes{4}).situation;
  EXPECT_EQ(s.signal.severity, Severity::kCaution);
  auto const eased = reported(s, report(Severity::kNotice), kOptions, kNow + minutes{5});
  EXPECT_EQ(kinds_of(eased), "eased");
  EXPECT_EQ(eased.situation.signal.severity, Severity::kNotice);
  EXPECT_EQ(eased.situation.severity_max, Severity::kCaution);
}

TEST(severity, that_somebody_reports_by_hand_stands_at_once_lower_ones_too) {
  auto const milder = reported(firing(), report(Severity::kNotice), kOptions, kNow + minutes{1}, &kKim);
  ASSERT_EQ(kinds_of(milder), "eased");
  EXPECT_EQ(milder.entries[0].by_name, "kim");
  EXPECT_EQ(milder.situation.signal.severity, Severity::kNotice);
  EXPECT_FALSE(milder.situation.eased_since);
}

TEST(severity, that_a_program_flaps_is_told_once_for_keep_firing) {
  auto s = raised(SituationId{7}, report(Severity::kCaution), nullptr, kNow, &kProgram).situation;
  std::string told;
  for (int second = 1; second <= 600; ++second) {
    auto const now = kNow + std::chrono::seconds{second};
    auto const step = reported(s, report(second % 2 == 0 ? Severity::kCaution : Severity::kSerious), kOptions, now, &kProgram);
    told += kinds_of(step);
    auto const later = time_passed(step.situation, nullptr, {.escalations_max = 0}, now);
    told += kinds_of(later);
    s = later.situation;
  }
  EXPECT_EQ(told, "worsened");
}

TEST(severity, that_a_program_lowers_once_is_told_when_it_stayed_so) {
  auto const s = reported(firing(Severity::kSerious), report(Severity::kNotice), kOptions, kNow + minutes{1}, &kProgram).situation;
  EXPECT_EQ(s.signal.severity, Severity::kSerious);
  EXPECT_TRUE(time_passed(s, nullptr, kOptions, kNow + minutes{5}).entries.empty());
  auto const eased = time_passed(s, nullptr, kOptions, kNow + minutes{6});
  EXPECT_EQ(kinds_of(eased), "eased");
  EXPECT_EQ(eased.situation.signal.severity, Severity::kNotice);
  EXPECT_TRUE(time_passed(eased.situation, nullptr, kOptions, kNow + minutes{7}).entries.empty()) << "once";
  auto const by_hand = reported(s, report(Severity::kCaution), kOptions, kNow + minutes{2}, &kKim).situation;
  EXPECT_EQ(by_hand.signal.severity, Severity::kCaution) << "a person's stands at once";
  EXPECT_TRUE(time_passed(by_hand, nullptr, kOptions, kNow + minutes{8}).entries.empty());
}

TEST(severity, that_a_detector_reports_milder_waits_for_its_reports_alone) {
  auto const s = reported(firing(Severity::kSerious), report(Severity::kNotice), kOptions, kNow + minutes{1}).situation;
  EXPECT_TRUE(time_passed(s, nullptr, kOptions, kNow + minutes{9}).entries.empty()) << "silence of sensors is no report";
}

TEST(severity, that_flickers_does_not_ease) {
  auto s = reported(firing(), report(Severity::kNotice), kOptions, kNow).situation;
  s = reported(s, report(Severity::kCaution), kOptions, kNow + minutes{4}).situation;
  auto const step = reported(s, report(Severity::kNotice), kOptions, kNow + minutes{6});
  EXPECT_TRUE(step.entries.empty());
  EXPECT_EQ(step.situation.eased_since, kNow + minutes{6});
}

TEST(end_of_a_cause, is_written_once) {
  auto const first = cleared(firing(), kNow + minutes{1});
  EXPECT_EQ(kinds_of(first), "cleared");
  EXPECT_TRUE(cleared(first.situation, kNow + minutes{2}).entries.empty());
  EXPECT_EQ(cleared(first.situation, kNow + minutes{2}).situation.clear_since, kNow + minutes{1});
}

TEST(end_of_a_cause, taken_back_and_worse_is_one_line) {
  auto const gone = cleared(firing(), kNow).situation;
  auto const step = reported(gone, report(Severity::kSerious), kOptions, kNow + minutes{1});
  EXPECT_EQ(kinds_of(step), "worsened");
  EXPECT_EQ(step.situation.version, 3);
  EXPECT_FALSE(step.situation.clear_since);
}

TEST(passing_time, resolves_also_what_somebody_works_on) {
  auto const acting = worked(firing(), Action::kAct).situation;
  auto const gone = cleared(acting, kNow).situation;
  EXPECT_TRUE(time_passed(gone, nullptr, kOptions, kNow + minutes{4}).entries.empty());
  auto const step = time_passed(gone, nullptr, kOptions, kNow + minutes{5});
  EXPECT_EQ(kinds_of(step), "resolved");
  EXPECT_EQ(step.situation.ended_at, kNow + minutes{5});
}

TEST(passing_time, never_resolves_what_was_not_reported_gone) {
  auto const s = worked(firing(), Action::kAcknowledge).situation;
  EXPECT_TRUE(is_open(time_passed(s, nullptr, kOptions, kNow + hours{24 * 30}).situation.state));
}

TEST(passing_time, after_a_long_pause_escalates_once_only) {
  auto const step = time_passed(firing(), nullptr, kOptions, kNow + hours{5});
  EXPECT_EQ(step.situation.escalation, 1);
  EXPECT_EQ(time_passed(step.situation, nullptr, kOptions, kNow + hours{5}).situation.escalation, 1);
}

TEST(passing_time, escalates_at_most_as_often_as_told) {
  auto s = firing();
  s.escalation = kOptions.escalations_max;
  EXPECT_EQ(time_passed(s, nullptr, kOptions, kNow + hours{5}).situation.escalation, kOptions.escalations_max);
}

TEST(passing_time, does_not_escalate_what_is_silenced_or_gone) {
  Silence const silence{.when = {kNow, kNow + hours{9}}, .reason = "drill"};
  auto silenced = firing();
  silenced.silenced = true;
  EXPECT_EQ(time_passed(silenced, &silence, kOptions, kNow + hours{1}).situation.escalation, 0);
  auto const gone = cleared(firing(), kNow + minutes{58}).situation;
  EXPECT_EQ(time_passed(gone, nullptr, kOptions, kNow + hours{1}).situation.escalation, 0);
}

TEST(passing_time, says_twice_a_day_that_a_public_one_lasts) {
  auto const s = worked(firing(), Action::kAcknowledge).situation;
  EXPECT_TRUE(time_passed(s, nullptr, kOptions, kNow + hours{11}).entries.empty());
  EXPECT_EQ(kinds_of(time_passed(s, nullptr, kOptions, kNow + hours{12})), "updated");
  auto internal = s;
  internal.signal.is_public = false;
  EXPECT_TRUE(time_passed(internal, nullptr, kOptions, kNow + hours{12}).entries.empty());
}

TEST(passing_time, follows_the_silences) {
  Silence const silence{.when = {kNow, kNow + hours{1}}, .reason = "drill"};
  auto const begun = time_passed(firing(), &silence, kOptions, kNow);
  EXPECT_EQ(kinds_of(begun), "silenced");
  EXPECT_EQ(begun.entries[0].text, "drill");
  EXPECT_TRUE(begun.situation.silenced);
  auto const ended = time_passed(begun.situation, nullptr, kOptions, kNow + minutes{2});
  EXPECT_EQ(kinds_of(ended), "silenced");
  EXPECT_FALSE(ended.situation.silenced);
}

TEST(reports_without_end, write_a_bounded_timeline_but_still_worsen_and_end) {
  auto s = firing();
  s.version = static_cast<std::int64_t>(kTimelineUpdatesMax);
  auto other = plume();
  other.headline = both("Other words", "다른 말");
  EXPECT_TRUE(reported(s, other, kOptions, kNow + hours{1}).entries.empty());
  EXPECT_TRUE(cleared(s, kNow).entries.empty());
  EXPECT_EQ(kinds_of(reported(s, report(Severity::kCritical), kOptions, kNow)), "worsened");
  EXPECT_EQ(kinds_of(time_passed(cleared(s, kNow).situation, nullptr, kOptions, kNow + minutes{5})), "resolved");
}

TEST(reports_without_end, of_a_person_write_a_bounded_timeline_too_and_still_stand) {
  auto s = firing();
  s.version = static_cast<std::int64_t>(kTimelineUpdatesMax);
  auto other = plume();
  other.headline = both("Other words", "다른 말");
  auto const step = reported(s, other, kOptions, kNow + hours{1}, &kKim);
  EXPECT_TRUE(step.entries.empty());
  EXPECT_EQ(step.situation.signal.headline, other.headline);
}

TEST(words_of_a_program, stand_at_once_and_get_a_line_every_ten_minutes_though_it_says_them_once) {
  auto said = plume();
  said.source = std::string{kOperatorSource};
  auto s = worked(raised(SituationId{7}, said, nullptr, kNow, &kProgram).situation, Action::kAcknowledge).situation;
  said.headline = both("The underpass is closed", "지하차도를 통제합니다");
  auto const soon = reported(s, said, kOptions, kNow + minutes{1}, &kProgram);
  EXPECT_TRUE(soon.entries.empty());
  EXPECT_EQ(soon.situation.signal.headline, said.headline);
  EXPECT_TRUE(reported(soon.situation, said, kOptions, kNow + minutes{2}, &kProgram).entries.empty());
  EXPECT_TRUE(time_passed(soon.situation, nullptr, kOptions, kNow + minutes{9}).entries.empty());
  auto const told = time_passed(soon.situation, nullptr, kOptions, kNow + minutes{10});
  EXPECT_EQ(kinds_of(told), "updated");
  EXPECT_TRUE(time_passed(told.situation, nullptr, kOptions, kNow + minutes{30}).entries.empty()) << "once";
  said.headline = both("The underpass is open", "지하차도를 개방합니다");
  auto const later = reported(told.situation, said, kOptions, kNow + minutes{20}, &kProgram);
  EXPECT_EQ(kinds_of(later), "updated");
}

Signal exercise(Signal signal) {
  signal.simulated = true;
  return signal;
}

TEST(exercise, that_a_real_station_joins_is_told_as_real_at_once_and_never_becomes_one_again) {
  auto const s = raised(SituationId{7}, exercise(counted_plume(2, 47)), nullptr, kNow).situation;
  auto const step = reported(s, counted_plume(3, 60), kOptions, kNow + minutes{1});
  ASSERT_EQ(kinds_of(step), "worsened");
  EXPECT_TRUE(turned_real(step.entries[0]));
  EXPECT_EQ(step.entries[0].to, (Standing{Severity::kCaution, 3, "pm25", "µg/m³", 60}));
  EXPECT_FALSE(step.situation.signal.simulated);
  auto const rest = reported(step.situation, exercise(counted_plume(3, 60)), kOptions, kNow + minutes{2});
  EXPECT_TRUE(rest.entries.empty()) << "its real part ended first";
  EXPECT_FALSE(rest.situation.signal.simulated);
  EXPECT_FALSE(ended(rest.situation, End::kGone, kNow + minutes{9}).situation.signal.simulated);
}

TEST(exercise, that_becomes_real_and_worse_says_both) {
  auto const s = raised(SituationId{7}, exercise(counted_plume(2, 47)), nullptr, kNow).situation;
  auto worse = counted_plume(3, 60);
  worse.severity = Severity::kSerious;
  auto const step = reported(s, worse, kOptions, kNow + minutes{1});
  ASSERT_EQ(kinds_of(step), "worsened worsened");
  EXPECT_TRUE(turned_real(step.entries[0]));
  EXPECT_FALSE(turned_real(step.entries[1]));
  EXPECT_EQ(step.entries[1].to->severity, Severity::kSerious);
  EXPECT_EQ(step.situation.signal.severity, Severity::kSerious);
  EXPECT_EQ(step.situation.version, 3);
}

TEST(exercise, that_somebody_ended_keeps_nothing_real_quiet) {
  auto const s = worked(raised(SituationId{7}, exercise(plume()), nullptr, kNow).situation, Action::kResolve).situation;
  EXPECT_TRUE(stays_settled(s, exercise(plume()), kNow + minutes{5}));
  EXPECT_FALSE(stays_settled(s, plume(), kNow + minutes{5}));
}

TEST(dismissal, holds_for_a_day_unless_it_gets_worse) {
  auto const s = worked(firing(), Action::kDismiss, "street cleaning").situation;
  EXPECT_TRUE(stays_settled(s, report(Severity::kCaution), kNow + hours{23}));
  EXPECT_FALSE(stays_settled(s, report(Severity::kSerious), kNow + hours{23}));
  EXPECT_FALSE(stays_settled(s, report(Severity::kCaution), kNow + hours{24}));
}

TEST(silence, covers_by_kind_source_time_and_area_with_all_inside_it) {
  auto const parent = [](AreaId id) { return id == AreaId{12} ? AreaId{1} : AreaId{}; };
  auto signal = plume();
  signal.area = AreaId{12};
  auto const covers = [&](Silence silence) {
    silence.when = {kNow, kNow + hours{1}};
    return silence_of({&silence, 1}, signal, kNow, parent) != nullptr;
  };
  EXPECT_TRUE(covers({}));
  EXPECT_TRUE(covers({.kind = "plume", .source = "sensing.warning", .area = AreaId{1}}));
  EXPECT_TRUE(covers({.area = AreaId{12}}));
  EXPECT_FALSE(covers({.area = AreaId{2}}));
  EXPECT_FALSE(covers({.kind = "haze"}));
  EXPECT_FALSE(covers({.source = "desk"}));
}

TEST(silence, ends_at_its_end) {
  Silence const silence{.when = {kNow - hours{1}, kNow}, .reason = "x"};
  EXPECT_EQ(silence_of({&silence, 1}, plume(), kNow, [](AreaId) { return AreaId{}; }), nullptr);
}

TEST(silence, does_not_follow_a_ring_of_areas_for_ever) {
  Silence const silence{.area = AreaId{9}, .when = {kNow, kNow + hours{1}}, .reason = "x"};
  auto signal = plume();
  signal.area = AreaId{1};
  EXPECT_EQ(silence_of({&silence, 1}, signal, kNow, [](AreaId id) { return AreaId{id.value() == 1 ? 2 : 1}; }), nullptr);
}

TEST(operator_work, goes_from_firing_over_acknowledged_and_acting_to_resolved) {
  auto step = worked(firing(), Action::kAcknowledge);
  EXPECT_EQ(step.situation.state, State::kAcknowledged);
  EXPECT_EQ(step.entries[0].by_name, "kim");
  step = worked(step.situation, Action::kAct, "sending a crew");
  EXPECT_EQ(step.situation.state, State::kActing);
  EXPECT_EQ(step.entries[0].text, "sending a crew");
  step = worked(step.situation, Action::kResolve, "fire is out");
  EXPECT_EQ(step.situation.state, State::kResolved);
  EXPECT_EQ(step.situation.end_reason, "fire is out");
}

TEST(operator_work, may_go_straight_from_firing_to_acting) {
  auto const step = worked(firing(), Action::kAct);
  EXPECT_EQ(step.situation.acknowledged_at, kNow);
}

TEST(operator_work, assigns_and_notes_without_changing_the_state) {
  auto step = deed_done(firing(), {.action = Action::kAssign, .by = kKim, .assignee = {.party = PartyId{2}, .name = "lee"}}, kNow);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->situation.assignee_name, "lee");
  EXPECT_EQ(step->entries[0].text, "lee");
  EXPECT_EQ(step->situation.state, State::kFiring);
  EXPECT_EQ(kinds_of(worked(step->situation, Action::kNote, "called the fire brigade")), "noted");
}

TEST(operator_work, may_add_a_note_after_the_end) {
  auto const ended = worked(firing(), Action::kResolve).situation;
  EXPECT_EQ(kinds_of(worked(ended, Action::kNote, "it was a barbecue")), "noted");
}

TEST(operator_work, that_the_state_does_not_allow_is_a_conflict) {
  auto const ended = worked(firing(), Action::kResolve).situation;
  auto const acting = worked(firing(), Action::kAct).situation;
  EXPECT_EQ(refused_with(acting, {.action = Action::kAcknowledge, .by = kKim}), Code::kConflict);
  EXPECT_EQ(refused_with(acting, {.action = Action::kAct, .by = kKim}), Code::kConflict);
  EXPECT_EQ(refused_with(ended, {.action = Action::kAcknowledge, .by = kKim}), Code::kConflict);
  EXPECT_EQ(refused_with(ended, {.action = Action::kAct, .by = kKim}), Code::kConflict);
  EXPECT_EQ(refused_with(ended, {.action = Action::kAssign, .by = kKim}), Code::kConflict);
  EXPECT_EQ(refused_with(ended, {.action = Action::kResolve, .by = kKim}), Code::kConflict);
  EXPECT_EQ(refused_with(ended, {.action = Action::kDismiss, .by = kKim, .text = "why"}), Code::kConflict);
}

TEST(operator_work, wants_a_reason_for_dismissing_and_words_for_a_note) {
  EXPECT_EQ(refused_with(firing(), {.action = Action::kDismiss, .by = kKim, .text = "  "}), Code::kInvalid);
  EXPECT_EQ(refused_with(firing(), {.action = Action::kNote, .by = kKim}), Code::kInvalid);
  EXPECT_EQ(refused_with(firing(), {.action = Action::kNote, .by = kKim, .text = std::string(kTextMax + 1, 'x')}), Code::kLimit);
}

TEST(signal, is_refused_with_the_name_of_the_field) {
  auto const sentence = [](auto change) {
    auto signal = plume();
    change(signal);
    auto const checked = check(signal);
    return checked ? std::string{} : checked.error().sentence;
  };
  EXPECT_EQ(sentence([](Signal&) {}), "");
  EXPECT_EQ(sentence([](Signal& s) { s.source.clear(); }), "source: missing");
  EXPECT_EQ(sentence([](Signal& s) { s.key = std::string(kWordMax + 1, 'k'); }), "key: longer than 128 bytes");
  EXPECT_EQ(sentence([](Signal& s) { s.kind = "a\nb"; }), "kind: not a printable UTF-8 text");
  EXPECT_EQ(sentence([](Signal& s) { s.headline = {}; }), "headline: missing");
  EXPECT_EQ(sentence([](Signal& s) { s.description.by_language["en"] = "\xff"; }), "description: not a UTF-8 text");
  EXPECT_EQ(sentence([](Signal& s) { s.place = LatLon{91, 0}; }), "place: not on the earth");
  EXPECT_EQ(sentence([](Signal& s) { s.radius = -1; }), "radius: metres, 0 or more");
  EXPECT_EQ(sentence([](Signal& s) { s.severity = Severity{9}; }), "severity: notice, caution, serious or critical expected");
  EXPECT_EQ(sentence([](Signal& s) { s.evidence.streams.resize(kEvidenceStreamsMax + 1); }), "evidence: more than 64 streams");
}

TEST(new_silence, needs_a_reason_and_a_length) {
  Silence silence{.when = {kNow, kNow + hours{1}}, .reason = "drill"};
  EXPECT_TRUE(check(silence));
  silence.when.to = kNow;
  EXPECT_EQ(check(silence).error().sentence, "to: must lie after from");
  silence.when.to = kNow + hours{1};
  silence.reason.clear();
  EXPECT_EQ(check(silence).error().sentence, "reason: missing");
}

}  // namespace
}  // namespace madang::situations
