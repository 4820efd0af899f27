// A backup taken while the server runs, restored elsewhere, gives back the same Things and observations.
#include <gtest/gtest.h>

#include "support/server_process.h"
#include "web/http/client.h"

namespace madang::test {
namespace {

constexpr char const* kThing = R"({
  "name": "Pole 7", "description": "a pole", "properties": {"serial": "POLE-7"},
  "Locations": [{"name": "corner", "description": "a corner", "encodingType": "application/geo+json",
                 "location": {"type": "Point", "coordinates": [126.98, 37.56]}}],
  "Datastreams": [{"name": "PM2.5", "description": "fine dust", "properties": {"channel": "pm25"},
    "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
    "unitOfMeasurement": {"name": "microgram per cubic metre", "symbol": "µg/m³", "definition": "ug/m3"},
    "Sensor": {"name": "nose", "description": "a sensor", "encodingType": "text/plain", "metadata": "none"},
    "ObservedProperty": {"name": "pm25", "definition": "http://example.org/pm25", "description": "fine dust"}}]})";

struct backup : testing::Test {
  TemporaryDirectory folder;
  std::string const data = (folder.path() / "data").string();
  std::string const copy = (folder.path() / "copy").string();
  std::string const again = (folder.path() / "again").string();

  /// A city of one Thing with three observations.
  void fill(ServerProcess const& server) const {
    auto client = *web::HttpClient::to(server.http(), {.bearer_key = server.create_key("fill")});
    auto const made = client.post("/sta/v1.1/Things", kThing);
    ASSERT_EQ(made->status, 201) << made->body;
    for (auto const* observation : {R"({"phenomenonTime":"2026-11-24T05:00:00Z","result":11})",
                                    R"({"phenomenonTime":"2026-11-24T05:02:00Z","result":12.5})",
                                    R"({"phenomenonTime":"2026-11-24T05:04:00Z","result":13})"})
      ASSERT_EQ(client.post("/sta/v1.1/Datastreams(1)/Observations", observation)->status, 201);
  }

  static std::string observations(ServerProcess const& server) {
    auto client = *web::HttpClient::to(server.http());
    auto body = client.get("/sta/v1.1/Datastreams(1)/Observations")->body;
    for (auto at = body.find(server.http()); at != std::string::npos; at = body.find(server.http()))
      body.erase(at, server.http().size());
    return body;
  }
};

TEST_F(backup, taken_while_serving_restores_to_the_same_city) {
  ServerProcess server(data);
  fill(server);
  auto const before = observations(server);
  auto const taken = run_madang({"backup", "--data", data, copy});
  ASSERT_EQ(taken.status, 0) << taken.err;
  server.stop();

  auto const restored = run_madang({"restore", "--data", again, copy});
  ASSERT_EQ(restored.status, 0) << restored.err;
  EXPECT_NE(restored.out.find("3 observations"), std::string::npos) << restored.out;
  ServerProcess const second(again);
  EXPECT_NE(before.find("12.5"), std::string::npos);
  EXPECT_EQ(observations(second), before);
  EXPECT_NE(web::HttpClient::to(second.http())->get("/sta/v1.1/Things(1)")->body.find("POLE-7"), std::string::npos);
}

TEST_F(backup, works_without_a_server_too_and_never_into_a_full_folder) {
  {
    ServerProcess server(data);
    fill(server);
    server.stop();
  }
  EXPECT_EQ(run_madang({"backup", "--data", data, copy}).status, 0);
  EXPECT_EQ(run_madang({"backup", "--data", data, copy}).status, 1);
  EXPECT_EQ(run_madang({"restore", "--data", data, copy}).status, 1);
}

}  // namespace
}  // namespace madang::test
