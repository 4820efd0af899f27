#include "core/yaml_text.h"

#include <gtest/gtest.h>

namespace madang {
namespace {

TEST(yaml_text, writes_blocks_and_short_lists) {
  auto const yaml = yaml_of_json("a", R"({"openapi":"3.1.0","info":{"title":"Madang","empty":{},"none":[]},
      "tags":[{"name":"city","about":"Areas, and more"},{"name":"x"}],"of":["a","b"],"deep":[[1,2],[3]]})");
  EXPECT_EQ(yaml.value(),
            "openapi: \"3.1.0\"\n"
            "info:\n"
            "  title: Madang\n"
            "  empty: {}\n"
            "  none: []\n"
            "tags:\n"
            "  - name: city\n"
            "    about: Areas, and more\n"
            "  - name: x\n"
            "of: [a, b]\n"
            "deep:\n"
            "  - [1, 2]\n"
            "  - [3]\n");
}

TEST(yaml_text, quotes_what_would_be_read_as_something_else) {
  auto const yaml = yaml_of_json("a", R"({"200":"no","a":"1","b":"key: value","c":"x #y","d":"","e":"@it","f":"tab\t","g":["a,b"],"h":null,"i":true,"j":2.5})");
  EXPECT_EQ(yaml.value(),
            "\"200\": \"no\"\na: \"1\"\nb: \"key: value\"\nc: \"x #y\"\nd: \"\"\ne: \"@it\"\nf: \"tab\\u0009\"\ng: [\"a,b\"]\nh: null\ni: true\nj: 2.5\n");
}

TEST(yaml_text, writes_several_lines_as_a_block) {
  EXPECT_EQ(yaml_of_json("a", R"({"a":{"b":"one: two\n\nthree"}})").value(), "a:\n  b: |-\n    one: two\n\n    three\n");
}

TEST(yaml_text, says_what_is_no_json) {
  auto const yaml = yaml_of_json("the fragment", "{");
  ASSERT_FALSE(yaml.has_value());
  EXPECT_TRUE(yaml.error().sentence.starts_with("the fragment: not the expected JSON")) << yaml.error().sentence;
}

}  // namespace
}  // namespace madang
