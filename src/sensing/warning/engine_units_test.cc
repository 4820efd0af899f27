// A station in another unit is one among the others: values are converted where they enter the early warning.
#include <gtest/gtest.h>

#include "sensing/warning/engine.h"
#include "sensing/warning/rules.h"

namespace madang::sensing::warning {
namespace {

using namespace std::chrono_literals;

TEST(warning_engine, sees_a_station_in_fahrenheit_in_the_unit_of_its_rules) {
  Engine engine{shipped_rules(), {.alarms_per_day = 5, .calendar = *indices::Calendar::of_zone("Asia/Seoul")}};
  Stream stream{DatastreamId{1}, ThingId{1}, "temperature", {37.55, 126.95}, true, AreaId{1}, 2min};
  auto const celsius = engine.add(stream);
  stream.datastream = DatastreamId{2};
  stream.thing = ThingId{2};
  stream.unit = *to_quantity("temperature", {"", "°F", ""});
  auto const fahrenheit = engine.add(stream);
  ASSERT_TRUE(celsius && fahrenheit);
  auto const start = parse_instant("2026-11-26T05:00:00Z").value();
  for (int step = 0; step < 4; ++step) {
    engine.observe(*celsius, start + step * 2min, 20);
    engine.observe(*fahrenheit, start + step * 2min, 68);
    engine.advance(start + (step + 1) * 2min);
  }
  auto const seen = engine.recent(*fahrenheit);
  ASSERT_FALSE(seen.empty());
  EXPECT_NEAR(seen.back().value, 20, 1e-4);
  EXPECT_NEAR(engine.recent(*celsius).back().value, seen.back().value, 1e-4);
}

}  // namespace
}  // namespace madang::sensing::warning
