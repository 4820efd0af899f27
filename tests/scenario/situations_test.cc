// A staff report through the real binary: seen by the public, told live, worked on, ended, and there after a kill.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <string>

#include "support/http_client.h"
#include "support/server_process.h"

namespace madang::test {
namespace {

using ::testing::HasSubstr;

std::string text_at(HttpAnswer const& answer, std::string_view pointer) {
  simdjson::dom::parser parser;
  std::string_view out;
  auto const root = parser.parse(answer.body);
  EXPECT_EQ(root.at_pointer(pointer).get(out), simdjson::SUCCESS) << answer.body;
  return std::string{out};
}

/// Signed in as kim, with the token that writing needs.
HttpFields sign_in(std::uint16_t port) {
  auto const answer = HttpClient(port).post("/login", "login=kim&password=open+sesame+7",
                                            {{"Content-Type", "application/x-www-form-urlencoded"}});
  std::string const cookie{answer.header("set-cookie")};
  HttpFields fields{{"Cookie", cookie.substr(0, cookie.find(';'))}};
  auto const me = HttpClient(port).get("/api/v1/me", fields);
  fields.emplace_back("X-CSRF-Token", text_at(me, "/operator/csrf"));
  return fields;
}

constexpr auto kReport = R"({"kind":"flood","severity":"serious","public":true,"place":[126.88,37.58],"radius":200,
  "headline":{"en":"The underpass is flooded","ko":"지하차도가 침수되었습니다"},
  "instruction":{"en":"Take another way.","ko":"다른 길을 이용해 주십시오."}})";

struct situations : ::testing::Test {
  TemporaryDirectory folder;
  std::string const data = (folder.path() / "data").string();

  void SetUp() override {
    ASSERT_EQ(run_madang({"operator", "create", "--data", data, "--login", "kim", "--password", "open sesame 7"}).status, 0);
  }
};

TEST_F(situations, a_staff_report_goes_from_the_control_room_to_citizens_and_back) {
  ServerProcess const server(data);
  auto const port = server.http_port();
  auto const kim = sign_in(port);
  HttpClient web(port);
  EXPECT_THAT(web.get("/alerts?lang=en").body, HasSubstr("There is no warning at the moment"));
  EventClient live(HttpTarget{.port = port}, "/api/v1/situations/live");
  EXPECT_EQ(live.next()->name, "snapshot");

  auto const made = web.post("/api/v1/situations", kReport, kim);
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(live.next()->name, "situation");
  EXPECT_THAT(web.get("/?lang=en").body, HasSubstr("1 warning in the city now"));
  EXPECT_THAT(web.get("/alerts/1?lang=ko").body, HasSubstr("다른 길을 이용해 주십시오."));
  EXPECT_THAT(web.get("/alerts/1.cap").body, HasSubstr("<msgType>Alert</msgType>"));
  EXPECT_THAT(web.get("/alerts.atom").body, HasSubstr("/alerts/1-1.cap"));

  EXPECT_EQ(text_at(web.post("/api/v1/situations/1/acknowledge", "", kim), "/state"), "acknowledged");
  EXPECT_EQ(text_at(web.post("/api/v1/situations/1/resolve", R"({"text":"dry again"})", kim), "/state"), "resolved");
  EXPECT_THAT(web.get("/alerts/1?lang=en").body, HasSubstr("It is over since"));
  EXPECT_THAT(web.get("/alerts/1.cap").body, HasSubstr("<msgType>Cancel</msgType>"));
  EXPECT_THAT(web.get("/alerts/1-1.cap").body, HasSubstr("<msgType>Alert</msgType>"));
  EXPECT_THAT(web.get("/metrics").body, HasSubstr("madang_situations_open{severity=\"serious\"} 0"));
}

TEST_F(situations, are_there_after_a_kill) {
  {
    ServerProcess server(data);
    auto const kim = sign_in(server.http_port());
    HttpClient web(server.http_port());
    ASSERT_EQ(web.post("/api/v1/situations", kReport, kim).status, 201);
    ASSERT_EQ(web.post("/api/v1/situations/1/act", R"({"text":"crew sent"})", kim).status, 200);
    server.kill();
  }
  ServerProcess const server(data);
  auto const one = HttpClient(server.http_port()).get("/api/v1/situations/1", sign_in(server.http_port()));
  EXPECT_EQ(text_at(one, "/state"), "acting");
  EXPECT_EQ(text_at(one, "/timeline/1/text"), "crew sent");
  EXPECT_THAT(HttpClient(server.http_port()).get("/alerts/1.cap").body, HasSubstr("situation-1-1"));
}

}  // namespace
}  // namespace madang::test
