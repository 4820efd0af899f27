// Situations over real records: the same life on SQLite and on PostgreSQL.
#include "situations/situations.h"

#include <gmock/gmock.h>
#include <soci/soci.h>

#include <chrono>
#include <latch>
#include <thread>
#include <utility>

#include "embedded_locales.h"
#include "records_fixture.h"
#include "situations/alerts.h"
#include "storage/journal/journal.h"
#include "storage/records/transactions.h"

namespace madang::situations {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

city::Name both(std::string en, std::string ko) { return {{{"en", std::move(en)}, {"ko", std::move(ko)}}}; }

Signal signal(std::string key = "station-7") {
  Signal s;
  s.source = "sensing.warning";
  s.key = std::move(key);
  s.kind = "plume";
  s.severity = Severity::kCaution;
  s.headline = both("Fine dust; it's \"rising\"", "초미세먼지 증가 :now");
  s.description = both("What\nwhere", "무엇");
  s.place = LatLon{37.58, 126.88};
  s.radius = 500;
  s.is_public = true;
  s.since = instant_of_millis(1'789'999'000'000);
  s.evidence.reason = both("above the usual", "평소보다 높음");
  s.evidence.score = 8.125;
  s.evidence.streams.push_back({DatastreamId{41}, ThingId{7}, "pm25", "µg/m³", "cause", LatLon{37.58, 126.88}, 21.5,
                                {{instant_of_millis(1'789'999'500'000), 40.25, QualityFlag::kSuspect}}});
  return s;
}

class situations_on_records : public contract::RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    if (IsSkipped()) return;
    records = open(address);
    city = *city::City::open(*records, clock);
    reopen();
  }
  void TearDown() override {
    other.reset();
    situations.reset();
  }
  /// Another server on the same records.
  void open_other() {
    other_records = open(address);
    auto opened = Situations::open({.records = *other_records, .city = *city, .clock = clock, .metrics = metrics}, {});
    ASSERT_TRUE(opened) << opened.error().sentence;
    other = *std::move(opened);
  }

  /// What its listeners are told from now on: "ID KIND".
  static std::shared_ptr<std::vector<std::string>> told_by(Situations& server) {
    auto told = std::make_shared<std::vector<std::string>>();
    server.listen([told](Situations::Change const& change) {
      told->push_back(std::to_string(change.situation->id.value()) + " " + std::string{name_of(change.entry.kind)});
    });
    return told;
  }

  void reopen() {
    situations.reset();
    auto opened = Situations::open({.records = *records, .city = *city, .clock = clock, .metrics = metrics}, {});
    ASSERT_TRUE(opened) << opened.error().sentence;
    situations = *std::move(opened);
  }
  void open_alerts() {
    messages.emplace(*runtime::Messages::load(embedded_locales(), "Asia/Seoul"));
    alerts = *Alerts::open({.records = *records, .situations = *situations, .city = *city, .messages = *messages},
                           {.city = both("Testville", "시험시"), .zone = "Asia/Seoul", .base_address = "", .sender = "a@b"});
  }

  runtime::Metrics metrics;
  std::unique_ptr<storage::Records> records;
  std::unique_ptr<city::City> city;
  std::optional<runtime::Messages> messages;
  std::unique_ptr<Alerts> alerts;
  std::unique_ptr<Situations> situations;
  std::unique_ptr<storage::Records> other_records;
  std::unique_ptr<Situations> other;
  Actor const kim{.party = PartyId{1}, .name = "kim"};
};
MADANG_ON_BOTH_ENGINES(situations_on_records);

TEST_P(situations_on_records, come_back_as_they_were) {
  auto const id = situations->raise(signal());
  ASSERT_TRUE(id) << id.error().sentence;
  ASSERT_TRUE(situations->assign(*id, kim, {.party = PartyId{2}, .name = "이"}));
  clock.advance(minutes{10});
  ASSERT_TRUE(situations->tick());
  auto const before = *situations->find(*id);
  reopen();
  auto const after = *situations->find(*id);
  EXPECT_EQ(after->signal.headline, before->signal.headline);
  EXPECT_EQ(after->signal.evidence, before->signal.evidence);
  EXPECT_EQ(after->signal.place, before->signal.place);
  EXPECT_EQ(after->signal.since, before->signal.since);
  EXPECT_EQ(after->raised_at, before->raised_at);
  EXPECT_EQ(after->escalated_at, before->escalated_at);
  EXPECT_EQ(after->escalation, 1);
  EXPECT_EQ(after->assignee_name, "이");
  EXPECT_EQ(after->version, 3);
  EXPECT_FALSE(after->ended_at);
}

TEST_P(situations_on_records, keep_their_timelines_in_order) {
  auto const id = *situations->raise(signal());
  ASSERT_TRUE(situations->acknowledge(id, kim));
  ASSERT_TRUE(situations->note(id, kim, "it's done; -- 'really'"));
  ASSERT_TRUE(situations->resolve(id, kim, "불을 껐습니다"));
  auto const entries = situations->timeline(id);
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 4u);
  EXPECT_EQ((*entries)[2].text, "it's done; -- 'really'");
  EXPECT_EQ((*entries)[3].text, "불을 껐습니다");
  EXPECT_EQ((*entries)[3].by_name, "kim");
  EXPECT_EQ((*entries)[3].number, 4);
}

TEST_P(situations_on_records, page_and_filter_what_has_ended) {
  std::vector<SituationId> ids;
  for (auto const* key : {"a", "b", "c"}) {
    ids.push_back(*situations->raise(signal(key)));
    ASSERT_TRUE(situations->resolve(ids.back(), kim, ""));
    clock.advance(hours{1});
  }
  auto internal = signal("d");
  internal.is_public = false;
  ASSERT_TRUE(situations->raise(internal));
  EXPECT_EQ(situations->list({})->size(), 4u);
  EXPECT_EQ(situations->list({.public_only = true})->size(), 3u);
  auto const recent = situations->list({.public_only = true, .when = Interval{clock.now() - minutes{90}, clock.now()}});
  ASSERT_EQ(recent->size(), 1u);
  EXPECT_EQ(recent->front()->id, ids[2]);
  auto const page = situations->list({.limit = 1, .before = ids[2]});
  ASSERT_EQ(page->size(), 1u);
  EXPECT_EQ(page->front()->id, ids[1]);
}

TEST_P(situations_on_records, remember_dismissals_and_silences_over_a_restart) {
  auto const id = *situations->raise(signal());
  ASSERT_TRUE(situations->dismiss(id, kim, "street cleaning"));
  Silence const silence{.kind = "haze", .when = {clock.now(), clock.now() + hours{1}}, .reason = "road works", .by = kim.party, .by_name = kim.name};
  auto const added = situations->silence(silence);
  ASSERT_TRUE(added) << added.error().sentence;
  reopen();
  EXPECT_EQ(*situations->raise(signal()), id);
  ASSERT_EQ(situations->silences().size(), 1u);
  EXPECT_EQ(situations->silences()[0].reason, "road works");
  EXPECT_EQ(situations->silences()[0].when, silence.when);
  EXPECT_TRUE(situations->end_silence(added->id, kim));
  reopen();
  EXPECT_TRUE(situations->silences().empty());
}

TEST_P(situations_on_records, a_refusing_companion_undoes_everything) {
  bool refuse = true;
  situations->add_transaction_hook([&](soci::session& sql, Situations::Change const&) -> Result<void> {
    sql << "UPDATE situation SET kind = 'changed'";
    if (refuse) return fail(Code::kFull, "no space");
    return {};
  });
  EXPECT_EQ(situations->raise(signal()).error().code, Code::kFull);
  EXPECT_TRUE(situations->list({})->empty());
  EXPECT_TRUE(situations->list({.open_only = true})->empty());
  refuse = false;
  EXPECT_TRUE(situations->raise(signal()));
}

TEST_P(situations_on_records, a_change_that_throws_is_an_error_and_leaves_nothing) {
  bool broken = true;
  situations->add_transaction_hook([&](soci::session& sql, Situations::Change const&) -> Result<void> {
    if (broken) sql << "INSERT INTO no_such_table VALUES (1)";
    return {};
  });
  EXPECT_FALSE(situations->raise(signal()));
  broken = false;
  auto const id = situations->raise(signal());
  ASSERT_TRUE(id) << id.error().sentence;
  EXPECT_EQ(situations->timeline(*id)->size(), 1u);
}

TEST_P(situations_on_records, one_cause_is_open_once_whoever_writes) {
  ASSERT_TRUE(situations->raise(signal()));
  auto const doubled = records->transaction([](soci::session& sql) -> Result<void> {
    sql << "INSERT INTO situation SELECT id + 1, version, source, cause, kind, state, severity, severity_max, is_public,"
           " silenced, raised_at, updated_at, seen_at, told_at, clear_since, eased_since, acknowledged_at, escalated_at,"
           " ended_at, escalation, assignee, assignee_name, end_reason, signal, evidence, ended_by, told, words_at, changed FROM situation";
    return {};
  });
  ASSERT_FALSE(doubled);
  EXPECT_EQ(doubled.error().code, Code::kConflict);
}

TEST_P(situations_on_records, what_one_server_ended_no_other_brings_back_with_fresh_values) {
  auto const id = *situations->raise(signal());
  open_other();
  ASSERT_TRUE(other->resolve(id, kim, "the fire is out"));
  auto fresh = signal();
  fresh.evidence.score = 99;
  ASSERT_TRUE(situations->raise(fresh));
  clock.advance(minutes{1});
  ASSERT_TRUE(situations->tick());
  reopen();
  auto const after = *situations->find(id);
  EXPECT_EQ(after->state, State::kResolved);
  EXPECT_EQ(after->end_reason, "the fire is out");
  EXPECT_EQ(after->version, 2);
  EXPECT_TRUE(situations->list({.open_only = true})->empty());
}

TEST_P(situations_on_records, fresh_values_take_nothing_back_that_is_kept_beside_them) {
  auto const id = *situations->raise(signal());
  ASSERT_TRUE(records->transaction([](soci::session& sql) -> Result<void> {
    sql << "UPDATE situation SET assignee_name = 'lee', escalation = 2";
    return {};
  }));
  auto fresh = signal();
  fresh.evidence.score = 99;
  ASSERT_TRUE(situations->raise(fresh));
  clock.advance(minutes{1});
  ASSERT_TRUE(situations->tick());
  reopen();
  auto const after = *situations->find(id);
  EXPECT_EQ(after->signal.evidence.score, 99);
  EXPECT_EQ(after->assignee_name, "lee");
  EXPECT_EQ(after->escalation, 2);
}

TEST_P(situations_on_records, of_two_servers_act_one_on_top_of_the_other) {
  auto const id = *situations->raise(signal());
  open_other();
  ASSERT_TRUE(other->acknowledge(id, kim));
  auto const stale = situations->act(id, {.party = PartyId{2}, .name = "lee", .seen_version = 1}, "on the way");
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().code, Code::kConflict);
  ASSERT_TRUE(situations->act(id, {.party = PartyId{2}, .name = "lee", .seen_version = 2}, "on the way"));
  EXPECT_EQ((*situations->find(id))->acknowledged_at, (*other->find(id))->acknowledged_at);
  ASSERT_TRUE(other->raise(signal("b"))) << "with an id that nobody has";
  auto const third = situations->raise(signal("c"));
  ASSERT_TRUE(third) << third.error().sentence;
  EXPECT_EQ(situations->list({})->size(), 3u);
  EXPECT_EQ(*situations->raise(signal("b")), SituationId{2}) << "the other's, which is open";
}

TEST_P(situations_on_records, what_one_server_does_the_other_shows_and_tells_with_its_next_tick) {
  open_other();
  auto const told = told_by(*other);
  auto const id = *situations->raise(signal());
  ASSERT_TRUE(situations->acknowledge(id, kim));
  ASSERT_TRUE(other->tick());
  auto const open = *other->list({.open_only = true});
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open.front()->state, State::kAcknowledged);
  EXPECT_EQ(open.front()->signal.evidence, (*situations->find(id))->signal.evidence);
  ASSERT_TRUE(situations->resolve(id, kim, "swept"));
  ASSERT_TRUE(other->tick());
  EXPECT_TRUE(other->list({.open_only = true})->empty());
  ASSERT_TRUE(other->tick());
  EXPECT_THAT(*told, ElementsAre("1 raised", "1 acknowledged", "1 resolved")) << "each once";
  EXPECT_EQ(*other->raise(signal()), id) << "it was settled by hand, over there";
}

TEST_P(situations_on_records, what_one_server_silences_no_other_raises_aloud) {
  open_other();
  auto const silence = situations->silence(
      {.kind = "plume", .when = {clock.now(), clock.now() + hours{1}}, .reason = "planned work", .by = kim.party, .by_name = kim.name});
  ASSERT_TRUE(silence) << silence.error().sentence;
  auto const id = other->raise(signal());
  ASSERT_TRUE(id) << id.error().sentence;
  EXPECT_TRUE((*other->find(*id))->silenced) << "from its first line on, before any tick";
  EXPECT_EQ(other->silences().size(), 1u);
  ASSERT_TRUE(situations->end_silence(silence->id, kim));
  ASSERT_TRUE(other->tick());
  EXPECT_FALSE((*other->find(*id))->silenced);
}

TEST_P(situations_on_records, values_that_one_server_saved_the_other_shows_without_a_line) {
  auto const id = *situations->raise(signal());
  open_other();
  auto const told = told_by(*other);
  auto fresh = signal();
  fresh.evidence.score = 99;
  ASSERT_TRUE(situations->raise(fresh));
  clock.advance(minutes{1});
  ASSERT_TRUE(situations->tick());
  ASSERT_TRUE(other->tick());
  EXPECT_EQ((*other->find(id))->signal.evidence.score, 99);
  EXPECT_THAT(*told, IsEmpty());
}

TEST_P(situations_on_records, values_reported_here_are_not_put_back_by_older_ones_of_another_server) {
  auto const id = *situations->raise(signal());
  open_other();
  auto fresh = signal();
  fresh.evidence.score = 98;
  ASSERT_TRUE(situations->raise(fresh));
  clock.advance(minutes{1});
  fresh.evidence.score = 99;
  ASSERT_TRUE(other->raise(fresh));
  ASSERT_TRUE(situations->tick()) << "saves 98";
  ASSERT_TRUE(other->tick()) << "reads 98, and saves 99";
  EXPECT_EQ((*other->find(id))->signal.evidence.score, 99);
  ASSERT_TRUE(situations->tick());
  EXPECT_EQ((*situations->find(id))->signal.evidence.score, 99);
}

TEST_P(situations_on_records, who_acts_on_what_another_server_has_just_changed_acts_on_top_of_it) {
  auto const id = *situations->raise(signal());
  open_other();
  ASSERT_TRUE(situations->acknowledge(id, kim));
  auto const acted = other->act(id, {.party = PartyId{2}, .name = "lee", .seen_version = 2}, "on the way");
  ASSERT_TRUE(acted) << acted.error().sentence;
  EXPECT_EQ((*acted)->version, 3);
  auto const twice = situations->acknowledge(id, kim);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, Code::kConflict);
}

TEST_P(situations_on_records, what_was_missed_while_a_commit_failed_is_told_when_all_is_read_anew) {
  auto const id = *situations->raise(signal());
  open_other();
  auto const told = told_by(*other);
  bool is_full = true;
  other->add_transaction_hook([&](soci::session&, Situations::Change const&) -> Result<void> {
    if (is_full) return fail(Code::kFull, "no space");
    return {};
  });
  EXPECT_FALSE(other->raise(signal("b")));
  is_full = false;
  ASSERT_TRUE(situations->resolve(id, kim, "swept"));
  ASSERT_TRUE(situations->raise(signal("c")));
  ASSERT_TRUE(other->tick());
  EXPECT_THAT(*told, UnorderedElementsAre("1 resolved", "2 raised"));
  EXPECT_EQ(other->list({.open_only = true})->size(), 1u);
}

TEST_P(situations_on_records, two_servers_that_write_without_end_refuse_nobody) {
  open_other();
  for (int i = 0; i < 10; ++i) {
    auto const here = situations->raise(signal("here " + std::to_string(i)));
    ASSERT_TRUE(here) << here.error().sentence;
    auto const there = other->raise(signal("there " + std::to_string(i)));
    ASSERT_TRUE(there) << there.error().sentence;
    ASSERT_TRUE(situations->acknowledge(*there, kim));
    ASSERT_TRUE(other->resolve(*here, kim, ""));
  }
  ASSERT_TRUE(situations->tick());
  ASSERT_TRUE(other->tick());
  EXPECT_EQ(situations->list({.open_only = true})->size(), 10u);
  EXPECT_EQ(other->list({.open_only = true})->size(), 10u);
}

TEST_P(situations_on_records, wait_for_a_change_that_hangs_no_longer_than_they_may) {
  std::latch begun(1);
  std::latch over(1);
  situations->add_transaction_hook([&, is_first = true](soci::session&, Situations::Change const&) mutable -> Result<void> {
    if (!std::exchange(is_first, false)) return {};
    begun.count_down();
    over.wait();
    return {};
  });
  std::jthread const slow([&] { EXPECT_TRUE(situations->raise(signal())); });
  begun.wait();
  {
    storage::CallDeadline const soon(Millis{20});
    EXPECT_EQ(situations->raise(signal("b")).error().code, Code::kOverloaded);
    EXPECT_EQ(situations->acknowledge(SituationId{1}, kim).error().code, Code::kOverloaded);
    EXPECT_EQ(situations->tick().error().code, Code::kOverloaded);
    EXPECT_THAT(situations->settled_of("sensing.warning"), IsEmpty()) << "waits for nobody";
  }
  over.count_down();
  EXPECT_TRUE(situations->raise(signal("b")));
}

TEST_P(situations_on_records, times_that_never_were_are_written_alike_by_all_versions) {
  auto const id = *situations->raise(signal());
  ASSERT_TRUE(situations->resolve(id, kim, ""));
  situations.reset();
  ASSERT_TRUE(records->transaction([](soci::session& sql) -> Result<void> {
    sql << "UPDATE situation SET clear_since = 0, eased_since = 0, acknowledged_at = 0, escalated_at = 0";
    sql << "UPDATE situation_past SET clear_since = 0, eased_since = 0, acknowledged_at = 0, escalated_at = 0";
    sql << "DROP TABLE situation_version";
    sql << "DROP INDEX situation_changed";
    sql << "ALTER TABLE situation DROP COLUMN changed";
    sql << "DELETE FROM migration WHERE module = 'situations' AND step >= 5";  // from "write every time that never was alike" on
    return {};
  }));
  reopen();
  auto const after = *situations->find(id);
  EXPECT_FALSE(after->clear_since);
  EXPECT_FALSE(after->acknowledged_at);
  EXPECT_EQ(situations->settled_of("sensing.warning").size(), 1u) << "its cause was never reported gone";
}

TEST_P(situations_on_records, publish_messages_with_the_change_that_they_tell) {
  open_alerts();
  auto const id = *situations->raise(signal());
  auto worse = signal();
  worse.severity = Severity::kCritical;
  ASSERT_TRUE(situations->raise(worse));
  auto const newest = alerts->newest(id, id);
  ASSERT_TRUE(newest) << newest.error().sentence;
  EXPECT_EQ(newest->at(id).version, 2);
  EXPECT_THAT(*alerts->xml(id, 2), ::testing::HasSubstr("<msgType>Update</msgType>"));
  EXPECT_THAT(*alerts->xml(id, 2), ::testing::HasSubstr("a@b,situation-1-1-"));
  EXPECT_EQ(alerts->xml(id, 3).error().code, Code::kNotFound);
}

TEST_P(situations_on_records, write_what_people_do_into_the_journal_and_not_what_the_machine_does) {
  auto const id = *situations->raise(signal());
  ASSERT_TRUE(situations->acknowledge(id, kim));
  ASSERT_TRUE(situations->note(id, kim, "Kim calls the fire brigade"));

  auto const found = storage::journal::entries(*records, 0, 100);

  ASSERT_TRUE(found) << found.error().sentence;
  ASSERT_EQ(found->size(), 2u);
  EXPECT_THAT(found->at(0).leaf, ::testing::HasSubstr(R"("kind":"situation_acknowledged","facts":{"by":1,"situation":1,"line":2})"));
  EXPECT_EQ(found->at(0).openings.at(0).data, R"({"party":1,"login":"kim"})");
  EXPECT_THAT(found->at(1).leaf, ::testing::Not(::testing::HasSubstr("brigade")));
  EXPECT_EQ(found->at(1).openings.at(1).data, "Kim calls the fire brigade");
}

}  // namespace
}  // namespace madang::situations
