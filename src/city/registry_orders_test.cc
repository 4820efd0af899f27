// What operators do to the registry, through the real routes on a real server.
#include "city/registry_orders.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "city/parties.h"
#include "city/registry_routes.h"
#include "storage/observations/memory_store.h"
#include "storage/records/records.h"
#include "support/http_client.h"
#include "support/web_server.h"

namespace madang::city {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

test::HttpFields const kSignedIn{{"Cookie", "madang_session=" + std::string{test::FakeRights::kSession}},
                              {"X-CSRF-Token", std::string{test::FakeRights::kCsrf}},
                              {"Content-Type", "application/json"}};

class registry_api : public ::testing::Test {
 protected:
  void SetUp() override {
    directory = (std::filesystem::temp_directory_path() / "madang-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    records = *storage::Records::open("sqlite:" + directory + "/records.sqlite", clock);
    city = *City::open(*records, clock);
    NewThing pole;
    pole.thing.serial = "POLE-7";
    pole.thing.name.by_language = {{"en", "Pole 7"}, {"ko", "7번 기둥"}};
    Location corner;
    corner.point = LatLon{37.5, 126.9};
    pole.locations = {corner};
    NewDatastream stream;
    stream.datastream.channel = "temperature";
    stream.datastream.unit = {"degree Celsius", "°C", ""};
    pole.datastreams = {stream};
    ASSERT_TRUE(city->add_thing(std::move(pole)));
    UnitBook units;
    units.named = [](std::string_view text) { return text == "°F" ? std::optional{Unit{"degree Fahrenheit", "°F", "[degF]"}} : std::optional<Unit>{}; };
    units.counts = [](std::string_view, Unit const& unit) { return !unit.definition.empty(); };
    server.emplace(registry_routes({.city = *city, .store = store, .units = std::move(units)}));
  }
  void TearDown() override {
    server.reset();
    city.reset();
    records.reset();
    std::filesystem::remove_all(directory);
  }
  test::HttpAnswer act(std::string_view body, test::HttpFields const& headers = kSignedIn) {
    return test::HttpClient(server->port()).post("/api/v1/registry/acts", body, headers);
  }
  std::string history(std::string_view query) {
    return test::HttpClient(server->port()).get("/api/v1/registry/history?" + std::string{query}, kSignedIn).body;
  }

  runtime::SystemClock clock;
  std::string directory;
  storage::MemoryStore store{clock};
  std::unique_ptr<storage::Records> records;
  std::unique_ptr<City> city;
  std::optional<test::WebServer> server;
};

TEST_F(registry_api, corrects_the_unit_of_one_channel_and_tells_who_did_it) {
  auto const answer = act(R"({"act":"edit","serial":"POLE-7","channel":"temperature","unit":"°F","interval_ms":60000})");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  auto const datastream = city->datastream(DatastreamId{1});
  EXPECT_EQ(datastream->unit.symbol, "°F");
  EXPECT_EQ(datastream->interval, Millis{60'000});
  auto const told = history("datastream=1");
  EXPECT_THAT(told, HasSubstr(R"("act":"edited","by":"an operator")"));
  EXPECT_THAT(told, HasSubstr(R"("symbol":"°C")"));
  EXPECT_THAT(told, HasSubstr(R"("symbol":"°F")"));
}

TEST_F(registry_api, keeps_of_a_symbol_what_it_means_and_says_when_nobody_knows) {
  EXPECT_THAT(act(R"({"act":"edit","serial":"POLE-7","channel":"temperature","unit":"°F"})").body, Not(HasSubstr("note")));
  EXPECT_EQ(city->datastream(DatastreamId{1})->unit, (Unit{"degree Fahrenheit", "°F", "[degF]"}));
  EXPECT_THAT(act(R"({"act":"edit","serial":"POLE-7","channel":"temperature","unit":"bananas"})").body,
              HasSubstr(R"("note":"\"bananas\" is no unit of \"temperature\" that is known here: its values are stored)"));
  EXPECT_EQ(city->datastream(DatastreamId{1})->unit.symbol, "bananas");
}

TEST_F(registry_api, names_who_acted_on_the_command_line_as_keys_and_roles_do) {
  EXPECT_EQ(act(R"({"act":"retire","serial":"POLE-7"})", {{"Authorization", "Bearer " + std::string{test::FakeRights::kLocalKey}}}).status, 200);
  EXPECT_THAT(history("serial=POLE-7"), HasSubstr(R"("act":"retired","by":")" + machine_user().name + "\""));
}

TEST_F(registry_api, leads_from_a_thing_to_the_histories_of_its_channels) {
  EXPECT_THAT(history("serial=POLE-7"), HasSubstr(R"("id":1,"datastreams":[{"id":1,"channel":"temperature"}],"history":)"));
  EXPECT_THAT(history("datastream=1"), HasSubstr(R"("id":1,"channel":"temperature","history":)"));
}

TEST_F(registry_api, leads_from_a_thing_that_is_deleted_to_the_histories_of_what_it_had) {
  ASSERT_EQ(act(R"({"act":"delete","serial":"POLE-7"})").status, 200);
  EXPECT_THAT(history("thing=1"), HasSubstr(R"("id":1,"datastreams":[{"id":1,"channel":"temperature","deleted":true}],"history":)"));
  EXPECT_THAT(history("datastream=1"), HasSubstr(R"("act":"deleted")"));
}

TEST_F(registry_api, names_in_one_language_leave_the_others) {
  EXPECT_EQ(act(R"({"act":"edit","thing":1,"name":{"en":"Bridge pole"}})").status, 200);
  EXPECT_EQ(city->thing(ThingId{1})->name.in("en"), "Bridge pole");
  EXPECT_EQ(city->thing(ThingId{1})->name.in("ko"), "7번 기둥");
}

TEST_F(registry_api, moves_retires_and_returns) {
  EXPECT_EQ(act(R"({"act":"move","serial":"POLE-7","latitude":37.6,"longitude":127.0})").status, 200);
  EXPECT_EQ(city->locations_of(ThingId{1}).front()->point, (LatLon{37.6, 127.0}));
  auto const places = city->locations({}).count;
  EXPECT_EQ(act(R"({"act":"move","serial":"POLE-7","latitude":37.6,"longitude":127.0})").status, 200);
  EXPECT_EQ(city->locations({}).count, places) << "a lost answer, asked again";
  EXPECT_THAT(act(R"({"act":"retire","serial":"POLE-7"})").body, testing::ContainsRegex(R"("retired_at":[0-9]+})"));
  EXPECT_TRUE(city->thing(ThingId{1})->retired_at);
  EXPECT_EQ(act(R"({"act":"retire","serial":"POLE-7"})").status, 409);
  EXPECT_THAT(history("serial=POLE-7"), testing::ContainsRegex(R"("at":[0-9]+,"act":"retired")")) << "milliseconds, as all of the API";
  EXPECT_THAT(act(R"({"act":"return","serial":"POLE-7"})").body, HasSubstr(R"("retired_at":null)"));
  EXPECT_THAT(history("serial=POLE-7"), HasSubstr(R"("act":"returned")"));
}

TEST_F(registry_api, deletes_what_never_measured_and_nothing_else) {
  storage::Batch batch;
  batch.observations.push_back({DatastreamId{1}, clock.now(), 20, clock.now(), {}});
  ASSERT_TRUE(store.append(batch));
  auto const refused = act(R"({"act":"delete","serial":"POLE-7"})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.body, HasSubstr("Datastream 1 has readings"));
  ASSERT_TRUE(city->add_thing({.thing = {.id = {}, .serial = "NEW", .name = {}, .description = {}}, .locations = {}, .datastreams = {}}));
  EXPECT_THAT(act(R"({"act":"delete","serial":"NEW"})").body, HasSubstr(R"("deleted":true)"));
  EXPECT_EQ(city->thing_of_serial("NEW"), nullptr);
  EXPECT_THAT(history("thing=2"), HasSubstr(R"("act":"deleted")"));
}

TEST_F(registry_api, a_place_that_a_move_made_goes_with_the_next_and_its_history_stays) {
  auto const move = [this](std::string const& latitude) { return act(R"({"act":"move","thing":1,"longitude":127,"latitude":)" + latitude + "}").status; };
  ASSERT_EQ(move("37.1"), 200);
  ASSERT_EQ(move("37.2"), 200);
  ASSERT_EQ(move("37.3"), 200);
  auto const places = city->locations({}).entities;
  ASSERT_EQ(places.size(), 2u) << "the one that was registered, and where it is";
  EXPECT_EQ(places[0]->point, (LatLon{37.5, 126.9}));
  EXPECT_EQ(places[1]->point, (LatLon{37.3, 127}));
  EXPECT_THAT(history("thing=1"), HasSubstr(R"("before":{"locations":[2]})"));
  EXPECT_THAT(history("location=2"), HasSubstr("37.1"));
  EXPECT_THAT(history("location=2"), HasSubstr(R"("act":"deleted")"));
}

TEST_F(registry_api, a_place_where_another_thing_came_to_stays) {
  ASSERT_EQ(act(R"({"act":"move","thing":1,"latitude":37.1,"longitude":127})").status, 200);
  auto const other = city->add_thing({.thing = {.id = {}, .serial = "NEW", .name = {}, .description = {}}, .locations = {}, .datastreams = {}});
  ASSERT_TRUE(city->write([&](Writer& w) { return w.place(*other, LocationId{2}); }));
  ASSERT_EQ(act(R"({"act":"move","thing":1,"latitude":37.2,"longitude":127})").status, 200);
  EXPECT_NE(city->location(LocationId{2}), nullptr);
}

TEST_F(registry_api, history_of_long_texts_comes_in_pages) {
  for (int i = 0; i < 100; ++i) {
    auto thing = *city->thing(ThingId{1});
    thing.properties = "{\"n" + std::to_string(i) + "\":\"" + std::string(60'000, 'x') + "\"}";
    ASSERT_TRUE(city->write([&](Writer& w) { return w.edit(thing); }, "kim"));
  }
  int acts = 0;
  std::string before;
  for (int pages = 0; pages < 10; ++pages) {
    auto const page = history("thing=1" + before);
    EXPECT_LT(page.size(), 5u << 20);
    for (auto at = page.find("\"journal\":"); at != std::string::npos; at = page.find("\"journal\":", at + 1)) ++acts;
    auto const next = page.rfind("\"next\":");
    if (next == std::string::npos) break;
    before = "&before=" + page.substr(next + 7, page.size() - next - 8);
  }
  EXPECT_EQ(acts, 100);
  EXPECT_THAT(before, Not(::testing::IsEmpty()));
  EXPECT_THAT(history("thing=1&before=x"), HasSubstr("before: "));
}

TEST_F(registry_api, refuses_by_name) {
  EXPECT_THAT(act(R"({"act":"paint","thing":1})").body, HasSubstr("act: "));
  EXPECT_THAT(act(R"({"act":"retire"})").body, HasSubstr("thing: "));
  EXPECT_THAT(act(R"({"act":"retire","thing":1,"serial":"POLE-7"})").body, HasSubstr("thing: "));
  EXPECT_THAT(act(R"({"act":"retire","thing":9})").body, HasSubstr("there is no Thing 9"));
  EXPECT_THAT(act(R"({"act":"retire","serial":"POLE-8"})").body, HasSubstr("POLE-8"));
  EXPECT_THAT(act(R"({"act":"edit","thing":1,"unit":"K"})").body, HasSubstr("channel: missing"));
  EXPECT_THAT(act(R"({"act":"edit","thing":1,"channel":"noise","unit":"K"})").body, HasSubstr("channel: POLE-7 has no"));
  EXPECT_THAT(act(R"({"act":"move","thing":1,"latitude":37})").body, HasSubstr("latitude, longitude"));
  EXPECT_THAT(act(R"({"act":"move","thing":1,"latitude":137,"longitude":0})").body, HasSubstr("not on earth"));
  EXPECT_THAT(act(R"({"act":"edit","thing":1,"colour":"red"})").body, HasSubstr("colour: no such field"));
  EXPECT_THAT(act("[]").body, HasSubstr("a JSON object expected"));
  EXPECT_THAT(history("serial=POLE-7"), HasSubstr(R"("history":[])"));
}

TEST_F(registry_api, is_for_those_who_may_change_the_registry) {
  EXPECT_EQ(act(R"({"act":"retire","thing":1})", {}).status, 401);
  EXPECT_GE(act(R"({"act":"retire","thing":1})", {{"Authorization", "Bearer " + std::string{test::FakeRights::kKey}}}).status, 401);
  EXPECT_FALSE(city->thing(ThingId{1})->retired_at);
}

}  // namespace
}  // namespace madang::city
