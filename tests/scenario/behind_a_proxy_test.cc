// The real server as a city puts it behind a proxy, below a path: every link leads back through the proxy.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "support/http_client.h"
#include "support/server_process.h"

namespace madang::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class behind_a_proxy : public testing::Test {
 protected:
  void start(std::string const& settings) {
    std::filesystem::create_directories(data);
    std::ofstream(data / "madang.toml") << settings;
    server.emplace(data);
  }
  HttpAnswer get(std::string const& path, HttpFields const& headers = {}) { return HttpClient(server->http_port()).get(path, headers); }
  void make_things(int count) {
    auto const key = server->create_key("feed");
    for (int i = 0; i < count; ++i) {
      auto const answer = HttpClient(server->http_port()).post("/sta/v1.1/Things", R"({"name":"t)" + std::to_string(i) + R"(","description":"d"})", {{"Authorization", "Bearer " + key}});
      ASSERT_EQ(answer.status, 201) << answer.body;
      location = answer.header("location");
    }
  }

  TemporaryDirectory const folder;
  std::filesystem::path const data = folder.path() / "data";
  std::optional<ServerProcess> server;
  std::string location;
};

TEST_F(behind_a_proxy, all_links_follow_the_base_address) {
  start("[public]\nbase_address = \"https://city.example/madang\"\n");
  make_things(2);
  EXPECT_EQ(location, "https://city.example/madang/sta/v1.1/Things(2)");
  auto const things = get("/sta/v1.1/Things?$top=1").body;
  EXPECT_THAT(things, HasSubstr("\"@iot.nextLink\":\"https://city.example/madang/sta/v1.1/Things?"));
  EXPECT_THAT(things, HasSubstr("\"@iot.selfLink\":\"https://city.example/madang/sta/v1.1/Things(1)\""));
  EXPECT_THAT(get("/sta/v1.1").body, HasSubstr("\"url\":\"https://city.example/madang/sta/v1.1/Things\""));
  EXPECT_THAT(get("/alerts.atom").body, HasSubstr("href=\"https://city.example/madang/alerts?"));
  auto const page = get("/").body;
  EXPECT_THAT(page, HasSubstr("href=\"/madang/alerts\""));
  EXPECT_THAT(page, Not(HasSubstr("href=\"/alerts\"")));
}

TEST_F(behind_a_proxy, a_prefix_arrives_with_and_without_being_taken_off) {
  start("[public]\nbase_address = \"https://city.example/madang\"\n");
  EXPECT_EQ(get("/madang/sta/v1.1/Things").status, 200);
  EXPECT_EQ(get("/madang//sta/v1.1//").body, get("/sta/v1.1").body);
  EXPECT_EQ(get("/madang").status, 200);
}

TEST_F(behind_a_proxy, logins_are_kept_over_https_only) {
  start("[public]\nbase_address = \"https://city.example\"\n");
  ASSERT_EQ(run_madang({"operator", "create", "--data", data.string(), "--login", "kim", "--password", "open sesame 7"}).status, 0);
  auto const answer = HttpClient(server->http_port())
                          .post("/login", "login=kim&password=open+sesame+7", {{"Content-Type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(answer.status, 303);
  EXPECT_THAT(std::string{answer.header("set-cookie")}, HasSubstr("; Secure"));
}

TEST_F(behind_a_proxy, its_words_are_believed_only_where_a_setting_says_so) {
  HttpFields const words{{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "city.example:8443"}, {"X-Forwarded-Prefix", "/madang"}};
  start("[http]\ntrusted_proxies = \"127.0.0.0/8\"\n");
  EXPECT_THAT(get("/sta/v1.1", words).body, HasSubstr("\"url\":\"https://city.example:8443/madang/sta/v1.1/Things\""));
  server.reset();
  std::ofstream(data / "madang.toml") << "";
  server.emplace(data);
  EXPECT_THAT(get("/sta/v1.1", words).body, HasSubstr("\"url\":\"http://localhost/sta/v1.1/Things\""));
}

TEST_F(behind_a_proxy, a_setting_that_is_no_address_is_named_at_the_start) {
  std::filesystem::create_directories(data);
  std::ofstream(data / "madang.toml") << "[public]\nbase_address = \"city.example\"\n";
  auto const outcome = run_madang({"serve", "--data", data.string()});
  EXPECT_NE(outcome.status, 0);
  EXPECT_THAT(outcome.err, HasSubstr("public.base_address"));
  EXPECT_THAT(outcome.err, HasSubstr("does not begin with https://"));
}

}  // namespace
}  // namespace madang::test
