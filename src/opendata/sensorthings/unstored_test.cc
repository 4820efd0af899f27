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
  std::string rows(std::string_view cells) {
    return R"([{"Datastream":{"@iot.id":)" + std::to_string(t.stream("N1", "pm25").value()) +
           R"(},"components":["phenomenonTime","result"],"dataArray":)" + std::string{cells} + "}]";
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

TEST_F(UnstoredPosts, that_say_only_what_was_said_before_are_known) {
  using Kind = sensing::UnstoredMessage::Kind;
  t.ingest->listen([this](std::span<storage::StoredObservation const> stored) { unstored.clear(stored); });
  auto const same = R"({"phenomenonTime":"2026-11-24T05:00:00Z","result":11})";
  (void)must(post(observations(), same));
  EXPECT_FALSE(unstored.find(thing));
  (void)must(post(observations(), same));
  ASSERT_TRUE(unstored.find(thing));
  EXPECT_EQ(unstored.find(thing)->kind, Kind::kRepeated);
  (void)must(post(observations(), R"({"phenomenonTime":"2026-11-24T05:01:00Z","result":11})"));
  EXPECT_FALSE(unstored.find(thing));
}

TEST_F(UnstoredPosts, of_many_rows_are_known_where_nothing_of_a_device_is_stored) {
  using Kind = sensing::UnstoredMessage::Kind;
  t.ingest->listen([this](std::span<storage::StoredObservation const> stored) { unstored.clear(stored); });
  (void)must(post("CreateObservations", rows(R"([["2026-11-24T05:00:00Z",11],["2026-11-24T05:01:00Z","warm"]])")));
  EXPECT_FALSE(unstored.find(thing)) << "something was stored";
  (void)must(post("CreateObservations", rows(R"([["2026-11-24T05:00:00Z",11]])")));
  ASSERT_TRUE(unstored.find(thing));
  EXPECT_EQ(unstored.find(thing)->kind, Kind::kRepeated);
  (void)must(post("CreateObservations", rows(R"([["2026-11-24T05:01:00Z","warm"]])")));
  EXPECT_EQ(unstored.find(thing)->kind, Kind::kRefused);
  EXPECT_NE(unstored.find(thing)->why.find("result"), std::string::npos) << unstored.find(thing)->why;
  key.things = {"N1"};
  (void)refused("CreateObservations", "[{");
  EXPECT_EQ(unstored.find(thing)->messages, 3u);
}

}  // namespace
}  // namespace madang::opendata
