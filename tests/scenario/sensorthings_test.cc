// SensorThings over a real socket: a device is made by deep insert, sends, and is read back; bad input changes nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/http_client.h"
#include "support/server_process.h"

namespace madang::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kDeepThing = R"({"name":"P7","description":"a pole","properties":{"serial":"P7"},
  "Locations":[{"name":"gate","description":"","encodingType":"application/geo+json",
    "location":{"type":"Point","coordinates":[126.95,37.55]}}],
  "Datastreams":[{"name":"PM2.5","description":"","observationType":"OM_Measurement",
    "unitOfMeasurement":{"name":"microgram per cubic metre","symbol":"ug/m3","definition":"ug/m3"},
    "properties":{"channel":"pm25"},
    "Sensor":{"name":"Node","description":"","encodingType":"text/html","metadata":"none"},
    "ObservedProperty":{"name":"PM2.5","definition":"urn:pm25","description":""}}]})";

/// A key that the server knows already: one made by another process is seen within two seconds.
HttpFields usable_key(ServerProcess const& server, std::string const& name, std::vector<std::string> const& things = {}) {
  HttpFields fields{{"Authorization", "Bearer " + server.create_key(name, things)}};
  auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (std::chrono::steady_clock::now() < deadline) {
    HttpClient http(server.http_port());
    if (http.post("/sta/v1.1/CreateObservations", "[]", fields).status != 401) return fields;
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  throw std::runtime_error("the key stays unknown");
}

struct SensorthingsStory : testing::Test {
  TemporaryDirectory folder;
  ServerProcess server{folder.path() / "data"};
  HttpClient http{server.http_port()};
  HttpFields key = usable_key(server, "writer");

  std::string get(std::string_view path) {
    auto const answer = http.get(std::string("/sta/v1.1") + std::string(path));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.body;
  }
  HttpAnswer post(std::string_view path, std::string_view body) {
    return http.post(std::string("/sta/v1.1") + std::string(path), body, key);
  }
};

/// Each client writes what it was answered; who was answered nothing was at a connection of its own.
TEST_F(SensorthingsStory, a_stop_under_load_answers_every_post_and_loses_none_that_was_answered_201) {
  constexpr std::size_t kClients = 24;
  std::array<std::vector<int>, kClients> said;
  std::atomic<std::size_t> made = 0;
  std::vector<std::jthread> clients;
  for (std::size_t i = 0; i < kClients; ++i)
    clients.emplace_back([&, i] {
      try {
        for (int n = 0;; ++n) {
          HttpClient mine(server.http_port());  // refused once the door is shut: then this one is done
          auto const name = std::to_string(i) + "-" + std::to_string(n);
          said[i].push_back(0);
          said[i].back() = mine.post("/sta/v1.1/Things", R"({"name":")" + name + R"(","description":"","properties":{"serial":"S)" + name + R"("}})", key).status;
          if (said[i].back() == 201) ++made;
          if (said[i].back() == 503) return;
        }
      } catch (std::runtime_error const&) {
      }
    });
  auto const patience = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (made < 2 * kClients && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
  EXPECT_EQ(server.stop().status, 0);
  clients.clear();
  std::size_t stored = 0;
  std::size_t unanswered = 0;
  for (auto const& of_one : said) {
    for (auto const status : of_one) EXPECT_THAT(status, testing::AnyOf(0, 201, 503));
    stored += static_cast<std::size_t>(std::ranges::count(of_one, 201));
    unanswered += static_cast<std::size_t>(std::ranges::count(of_one, 0));
  }
  ServerProcess const again(folder.path() / "data");
  HttpClient later(again.http_port());
  auto const things = later.get("/sta/v1.1/Things?$top=0&$count=true").body;
  EXPECT_THAT(things, HasSubstr(R"("@iot.count":)" + std::to_string(stored))) << unanswered << " were answered nothing";
}

TEST_F(SensorthingsStory, from_deep_insert_to_reading_back) {
  auto const root = get("");
  EXPECT_THAT(root, HasSubstr(R"({"name":"Things","url":"http://)"));
  auto const thing = post("/Things", kDeepThing);
  ASSERT_EQ(thing.status, 201) << thing.body;
  EXPECT_TRUE(thing.header("location").ends_with("/sta/v1.1/Things(1)")) << thing.header("location");
  ASSERT_EQ(post("/Datastreams(1)/Observations", R"({"phenomenonTime":"2026-11-24T05:00:00Z","result":12.5})").status, 201);
  auto const bulk = post("/CreateObservations", R"([{"Datastream":{"@iot.id":1},"components":["phenomenonTime","result"],
    "dataArray":[["2026-11-24T05:01:00Z",13],["never",14],["2026-11-24T05:02:00Z",15]]}])");
  ASSERT_EQ(bulk.status, 201) << bulk.body;
  EXPECT_THAT(bulk.body, HasSubstr(R"(,"error phenomenonTime)"));
  EXPECT_THAT(get("/Datastreams(1)/Observations?$count=true&$orderby=phenomenonTime%20desc&$top=1"),
              testing::AllOf(HasSubstr(R"("@iot.count":3)"), HasSubstr(R"("result":15,)"), HasSubstr("@iot.nextLink")));
  EXPECT_THAT(get("/Datastreams(1)/Observations?$filter=phenomenonTime%20lt%202026-11-24T05:01:00Z"),
              testing::AllOf(HasSubstr(R"("result":12.5,)"), Not(HasSubstr(R"("result":13,)"))));
  EXPECT_EQ(get("/Things(1)/name/$value"), "P7");
  EXPECT_THAT(get("/Things(1)/Locations"), HasSubstr("126.95"));
}

TEST_F(SensorthingsStory, next_links_lead_through_the_whole_collection) {
  ASSERT_EQ(post("/Things", kDeepThing).status, 201);
  std::string body = R"([{"Datastream":{"@iot.id":1},"components":["phenomenonTime","result"],"dataArray":[)";
  for (int i = 10; i < 35; ++i) body += (i > 10 ? ",[\"2026-11-24T05:" : "[\"2026-11-24T05:") + std::to_string(i) + ":00Z\",1]";
  ASSERT_EQ(post("/CreateObservations", body + "]}]").status, 201);
  std::string next = "/sta/v1.1/Datastreams(1)/Observations?$top=10";
  int pages = 0;
  for (; !next.empty() && pages < 10; ++pages) {
    auto const page = http.get(next);
    ASSERT_EQ(page.status, 200) << page.body;
    auto const at = page.body.find("@iot.nextLink\":\"");
    next = at == std::string::npos ? "" : page.body.substr(at + 16, page.body.find('"', at + 16) - at - 16);
    if (!next.empty()) next = next.substr(next.find("/sta/"));
  }
  EXPECT_EQ(pages, 3);
}

TEST_F(SensorthingsStory, bad_input_is_refused_with_its_place_and_leaves_nothing) {
  auto const broken = post("/Things", R"({"name":"P8","description":"","Datastreams":[{"name":"x"}]})");
  EXPECT_EQ(broken.status, 400);
  EXPECT_THAT(broken.body, HasSubstr("/Datastreams/0/"));
  EXPECT_THAT(post("/Observations", R"({"result":})").body, HasSubstr("body: not the expected JSON at byte 10"));
  EXPECT_THAT(post("/Things", R"({"name":"P8")").body, HasSubstr("body: not the expected JSON at byte"));
  EXPECT_THAT(get("/Things?$count=true"), HasSubstr(R"("@iot.count":0)"));
  EXPECT_EQ(http.get("/sta/v1.1/Things?$expand=Datastreams").status, 501);
  EXPECT_EQ(http.get("/sta/v1.1/Things(9)").status, 404);
}

TEST_F(SensorthingsStory, writing_needs_a_key_and_a_scoped_key_writes_to_its_things_only) {
  ASSERT_EQ(post("/Things", kDeepThing).status, 201);
  EXPECT_EQ(HttpClient(server.http_port()).post("/sta/v1.1/Datastreams(1)/Observations", R"({"result":1})").status, 401);
  auto const scoped = usable_key(server, "other", {"P9"});
  EXPECT_EQ(http.post("/sta/v1.1/Datastreams(1)/Observations", R"({"result":1})", scoped).status, 403);
  auto const own = usable_key(server, "own", {"P7"});
  EXPECT_EQ(http.post("/sta/v1.1/Datastreams(1)/Observations", R"({"result":1})", own).status, 201);
}

TEST_F(SensorthingsStory, a_posted_value_reaches_a_listening_browser) {
  ASSERT_EQ(post("/Things", kDeepThing).status, 201);
  EventClient live(server.http_port(), "/api/v1/live?property=pm25");
  auto const snapshot = live.next();
  ASSERT_TRUE(snapshot.has_value());
  EXPECT_EQ(snapshot->name, "snapshot");
  ASSERT_EQ(post("/Datastreams(1)/Observations", R"({"result":42.5})").status, 201);
  auto event = live.next();
  while (event && event->name != "values") event = live.next();
  ASSERT_TRUE(event.has_value());
  EXPECT_THAT(event->data, HasSubstr("[[1,42.5,"));
}

}  // namespace
}  // namespace madang::test
