#include "city/commands/registry_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace madang::city {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(registry_text, says_in_a_sentence_what_an_act_did) {
  EXPECT_EQ(*text_of_act("retire", "POLE-7", R"({"thing":7,"serial":"POLE-7","retired_at":1764000000000})"),
            "POLE-7 is out of service since 2025-11-24T16:00:00Z: it counts no more, and its readings stay. Put it back with: madang city return POLE-7");
  EXPECT_EQ(*text_of_act("return", "POLE-7", R"({"thing":7,"serial":"POLE-7","retired_at":null})"), "POLE-7 is in service again");
  EXPECT_EQ(*text_of_act("delete", "POLE-7", R"({"thing":7,"deleted":true})"), "POLE-7 is deleted; its history: madang city history --id 7");
  EXPECT_EQ(*text_of_act("edit", "POLE-7, temperature", R"({"thing":7,"serial":"POLE-7","retired_at":null,"note":"\"pc\" is no unit"})"),
            "POLE-7, temperature is corrected\nnote: \"pc\" is no unit");
}

TEST(registry_text, shows_each_act_of_a_history_with_what_it_changed) {
  auto const text = text_of_history("POLE-7", R"({"kind":"datastream","id":12,"channel":"temperature","history":[
    {"at":1764000000000,"act":"edited","by":"kim","before":{"unit":{"symbol":"°C"},"interval_ms":60000,"fitted":true},
     "after":{"unit":{"symbol":"°F"},"interval_ms":60000,"model":"T2","fitted":true},"journal":9},
    {"at":1763000000000,"act":"made","by":"madang","before":null,"after":{"unit":{"symbol":"°C"}},"journal":1}],"next":4})");

  ASSERT_TRUE(text);
  EXPECT_EQ(*text,
            "Datastream 12, temperature\n"
            "  2025-11-24T16:00:00Z      edited    kim               unit.symbol \"°C\" -> \"°F\"; model nothing -> \"T2\"\n"
            "  2025-11-13T02:13:20Z      made      madang\n"
            "  older acts: madang city history POLE-7 --before 4");
}

TEST(registry_text, says_that_nothing_was_done) {
  EXPECT_EQ(*text_of_history("POLE-7", R"({"kind":"thing","id":7,"datastreams":[],"history":[]})"), "Thing 7\n  nothing was done to it");
}

TEST(registry_text, cuts_long_values_and_keeps_what_is_no_answer_out) {
  auto const text = text_of_history("POLE-7", R"({"kind":"thing","id":7,"history":[{"at":1,"act":"edited","by":"kim","before":{"description":"a"},"after":{"description":")" +
                                                  std::string(500, 'b') + R"("},"journal":9}]})");
  EXPECT_LT(text->size(), 200U);
  EXPECT_THAT(*text, HasSubstr("description \"a\" -> \"bbb"));
  EXPECT_THAT(text_of_history("POLE-7", "<html>").error().sentence, HasSubstr("not understood: <html>"));
  EXPECT_FALSE(text_of_act("edit", "POLE-7", "{}"));
}

}  // namespace
}  // namespace madang::city
