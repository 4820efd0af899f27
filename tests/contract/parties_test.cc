// Parties, offices and roles over real records: the same on SQLite and on PostgreSQL.
#include "city/parties.h"

#include <gmock/gmock.h>

#include <array>
#include <thread>

#include "city/city.h"
#include "city/limits.h"
#include "city/party_acts.h"
#include "city/party_tables.h"
#include "city/secrets.h"
#include "records_fixture.h"
#include "storage/journal/journal.h"
#include "storage/journal/verify.h"

namespace madang::city {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr web::Permission kSee{"lamps.see"};
constexpr web::Permission kDim{"lamps.dim"};
constexpr auto kPassword = "correct horse battery";
constexpr auto kHome = "203.0.113.7";
constexpr AreaId kWest{7};

modules::Permissions lamps() {
  return modules::Permissions{{{kSee, "permission.lamps.see", {modules::kOperator, modules::kReader}}, {kDim, "permission.lamps.dim", {modules::kOperator}}}};
}

class parties_on_records : public contract::RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    if (IsSkipped()) return;
    records = open(address);
    open_rights();
  }
  void open_rights() {
    rights.reset();
    auto opened = Rights::open(*records, clock, permissions);
    ASSERT_TRUE(opened) << opened.error().sentence;
    rights = *std::move(opened);
    parties.emplace(Parties::Needs{.records = *records, .clock = clock, .permissions = permissions});
  }
  Party made(PartyKind kind, std::string login) {
    auto party = parties->create({.kind = kind, .login = std::move(login), .name = {}, .password = kind == PartyKind::kPerson ? kPassword : ""}, kim);
    EXPECT_TRUE(party) << party.error().sentence;
    return party.value_or(Party{});
  }
  /// Who that is now, by a login of its own.
  web::Principal signed_in(std::string const& login) {
    auto const in = rights->login(login, kPassword, kHome);
    EXPECT_TRUE(in) << in.error().sentence;
    return in ? in->principal : web::Principal{};
  }
  std::string journal() {
    std::string leaves;
    auto const all = storage::journal::entries(*records, 0, 100);
    EXPECT_TRUE(all);
    for (auto const& entry : *all) leaves += entry.leaf + "\n";
    return leaves;
  }

  modules::Permissions permissions = lamps();
  std::unique_ptr<storage::Records> records;
  std::unique_ptr<Rights> rights;
  std::optional<Parties> parties;
  Actor kim{PartyId{99}, "kim"};
};
MADANG_ON_BOTH_ENGINES(parties_on_records);

TEST_P(parties_on_records, hold_nothing_until_a_role_is_given) {
  auto const lee = made(PartyKind::kPerson, "lee");
  EXPECT_FALSE(signed_in("lee").may_somewhere(kSee));

  ASSERT_TRUE(parties->give(lee.id, "reader", {}, kim));
  ASSERT_TRUE(rights->refresh());

  EXPECT_TRUE(signed_in("lee").may(kSee));
  EXPECT_FALSE(signed_in("lee").may(kDim));
}

TEST_P(parties_on_records, hold_a_role_from_the_beginning_where_it_was_given_and_nowhere_else) {
  auto const lee = parties->create({.kind = PartyKind::kPerson, .login = "lee", .name = {}, .password = kPassword, .role = "operator", .area = kWest}, kim);
  ASSERT_TRUE(lee) << lee.error().sentence;
  ASSERT_TRUE(rights->refresh());

  EXPECT_FALSE(signed_in("lee").may(kDim));
  EXPECT_TRUE(signed_in("lee").may_in(kDim, std::array{kWest}));
}

TEST_P(parties_on_records, are_not_made_with_a_role_that_there_is_not) {
  EXPECT_FALSE(parties->create({.kind = PartyKind::kPerson, .login = "lee", .name = {}, .password = kPassword, .role = "nosuch", .area = {}}, kim));
  EXPECT_EQ(parties->find("lee").error().code, Code::kNotFound);
}

TEST_P(parties_on_records, feel_a_role_in_a_session_that_runs_when_it_is_given_and_taken) {
  auto const lee = made(PartyKind::kPerson, "lee");
  auto const session = rights->login("lee", kPassword, kHome)->session_token;
  auto const given = parties->give(lee.id, "operator", {}, kim);
  ASSERT_TRUE(rights->refresh());
  EXPECT_TRUE(rights->principal_of_session(session)->may(kDim));

  ASSERT_TRUE(parties->revoke(given->id, kim));
  ASSERT_TRUE(rights->refresh());

  EXPECT_FALSE(rights->principal_of_session(session)->may_somewhere(kDim));
  auto const history = parties->history(lee.id);
  ASSERT_EQ(history->roles.size(), 1u);
  EXPECT_EQ(history->roles[0].ended_at, clock.now()) << "what it held stays as history";
}

TEST_P(parties_on_records, hold_the_same_while_only_others_are_given_something) {
  auto const lee = made(PartyKind::kPerson, "lee");
  auto const seo = made(PartyKind::kPerson, "seo");
  ASSERT_TRUE(parties->give(lee.id, "operator", kWest, kim));
  ASSERT_TRUE(rights->refresh());
  auto const before = signed_in("lee").grants;
  ASSERT_TRUE(parties->give(seo.id, "reader", {}, kim));
  ASSERT_TRUE(rights->refresh());
  EXPECT_EQ(signed_in("lee").grants, before) << "or all that listen would be asked anew at each change";
  ASSERT_TRUE(parties->give(lee.id, "reader", AreaId{8}, kim));
  ASSERT_TRUE(rights->refresh());
  EXPECT_NE(signed_in("lee").grants, before);
}

TEST_P(parties_on_records, hold_a_role_in_one_area_with_all_below_it) {
  auto const lee = made(PartyKind::kPerson, "lee");
  ASSERT_TRUE(parties->give(lee.id, "operator", kWest, kim));
  ASSERT_TRUE(rights->refresh());
  auto const who = signed_in("lee");
  std::array const below{AreaId{70}, kWest};
  std::array const elsewhere{AreaId{8}};
  EXPECT_TRUE(who.may_in(kDim, below));
  EXPECT_FALSE(who.may_in(kDim, elsewhere));
  EXPECT_FALSE(who.may(kDim));
}

TEST_P(parties_on_records, hold_what_their_offices_hold_while_they_are_members) {
  auto const roads = made(PartyKind::kOffice, "roads");
  auto const lee = made(PartyKind::kPerson, "lee");
  ASSERT_TRUE(parties->give(roads.id, "operator", kWest, kim));
  ASSERT_TRUE(parties->give(lee.id, "reader", {}, kim));
  ASSERT_TRUE(parties->join(lee.id, roads.id, kim));
  EXPECT_EQ(parties->join(lee.id, roads.id, kim).error().code, Code::kConflict);
  ASSERT_TRUE(rights->refresh());
  std::array const west{kWest};
  EXPECT_TRUE(signed_in("lee").may_in(kDim, west));
  EXPECT_TRUE(signed_in("lee").may(kSee)) << "roles add up, whatever comes first";

  ASSERT_TRUE(parties->leave(lee.id, roads.id, kim));
  ASSERT_TRUE(rights->refresh());
  EXPECT_FALSE(signed_in("lee").may_in(kDim, west));
  EXPECT_TRUE(signed_in("lee").may(kSee));
  EXPECT_EQ(parties->leave(lee.id, roads.id, kim).error().code, Code::kNotFound);
  ASSERT_TRUE(parties->join(lee.id, roads.id, kim)) << "and may come back";
}

TEST_P(parties_on_records, hold_nothing_of_an_office_that_ended) {
  auto const roads = made(PartyKind::kOffice, "roads");
  auto const lee = made(PartyKind::kPerson, "lee");
  ASSERT_TRUE(parties->give(roads.id, "operator", {}, kim));
  ASSERT_TRUE(parties->join(lee.id, roads.id, kim));
  ASSERT_TRUE(parties->end(roads.id, kim));
  ASSERT_TRUE(rights->refresh());
  EXPECT_FALSE(signed_in("lee").may_somewhere(kSee));
}

TEST_P(parties_on_records, that_end_keep_their_history_and_their_login) {
  auto const lee = made(PartyKind::kPerson, "lee");
  ASSERT_TRUE(parties->give(lee.id, "operator", {}, kim));
  auto const session = rights->login("lee", kPassword, kHome)->session_token;

  ASSERT_TRUE(parties->end(lee.id, kim));
  ASSERT_TRUE(rights->refresh());

  EXPECT_FALSE(rights->principal_of_session(session));
  EXPECT_EQ(rights->login("lee", kPassword, kHome).error().code, Code::kUnauthorized);
  EXPECT_EQ(parties->create({.kind = PartyKind::kPerson, .login = "lee", .name = {}, .password = {}}, kim).error().code, Code::kConflict);
  EXPECT_TRUE(parties->find(lee.id)->ended_at.has_value());
  EXPECT_EQ(parties->history(lee.id)->roles.size(), 1u);
  EXPECT_TRUE(parties->list({})->empty());
  EXPECT_EQ(parties->list({.with_ended = true})->size(), 1u);
  EXPECT_EQ(parties->give(lee.id, "reader", {}, kim).error().code, Code::kNotFound);
  EXPECT_EQ(parties->end(lee.id, kim).error().code, Code::kConflict);
}

TEST_P(parties_on_records, never_lose_the_last_administrator) {
  auto const lee = made(PartyKind::kPerson, "lee");
  auto const office = made(PartyKind::kOffice, "hall");
  auto const seo = made(PartyKind::kPerson, "seo");
  auto const given = parties->give(lee.id, "administrator", {}, kim);
  EXPECT_EQ(parties->revoke(given->id, kim).error().code, Code::kConflict);
  EXPECT_EQ(parties->end(lee.id, kim).error().code, Code::kConflict);

  ASSERT_TRUE(parties->give(office.id, "administrator", {}, kim));
  EXPECT_EQ(parties->revoke(given->id, kim).error().code, Code::kConflict) << "an office without members administers nothing";
  ASSERT_TRUE(parties->join(seo.id, office.id, kim));
  EXPECT_TRUE(parties->revoke(given->id, kim));
  EXPECT_EQ(parties->leave(seo.id, office.id, kim).error().code, Code::kConflict);
  EXPECT_EQ(parties->end(office.id, kim).error().code, Code::kConflict);
}

TEST_P(parties_on_records, keep_an_administrator_though_two_are_ended_at_the_same_moment) {
  auto const lee = made(PartyKind::kPerson, "lee");
  auto const seo = made(PartyKind::kPerson, "seo");
  ASSERT_TRUE(parties->give(lee.id, "administrator", {}, kim));
  ASSERT_TRUE(parties->give(seo.id, "administrator", {}, kim));
  auto const elsewhere = open(address);
  Parties others({.records = *elsewhere, .clock = clock, .permissions = permissions});
  std::optional<Result<void>> second;
  std::jthread other;
  // The first act has judged and not yet committed when the second one begins, on another server.
  auto const first = one_act_at_a_time(*records, [&](soci::session& sql) -> Result<void> {
    return keeping_an_administrator(sql, [&]() -> Result<void> {
      MADANG_CHECK(storage::execute(sql, "UPDATE party SET ended_at = 5 WHERE id = :id", {{"id", lee.id}}));
      if (!other.joinable()) other = std::jthread([&] { second = others.end(seo.id, kim); });
      std::this_thread::sleep_for(std::chrono::milliseconds{200});  // passes whatever this is; long enough to tell apart
      return {};
    });
  });
  other.join();
  EXPECT_TRUE(first) << first.error().sentence;
  ASSERT_TRUE(second);
  ASSERT_FALSE(*second);
  EXPECT_EQ(second->error().code, Code::kConflict) << second->error().sentence;
  EXPECT_FALSE(parties->find(seo.id)->ended_at);
}

TEST_P(parties_on_records, have_roles_of_the_citys_own) {
  auto const lee = made(PartyKind::kPerson, "lee");
  ASSERT_TRUE(parties->create_role({"watch", false, {"lamps.see", "lamps.see"}}, kim));
  ASSERT_TRUE(parties->give(lee.id, "watch", {}, kim));
  ASSERT_TRUE(rights->refresh());
  EXPECT_FALSE(signed_in("lee").may(kDim));

  ASSERT_TRUE(parties->change_role({"watch", false, {"lamps.see", "lamps.dim"}}, kim));
  ASSERT_TRUE(rights->refresh());

  EXPECT_TRUE(signed_in("lee").may(kDim));
  EXPECT_THAT(parties->role("watch")->permissions, ElementsAre("lamps.dim", "lamps.see"));
  EXPECT_EQ(parties->end_role("watch", kim).error().code, Code::kConflict) << "somebody holds it";
  ASSERT_TRUE(parties->revoke(parties->history(lee.id)->roles[0].id, kim));
  ASSERT_TRUE(parties->end_role("watch", kim));
  EXPECT_EQ(parties->give(lee.id, "watch", {}, kim).error().code, Code::kNotFound);
  EXPECT_EQ(parties->roles()->size(), 3u);
}

TEST_P(parties_on_records, refuse_roles_that_would_mislead) {
  EXPECT_EQ(parties->create_role({"operator", false, {"lamps.see"}}, kim).error().code, Code::kConflict);
  EXPECT_EQ(parties->change_role({"reader", false, {"lamps.dim"}}, kim).error().code, Code::kConflict);
  EXPECT_EQ(parties->create_role({"Watch it", false, {"lamps.see"}}, kim).error().code, Code::kInvalid);
  EXPECT_EQ(parties->create_role({"watch", false, {}}, kim).error().code, Code::kInvalid);
  EXPECT_EQ(parties->create_role({"watch", false, {"lamps.burn"}}, kim).error().code, Code::kInvalid);
  EXPECT_EQ(parties->create_role({"watch", false, {"*"}}, kim).error().code, Code::kInvalid) << "only the administrator holds what is to come";
}

TEST_P(parties_on_records, refuse_memberships_and_passwords_that_make_no_sense) {
  auto const roads = made(PartyKind::kOffice, "roads");
  auto const hall = made(PartyKind::kOffice, "hall");
  auto const lee = made(PartyKind::kPerson, "lee");
  EXPECT_EQ(parties->join(hall.id, roads.id, kim).error().code, Code::kInvalid);
  EXPECT_EQ(parties->join(roads.id, lee.id, kim).error().code, Code::kInvalid);
  EXPECT_EQ(parties->join(lee.id, PartyId{77}, kim).error().code, Code::kNotFound);
  EXPECT_EQ(parties->set_password(roads.id, kPassword, kim).error().code, Code::kInvalid);
  EXPECT_EQ(parties->create({.kind = PartyKind::kService, .login = "x", .name = {}, .password = kPassword}, kim).error().code, Code::kInvalid);
}

TEST_P(parties_on_records, change_altogether_or_not_at_all) {
  auto const lee = made(PartyKind::kPerson, "lee");
  std::string const new_password = "a wholly new password";

  EXPECT_EQ(parties->change(lee.id, {.name = std::string(kPartyNameMax + 1, 'x'), .password = new_password}, kim).error().code, Code::kLimit);
  EXPECT_TRUE(rights->login("lee", kPassword, kHome)) << "the password stays where the name cannot be";
  EXPECT_EQ(parties->change(lee.id, {.name = "Lee", .password = "short"}, kim).error().code, Code::kInvalid);
  Actor nobody{PartyId{98}, "none", [](std::vector<std::string> const&, AreaId) -> Result<void> { return fail(Code::kForbidden, "no"); }};
  ASSERT_TRUE(parties->give(lee.id, "reader", {}, kim));
  EXPECT_EQ(parties->change(lee.id, {.name = "Lee", .password = new_password}, nobody).error().code, Code::kForbidden);
  EXPECT_EQ(parties->find(lee.id)->name, "") << "nor the name where the password cannot be";

  auto const changed = parties->change(lee.id, {.name = "Lee", .password = new_password}, kim);
  ASSERT_TRUE(changed) << changed.error().sentence;
  EXPECT_EQ(changed->name, "Lee");
  EXPECT_EQ(parties->find(lee.id)->name, "Lee");
  EXPECT_TRUE(rights->login("lee", new_password, kHome));
}

TEST_P(parties_on_records, show_keys_as_devices_and_services_alone) {
  auto const lee = made(PartyKind::kPerson, "lee");
  auto const roads = made(PartyKind::kOffice, "roads");
  auto const bot = made(PartyKind::kService, "bot");
  EXPECT_TRUE(rights->create_key("good", {}, bot.id));
  auto const of_person = rights->create_key("a", {}, lee.id);
  ASSERT_FALSE(of_person);
  EXPECT_EQ(of_person.error().code, Code::kInvalid);
  EXPECT_EQ(of_person.error().sentence, "party: \"lee\" is a person; a key is shown by a device or a service");
  EXPECT_EQ(rights->create_key("b", {}, roads.id).error().code, Code::kInvalid);
  EXPECT_EQ(rights->create_key("c", {}, PartyId{77}).error().code, Code::kNotFound);
  ASSERT_TRUE(parties->end(bot.id, kim));
  EXPECT_EQ(rights->create_key("d", {}, bot.id).error().code, Code::kConflict);
  EXPECT_EQ(rights->keys()->size(), 1u);
}

TEST_P(parties_on_records, lend_a_key_what_their_service_holds_until_it_ends) {
  auto const desk = made(PartyKind::kService, "desk-bot");
  ASSERT_TRUE(parties->give(desk.id, "reader", {}, kim));
  auto const key = rights->create_key("desk bot", {"NONE"}, desk.id);
  ASSERT_TRUE(key) << key.error().sentence;
  EXPECT_TRUE(rights->principal_of_key(*key)->may(kSee));
  EXPECT_EQ(rights->principal_of_key(*key)->party, desk.id);

  ASSERT_TRUE(parties->end(desk.id, kim));
  ASSERT_TRUE(rights->refresh());
  EXPECT_EQ(rights->principal_of_key(*key).error().code, Code::kUnauthorized);
}

TEST_P(parties_on_records, stand_in_the_journal_by_number_with_who_did_it) {
  auto const lee = made(PartyKind::kPerson, "lee");
  auto const given = parties->give(lee.id, "administrator", kWest, kim);
  ASSERT_TRUE(parties->rename(lee.id, "Lee", kim));
  ASSERT_TRUE(parties->revoke(given->id, kim));
  ASSERT_TRUE(parties->create_role({"watch", false, {"lamps.see"}}, kim));
  ASSERT_TRUE(parties->end(lee.id, kim));
  auto const leaves = journal();
  EXPECT_THAT(leaves, HasSubstr(R"("kind":"operator_created","facts":{"by":99,"party":1})"));
  EXPECT_THAT(leaves, HasSubstr(R"("kind":"role_given","facts":{"by":99,"party":1,"role":"administrator","area":7})"));
  EXPECT_THAT(leaves, HasSubstr(R"("kind":"role_taken","facts":{"by":99,"party":1,"role":"administrator","area":7})"));
  EXPECT_THAT(leaves, HasSubstr(R"("kind":"role_created","facts":{"by":99,"role":"watch","permissions":["lamps.see"]})"));
  EXPECT_THAT(leaves, HasSubstr(R"("kind":"party_ended","facts":{"by":99,"party":1})"));
  EXPECT_THAT(leaves, Not(HasSubstr("lee")));
  EXPECT_THAT(leaves, Not(HasSubstr("Lee")));
  EXPECT_TRUE(storage::journal::verify(*records, {}));
}

TEST_P(parties_on_records, of_the_last_version_work_on_as_operators) {
  rights.reset();
  auto const old_address = fresh_address();
  auto const old = open(old_address);
  ASSERT_TRUE(storage::journal::migrate(*old));
  ASSERT_TRUE(old->migrate("rights", rights_migrations().first(1)));
  auto const hash = hash_of_password(kPassword);
  ASSERT_TRUE(old->transaction([&](soci::session& sql) -> Result<void> {
    MADANG_CHECK(storage::execute(sql, "INSERT INTO party (id, login, name, is_operator, password_hash) VALUES (3, 'park', '{}', 1, :hash)", {{"hash", *hash}}));
    MADANG_CHECK(storage::execute(sql, "INSERT INTO access_key (id, name, hash, things, created_at, revoked_at) VALUES (1, 'roof', 'abc', '[]', 5, 0)"));
    return {};
  }));

  auto const reopened = Rights::open(*old, clock, permissions);
  ASSERT_TRUE(reopened) << reopened.error().sentence;
  auto const who = (*reopened)->login("park", kPassword, kHome);
  ASSERT_TRUE(who) << who.error().sentence;
  EXPECT_EQ(who->principal.party, PartyId{3});
  EXPECT_TRUE(who->principal.may(kDim));
  EXPECT_EQ((*reopened)->keys()->size(), 1u);
  Parties then{{.records = *old, .clock = clock, .permissions = permissions}};
  EXPECT_EQ(then.find("park")->name, "");
  EXPECT_EQ(then.history(PartyId{3})->roles.at(0).role, "operator");
  EXPECT_EQ(then.create({.kind = PartyKind::kOffice, .login = "roads", .name = {}, .password = {}}, kim)->id, PartyId{4});
}

}  // namespace
}  // namespace madang::city
