#include "opendata/sensorthings/paths.h"

#include <gtest/gtest.h>

namespace madang::opendata {
namespace {

TEST(parse_path, cuts_sets_ids_and_properties) {
  auto const path = parse_path("Things(1)/Datastreams(22)/name/$value").value();
  ASSERT_EQ(path.segments.size(), 3u);
  EXPECT_EQ(path.segments[0].name, "Things");
  EXPECT_EQ(path.segments[1].id, 22);
  EXPECT_FALSE(path.segments[2].id.has_value());
  EXPECT_TRUE(path.value);
}

TEST(parse_path, of_the_root_is_empty) { EXPECT_TRUE(parse_path("/").value().segments.empty()); }

TEST(parse_path, knows_references) { EXPECT_TRUE(parse_path("Things(1)/Datastreams/$ref").value().references); }

TEST(parse_path, finds_no_entity_under_an_id_that_is_no_number) {
  auto const path = parse_path("Things('a')");
  ASSERT_FALSE(path.has_value());
  EXPECT_EQ(path.error().code, Code::kNotFound);
}

TEST(parse_path, refuses_a_missing_bracket) { EXPECT_EQ(parse_path("Things(1").error().code, Code::kInvalid); }
TEST(parse_path, refuses_an_empty_step) { EXPECT_EQ(parse_path("Things(1)//name").error().code, Code::kInvalid); }
TEST(parse_path, refuses_what_follows_value) { EXPECT_EQ(parse_path("Things/$value/x").error().code, Code::kInvalid); }

TEST(parse_path, bounds_its_depth) {
  std::string deep = "Things(1)";
  for (int i = 0; i < 20; ++i) deep += "/x";
  EXPECT_EQ(parse_path(deep).error().code, Code::kLimit);
}

TEST(navigation, leads_from_kind_to_kind) {
  auto const* link = navigation(EntityKind::kThing, "Datastreams");
  ASSERT_NE(link, nullptr);
  EXPECT_TRUE(link->many);
  EXPECT_EQ(navigation(EntityKind::kThing, "Sensor"), nullptr);
}

}  // namespace
}  // namespace madang::opendata
