// Parties and roles over HTTP, on a real server with real rights: who may do what to whom.
#include "city/party_routes.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "city/limits.h"
#include "city/permissions.h"
#include "runtime/metrics.h"
#include "storage/records/records.h"
#include "storage/records/rows.h"
#include "support/http_client.h"
#include "web/http/server.h"

namespace madang::city {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kGoodPassword = "correct horse battery";

modules::Permissions declared() {
  return modules::Permissions{{{kSeeParties, "permission.parties.see", {modules::kOperator, modules::kReader}},
                               {kChangeParties, "permission.parties.change"},
                               {kGiveRoles, "permission.roles.give"},
                               {kChangeRoles, "permission.roles.change"}}};
}

runtime::Messages texts() {
  static constexpr std::array kFiles = {
      runtime::EmbeddedFile{"city/en.json", R"({"permission.parties.see":"see","permission.parties.change":"change parties","permission.roles.give":"give roles","permission.roles.change":"change roles","access.denied":"You need: {permission}","access.denied_title":"No"})"}};
  return runtime::Messages::load(kFiles, "Asia/Seoul").value();
}

class party_api : public ::testing::Test {
 protected:
  void SetUp() override {
    directory = (std::filesystem::temp_directory_path() / "madang-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    records = *storage::Records::open("sqlite:" + directory + "/records.sqlite", clock);
    city = *City::open(*records, clock);
    ASSERT_TRUE(city->import_areas(
        R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"W","name":"West"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}}]})", 1));
    rights = *Rights::open(*records, clock, permissions);
    parties.emplace(Parties::Needs{.records = *records, .clock = clock, .permissions = permissions});
    ASSERT_TRUE(rights->create_operator("boss", kGoodPassword, modules::kAdministrator));  // 1
    ASSERT_TRUE(rights->create_operator("oper", kGoodPassword));                            // 2
    web::ServerOptions options;
    options.denied = [this](web::Request const& q, web::Permission const& p) { return permissions.denial(messages, q, p); };
    server = *web::Server::start(options, party_routes({.parties = *parties, .rights = *rights, .city = *city, .permissions = permissions, .messages = messages}),
                                 *rights, clock, metrics);
  }
  void TearDown() override {
    server.reset();
    rights.reset();
    city.reset();
    records.reset();
    std::filesystem::remove_all(directory);
  }

  test::HttpFields fields_of(std::string const& login) {
    auto& known = sessions[login];
    if (known.empty()) {
      auto const in = rights->login(login, kGoodPassword, "203.0.113.7");
      EXPECT_TRUE(in) << in.error().sentence;
      known = {{"Cookie", "madang_session=" + in->session_token}, {"X-CSRF-Token", in->principal.csrf_token}};
    }
    return known;
  }
  test::HttpAnswer ask(std::string const& login, std::string_view method, std::string const& path, std::string_view body = {}) {
    return test::HttpClient(server->port()).request(method, "/api/v1" + path, fields_of(login), body);
  }
  /// A person with a password and these roles.
  std::int64_t person(std::string const& login, std::initializer_list<std::string> roles) {
    auto const made = parties->create({.kind = PartyKind::kPerson, .login = login, .name = {}, .password = kGoodPassword}, {});
    EXPECT_TRUE(made);
    for (auto const& role : roles) EXPECT_TRUE(parties->give(made->id, role, {}, {}));
    EXPECT_TRUE(rights->refresh());
    return made->id.value();
  }
  std::string at(std::int64_t party, std::string const& below = {}) { return "/parties/" + std::to_string(party) + below; }

  modules::Permissions permissions = declared();
  runtime::Messages messages = texts();
  runtime::SystemClock clock;
  runtime::Metrics metrics;
  std::string directory;
  std::unique_ptr<storage::Records> records;
  std::unique_ptr<City> city;
  std::unique_ptr<Rights> rights;
  std::optional<Parties> parties;
  std::unique_ptr<web::Server> server;
  std::map<std::string, test::HttpFields> sessions;
};

TEST_F(party_api, lets_an_administrator_keep_offices_people_and_roles) {
  auto const office = ask("boss", "POST", "/parties", R"({"kind":"office","login":"roads","name":"도로과"})");
  EXPECT_EQ(office.status, 201);
  EXPECT_EQ(office.header("location"), "/api/v1/parties/3");
  EXPECT_EQ(ask("boss", "POST", "/parties/3/members", R"({"party":2})").status, 201);
  auto const given = ask("boss", "POST", "/parties/3/roles", R"({"role":"reader","area":1})");
  EXPECT_EQ(given.status, 201);
  EXPECT_THAT(given.body, HasSubstr(R"("role":"reader","area":1)"));

  auto const shown = ask("oper", "GET", "/parties/3");

  EXPECT_THAT(shown.body, HasSubstr(R"("kind":"office","login":"roads","name":"도로과","signs_in":false)"));
  EXPECT_THAT(shown.body, HasSubstr(R"("members":[{"party":2,"office":3)"));
  EXPECT_EQ(shown.header("cache-control"), "no-store");
  EXPECT_EQ(ask("boss", "DELETE", "/parties/3/members/2").status, 204);
  EXPECT_EQ(ask("boss", "PATCH", "/parties/3", R"({"name":"Roads"})").status, 200);
  EXPECT_EQ(ask("boss", "DELETE", "/parties/3").status, 204);
  EXPECT_THAT(ask("oper", "GET", "/parties").body, Not(HasSubstr("roads")));
  EXPECT_THAT(ask("oper", "GET", "/parties?ended=1&kind=office").body, HasSubstr(R"("name":"Roads")"));
}

TEST_F(party_api, tells_who_may_not_what_he_would_need) {
  auto const refused = ask("oper", "POST", "/parties", R"({"kind":"office","login":"roads"})");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.body, R"({"code":"forbidden","key":"access.denied","arguments":{"permission":"change parties"},"permission":"parties.change","message":"You need: change parties"})");
  EXPECT_EQ(ask("oper", "GET", "/roles").status, 200);
  EXPECT_EQ(test::HttpClient(server->port()).get("/api/v1/parties").status, 401);
}

TEST_F(party_api, changes_a_role_and_never_its_name) {
  ASSERT_EQ(ask("boss", "POST", "/roles", R"({"name":"clerk","permissions":["parties.see"]})").status, 201);
  auto const refused = ask("boss", "PUT", "/roles/clerk", R"({"name":"chief","permissions":["parties.change"]})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("name: "));
  EXPECT_EQ(ask("boss", "PUT", "/roles/clerk", R"({"name":"clerk","permissions":["parties.change"]})").status, 200) << "as it was given";
  EXPECT_EQ(ask("boss", "PUT", "/roles/clerk", R"({"permissions":["parties.see"]})").status, 200);
}

TEST_F(party_api, takes_effect_on_a_session_at_once) {
  auto const lee = person("lee", {});
  EXPECT_EQ(ask("lee", "GET", "/parties").status, 403);
  EXPECT_EQ(ask("boss", "POST", at(lee, "/roles"), R"({"role":"reader"})").status, 201);
  EXPECT_EQ(ask("lee", "GET", "/parties").status, 200);
  EXPECT_EQ(ask("boss", "DELETE", at(lee, "/roles/3")).status, 204);
  EXPECT_EQ(ask("lee", "GET", "/parties").status, 403);
  EXPECT_EQ(ask("boss", "PATCH", at(lee), R"({"password":"another long password"})").status, 200);
  EXPECT_EQ(ask("lee", "GET", "/parties").status, 401) << "a new password ends its sessions";
}

TEST_F(party_api, lets_nobody_reach_further_than_himself) {
  ASSERT_TRUE(parties->create_role({"clerk", false, {"parties.see", "parties.change", "roles.give", "roles.change"}}, {}));
  auto const clerk = person("clerk", {"clerk"});
  auto const lee = person("lee", {});
  auto const hall = parties->create({.kind = PartyKind::kOffice, .login = "hall", .name = {}, .password = {}}, {})->id.value();
  ASSERT_TRUE(parties->give(PartyId{hall}, "administrator", {}, {}));

  EXPECT_EQ(ask("clerk", "POST", at(lee, "/roles"), R"({"role":"reader"})").status, 201);
  EXPECT_EQ(ask("clerk", "POST", at(clerk, "/roles"), R"({"role":"administrator"})").status, 403);
  EXPECT_EQ(ask("clerk", "PATCH", "/parties/1", R"({"password":"mine is a long one"})").status, 403);
  EXPECT_EQ(ask("clerk", "DELETE", "/parties/1").status, 403);
  EXPECT_EQ(ask("clerk", "DELETE", "/parties/1/roles/1").status, 403);
  EXPECT_EQ(ask("clerk", "POST", at(hall, "/members"), "{\"party\":" + std::to_string(clerk) + "}").status, 403);
  EXPECT_EQ(ask("clerk", "GET", "/parties/1").status, 200);
}

TEST_F(party_api, says_in_words_what_somebody_lacks_to_give_it) {
  ASSERT_TRUE(parties->create_role({"giver", false, {"roles.give"}}, {}));
  ASSERT_TRUE(parties->create_role({"clerk", false, {"parties.change"}}, {}));
  person("giver", {"giver"});
  auto const refused = ask("giver", "POST", at(person("lee", {}), "/roles"), R"({"role":"clerk"})");
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr(R"("key":"refusal.grant.beyond","arguments":{"permission":"change parties"})"));
  EXPECT_THAT(refused.body, HasSubstr("this needs parties.change there"));
}

TEST_F(party_api, sees_what_somebody_holds_behind_any_number_of_things_that_ended) {
  ASSERT_TRUE(parties->create_role({"clerk", false, {"parties.see", "parties.change", "roles.give", "roles.change"}}, {}));
  person("clerk", {"clerk"});
  auto const chief = person("chief", {});
  auto const hall = parties->create({.kind = PartyKind::kOffice, .login = "hall", .name = {}, .password = {}}, {})->id;
  auto const come_and_go = [chief, hall](soci::session& sql) -> Result<void> {
    MADANG_CHECK(storage::execute(sql, "INSERT INTO membership (id, party, office, since, ended_at)"
                                       " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
                                       " SELECT i, :party, :office, 1, 2 FROM n",
                                  {{"count", static_cast<std::int64_t>(kPartyHistoryMax)}, {"party", chief}, {"office", hall.value()}}));
    return {};
  };
  ASSERT_TRUE(records->transaction(come_and_go));
  ASSERT_TRUE(parties->give(hall, "administrator", {}, {}));
  ASSERT_TRUE(parties->join(PartyId{chief}, hall, {}));
  ASSERT_TRUE(rights->refresh());

  EXPECT_EQ(ask("clerk", "PATCH", at(chief), R"({"password":"mine is a long one"})").status, 403);
  EXPECT_EQ(ask("clerk", "DELETE", at(chief)).status, 403);
  auto const shown = ask("clerk", "GET", at(chief)).body;
  EXPECT_THAT(shown.substr(shown.size() - 200), HasSubstr(R"("older_left_out":true)"));
  EXPECT_THAT(shown.substr(shown.size() - 400), Not(HasSubstr(R"("ended":2}],"members")"))) << "what holds now is among what is shown";
  EXPECT_EQ(ask("boss", "DELETE", at(chief)).status, 204);
}

TEST_F(party_api, lets_roles_be_given_in_the_area_where_one_gives_them) {
  ASSERT_TRUE(parties->create_role({"warden", false, {"parties.see", "roles.give"}}, {}));
  auto const warden = person("warden", {});
  auto const lee = person("lee", {});
  ASSERT_TRUE(parties->give(PartyId{warden}, "warden", AreaId{1}, {}));
  ASSERT_TRUE(rights->refresh());
  EXPECT_EQ(ask("warden", "POST", at(lee, "/roles"), R"({"role":"reader","area":1})").status, 201);
  auto const everywhere = ask("warden", "POST", at(lee, "/roles"), R"({"role":"reader"})");
  EXPECT_EQ(everywhere.status, 403);
  EXPECT_THAT(everywhere.body, HasSubstr("give roles"));
  EXPECT_EQ(ask("boss", "POST", at(lee, "/roles"), R"({"role":"reader","area":99})").status, 400);
}

TEST_F(party_api, keeps_roles_of_the_citys_own) {
  EXPECT_EQ(ask("boss", "POST", "/roles", R"({"name":"watch","permissions":["parties.see"]})").status, 201);
  EXPECT_EQ(ask("boss", "PUT", "/roles/watch", R"({"permissions":["parties.see","roles.give"]})").status, 200);
  EXPECT_EQ(ask("boss", "PUT", "/roles/operator", R"({"permissions":["parties.see"]})").status, 409);
  EXPECT_EQ(ask("boss", "POST", "/roles", R"({"name":"none","permissions":["lamps.burn"]})").status, 400);
  EXPECT_THAT(ask("oper", "GET", "/roles").body, HasSubstr(R"({"name":"watch","shipped":false,"permissions":["parties.see","roles.give"]})"));
  EXPECT_THAT(ask("oper", "GET", "/roles").body, HasSubstr(R"({"name":"administrator","shipped":true,"permissions":["*"]})"));
  EXPECT_THAT(ask("oper", "GET", "/permissions").body, HasSubstr(R"({"permission":"parties.change","lets":{"en":"change parties"}})"));
  EXPECT_EQ(ask("boss", "DELETE", "/roles/watch").status, 204);
  EXPECT_EQ(ask("boss", "DELETE", "/roles/watch").status, 404);
}

TEST_F(party_api, keeps_an_administrator_whatever_is_asked) {
  EXPECT_EQ(ask("boss", "DELETE", "/parties/1").status, 409);
  EXPECT_EQ(ask("boss", "DELETE", "/parties/1/roles/1").status, 409);
}

TEST_F(party_api, refuses_what_makes_no_sense_by_name) {
  EXPECT_THAT(ask("boss", "POST", "/parties", R"({"login":"x"})").body, HasSubstr("kind: missing"));
  EXPECT_THAT(ask("boss", "POST", "/parties", R"({"kind":"robot","login":"x"})").body, HasSubstr("robot"));
  EXPECT_THAT(ask("boss", "POST", "/parties", R"({"kind":"person","login":"boss"})").body, HasSubstr("already"));
  EXPECT_THAT(ask("boss", "PATCH", "/parties/2", R"({"login":"other"})").body, HasSubstr("kind, login"));
  EXPECT_EQ(ask("boss", "PATCH", "/parties/2", R"({"kind":"person","login":"oper","name":"Oper"})").status, 200) << "as it was shown";
  EXPECT_EQ(ask("boss", "PATCH", "/parties/2", R"({"name":"Other","password":"short"})").status, 400);
  EXPECT_THAT(ask("boss", "GET", "/parties/2").body, HasSubstr(R"("name":"Oper")"));
  EXPECT_EQ(ask("boss", "GET", "/parties/77").status, 404);
  EXPECT_EQ(ask("boss", "GET", "/parties/none").status, 404);
  EXPECT_EQ(ask("boss", "DELETE", "/parties/2/roles/1").status, 404) << "somebody else's grant";
  EXPECT_EQ(ask("boss", "GET", "/parties?limit=x").status, 400);
}

TEST_F(party_api, gives_long_lists_in_pages) {
  for (auto const* login : {"a", "b", "c"}) person(login, {});
  auto const first = ask("boss", "GET", "/parties?limit=2");
  EXPECT_THAT(first.body, HasSubstr(R"("next":2)"));
  auto const last = ask("boss", "GET", "/parties?after=2&limit=100");
  EXPECT_THAT(last.body, HasSubstr(R"("login":"c")"));
  EXPECT_THAT(last.body, Not(HasSubstr("next")));
}

}  // namespace
}  // namespace madang::city
