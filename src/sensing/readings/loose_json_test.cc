#include "sensing/readings/loose_json.h"

#include <gtest/gtest.h>

#include "core/json_input.h"

namespace madang::sensing {
namespace {

using namespace std::string_literals;

struct Loose {
  std::string name, written, json;
};

class LooseJson : public testing::TestWithParam<Loose> {};

TEST_P(LooseJson, becomes_json) {
  auto const json = repaired_json(GetParam().written);
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(*json, GetParam().json);
  EXPECT_FALSE(json_fault("repaired", *json).has_value());
}

INSTANTIATE_TEST_SUITE_P(
    as_devices_write_it, LooseJson,
    testing::Values(Loose{"nan", R"({"a":1.5,"b":nan})", R"({"a":1.5,"b":null})"},
                    Loose{"nan_of_python_and_c", R"({"a":NaN,"b":-Infinity,"c":-nan,"d":1.#QNAN,"e":2})",
                          R"({"a":null,"b":null,"c":null,"d":null,"e":2})"},
                    Loose{"numbers_in_other_hands", R"({"a":+16,"b":.5,"c":016,"d":5.})",
                          R"({"a":16,"b":0.5,"c":16,"d":5})"},
                    Loose{"what_no_double_holds", R"({"a":1e999,"b":12345678901234567890123})",
                          R"({"a":"1e999","b":1.2345678901234568e+22})"},
                    Loose{"words", R"({"a":warm,"b":0x1F,"c":1.2.3})", R"({"a":"warm","b":"0x1F","c":"1.2.3"})"},
                    Loose{"no_value_behind_a_name", R"({"a":,"b":1,"c":})", R"({"a":null,"b":1,"c":null})"},
                    Loose{"commas_too_many", R"({"a":1,,"b":[1,2,],})", R"({"a":1,"b":[1,2]})"},
                    Loose{"python", "{'a': 1.5, 'b': None, 'c': True, 'd': \"it's\", 'e': 'say \"x\"'}",
                          R"({"a":1.5,"b":null,"c":true,"d":"it's","e":"say \"x\""})"},
                    Loose{"names_without_quotes", "{a:1, b_2 : {c:nan}}", R"({"a":1,"b_2":{"c":null}})"},
                    Loose{"latin_1_and_line_ends", "{\"unit\":\"\xB0""C\",\"note\":\"a\nb\",\"t\":nan}",
                          "{\"unit\":\"\xEF\xBF\xBD""C\",\"note\":\"a\\u000ab\",\"t\":null}"}),
    [](auto const& test) { return test.param.name; });

class Hopeless : public testing::TestWithParam<Loose> {};

TEST_P(Hopeless, stays_as_it_is) { EXPECT_EQ(repaired_json(GetParam().written), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(text, Hopeless,
                         testing::Values(Loose{"cut_off", R"({"a":12)", ""}, Loose{"cut_off_in_a_text", R"({"a":"1)", ""},
                                         Loose{"cut_off_name", R"({"a":1,"b")", ""},
                                         Loose{"crossed_brackets", R"({"a":[1})", ""},
                                         Loose{"two_values", R"({"a":1 2})", ""}, Loose{"name_alone", R"({"a"})", ""},
                                         Loose{"two_documents", R"({"a":1}{"a":2})", ""},
                                         Loose{"too_deep", std::string(100, '['), ""}),
                         [](auto const& test) { return test.param.name; });

TEST(loose_values, know_the_words_that_mean_no_value) {
  for (auto const* word : {"", " ", "nan", "NaN", "-nan", "INF", "-Infinity", "null", "None", "N/A", "--", "unavailable", "1.#QNAN0", "-1.#IND00", "nan(ind)",
                           "-nan(ind)", "n.a.", "(null)", "–"})
    EXPECT_TRUE(means_no_value(word)) << word;
  for (auto const* word : {"0", "12", "warm", "-5", "nano", "+-inf", "-unknown-"}) EXPECT_FALSE(means_no_value(word)) << word;
}

TEST(loose_values, read_a_number_in_text) {
  EXPECT_EQ(number_of_text("12.5"), 12.5);
  EXPECT_EQ(number_of_text(" +3 \r\n"), 3);
  EXPECT_EQ(number_of_text("-1e2"), -100);
  for (auto const* text : {"12,5", "12 C", "0x10", "1.2.3", "", "nan", "1e999", "+-3"}) EXPECT_EQ(number_of_text(text), std::nullopt) << text;
}

TEST(loose_values, take_the_wrapping_off) {
  EXPECT_EQ(without_wrapping("\xEF\xBB\xBF{}\r\n\0"s), "{}");
  EXPECT_EQ(without_wrapping("{}\0\0"s), "{}");
}

}  // namespace
}  // namespace madang::sensing
