#include "core/json_fields.h"

#include <gmock/gmock.h>

namespace madang {
namespace {

using ::testing::ElementsAre;

TEST(json_fields, are_read_by_name_and_type) {
  auto const fields = JsonFields::of(R"({"a":"text","b":7,"c":["x","y"],"d":null,"e":1.5,"f":true})", {"a", "b", "c", "d", "e", "f"});
  ASSERT_TRUE(fields) << fields.error().sentence;
  EXPECT_EQ(fields->text("a").value(), "text");
  EXPECT_EQ(fields->integer("b").value(), 7);
  EXPECT_THAT(fields->texts("c", 2).value(), ElementsAre("x", "y"));
  EXPECT_EQ(fields->text("d").value(), "");
  EXPECT_FALSE(fields->text_if_any("d").value().has_value());
  EXPECT_DOUBLE_EQ(fields->number("e").value(), 1.5);
  EXPECT_TRUE(fields->truth("f").value());
}

TEST(json_fields, of_an_empty_body_are_absent) {
  auto const fields = JsonFields::of("", {"a"});
  ASSERT_TRUE(fields);
  EXPECT_TRUE(fields->absent("a"));
  EXPECT_FALSE(fields->time("a").value().has_value());
}

TEST(json_fields, refuse_a_wrong_type_by_name) {
  auto const fields = JsonFields::of(R"({"a":1,"b":"x","c":[1],"d":["x","y"],"e":99999999999999})", {"a", "b", "c", "d", "e"});
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->text("a").error().sentence, "a: a text expected");
  EXPECT_EQ(fields->integer("b").error().sentence, "b: a whole number expected");
  EXPECT_EQ(fields->texts("c", 9).error().sentence, "c: a list of texts expected");
  EXPECT_EQ(fields->texts("d", 1).error().sentence, "d: 2 are more than 1");
  EXPECT_EQ(fields->time("e").error().code, Code::kInvalid);
}

TEST(json_fields, refuse_what_is_no_object_or_unknown) {
  EXPECT_EQ(JsonFields::of(R"({"z":1})", {"a"}).error().sentence, "z: no such field");
  EXPECT_EQ(JsonFields::of("[1]", {"a"}).error().sentence, "body: a JSON object expected");
  EXPECT_EQ(JsonFields::of("{", {"a"}).error().code, Code::kInvalid);
}

}  // namespace
}  // namespace madang
