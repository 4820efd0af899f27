#include "opendata/sensorthings/json_patch.h"

#include "opendata/sensorthings/test_service.h"
#include "support/people.h"

namespace madang::opendata {
namespace {

constexpr auto kDocument = R"({"name":"a","tags":[1,2],"properties":{"a/b":1,"m~n":2}})";

std::string patched(std::string_view patch) { return must(json_patched(kDocument, patch)); }
Error refusal(std::string_view patch) {
  auto const done = json_patched(kDocument, patch);
  EXPECT_FALSE(done);
  return done ? Error{} : done.error();
}

TEST(json_patch, adds_replaces_and_removes_members) {
  EXPECT_EQ(patched(R"([{"op":"add","path":"/x","value":null}])"), R"({"name":"a","tags":[1,2],"properties":{"a/b":1,"m~n":2},"x":null})");
  EXPECT_EQ(patched(R"([{"op":"add","path":"/name","value":"b"}])"), R"({"name":"b","tags":[1,2],"properties":{"a/b":1,"m~n":2}})");
  EXPECT_EQ(patched(R"([{"op":"replace","path":"/properties/a~1b","value":{"c":3}}])"), R"({"name":"a","tags":[1,2],"properties":{"a/b":{"c":3},"m~n":2}})");
  EXPECT_EQ(patched(R"([{"op":"remove","path":"/properties/m~0n"}])"), R"({"name":"a","tags":[1,2],"properties":{"a/b":1}})");
}

TEST(json_patch, adds_replaces_and_removes_elements) {
  EXPECT_THAT(patched(R"([{"op":"add","path":"/tags/0","value":0}])"), HasSubstr("[0,1,2]"));
  EXPECT_THAT(patched(R"([{"op":"add","path":"/tags/2","value":3}])"), HasSubstr("[1,2,3]"));
  EXPECT_THAT(patched(R"([{"op":"add","path":"/tags/-","value":3}])"), HasSubstr("[1,2,3]"));
  EXPECT_THAT(patched(R"([{"op":"replace","path":"/tags/1","value":3}])"), HasSubstr("[1,3]"));
  EXPECT_THAT(patched(R"([{"op":"remove","path":"/tags/0"}])"), HasSubstr("[2]"));
}

TEST(json_patch, tests_by_value_and_does_one_step_after_the_other) {
  EXPECT_EQ(patched(R"([{"op":"test","path":"/properties","value":{"m~n":2.0,"a/b":1}},{"op":"test","path":"/tags","value":[1,2]}])"), kDocument);
  EXPECT_THAT(patched(R"([{"op":"add","path":"/o","value":{}},{"op":"add","path":"/o/p","value":1},{"op":"test","path":"/o/p","value":1}])"),
              HasSubstr(R"("o":{"p":1})"));
  auto const differs = refusal(R"([{"op":"remove","path":"/tags"},{"op":"test","path":"/name","value":"b"}])");
  EXPECT_EQ(differs.code, Code::kConflict);
  EXPECT_EQ(differs.sentence, R"(/1/path: test "/name": the test does not hold)");
}

TEST(json_patch, moves_and_copies) {
  EXPECT_EQ(patched(R"([{"op":"move","from":"/name","path":"/properties/label"}])"),
            R"({"tags":[1,2],"properties":{"a/b":1,"m~n":2,"label":"a"}})");
  EXPECT_EQ(patched(R"([{"op":"copy","from":"/properties/a~1b","path":"/tags/0"}])"),
            R"({"name":"a","tags":[1,1,2],"properties":{"a/b":1,"m~n":2}})");
  EXPECT_EQ(patched(R"([{"op":"move","from":"/name","path":"/name"}])"), kDocument);
  EXPECT_THAT(patched(R"([{"op":"move","from":"/tags/0","path":"/tags/1"}])"), HasSubstr("[2,1]"));
  EXPECT_THAT(refusal(R"([{"op":"move","from":"/properties","path":"/properties/x"}])").sentence, HasSubstr("into itself"));
  EXPECT_EQ(refusal(R"([{"op":"copy","from":"/nothing","path":"/x"}])").sentence, R"(/0/from: copy "/nothing": there is no such member)");
  EXPECT_EQ(refusal(R"([{"op":"copy","path":"/x"}])").sentence, "/0/from: a text expected");
}

/// Where the old place is left, the path may lead elsewhere.
TEST(json_patch, looks_at_the_new_place_of_what_is_moved_when_the_old_one_is_left) {
  auto const moved = json_patched(R"({"tags":[1,{},"text"]})", R"([{"op":"move","from":"/tags/0","path":"/tags/1/x"}])");
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, Code::kInvalid);
  EXPECT_EQ(must(json_patched(R"({"tags":[1,"text",{}]})", R"([{"op":"move","from":"/tags/0","path":"/tags/1/x"}])")), R"({"tags":["text",{"x":1}]})");
}

TEST(json_patch, puts_nothing_into_what_holds_nothing) {
  for (auto const* const op : {"add", "replace", "remove", "test"}) {
    for (auto const* const path : {"/name/x", "/tags/0/x", "/nothing/x", "/tags/x", "/tags/99999999999999999999", "/none/x"}) {
      auto const patch = R"([{"op":"add","path":"/none","value":null},{"op":")" + std::string(op) + R"(","path":")" + path + R"(","value":1}])";
      auto const why = refusal(patch);
      EXPECT_EQ(why.code, Code::kInvalid) << patch;
      EXPECT_THAT(why.sentence, HasSubstr("/1/path: " + std::string(op) + " \"" + path)) << patch;
    }
  }
}

TEST(json_patch, leaves_numbers_and_the_order_of_members_as_they_were_said) {
  constexpr auto kNumbers = R"({"z":9007199254740993,"a":18446744073709551615,"m":-9223372036854775808,"f":0.1,"e":1e+300,"w":100.0})";
  EXPECT_EQ(must(json_patched(kNumbers, R"([{"op":"add","path":"/n","value":9007199254740995}])")),
            R"({"z":9007199254740993,"a":18446744073709551615,"m":-9223372036854775808,"f":0.1,"e":1e+300,"w":100.0,"n":9007199254740995})");
  EXPECT_TRUE(json_patched(kNumbers, R"([{"op":"test","path":"/w","value":100},{"op":"test","path":"/m","value":-9223372036854775808}])"));
  EXPECT_EQ(json_patched(kNumbers, R"([{"op":"test","path":"/a","value":-1}])").error().code, Code::kConflict);
  EXPECT_FALSE(json_patched(kNumbers, R"([{"op":"add","path":"/n","value":18446744073709551616}])")) << "too large to be kept";
}

TEST(json_patch, is_bounded) {
  std::string deep = R"([{"op":"add","path":"/x","value":)" + std::string(40, '[') + std::string(40, ']') + "}]";
  EXPECT_EQ(refusal(deep).code, Code::kLimit);
  std::string deeper = R"([{"op":"add","path":"/x","value":)" + std::string(25, '[') + std::string(25, ']') + R"(},
    {"op":"copy","from":"/x","path":"/x/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0"}])";
  EXPECT_EQ(refusal(deeper).code, Code::kLimit);
  std::string doubled = R"([{"op":"add","path":"/x","value":[")" + std::string(1'000, 'x') + "\"]}";
  for (int i = 0; i < 40; ++i) doubled += R"(,{"op":"copy","from":"/x","path":"/x/-"})";
  EXPECT_EQ(refusal(doubled + "]").code, Code::kLimit);
  std::string many = R"([{"op":"test","path":"/name","value":"a"})";
  for (int i = 0; i < 100; ++i) many += R"(,{"op":"test","path":"/name","value":"a"})";
  EXPECT_EQ(refusal(many + "]").code, Code::kLimit);
}

TEST(json_patch, says_what_is_wrong_and_where) {
  EXPECT_EQ(refusal(R"([{"op":"replace","path":"/nothing","value":1}])").sentence, R"(/0/path: replace "/nothing": there is no such member)");
  EXPECT_THAT(refusal(R"([{"op":"add","path":"/no/where","value":1}])").sentence, HasSubstr(R"(/0/path: add "/no/where": )"));
  EXPECT_EQ(refusal(R"([{"op":"add","path":"/a~2","value":1}])").sentence, "/0/path: behind '~' stands 0 or 1");
  EXPECT_EQ(refusal(R"([{"op":"add","path":"/x","value":{"a":1,"a":2}}])").sentence, "/0/value/a: stands here twice");
  EXPECT_EQ(refusal(R"([{"op":"set","path":"/x","value":1}])").code, Code::kInvalid);
  EXPECT_EQ(refusal(R"([{"op":"add","path":"/tags/01","value":1}])").code, Code::kInvalid);
  EXPECT_EQ(refusal(R"([{"op":"remove","path":"/tags/-"}])").code, Code::kInvalid);
  EXPECT_EQ(refusal(R"([{"op":"add","path":"/name"}])").sentence, "/0/value: is missing");
  EXPECT_EQ(refusal(R"([{"op":"add","path":"name","value":1}])").sentence, "/0/path: must begin with '/'");
  EXPECT_EQ(refusal(R"([{"op":"replace","path":"","value":{}}])").code, Code::kUnsupported);
  EXPECT_EQ(refusal(R"({"name":"b"})").code, Code::kInvalid);
  EXPECT_THAT(refusal("[{]").sentence, HasSubstr("body"));
}

struct sensorthings_json_patch : Sensorthings {
  sensorthings_json_patch() {
    key.name = "importer";
    key.grants = test::person_who_may("importer", {"registry.change"}).grants;
    must(post("Things", kThingBody));
  }
};

TEST_F(sensorthings_json_patch, changes_what_an_entity_says_of_itself) {
  auto const answer = json_patch("Things(1)", R"([{"op":"test","path":"/properties/owner","value":"city"},
    {"op":"replace","path":"/description","value":"moved"},{"op":"add","path":"/properties/height","value":4},
    {"op":"remove","path":"/properties/owner"}])");
  ASSERT_TRUE(answer) << answer.error().sentence;
  auto const thing = t.city->thing(ThingId{1});
  EXPECT_EQ(thing->description, "moved");
  EXPECT_EQ(thing->properties, R"({"height":4})");
  EXPECT_EQ(thing->serial, "P7");
  EXPECT_EQ(t.city->history(city::EntryKind::kThing, 1).value().size(), 1u);
}

TEST_F(sensorthings_json_patch, changes_all_or_nothing) {
  auto const refused = json_patch("Things(1)", R"([{"op":"replace","path":"/description","value":"moved"},{"op":"test","path":"/name","value":"x"}])");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_EQ(t.city->thing(ThingId{1})->description, "by the gate");
}

TEST_F(sensorthings_json_patch, leaves_links_to_a_plain_patch) {
  EXPECT_EQ(json_patch("Datastreams(1)", R"([{"op":"add","path":"/Sensor","value":{"@iot.id":1}}])").error().code, Code::kUnsupported);
  EXPECT_THAT(patch("Things(1)", R"([{"op":"replace","path":"/description","value":"moved"}])").error().sentence,
              HasSubstr("application/json-patch+json"));
}

}  // namespace
}  // namespace madang::opendata
