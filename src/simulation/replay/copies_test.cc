// Copies of entities say whose they are, and that their values are of another time.
#include "simulation/replay/copies.h"

#include <gtest/gtest.h>
#include <simdjson.h>

namespace madang::simulation {
namespace {

constexpr char const* kSensor =
    R"({"@iot.id":7,"@iot.selfLink":"http://x/7","name":"S-DoT","description":"d","encodingType":"text/plain",)"
    R"("metadata":"m","properties":{"model":"OC3","measurementClass":"simple_monitor","grade":"2",)"
    R"("notice":{"en":"Not statutory.","ko":"공식 자료가 아닙니다."},"channels":[{"name":"pm25","fitted":true}]}})";
constexpr char const* kThing =
    R"({"@iot.id":3,"name":"Pole 7","description":"a pole","properties":{"serial":"P7","names":{"en":"Pole 7","ko":"7번 폴"}}})";
constexpr char const* kStream =
    R"({"@iot.id":9,"name":"PM2.5","description":"dust","observationType":"OM_Measurement",)"
    R"("unitOfMeasurement":{"name":"n","symbol":"s","definition":"d"},)"
    R"("properties":{"channel":"pm25","intervalMs":3600000,"fitted":true}})";

TEST(sensor_copy, keeps_the_notice_and_adds_that_it_is_replayed) {
  simdjson::dom::parser parser;
  auto const copy = parser.parse(*sensor_copy(kSensor));

  EXPECT_EQ(std::string_view(copy["name"]), "S-DoT (replayed)");
  EXPECT_EQ(std::string_view(copy["properties"]["measurementClass"]), "simulated");
  EXPECT_EQ(std::string_view(copy["properties"]["grade"]), "2");
  EXPECT_TRUE(std::string_view(copy["properties"]["notice"]["en"]).starts_with("Not statutory. Replayed data"));
  EXPECT_TRUE(std::string_view(copy["properties"]["notice"]["ko"]).starts_with("공식 자료가 아닙니다. 재생 자료"));
  EXPECT_EQ(copy["@iot.id"].error(), simdjson::NO_SUCH_FIELD);
}

TEST(thing_copy, has_its_own_serial_links_and_a_shorter_interval) {
  simdjson::dom::parser parser;
  ThingCopy const copy{.json = kThing, .serial = "replay-P7", .locations = {}, .streams = {{kStream, 11, 12}}, .speed = 60};
  auto const thing = parser.parse(*thing_copy(copy));

  EXPECT_EQ(std::string_view(thing["properties"]["serial"]), "replay-P7");
  EXPECT_EQ(std::string_view(thing["properties"]["replayOf"]), "P7");
  EXPECT_TRUE(bool(thing["properties"]["simulated"]));
  auto const stream = thing["Datastreams"].at(0);
  EXPECT_EQ(std::int64_t(stream["Sensor"]["@iot.id"]), 11);
  EXPECT_EQ(std::int64_t(stream["ObservedProperty"]["@iot.id"]), 12);
  EXPECT_EQ(std::int64_t(stream["properties"]["intervalMs"]), 60'000);
}

TEST(copies, refuse_what_is_not_an_entity) {
  EXPECT_EQ(sensor_copy("[1,2").error().code, Code::kInvalid);
  EXPECT_EQ(observed_property_copy("17").error().code, Code::kInvalid);
}

}  // namespace
}  // namespace madang::simulation
