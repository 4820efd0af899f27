// The list of operators through the real route on a real server: who may read it, and what it never says.
#include "city/operators.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "city/city.h"
#include "city/parties.h"
#include "storage/records/records.h"
#include "support/http_client.h"
#include "support/web_server.h"

namespace madang::city {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

test::HttpFields const kLogin{{"Cookie", "madang_session=" + std::string{test::FakeRights::kSession}}};

class operators_api : public ::testing::Test {
 protected:
  void SetUp() override {
    directory = (std::filesystem::temp_directory_path() / "madang-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    records = *storage::Records::open("sqlite:" + directory + "/records.sqlite", clock);
    rights = *Rights::open(*records, clock);
    server.emplace(operator_routes(*records));
  }
  void TearDown() override {
    server.reset();
    rights.reset();
    records.reset();
    std::filesystem::remove_all(directory);
  }
  test::HttpAnswer get(test::HttpFields const& headers) {
    return test::HttpClient(server->port()).get("/api/v1/operators", headers);
  }

  runtime::SystemClock clock;
  std::string directory;
  std::unique_ptr<storage::Records> records;
  std::unique_ptr<Rights> rights;
  std::optional<test::WebServer> server;
};

TEST_F(operators_api, names_all_operators_in_order_and_nothing_else_of_them) {
  ASSERT_TRUE(rights->create_operator("seo.yun", "correct horse battery"));
  ASSERT_TRUE(rights->create_operator("jin.park", "correct horse battery"));

  auto const answer = get(kLogin);

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"operators":[{"login":"jin.park"},{"login":"seo.yun"}]})");
  EXPECT_EQ(answer.header("cache-control"), "no-store");
}

TEST_F(operators_api, is_for_those_who_may_see_parties) {
  ASSERT_TRUE(rights->create_operator("jin.park", "correct horse battery"));

  auto const nobody = get({});
  auto const device = get({{"Authorization", "Bearer " + std::string{test::FakeRights::kKey}}});

  EXPECT_EQ(nobody.status, 401);
  EXPECT_THAT(nobody.body, Not(HasSubstr("jin.park")));
  EXPECT_EQ(device.status, 403);
  EXPECT_THAT(device.body, Not(HasSubstr("jin.park")));
}

TEST_F(operators_api, leaves_out_who_signs_in_without_a_role_or_has_ended) {
  ASSERT_TRUE(rights->create_operator("jin.park", "correct horse battery"));
  modules::Permissions const none;
  Parties parties({.records = *records, .clock = clock, .permissions = none});
  ASSERT_TRUE(parties.create({.kind = PartyKind::kPerson, .login = "citizen", .name = {}, .password = "correct horse battery"}, {}));
  auto const lee = rights->create_operator("lee", "correct horse battery");
  ASSERT_TRUE(parties.end(*lee, {}));
  EXPECT_EQ(get(kLogin).body, R"({"operators":[{"login":"jin.park"}]})");
  EXPECT_TRUE(operator_of(*records, "jin.park"));
  EXPECT_EQ(operator_of(*records, "citizen").error().code, Code::kNotFound);
  EXPECT_EQ(operator_of(*records, "lee").error().code, Code::kNotFound);
}

TEST_F(operators_api, knows_who_was_made_while_it_serves) {
  EXPECT_EQ(get(kLogin).body, R"({"operators":[]})");
  ASSERT_TRUE(rights->create_operator("jin.park", "correct horse battery"));
  EXPECT_THAT(get(kLogin).body, HasSubstr("jin.park"));
}

}  // namespace
}  // namespace madang::city
