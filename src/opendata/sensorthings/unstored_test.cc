// Devices that post what cannot be stored hear why; so does the crew.
#include <gtest/gtest.h>

#include "opendata/sensorthings/test_service.h"
#include "sensing/readings/unstored_messages.h"

namespace madang::opendata {
namespace {

struct UnstoredPosts : Sensorthings {
  sensing::UnstoredMessages unstored{*t.city, t.metrics};
  ThingId thing;

  UnstoredPosts() {
    routes = sensorthings_routes({*t.city, t.store, *t.ingest, t.clock, &messages, &unstored});
    thing = t.add("N1", {37.55, 126.95}, {"pm25"});
  }
  std::string observations() { return "Datastreams(" + std::to_string(t.stream("N1", "pm25").value()) + ")/Observations"; }
};

TEST_F(UnstoredPosts, are_remembered_with_the_reason_of_the_last) {
  auto const error = refused(observations(), R"({"result":"warm"})");
  auto const kept = unstored.find(thing);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->why, error.sentence);
}

TEST_F(UnstoredPosts, of_somebody_who_may_not_write_there_are_not_the_devices) {
  key.things = {"N2"};
  (void)refused(observations(), R"({"result":"warm"})");
  (void)refused("Datastreams(999)/Observations", R"({"result":"warm"})");
  key.things.clear();
  key.kind = web::Principal::Kind::kPerson;
  (void)refused(observations(), R"({"result":"warm"})");
  EXPECT_FALSE(unstored.find(thing));
}

}  // namespace
}  // namespace madang::opendata
