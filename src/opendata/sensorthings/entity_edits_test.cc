// PATCH and DELETE over the service: what is corrected takes effect at once, and what was measured is never lost.
#include "opendata/sensorthings/entity_edits.h"

#include "opendata/sensorthings/test_service.h"
#include "support/people.h"

namespace madang::opendata {
namespace {

struct sensorthings_edits : Sensorthings {
  sensorthings_edits() {
    key.name = "importer";
    key.grants = test::person_who_may("importer", {"registry.change"}).grants;
    must(post("Things", kThingBody));
  }
  /// "Observations(7)".
  std::string measure() {
    auto const made = must(post("Datastreams(1)/Observations", R"({"result": 12, "phenomenonTime": "2026-11-24T05:00:00Z"})"));
    auto const from = made.body.find("Observations(");
    return made.body.substr(from, made.body.find(')', from) + 1 - from);
  }
};

TEST_F(sensorthings_edits, correct_a_unit_and_leave_the_rest) {
  auto const answer = patch("Datastreams(1)", R"({"unitOfMeasurement": {"name": "milligram per cubic metre", "symbol": "mg/m3", "definition": "mg/m3"}})");
  ASSERT_TRUE(answer) << answer.error().sentence;
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->body, HasSubstr(R"("symbol":"mg/m3")"));
  auto const datastream = t.city->datastream(DatastreamId{1});
  EXPECT_EQ(datastream->unit.symbol, "mg/m3");
  EXPECT_EQ(datastream->channel, "pm25");
  EXPECT_EQ(datastream->interval, Millis{120'000});
  EXPECT_EQ(t.city->history(city::EntryKind::kDatastream, 1).value().front().actor, "importer");
}

TEST_F(sensorthings_edits, one_property_changes_and_its_siblings_stay) {
  ASSERT_TRUE(patch("Things(1)", R"({"properties": {"owner": null, "height": 4}, "description": "moved"})"));
  auto const thing = t.city->thing(ThingId{1});
  EXPECT_EQ(thing->serial, "P7");
  EXPECT_TRUE(thing->simulated);
  EXPECT_EQ(thing->name.in("ko"), "7번 기둥");
  EXPECT_EQ(thing->properties, R"({"height":4})");
  EXPECT_EQ(thing->description, "moved");
  ASSERT_TRUE(patch("Datastreams(1)", R"({"properties": {"intervalMs": 60000}})"));
  EXPECT_EQ(t.city->datastream(DatastreamId{1})->interval, Millis{60'000});
  EXPECT_EQ(t.city->datastream(DatastreamId{1})->channel, "pm25");
}

/// Clients that keep nothing of what they read write the whole of `properties`.
TEST_F(sensorthings_edits, properties_that_are_replaced_or_taken_away_leave_the_serial) {
  for (auto const* const format : {R"([{"op":"replace","path":"/properties","value":{"x":1}}])", R"([{"op":"remove","path":"/properties"}])"}) {
    auto const answer = json_patch("Things(1)", format);
    ASSERT_TRUE(answer) << answer.error().sentence;
    EXPECT_EQ(t.city->thing(ThingId{1})->serial, "P7");
  }
  EXPECT_EQ(t.city->thing(ThingId{1})->properties, "{}");
  EXPECT_TRUE(patch("Things(1)", R"({"properties":null})"));
  EXPECT_EQ(patch("Things(1)", R"({"properties":{"serial":"P8"}})").error().code, Code::kInvalid);
}

TEST_F(sensorthings_edits, a_corrected_place_is_where_the_thing_is) {
  ASSERT_TRUE(patch("Locations(1)", R"({"location": {"type": "Point", "coordinates": [127.01, 37.51]}})"));
  EXPECT_EQ(t.city->locations_of(ThingId{1}).front()->point, (LatLon{37.51, 127.01}));
}

TEST_F(sensorthings_edits, a_thing_moves_to_a_place_that_is_or_to_a_new_one) {
  must(post("Locations", kYard));
  ASSERT_TRUE(patch("Things(1)", R"({"Locations": [{"@iot.id": 2}]})"));
  ASSERT_EQ(t.city->locations_of(ThingId{1}).size(), 1u);
  EXPECT_EQ(t.city->locations_of(ThingId{1}).front()->id, LocationId{2});
  ASSERT_TRUE(patch("Things(1)", R"({"Locations": [)" + std::string(kYard) + "]}"));
  EXPECT_EQ(t.city->locations_of(ThingId{1}).front()->id, LocationId{3});
}

TEST_F(sensorthings_edits, refuse_by_name_what_is_no_change_of_the_entity) {
  EXPECT_EQ(patch("Datastreams(9)", "{}").error().code, Code::kNotFound);
  EXPECT_EQ(patch("Things", "{}").error().code, Code::kInvalid);
  EXPECT_EQ(patch("Things(1)/name", "{}").error().code, Code::kInvalid);
  EXPECT_EQ(patch("Things(1)", R"({"properties": {"serial": "P8"}})").error().code, Code::kInvalid);
  EXPECT_EQ(patch("Things(1)", R"({"name": null})").error().sentence, "/name: missing");
  EXPECT_THAT(patch("Things(1)", R"({"colour": "red"})").error().sentence, HasSubstr("/colour"));
  EXPECT_THAT(patch("Datastreams(1)", R"({"Sensor": {"name": "inline"}})").error().sentence, HasSubstr("/Sensor"));
  EXPECT_THAT(patch("Sensors(1)", R"({"Datastreams": [{"@iot.id": 1}]})").error().sentence, HasSubstr("/Datastreams"));
  auto const observation = measure();
  EXPECT_EQ(patch(observation, R"({"result": 13})").error().code, Code::kUnsupported);
  EXPECT_EQ(change(web::Method::kDelete, observation).error().code, Code::kUnsupported);
  EXPECT_TRUE(t.city->history(city::EntryKind::kThing, 1).value().empty());
}

TEST_F(sensorthings_edits, a_key_to_all_things_needs_the_permission_to_correct_them) {
  key.grants = nullptr;
  for (std::string const entity : {"Things(1)", "Datastreams(1)", "Locations(1)", "Sensors(1)"}) {
    EXPECT_EQ(patch(entity, R"({"description": "mine"})").error().code, Code::kForbidden) << entity;
    auto const gone = change(web::Method::kDelete, entity);
    ASSERT_FALSE(gone) << entity;
    EXPECT_THAT(gone.error().sentence, HasSubstr("registry.change")) << entity;
  }
  EXPECT_EQ(count("Sensors"), 1u);
  EXPECT_TRUE(post("Datastreams(1)/Observations", R"({"result": 12})")) << "what it measures it may write";
}

TEST_F(sensorthings_edits, a_key_changes_its_own_things_only) {
  key.grants = nullptr;
  key.things = {"P8"};
  EXPECT_EQ(patch("Things(1)", R"({"description": "mine"})").error().code, Code::kForbidden);
  EXPECT_EQ(patch("Datastreams(1)", R"({"description": "mine"})").error().code, Code::kForbidden);
  EXPECT_EQ(patch("Locations(1)", R"({"description": "mine"})").error().code, Code::kForbidden);
  EXPECT_EQ(patch("Sensors(1)", R"({"description": "mine"})").error().code, Code::kForbidden);
  EXPECT_EQ(change(web::Method::kDelete, "Things(1)").error().code, Code::kForbidden);
  key.things = {"P7"};
  EXPECT_TRUE(patch("Datastreams(1)", R"({"description": "mine"})"));
  EXPECT_TRUE(patch("Locations(1)", R"({"description": "mine"})"));
  key.things = {"P8"};
  key.grants = test::person_who_may("importer", {"registry.change"}).grants;
  EXPECT_TRUE(patch("Things(1)", R"({"description": "the city's"})")) << "the permission is for all";
}

TEST_F(sensorthings_edits, a_value_after_the_correction_is_read_by_it) {
  measure();
  ASSERT_TRUE(patch("Datastreams(1)", R"({"observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_TruthObservation"})"));
  EXPECT_FALSE(post("Datastreams(1)/Observations", R"({"result": 12.5, "phenomenonTime": "2026-11-24T05:02:00Z"})"));
  EXPECT_TRUE(post("Datastreams(1)/Observations", R"({"result": true, "phenomenonTime": "2026-11-24T05:02:00Z"})"));
}

TEST_F(sensorthings_edits, what_has_measured_is_not_deleted) {
  measure();
  auto const refusal = change(web::Method::kDelete, "Things(1)").error();
  EXPECT_EQ(refusal.code, Code::kConflict);
  EXPECT_THAT(refusal.sentence, HasSubstr("Datastream 1 has readings"));
  EXPECT_EQ(change(web::Method::kDelete, "Datastreams(1)").error().code, Code::kConflict);
  EXPECT_NE(t.city->thing(ThingId{1}), nullptr);
}

TEST_F(sensorthings_edits, what_never_measured_goes_and_then_what_nobody_names_any_more) {
  EXPECT_EQ(change(web::Method::kDelete, "Sensors(1)").error().code, Code::kConflict);
  auto const gone = change(web::Method::kDelete, "Things(1)");
  ASSERT_TRUE(gone) << gone.error().sentence;
  EXPECT_EQ(gone->status, 204);
  EXPECT_EQ(count("Things"), 0u);
  EXPECT_EQ(count("Datastreams"), 0u);
  EXPECT_TRUE(change(web::Method::kDelete, "Sensors(1)"));
  EXPECT_TRUE(change(web::Method::kDelete, "ObservedProperties(1)"));
  EXPECT_TRUE(change(web::Method::kDelete, "Locations(1)"));
  EXPECT_EQ(change(web::Method::kDelete, "FeaturesOfInterest(1)").error().code, Code::kUnsupported);
}

TEST(merged_json, takes_away_what_is_null_and_replaces_below_its_depth) {
  EXPECT_EQ(merged_json(R"({"a":1,"b":{"c":2,"d":{"e":3}}})", R"({"a":null,"b":{"d":{"f":4}},"g":5,"h":null})", 1),
            R"({"b":{"c":2,"d":{"f":4}},"g":5})");
}

}  // namespace
}  // namespace madang::opendata
