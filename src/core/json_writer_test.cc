#include "core/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace madang {
namespace {

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(json_writer, places_commas) {
  JsonWriter w;
  w.begin_object().field("a", 1).key("b").begin_array().value(1).value("x").begin_object().end_object().null();
  w.end_array().field("c", true).end_object();
  EXPECT_EQ(w.take(), R"({"a":1,"b":[1,"x",{},null],"c":true})");
}

TEST(json_writer, writes_a_bare_value) {
  JsonWriter w;
  w.value("x");
  EXPECT_EQ(w.text(), "\"x\"");
}

TEST(json_writer, puts_ready_json_in_place) {
  JsonWriter w;
  w.begin_array().raw(R"({"k":[1]})").raw("2").end_array();
  EXPECT_EQ(w.take(), R"([{"k":[1]},2])");
}

TEST(json_writer, writes_numbers_that_read_back_the_same) {
  JsonWriter w;
  w.begin_array().value(0.1).value(1e300).value(-0.0).value(12.0).value(std::int64_t{-9'007'199'254'740'991}).end_array();
  EXPECT_EQ(w.take(), "[0.1,1e+300,-0,12,-9007199254740991]");
}

TEST(json_writer, writes_null_for_what_json_cannot_say) {
  JsonWriter w;
  w.begin_array().value(std::nan("")).value(std::numeric_limits<double>::infinity()).end_array();
  EXPECT_EQ(w.take(), "[null,null]");
}

TEST(json_string, escapes_what_must_be_escaped) {
  EXPECT_EQ(json_string("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(json_string("line\nend\ttab"), R"("line\nend\u0009tab")");
  EXPECT_EQ(json_string(std::string_view{"\0\x1F", 2}), R"("\u0000\u001f")");
  EXPECT_EQ(json_string("마당"), "\"마당\"");
}

TEST(json_string, is_utf8_whatever_comes_in) { EXPECT_EQ(json_string("a\xFF"), "\"a\xEF\xBF\xBD\""); }

TEST(json_writer_death, stops_at_a_container_that_is_left_open) {
  EXPECT_DEATH(
      {
        JsonWriter w;
        w.begin_object();
        (void)w.take();
      },
      "a promise of the program is broken");
}

}  // namespace
}  // namespace madang
