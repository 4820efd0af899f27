// The client that feeds and replays against a server whose pages are shorter than asked for.
#include "simulation/feed/sensorthings_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "simulation/replay/source.h"
#include "support/short_pages.h"

namespace madang::simulation {
namespace {

using testing::ElementsAre;

std::string thing(int id) { return R"({"@iot.id":)" + std::to_string(id) + R"(,"properties":{"serial":"P)" + std::to_string(id) + R"("}})"; }

std::string stream(int id, std::string const& channel) {
  return R"({"@iot.id":)" + std::to_string(id) + R"(,"name":"n","properties":{"channel":")" + channel + R"("}})";
}

std::string observation(int hour, std::string const& result) {
  return R"({"phenomenonTime":"2026-11-24T0)" + std::to_string(hour) + R"(:00:00Z","result":)" + result + "}";
}

struct sensorthings_client : testing::Test {
  test::ShortPages server{{{"Things", {thing(1), thing(2), thing(3), thing(4), thing(5)}},
                           {"Things(5)/Datastreams", {stream(7, "pm25"), stream(8, "noise"), stream(9, "pm10")}},
                           {"Datastreams(9)/Observations", {observation(1, "1"), observation(2, "2"), observation(3, R"("open")"),
                                                            observation(4, "4"), observation(5, "5")}}}};
  std::atomic<bool> stop = false;
  SensorthingsClient client = *SensorthingsClient::to({server.url(), "k"}, stop);
};

TEST_F(sensorthings_client, reads_on_where_a_page_ends_before_it_is_full) {
  auto const things = client.things();
  ASSERT_TRUE(things) << things.error().sentence;
  ASSERT_EQ(things->size(), 5u);
  EXPECT_EQ(things->back().serial, "P5");
  EXPECT_EQ(client.streams_of(5)->size(), 3u);
  EXPECT_EQ(client.all("Things")->size(), 5u);
}

TEST_F(sensorthings_client, replays_a_series_to_its_end) {
  auto const devices = read_devices(client, "");
  ASSERT_TRUE(devices) << devices.error().sentence;
  auto const values = read_values(client, *devices, {*parse_instant("2026-11-24T00:00:00Z"), *parse_instant("2026-11-25T00:00:00Z")});
  ASSERT_TRUE(values) << values.error().sentence;
  std::vector<double> played;
  for (auto const& value : *values) played.push_back(value.value);
  EXPECT_THAT(played, ElementsAre(1, 2, 4, 5));
}

}  // namespace
}  // namespace madang::simulation
