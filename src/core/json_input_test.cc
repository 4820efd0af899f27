#include "core/json_input.h"

#include <gtest/gtest.h>

namespace madang {
namespace {

std::string fault_of(std::string_view text) {
  auto const fault = json_fault("body", text);
  return fault ? fault->sentence : "";
}

TEST(json_fault, finds_nothing_in_json) {
  EXPECT_EQ(fault_of(R"({"a":[1,-2.5e3,true,null,"x\n",{"b":{}}],"c":[]})"), "");
  EXPECT_EQ(fault_of("12"), "");
  EXPECT_EQ(fault_of(" [ ] "), "");
}

TEST(json_fault, names_the_byte_of_the_first_fault) {
  EXPECT_TRUE(fault_of(R"({"a":1,"result":})").starts_with("body: not the expected JSON at byte 16:")) << fault_of(R"({"a":1,"result":})");
  EXPECT_TRUE(fault_of(R"({"a":[1,tru]})").starts_with("body: not the expected JSON at byte 8:")) << fault_of(R"({"a":[1,tru]})");
  EXPECT_TRUE(fault_of(R"({"a":1 "b":2})").starts_with("body: not the expected JSON at byte")) << fault_of(R"({"a":1 "b":2})");
}

TEST(json_fault, names_the_byte_also_of_what_is_refused_before_it_is_read) {
  EXPECT_TRUE(fault_of(R"({"pm25":12.3)").starts_with("body: not the expected JSON at byte 12:")) << fault_of(R"({"pm25":12.3)");
  EXPECT_TRUE(fault_of(R"({"a":"b)").starts_with("body: not the expected JSON at byte 7:")) << fault_of(R"({"a":"b)");
  EXPECT_TRUE(fault_of("{\"a\":\"b\nc\"}").starts_with("body: not the expected JSON at byte 7:")) << fault_of("{\"a\":\"b\nc\"}");
  EXPECT_TRUE(fault_of("{\"\xEA\xB0\x80\":\"\xFF\"}").starts_with("body: not the expected JSON at byte 8:")) << fault_of("{\"\xEA\xB0\x80\":\"\xFF\"}");
}

TEST(json_fault, notices_what_is_cut_off_empty_or_too_much) {
  EXPECT_NE(fault_of(R"({"a":[1,2)"), "");
  EXPECT_NE(fault_of(""), "");
  EXPECT_NE(fault_of("{} {}"), "");
  EXPECT_NE(fault_of("nul"), "");
}

TEST(json_fault, does_not_follow_a_text_that_is_nested_without_end) {
  EXPECT_NE(fault_of(std::string(2'000'000, '[')), "");
  EXPECT_NE(fault_of(std::string(200, '[') + std::string(200, ']')).find("too deep"), std::string::npos);
}

}  // namespace
}  // namespace madang
