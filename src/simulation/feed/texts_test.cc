// What goes over the wire, letter by letter.
#include "simulation/feed/texts.h"

#include <gtest/gtest.h>

#include <simdjson.h>

#include "city/words.h"
#include "runtime/shipped.h"
#include "simulation/feed/entities.h"
#include "simulation/feed/history.h"
#include "simulation/feed/progress.h"

namespace madang::simulation {
namespace {

std::string scaled(std::int32_t wire, int decimals) {
  std::string out;
  append_scaled(out, wire, decimals);
  return out;
}

Reading reading_at(std::string_view time) {
  Reading reading;
  reading.phenomenon_time = *parse_instant(time);
  for (std::size_t c = 0; c < kChannelCount; ++c) reading.wire[c] = static_cast<std::int32_t>(c);
  return reading;
}

TEST(append_scaled, writes_whole_numbers_of_a_power_of_ten) {
  EXPECT_EQ(scaled(123, 0), "123");
  EXPECT_EQ(scaled(123, 1), "12.3");
  EXPECT_EQ(scaled(-5, 1), "-0.5");
  EXPECT_EQ(scaled(7, 3), "0.007");
  EXPECT_EQ(scaled(-99900, 2), "-999.00");
}

TEST(device_message, is_one_object_with_a_time_and_seventeen_channels) {
  EXPECT_EQ(device_message(reading_at("2026-11-24T05:30:00.250Z")),
            "{\"time\":\"2026-11-24T05:30:00.250Z\",\"pm25\":0,\"pm10\":1,\"o3\":0.002,\"no2\":0.003,\"co\":0.04,"
            "\"so2\":0.005,\"nh3\":0.06,\"h2s\":0.07,\"noise\":0.8,\"temperature\":0.9,\"humidity\":10,"
            "\"wind_speed\":1.1,\"illuminance\":12,\"ultraviolet\":1.3,\"vibration\":0.14,\"globe_temperature\":1.5,"
            "\"people\":16}");
  EXPECT_EQ(device_topic("MD-000001"), "things/MD-000001/obs");
}

TEST(append_data_arrays, writes_an_element_per_datastream_and_leaves_out_absent_channels) {
  StreamIds streams{};
  streams[0] = 11;
  streams[9] = 20;
  std::vector<Reading> const readings{reading_at("2026-11-24T05:30:00Z"), reading_at("2026-11-24T05:32:00Z")};
  std::string body = "[";

  append_data_arrays(body, streams, readings);

  EXPECT_EQ(body + "]",
            "[{\"Datastream\":{\"@iot.id\":11},\"components\":[\"phenomenonTime\",\"result\"],\"dataArray\":"
            "[[\"2026-11-24T05:30:00Z\",0],[\"2026-11-24T05:32:00Z\",0]]},"
            "{\"Datastream\":{\"@iot.id\":20},\"components\":[\"phenomenonTime\",\"result\"],\"dataArray\":"
            "[[\"2026-11-24T05:30:00Z\",0.9],[\"2026-11-24T05:32:00Z\",0.9]]}]");
}

TEST(entities, say_that_they_are_simulated) {
  CityPlan const plan = make_city_plan({.seed = 1, .nodes = 1});
  std::vector<std::int64_t> const properties(kChannelCount, 4);
  simdjson::dom::parser parser;

  auto const thing = parser.parse(thing_json(plan.nodes[0], {3, properties}, Millis{10'000}));
  EXPECT_TRUE(bool(thing["properties"]["simulated"]));
  EXPECT_EQ(std::string_view(thing["properties"]["serial"]), "MD-000001");
  EXPECT_EQ(std::string_view(thing["properties"]["names"]["ko"]), plan.nodes[0].name.ko);
  EXPECT_EQ(thing["Datastreams"].get_array().size(), kChannelCount);
  EXPECT_EQ(std::int64_t(thing["Datastreams"].at(0)["properties"]["intervalMs"]), 10'000);

  auto const sensor = parser.parse(sensor_json());
  EXPECT_EQ(std::string_view(sensor["properties"]["measurementClass"]), "simulated");
  EXPECT_EQ(std::string_view(sensor["properties"]["notice"]["ko"]), city::in_every_language(runtime::shipped_messages(), "simulation.notice").in("ko"));
}

TEST(phase_of, spreads_stations_over_the_interval) {
  std::vector<int> tenths(10);
  for (std::size_t node = 0; node < 1000; ++node) ++tenths[static_cast<std::size_t>(phase_of(1, node, Millis{10'000}).count() / 1000)];

  EXPECT_GE(*std::ranges::min_element(tenths), 60);
  EXPECT_LE(*std::ranges::max_element(tenths), 140);
}

TEST(with_thousands, groups_digits) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(13'464'000), "13,464,000");
}

}  // namespace
}  // namespace madang::simulation
