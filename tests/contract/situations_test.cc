// Situations over real records: the same life on SQLite and on PostgreSQL.
#include "situations/situations.h"

#include <gmock/gmock.h>
#include <soci/soci.h>

#include <chrono>

#include "embedded_locales.h"
#include "records_fixture.h"
#include "situations/alerts.h"
#include "storage/journal/journal.h"

namespace madang::situations {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

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
  situations->accompany([&](soci::session& sql, Situations::Change const&) -> Result<void> {
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
  situations->accompany([&](soci::session& sql, Situations::Change const&) -> Result<void> {
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
           " ended_at, escalation, assignee, assignee_name, end_reason, signal, evidence, ended_by, told, words_at FROM situation";
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

TEST_P(situations_on_records, times_that_never_were_are_written_alike_by_all_versions) {
  auto const id = *situations->raise(signal());
  ASSERT_TRUE(situations->resolve(id, kim, ""));
  situations.reset();
  ASSERT_TRUE(records->transaction([](soci::session& sql) -> Result<void> {
    sql << "UPDATE situation SET clear_since = 0, eased_since = 0, acknowledged_at = 0, escalated_at = 0";
    sql << "UPDATE situation_past SET clear_since = 0, eased_since = 0, acknowledged_at = 0, escalated_at = 0";
    sql << "DELETE FROM migration WHERE module = 'situations' AND sentence = '2026-11 write every time that never was alike'";
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
