// Who ends leaves nothing behind that seems to be taken care of: an event of the registry of people, and what Situations make of it, on
// both engines and on two servers.
#include "situations/handing_back.h"

#include <gmock/gmock.h>

#include <thread>

#include "city/parties.h"
#include "events_fixture.h"
#include "situations/situations.h"
#include "storage/events/delivery.h"
#include "storage/events/handler_progress.h"
#include "storage/records/transactions.h"

namespace madang::situations {
namespace {

using ::testing::ElementsAre;

/// One of two on the same records.
struct WorkingServer {
  WorkingServer(std::unique_ptr<storage::Records> its_records, std::string directory)
      : records(std::move(its_records)), leases(*records, clock, {.directory = std::move(directory)}) {
    rights = *city::Rights::open(*records, clock, permissions);
    city = *city::City::open(*records, clock);
    parties.emplace(city::Parties::Needs{.records = *records, .clock = clock, .permissions = permissions});
    situations = *Situations::open({.records = *records, .city = *city, .clock = clock, .metrics = metrics}, {});
    situations->add_transaction_hook(check_assignee);
    delivery.emplace(storage::events::Delivery::Needs{*records, clock, leases, {}}, handing_back(*situations));
    EXPECT_TRUE(delivery->open());
  }
  /// What a server does again and again.
  void work() {
    EXPECT_TRUE(leases.renew_all());
    EXPECT_TRUE(delivery->run(Millis{10'000}));
    EXPECT_TRUE(situations->tick());
  }

  modules::Permissions permissions{{}};
  contract::OwnClock clock;
  runtime::Metrics metrics;
  std::unique_ptr<storage::Records> records;
  std::unique_ptr<city::Rights> rights;
  std::unique_ptr<city::City> city;
  storage::events::Leases leases;
  std::optional<city::Parties> parties;
  std::unique_ptr<Situations> situations;
  std::optional<storage::events::Delivery> delivery;
};

class handing_back_on_records : public contract::RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    if (IsSkipped()) return;
    ASSERT_TRUE(storage::events::migrate(*open(address)));
    a = std::make_unique<WorkingServer>(open(address), "a");
    b = std::make_unique<WorkingServer>(open(address), "b");
    kim = made("kim");
    lee = made("lee");
  }
  Actor made(std::string login) const {
    auto const party = a->parties->create({.kind = city::PartyKind::kPerson, .login = login, .name = {}, .password = {}}, {PartyId{99}, "admin"});
    EXPECT_TRUE(party) << party.error().sentence;
    return {.party = party->id, .name = std::move(login)};
  }
  SituationId raised_for(std::string key, Actor const& assignee) const {
    Signal signal;
    signal.source = "test";
    signal.key = std::move(key);
    signal.kind = "plume";
    signal.headline = {{{"en", "Dust"}, {"ko", "먼지"}}};
    auto const id = a->situations->raise(signal);
    EXPECT_TRUE(id) << id.error().sentence;
    EXPECT_TRUE(a->situations->assign(*id, kim, assignee));
    return *id;
  }
  static std::vector<std::string> lines(Situations& of, SituationId id) {
    auto const entries = of.timeline(id);
    EXPECT_TRUE(entries);
    std::vector<std::string> all;
    for (auto const& entry : *entries) all.push_back(std::string{name_of(entry.kind)} + " " + entry.text);
    return all;
  }
  [[nodiscard]] std::int64_t waiting() const { return storage::events::waiting_events(*a->records, a->delivery->handler().name).value_or(-1); }

  std::unique_ptr<WorkingServer> a, b;
  Actor kim, lee;
};
MADANG_ON_BOTH_ENGINES(handing_back_on_records);

TEST_P(handing_back_on_records, makes_what_was_assigned_to_who_is_gone_nobodys_on_every_server) {
  b->work();  // holds the lease
  auto const his = raised_for("1", lee);
  auto const hers = raised_for("2", kim);
  ASSERT_TRUE(a->parties->end(lee.party, {PartyId{99}, "admin"}));
  EXPECT_EQ(waiting(), 1);

  b->work();
  a->work();

  for (auto* const server : {a.get(), b.get()}) {
    EXPECT_EQ((*server->situations->find(his))->assignee, PartyId{});
    EXPECT_EQ((*server->situations->find(his))->assignee_name, "");
    EXPECT_EQ((*server->situations->find(hers))->assignee, kim.party);
    EXPECT_THAT(lines(*server->situations, his), ElementsAre("raised ", "assigned lee", "assigned "));
  }
  EXPECT_EQ(waiting(), 0);
}

TEST_P(handing_back_on_records, is_done_by_the_next_server_where_the_first_ended_before_it) {
  a->work();
  b->work();
  auto const his = raised_for("1", lee);
  ASSERT_TRUE(a->parties->end(lee.party, {PartyId{99}, "admin"}));
  a.reset();
  b->work();
  EXPECT_EQ((*b->situations->find(his))->assignee, lee.party) << "nobody knows yet that the first is gone";
  b->clock.advance(storage::events::kLeaseLength);
  b->work();
  EXPECT_EQ((*b->situations->find(his))->assignee, PartyId{});
}

TEST_P(handing_back_on_records, writes_nothing_a_second_time_and_leaves_what_ended) {
  auto const his = raised_for("1", lee);
  auto const ended = raised_for("2", lee);
  ASSERT_TRUE(a->situations->resolve(ended, kim, "done"));
  ASSERT_TRUE(hand_back(*b->situations, lee.party));
  ASSERT_TRUE(hand_back(*a->situations, lee.party));
  ASSERT_TRUE(hand_back(*b->situations, lee.party));
  EXPECT_THAT(lines(*a->situations, his), ElementsAre("raised ", "assigned lee", "assigned "));
  EXPECT_EQ((*b->situations->find(ended))->assignee, lee.party) << "who had it then is history";
}

TEST_P(handing_back_on_records, follows_from_no_end_that_was_refused) {
  city::Actor const admin{PartyId{99}, "admin"};
  ASSERT_TRUE(a->parties->set_password(lee.party, "correct horse battery", admin));
  ASSERT_TRUE(a->parties->give(lee.party, "administrator", {}, admin));
  EXPECT_EQ(a->parties->end(lee.party, admin).error().code, Code::kConflict) << "the last administrator";
  EXPECT_EQ(a->parties->end(PartyId{4711}, admin).error().code, Code::kNotFound);
  EXPECT_EQ(waiting(), 0);
}

TEST_P(handing_back_on_records, is_not_needed_where_the_party_ended_before_the_assignment) {
  auto const mine = raised_for("1", kim);
  ASSERT_TRUE(a->parties->end(lee.party, {PartyId{99}, "admin"}));
  auto const refused = b->situations->assign(mine, kim, lee);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalid);
  EXPECT_THAT(refused.error().sentence, ::testing::StartsWith("assignee: "));
  EXPECT_EQ((*b->situations->find(mine))->assignee, kim.party);
  EXPECT_TRUE(b->situations->note(mine, kim, "still hers")) << "a refusal is the end of nothing else";
}

TEST_P(handing_back_on_records, happens_however_an_assignment_and_the_end_of_its_party_meet) {
  auto const situation = raised_for("1", kim);
  for (int i = 0; i < 20; ++i) {
    auto const somebody = made("somebody-" + std::to_string(i));
    {
      std::jthread const ending([&] { EXPECT_TRUE(a->parties->end(somebody.party, {PartyId{99}, "admin"})); });
      (void)b->situations->assign(situation, kim, somebody);  // refused where the end came first
    }
    b->work();
    EXPECT_NE((*b->situations->find(situation))->assignee, somebody.party) << i;
  }
}

TEST_P(handing_back_on_records, fails_on_an_event_that_names_nobody) {
  auto const handler = handing_back(*a->situations);
  for (auto const* payload : {"{}", R"({"party":0})", R"({"party":"lee"})", R"({"who":7})"})
    EXPECT_FALSE(handler.act({.id = {}, .topic = {}, .key = {}, .payload = payload, .emitted_at = {}})) << payload;
}

}  // namespace
}  // namespace madang::situations
