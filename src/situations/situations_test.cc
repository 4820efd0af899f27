// The life of Situations over real records, on a clock that the test moves.
#include "situations/situations.h"

#include <gmock/gmock.h>
#include <soci/soci.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <tuple>

#include "situations/limits.h"
#include "situations/test_situations.h"
#include "storage/journal/journal.h"
#include "storage/records/transactions.h"

namespace madang::situations {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class situations_life : public SituationsTest {};

/// Counts how often it is read, and may be slow.
class CountsReads final : public storage::Records {
 public:
  explicit CountsReads(storage::Records& records) : records_(records) {}
  [[nodiscard]] Engine engine() const override { return records_.engine(); }
  Result<void> read(Work const& work) override {
    ++reads;
    auto const deadline = storage::CallDeadline::of_call();
    std::this_thread::sleep_for(takes);
    if (reads > 1) std::this_thread::sleep_until(second_until);
    if (runtime::SystemClock{}.tick() > deadline) return fail(Code::kOverloaded, "there was no answer before the deadline");
    return records_.read(work);
  }
  Result<void> transaction(Work const& work) override { return records_.transaction(work); }
  Result<void> migrate(std::string_view module, std::span<storage::Migration const> steps) override { return records_.migrate(module, steps); }
  Result<void> backup_to(std::string const& path) override { return records_.backup_to(path); }

  int reads = 0;
  Millis takes{0};
  Tick second_until{};  ///< all but the first wait so long

 private:
  storage::Records& records_;
};

TEST_F(situations_life, two_reports_of_one_cause_are_one_situation) {
  auto const first = raise(plume());
  auto const second = raise(plume());
  EXPECT_EQ(first, second);
  EXPECT_EQ(situations->open_of("sensing.warning").size(), 1u);
  EXPECT_EQ(kinds(first), "raised");
}

TEST_F(situations_life, finds_the_area_of_the_place) {
  auto const id = raise(plume());
  EXPECT_EQ(city->area(find(id)->signal.area)->code, "W1");
}

TEST_F(situations_life, everything_is_there_after_a_restart) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->act(id, kim, "on my way"));
  auto const before = find(id);
  reopen();
  auto const after = find(id);
  EXPECT_EQ(after->signal.evidence, before->signal.evidence);
  EXPECT_EQ(after->signal.headline, before->signal.headline);
  EXPECT_EQ(after->signal.place, before->signal.place);
  EXPECT_EQ(after->state, State::kActing);
  EXPECT_EQ(after->acknowledged_at, before->acknowledged_at);
  EXPECT_EQ(after->version, 2);
  EXPECT_EQ(raise(plume()), id);
}

TEST_F(situations_life, resolves_only_after_keep_firing) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->clear("sensing.warning", "station-7"));
  pass(minutes{4});
  EXPECT_EQ(find(id)->state, State::kFiring);
  pass(minutes{1});
  EXPECT_EQ(find(id)->state, State::kResolved);
  EXPECT_EQ(kinds(id), "raised cleared resolved");
  EXPECT_TRUE(situations->open_of("sensing.warning").empty());
}

TEST_F(situations_life, an_end_that_was_reported_before_a_restart_comes_after_it_once) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->clear("sensing.warning", "station-7"));
  reopen();
  pass(minutes{6});
  EXPECT_EQ(kinds(id), "raised cleared resolved");
  ASSERT_TRUE(situations->clear("sensing.warning", "station-7"));
  ASSERT_TRUE(situations->end("sensing.warning", "station-7", End::kUnheard));
  pass(minutes{6});
  EXPECT_EQ(kinds(id), "raised cleared resolved") << "nothing ends twice";
}

TEST_F(situations_life, a_cause_that_two_rules_see_differently_makes_no_storm) {
  auto const id = raise(plume());
  for (int i = 0; i < 60; ++i) {
    raise(plume("station-7", i % 2 == 0 ? Severity::kSerious : Severity::kCaution));
    pass(minutes{2});
  }
  EXPECT_EQ(situations->open_of("sensing.warning").size(), 1u);
  EXPECT_THAT(kinds(id), testing::Not(testing::HasSubstr("eased")));
  EXPECT_EQ(find(id)->signal.severity, Severity::kSerious);
}

TEST_F(situations_life, a_flapping_cause_stays_one_situation) {
  auto const id = raise(plume());
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(situations->clear("sensing.warning", "station-7"));
    pass(minutes{2});
    EXPECT_EQ(raise(plume()), id);
    pass(minutes{2});
  }
  EXPECT_TRUE(is_open(find(id)->state));
  EXPECT_EQ(situations->list({.limit = 1'000})->size(), 1u);
}

TEST_F(situations_life, a_cause_that_returns_goes_on_as_the_same) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->clear("sensing.warning", "station-7"));
  pass(minutes{4});
  EXPECT_EQ(raise(plume()), id);
  pass(minutes{30});
  EXPECT_TRUE(is_open(find(id)->state));
  EXPECT_THAT(kinds(id), testing::StartsWith("raised cleared returned"));
}

TEST_F(situations_life, a_dismissed_cause_stays_quiet_for_a_day_unless_it_worsens) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->dismiss(id, kim, "street cleaning"));
  reopen();
  EXPECT_EQ(raise(plume()), id);
  EXPECT_TRUE(situations->open_of("sensing.warning").empty());
  auto const worse = raise(plume("station-7", Severity::kSerious));
  EXPECT_NE(worse, id);
  EXPECT_EQ(situations->open_of("sensing.warning").size(), 1u);
}

TEST_F(situations_life, a_dismissed_cause_is_raised_again_after_a_day) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->dismiss(id, kim, "street cleaning"));
  pass(hours{24});
  EXPECT_NE(raise(plume()), id);
}

TEST_F(situations_life, a_dismissed_cause_that_is_over_is_gone_on_with_by_nobody) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->dismiss(id, kim, "street cleaning"));
  EXPECT_EQ(situations->settled_of("sensing.warning").size(), 1u) << "it lasts";
  ASSERT_TRUE(situations->clear("sensing.warning", "station-7"));
  EXPECT_TRUE(situations->settled_of("sensing.warning").empty());
  reopen();
  EXPECT_TRUE(situations->settled_of("sensing.warning").empty());
  EXPECT_EQ(raise(plume()), id) << "its own key is quiet for the day";
  EXPECT_EQ(situations->settled_of("sensing.warning").size(), 1u) << "it is back";
  EXPECT_NE(raise(plume("another cause")), id);
}

TEST_F(situations_life, a_cause_that_is_certainly_over_ends_at_once) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->end("sensing.warning", "station-7", End::kGone));
  EXPECT_EQ(kinds(id), "raised resolved");
  EXPECT_EQ(find(id)->ended_by, End::kGone);
}

TEST_F(situations_life, what_is_not_judged_is_known_after_a_restart) {
  auto blind = plume("blind:late");
  blind.kind = "warning_blind";
  blind.facts.not_judged = {{"pm25", both("PM2.5", "초미세먼지"), clock.now()}, {"no2", both("NO2", "이산화질소"), clock.now()}};
  auto const id = raise(blind);
  reopen();
  EXPECT_EQ(find(id)->signal.facts.not_judged, blind.facts.not_judged);
}

TEST_F(situations_life, members_and_ended_parts_are_there_after_a_restart) {
  auto signal = counted_plume(2, 47);
  signal.facts.quantities.front().kind = "plume";
  signal.facts.quantities.front().members = {DatastreamId{41}, DatastreamId{43}};
  auto const id = raise(signal);
  signal.ended_parts = {{"pm10", both("PM10", "미세먼지"), End::kRuleOff}};
  raise(signal);
  reopen();
  EXPECT_EQ(find(id)->signal.facts.quantities.front().members, signal.facts.quantities.front().members);
  EXPECT_EQ(find(id)->signal.facts.quantities.front().kind, "plume");
  auto const lines = *situations->timeline(id);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1].ended_parts, signal.ended_parts);
}

TEST_F(situations_life, a_lasting_cause_that_somebody_resolved_is_not_raised_again) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->resolve(id, kim, "the fire is out"));
  int changes = 0;
  situations->listen([&](Situations::Change const&) { ++changes; });
  for (int hour = 0; hour < 30; ++hour) {
    EXPECT_EQ(raise(plume()), id);
    pass(hours{1});
  }
  EXPECT_EQ(changes, 0) << "no line, no message, no notice";
  ASSERT_EQ(situations->settled_of("sensing.warning").size(), 1u);
  reopen();
  ASSERT_EQ(situations->settled_of("sensing.warning").size(), 1u) << "a detector goes on with it after a restart";
  EXPECT_EQ(raise(plume()), id);
  EXPECT_EQ(kinds(id), "raised resolved");
}

TEST_F(situations_life, notes_on_a_resolved_one_stay_while_its_cause_lasts) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->resolve(id, kim, "the fire is out"));
  ASSERT_TRUE(situations->note(id, kim, "the embers were watched"));
  for (int hour = 0; hour < 3; ++hour) {
    EXPECT_EQ(raise(plume()), id);
    pass(hours{1});
  }
  ASSERT_TRUE(situations->clear("sensing.warning", "station-7"));
  ASSERT_TRUE(situations->note(id, kim, "all quiet")) << "the next line follows the last one";
  EXPECT_EQ(kinds(id), "raised resolved noted noted");
}

TEST_F(situations_life, a_cause_that_was_gone_after_somebody_resolved_it_is_raised_anew) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->resolve(id, kim, "the fire is out"));
  ASSERT_TRUE(situations->clear("sensing.warning", "station-7"));
  reopen();
  EXPECT_TRUE(situations->settled_of("sensing.warning").empty());
  EXPECT_NE(raise(plume()), id);
}

TEST_F(situations_life, a_resolved_cause_that_worsens_is_raised_anew) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->resolve(id, kim, ""));
  auto const worse = raise(plume("station-7", Severity::kSerious));
  EXPECT_NE(worse, id);
  EXPECT_EQ(raise(plume("station-7", Severity::kSerious)), worse);
}

TEST_F(situations_life, listeners_are_told_which_cause_somebody_ended_by_hand) {
  std::vector<std::string> ended;
  situations->listen([&](Situations::Change const& change) {
    if (change.is_end_by_hand()) ended.push_back(change.situation->signal.key);
  });
  for (auto const* key : {"a", "b", "c", "d"}) raise(plume(key));
  ASSERT_TRUE(situations->resolve(SituationId{1}, kim, ""));
  ASSERT_TRUE(situations->dismiss(SituationId{2}, kim, "street cleaning"));
  ASSERT_TRUE(situations->clear("sensing.warning", "c"));
  ASSERT_TRUE(situations->end("sensing.warning", "d", End::kRuleOff));
  pass(minutes{5});
  EXPECT_EQ(ended, (std::vector<std::string>{"a", "b"}));
}

TEST_F(situations_life, an_end_for_another_reason_is_kept_with_it) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->end("sensing.warning", "station-7", End::kUnheard));
  reopen();
  EXPECT_EQ(find(id)->ended_by, End::kUnheard);
  EXPECT_EQ(find(id)->state, State::kResolved);
  EXPECT_NE(raise(plume()), id) << "heard again";
}

TEST_F(situations_life, numbers_and_changes_are_there_after_a_restart) {
  auto const id = raise(counted_plume(2, 47));
  clock.advance(minutes{10});
  raise(counted_plume(6, 83));
  auto const lines = *situations->timeline(id);
  reopen();
  auto const after = find(id);
  EXPECT_EQ(after->signal.facts.stations, 6);
  ASSERT_EQ(after->signal.facts.quantities.size(), 1u);
  EXPECT_EQ(after->signal.facts.quantities[0].peak, 83);
  EXPECT_EQ(after->signal.facts.quantities[0].name, both("PM2.5", "초미세먼지"));
  EXPECT_EQ(after->last_standing.value, 83);
  auto const kept = *situations->timeline(id);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[1].from, (Standing{Severity::kCaution, 2, "pm25", "µg/m³", 47}));
  EXPECT_EQ(kept[1].from, lines[1].from);
  EXPECT_EQ(kept[1].to, lines[1].to);
  clock.advance(minutes{10});
  raise(counted_plume(6, 84));
  EXPECT_EQ(kinds(id), "raised updated") << "a restart makes no news";
}

TEST_F(situations_life, what_is_for_operators_only_is_never_public) {
  auto signal = plume();
  signal.kind = "unconfirmed";
  EXPECT_FALSE(shown_to_public(*find(raise(signal))));
}

TEST_F(situations_life, escalates_as_often_as_told_until_somebody_acknowledges) {
  auto const id = raise(plume());
  pass(minutes{10});
  pass(minutes{1});
  EXPECT_EQ(find(id)->escalation, 1);
  pass(minutes{9});
  EXPECT_EQ(find(id)->escalation, 2);
  ASSERT_TRUE(situations->acknowledge(id, kim));
  pass(hours{1});
  EXPECT_EQ(find(id)->escalation, 2);
}

TEST_F(situations_life, a_silence_of_a_district_covers_its_neighbourhoods_and_ends) {
  auto const district = city->areas().front();
  ASSERT_EQ(district->code, "W");
  Silence silence;
  silence.area = district->id;
  silence.kind = "plume";
  silence.when = {clock.now(), clock.now() + hours{1}};
  silence.reason = "road works";
  ASSERT_TRUE(situations->silence(silence));
  reopen();
  auto const id = raise(plume());
  EXPECT_TRUE(find(id)->silenced);
  EXPECT_FALSE(shown_to_public(*find(id)));
  pass(minutes{30});
  EXPECT_EQ(find(id)->escalation, 0);
  pass(minutes{30});
  EXPECT_FALSE(find(id)->silenced);
  EXPECT_THAT(kinds(id), testing::StartsWith("raised silenced silenced"));
  EXPECT_TRUE(situations->silences().empty());
}

TEST_F(situations_life, what_is_confirmed_under_a_silence_of_its_kind_is_never_public) {
  Silence silence;
  silence.kind = "plume";
  silence.when = {clock.now(), clock.now() + hours{1}};
  silence.reason = "road works";
  ASSERT_TRUE(situations->silence(silence));
  auto lone = counted_plume(1, 90);
  lone.kind = "unconfirmed";
  auto const id = raise(lone);
  EXPECT_FALSE(find(id)->silenced);
  bool public_once = false;
  situations->listen([&](Situations::Change const& change) { public_once = public_once || shown_to_public(*change.situation); });
  raise(counted_plume(3, 95));
  EXPECT_EQ(kinds(id), "raised confirmed silenced");
  EXPECT_FALSE(public_once);
}

TEST_F(situations_life, a_report_by_hand_stands_in_timeline_and_journal_under_who_made_it) {
  auto said = plume("underpass");
  said.source = kOperatorSource;
  auto const id = *situations->report(said, kim, {});
  said.headline = both("The underpass is closed", "지하차도를 통제합니다");
  clock.advance(minutes{1});
  ASSERT_EQ(*situations->report(said, kim, {}), id);
  EXPECT_EQ(find(id)->signal.headline, said.headline) << "what a person says stands at once";
  ASSERT_EQ(*situations->report(said, kim, {}), id);
  auto const lines = *situations->timeline(id);
  ASSERT_EQ(lines.size(), 2U) << "the same again is no news";
  EXPECT_EQ(lines[0].by, kim.party);
  EXPECT_EQ(lines[0].by_name, "kim");
  EXPECT_EQ(lines[1].kind, Entry::Kind::kUpdated);
  EXPECT_EQ(lines[1].by, kim.party);
  raise(plume("found by a detector"));
  auto const journal = *storage::journal::entries(*records, 0, 10);
  ASSERT_EQ(journal.size(), 2U);
  EXPECT_THAT(journal[0].leaf, testing::HasSubstr("situation_raised"));
  EXPECT_THAT(journal[1].leaf, testing::HasSubstr("situation_updated"));
}

TEST_F(situations_life, a_report_by_hand_asks_before_it_changes_what_is_open_under_its_key) {
  auto said = plume("underpass");
  said.source = kOperatorSource;
  auto const id = *situations->report(said, kim, [](Situation const&) { return false; });
  auto const before = find(id);
  said.headline = both("It was nothing", "아무 일도 아님");
  auto const refused = situations->report(said, kim, [](Situation const&) { return false; });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kForbidden);
  EXPECT_EQ(find(id)->signal.headline, before->signal.headline);
}

TEST_F(situations_life, what_a_program_lowered_once_is_told_over_a_restart_too) {
  Actor const program{.party = PartyId{3}, .name = "dispatch", .is_program = true};
  auto said = plume("incident-5", Severity::kSerious);
  said.source = kOperatorSource;
  auto const id = *situations->report(said, program, {});
  said.severity = Severity::kNotice;
  ASSERT_EQ(*situations->report(said, program, {}), id);
  pass(minutes{1});
  reopen();
  EXPECT_EQ(find(id)->signal.severity, Severity::kSerious);
  pass(minutes{4});
  EXPECT_EQ(find(id)->signal.severity, Severity::kNotice);
  EXPECT_EQ(kinds(id), "raised eased");
}

TEST_F(situations_life, what_a_program_said_once_is_durable_with_its_answer) {
  Actor const program{.party = PartyId{3}, .name = "dispatch", .is_program = true};
  auto said = plume("incident-5", Severity::kSerious);
  said.source = kOperatorSource;
  auto const id = *situations->report(said, program, {});
  clock.advance(minutes{1});
  said.severity = Severity::kNotice;
  said.description = both("The road is free again.", "도로가 다시 열렸습니다.");
  ASSERT_EQ(*situations->report(said, program, {}), id);
  reopen();  // nothing was saved on the way out
  EXPECT_EQ(find(id)->signal.description, said.description);
  pass(minutes{5});
  EXPECT_EQ(find(id)->signal.severity, Severity::kNotice);
}

TEST_F(situations_life, what_a_program_said_once_is_not_lost_to_a_line_of_another_server) {
  Actor const program{.party = PartyId{3}, .name = "dispatch", .is_program = true};
  auto said = plume("incident-5", Severity::kSerious);
  said.source = kOperatorSource;
  auto const id = *situations->report(said, program, {});
  auto const other = *Situations::open({.records = *records, .city = *city, .clock = clock, .metrics = metrics}, {});
  clock.advance(minutes{1});
  said.severity = Severity::kNotice;
  ASSERT_EQ(*situations->report(said, program, {}), id);
  ASSERT_TRUE(other->note(id, kim, "on my way"));
  pass(minutes{5});
  EXPECT_EQ(find(id)->signal.severity, Severity::kNotice);
}

TEST_F(situations_life, that_a_cause_is_gone_is_durable_where_no_line_fits_any_more_too) {
  auto const id = raise(plume());
  ASSERT_TRUE(records->transaction([&](soci::session& sql) -> Result<void> {
    sql << "UPDATE situation SET version = " + std::to_string(kTimelineUpdatesMax);
    return {};
  }));
  reopen();
  ASSERT_TRUE(situations->clear("sensing.warning", "station-7"));
  ASSERT_EQ(find(id)->version, static_cast<std::int64_t>(kTimelineUpdatesMax));
  reopen();
  EXPECT_TRUE(find(id)->clear_since);
}

TEST_F(situations_life, a_program_that_repeats_its_key_is_quiet_when_somebody_ended_it_and_a_person_is_not) {
  Actor const program{.party = PartyId{3}, .name = "dispatch", .is_program = true};
  auto said = plume("incident-5");
  said.source = kOperatorSource;
  auto const id = *situations->report(said, program, {});
  ASSERT_TRUE(situations->dismiss(id, kim, "a drill"));
  for (int i = 0; i < 5; ++i) {
    clock.advance(minutes{1});
    EXPECT_EQ(*situations->report(said, program, {}), id);
  }
  reopen();
  EXPECT_EQ(*situations->report(said, program, {}), id) << "over a restart too";
  EXPECT_TRUE(situations->list({.open_only = true})->empty());
  auto worse = said;
  worse.severity = Severity::kSerious;
  auto const news = *situations->report(worse, program, {});
  EXPECT_NE(news, id) << "what is more severe is news";
  ASSERT_TRUE(situations->resolve(news, kim, "done"));
  EXPECT_EQ(*situations->report(said, program, {}), news);
  auto const by_hand = *situations->report(said, kim, {});
  EXPECT_NE(by_hand, news) << "a person says it now";
  ASSERT_TRUE(situations->dismiss(by_hand, kim, "nothing"));
  EXPECT_NE(*situations->report(said, kim, {}), by_hand);
}

TEST_F(situations_life, silences_that_are_over_leave_room_for_new_ones) {
  Silence silence;
  silence.when = {clock.now(), clock.now() + minutes{1}};
  silence.reason = "drill";
  for (std::size_t i = 0; i < kSilencesMax; ++i) ASSERT_TRUE(situations->silence(silence));
  EXPECT_EQ(situations->silence(silence).error().code, Code::kLimit);
  clock.advance(minutes{2});
  silence.when = {clock.now(), clock.now() + minutes{1}};
  EXPECT_TRUE(situations->silence(silence));
}

/// Records whose answer may be lost although the change is durable, as when a connection breaks.
class LostAnswers final : public storage::Records {
 public:
  explicit LostAnswers(storage::Records& real) : real_(real) {}
  [[nodiscard]] Engine engine() const override { return real_.engine(); }
  Result<void> read(Work const& work) override {
    ++reads;
    return real_.read(work);
  }
  Result<void> transaction(Work const& work) override {
    MADANG_CHECK(real_.transaction(work));
    if (std::exchange(lose_next, false)) return fail(Code::kUnavailable, "the connection broke");
    return {};
  }
  Result<void> migrate(std::string_view module, std::span<storage::Migration const> steps) override { return real_.migrate(module, steps); }
  Result<void> backup_to(std::string const& path) override { return real_.backup_to(path); }
  bool lose_next = false;
  int reads = 0;

 private:
  storage::Records& real_;
};

TEST_F(situations_life, a_silence_that_is_not_there_is_no_reason_to_read_all_records_anew) {
  LostAnswers counted(*records);
  auto const kept = *Situations::open({.records = counted, .city = *city, .clock = clock, .metrics = metrics}, {});
  EXPECT_EQ(kept->end_silence(99, kim).error().code, Code::kNotFound);
  auto const before = counted.reads;
  ASSERT_TRUE(kept->clear("sensing.warning", "never"));
  EXPECT_EQ(counted.reads, before);
}

TEST_F(situations_life, a_timeline_longer_than_can_be_read_shows_how_it_began_and_how_it_stands) {
  auto const id = raise(plume());
  auto const most = static_cast<std::int64_t>(kTimelineMax);
  auto const long_talk = [&](soci::session& sql) -> Result<void> {
    sql << "WITH RECURSIVE line(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM line WHERE n < " << most + 100 << ")"
        << " INSERT INTO situation_entry (situation, number, at, kind, actor, actor_name, words, changes)"
        << " SELECT " << id.value() << ", n, 0, 10, 0, '', 'said', '' FROM line";
    return {};
  };
  ASSERT_TRUE(records->transaction(long_talk));
  auto const lines = *situations->timeline(id);
  ASSERT_EQ(std::ssize(lines), most);
  EXPECT_EQ(lines.front().kind, Entry::Kind::kRaised);
  EXPECT_EQ(lines[1].kind, Entry::Kind::kNoted);
  EXPECT_EQ(lines.back().number, most + 100);
  EXPECT_TRUE(std::ranges::is_sorted(lines, {}, &Entry::number));
}

TEST_F(situations_life, a_silence_whose_end_or_begin_was_not_answered_is_as_the_records_say) {
  LostAnswers shaky(*records);
  auto const kept = *Situations::open({.records = shaky, .city = *city, .clock = clock, .metrics = metrics}, {});
  Silence silence;
  silence.when = {clock.now(), clock.now() + hours{1}};
  silence.reason = "drill";
  auto const added = kept->silence(silence);
  ASSERT_TRUE(added);
  shaky.lose_next = true;
  EXPECT_EQ(kept->end_silence(added->id, kim).error().code, Code::kUnavailable);
  EXPECT_FALSE((*kept->find(*kept->raise(plume())))->silenced) << "it was ended, though nobody was told";
  EXPECT_TRUE(kept->silences().empty());
  shaky.lose_next = true;
  EXPECT_EQ(kept->silence(silence).error().code, Code::kUnavailable);
  EXPECT_TRUE((*kept->find(*kept->raise(plume("another"))))->silenced) << "it began, though nobody was told";
  EXPECT_EQ(kept->silences().size(), 1u);
}

TEST_F(situations_life, a_silence_ended_by_hand_ends_at_once) {
  Silence silence;
  silence.when = {clock.now(), clock.now() + hours{1}};
  silence.reason = "drill";
  auto const added = situations->silence(silence);
  ASSERT_TRUE(added);
  ASSERT_TRUE(situations->end_silence(added->id, kim));
  EXPECT_EQ(situations->end_silence(added->id, kim).error().code, Code::kNotFound);
  EXPECT_FALSE(find(raise(plume()))->silenced);
}

TEST_F(situations_life, an_old_version_is_refused) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->acknowledge(id, kim));
  auto const late = situations->act(id, {.party = PartyId{2}, .name = "lee", .seen_version = 1}, "");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::kConflict);
  EXPECT_TRUE(situations->act(id, {.party = PartyId{2}, .name = "lee", .seen_version = 2}, ""));
}

TEST_F(situations_life, listeners_hear_every_line_in_order_and_companions_stand_in_its_transaction) {
  std::vector<std::string> heard;
  situations->listen([&](Situations::Change const& change) { heard.emplace_back(name_of(change.entry.kind)); });
  bool refuse = false;
  situations->add_transaction_hook([&](soci::session&, Situations::Change const&) -> Result<void> {
    if (refuse) return fail(Code::kFull, "no space for the notice");
    return {};
  });
  auto const id = raise(plume());
  refuse = true;
  EXPECT_EQ(situations->acknowledge(id, kim).error().code, Code::kFull);
  EXPECT_EQ(find(id)->state, State::kFiring);
  EXPECT_EQ(kinds(id), "raised");
  refuse = false;
  EXPECT_TRUE(situations->acknowledge(id, kim));
  EXPECT_EQ(heard, (std::vector<std::string>{"raised", "acknowledged"}));
}

TEST_F(situations_life, lists_open_ones_from_memory_and_ended_ones_in_pages) {
  std::vector<SituationId> ids;
  for (auto const* key : {"a", "b", "c", "d"}) ids.push_back(raise(plume(key)));
  ASSERT_TRUE(situations->resolve(ids[1], kim, "fixed"));
  auto const open = situations->list({.open_only = true});
  ASSERT_TRUE(open);
  EXPECT_EQ(open->size(), 3u);
  EXPECT_EQ(open->front()->id, ids[3]);
  auto const page = situations->list({.limit = 2});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->back()->id, ids[2]);
  auto const next = situations->list({.limit = 2, .before = ids[2]});
  ASSERT_TRUE(next);
  EXPECT_EQ(next->front()->id, ids[1]);
  EXPECT_EQ(next->front()->state, State::kResolved);
  EXPECT_EQ(next->back()->id, ids[0]);
}

TEST_F(situations_life, a_limit_cuts_off_what_needs_somebody_least) {
  auto const serious = raise(plume("old", Severity::kSerious));
  ASSERT_TRUE(situations->acknowledge(serious, kim));
  std::vector<SituationId> cautions;
  for (int i = 0; i < 5; ++i) cautions.push_back(raise(plume("new " + std::to_string(i), Severity::kCaution)));
  auto const first = situations->list({.open_only = true, .limit = 2});
  ASSERT_TRUE(first);
  ASSERT_EQ(first->size(), 2u);
  EXPECT_EQ(first->front()->id, serious);
  std::size_t seen = 2;
  auto last = first->back()->id;
  for (int pages = 0; pages < 2; ++pages) {
    auto const next = situations->list({.open_only = true, .limit = 2, .before = last});
    ASSERT_TRUE(next);
    seen += next->size();
    last = next->back()->id;
  }
  EXPECT_EQ(seen, 6u);
  EXPECT_EQ(last, cautions.front());
}

TEST_F(situations_life, a_list_of_a_time_holds_what_was_alive_then) {
  auto const early = raise(plume("early"));
  pass(hours{1});
  ASSERT_TRUE(situations->resolve(early, kim, ""));
  pass(hours{1});
  auto const late = raise(plume("late"));
  auto const now = clock.now();
  auto const last_half = situations->list({.when = Interval{now - minutes{30}, now + minutes{1}}});
  auto const before = situations->list({.when = Interval{now - hours{3}, now - minutes{30}}});
  ASSERT_EQ(last_half->size(), 1u);
  EXPECT_EQ(last_half->front()->id, late);
  ASSERT_EQ(before->size(), 1u);
  EXPECT_EQ(before->front()->id, early);
}

TEST_F(situations_life, the_public_sees_only_public_ones) {
  raise(plume());
  auto internal = plume("inside");
  internal.is_public = false;
  raise(internal);
  EXPECT_EQ(situations->list({.public_only = true})->size(), 1u);
  EXPECT_EQ(situations->list({.open_only = true, .public_only = true})->size(), 1u);
}

TEST_F(situations_life, fresh_values_reach_the_records_within_seconds) {
  auto const id = raise(plume());
  auto again = plume();
  again.evidence.score = 99;
  clock.advance(minutes{1});
  raise(again);
  EXPECT_EQ(find(id)->signal.evidence.score, 99);
  EXPECT_EQ(find(id)->version, 1);
  pass(seconds{10});
  reopen();
  EXPECT_EQ(find(id)->signal.evidence.score, 99);
  EXPECT_EQ(find(id)->seen_at, clock.now() - seconds{10});
}

TEST_F(situations_life, a_tick_that_the_records_are_too_slow_for_is_done_bit_by_bit) {
  constexpr int kMany = 40;
  for (int i = 0; i < kMany; ++i) raise(plume(std::to_string(i)));
  situations->add_transaction_hook([](soci::session&, Situations::Change const&) -> Result<void> {
    std::this_thread::sleep_for(Millis{10});
    if (runtime::SystemClock{}.tick() > storage::CallDeadline::of_call()) return fail(Code::kOverloaded, "there was no answer before the deadline");
    return {};
  });
  clock.advance(minutes{10});
  for (int tick = 0; tick < kMany; ++tick) {
    storage::CallDeadline const brief(Millis{300});
    std::ignore = situations->tick();
  }
  auto const open = *situations->list({.open_only = true});
  EXPECT_EQ(std::ranges::count_if(open, [](SituationPtr const& s) { return s->escalation == 1; }), kMany);
  EXPECT_EQ(kinds(open.front()->id), "raised escalated") << "each once";
}

TEST_F(situations_life, what_another_server_wrote_is_read_together_and_for_as_long_as_it_takes) {
  constexpr int kMany = 150;
  CountsReads counted(*records);
  auto const other = *Situations::open({.records = counted, .city = *city, .clock = clock, .metrics = metrics}, {});
  std::vector<std::string> told;
  other->listen([&](Situations::Change const& change) { told.push_back(change.situation->signal.key + " " + std::string{name_of(change.entry.kind)}); });
  for (int i = 0; i < kMany; ++i) ASSERT_TRUE(situations->note(raise(plume(std::to_string(i))), kim, "seen"));
  counted.reads = 0;
  ASSERT_TRUE(other->tick());
  EXPECT_LT(counted.reads, 10);
  ASSERT_EQ(told.size(), 2U * kMany);
  EXPECT_EQ(told[0] + ", " + told[1] + ", " + told[2], "0 raised, 0 noted, 1 raised");
  raise(plume("last"));
  counted.takes = Millis{300};
  storage::CallDeadline const of_the_job(Millis{500});
  std::ignore = other->tick();
  EXPECT_EQ(other->list({.open_only = true})->size(), kMany + 1U);
}

TEST_F(situations_life, a_tick_whose_time_went_into_reading_fails_nothing_and_the_next_one_acts) {
  CountsReads counted(*records);
  auto const other = *Situations::open({.records = counted, .city = *city, .clock = clock, .metrics = metrics}, {});
  auto const id = raise(plume());
  clock.advance(minutes{10});
  {
    storage::CallDeadline const of_the_job(Millis{1'000});
    counted.reads = 0;
    counted.second_until = storage::CallDeadline::of_call() + Millis{10};
    EXPECT_TRUE(other->tick());
    ASSERT_GT(counted.reads, 1);
  }
  EXPECT_EQ((*other->find(id))->escalation, 0) << "known, and left to the next tick";
  EXPECT_TRUE(other->tick());
  EXPECT_EQ((*other->find(id))->escalation, 1);
}

TEST_F(situations_life, counts_the_open_ones_by_severity) {
  raise(plume("a"));
  raise(plume("b", Severity::kCritical));
  EXPECT_THAT(metrics.text(), testing::HasSubstr("madang_situations_open{severity=\"critical\"} 1"));
}

TEST_F(situations_life, unknown_ones_are_not_found) {
  EXPECT_EQ(situations->find(SituationId{99}).error().code, Code::kNotFound);
  EXPECT_EQ(situations->acknowledge(SituationId{99}, kim).error().code, Code::kNotFound);
  EXPECT_EQ(situations->timeline(SituationId{99}).error().code, Code::kNotFound);
  EXPECT_TRUE(situations->clear("sensing.warning", "never"));
  EXPECT_TRUE(situations->end("sensing.warning", "never", End::kUnheard));
}

}  // namespace
}  // namespace madang::situations
