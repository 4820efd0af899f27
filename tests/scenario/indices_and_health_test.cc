// What a city says about itself through the real server: which index it chose, and who of its stations reports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/server_process.h"
#include "web/http/client.h"

namespace madang::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(indices_of_a_city, are_those_that_it_configured) {
  TemporaryDirectory const folder;
  auto const config = folder.path() / "city.toml";
  std::ofstream(config) << "[city]\nzone = \"Europe/Berlin\"\n[indices]\nair = \"aqi\"\nnoise_zone = \"roadside_c\"\n";
  ServerProcess const server(folder.path() / "data", {"--config", config.string()});
  auto client = *web::HttpClient::to(server.http());
  auto const answer = client.get("/api/v1/indices");
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->body, HasSubstr(R"("zone":"Europe/Berlin")"));
  EXPECT_THAT(answer->body, HasSubstr(R"("scale":{"key":"aqi")"));
  EXPECT_THAT(answer->body, HasSubstr(R"("noise":{"zone":"roadside_c")"));
}

TEST(indices_of_a_city, that_do_not_exist_refuse_to_start) {
  TemporaryDirectory const folder;
  auto const config = folder.path() / "city.toml";
  std::ofstream(config) << "[indices]\nair = \"best\"\n";
  auto const refused = run_madang({"serve", "--data", (folder.path() / "data").string(), "--config", config.string()});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("city.toml:2:1: \"indices.air\": 'best' is none of cai, aqi, eaqi, who, none"));
}

TEST(health_of_a_city, is_public_without_the_work_list) {
  TemporaryDirectory const folder;
  ServerProcess const server(folder.path() / "data");
  auto client = *web::HttpClient::to(server.http());
  auto const answer = client.get("/api/v1/health");
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->body, HasSubstr(R"("stations":{"total":0,"reporting":0,"late":0,"silent":0,"never_heard":0})"));
  EXPECT_THAT(answer->body, Not(HasSubstr("\"work\"")));
  EXPECT_THAT(client.get("/health?lang=ko")->body, HasSubstr("아직 등록된 측정소가 없습니다."));
}

}  // namespace
}  // namespace madang::test
