// Who types a symbol means a unit, and the registry keeps what other programs read.
#include "sensing/unit_words.h"

#include <gtest/gtest.h>

#include "sensing/quantities.h"

namespace madang::sensing {
namespace {

std::string definition_of(std::string_view text) {
  auto const unit = unit_named(text);
  return unit ? unit->definition : "none";
}

TEST(unit_book, knows_a_unit_by_the_words_of_people) {
  for (auto const* text : {"°C", "℃", "C", "degC", "Celsius"}) EXPECT_EQ(unit_named(text), (city::Unit{"degree Celsius", "°C", "Cel"})) << text;
  EXPECT_EQ(unit_named("°F"), (city::Unit{"degree Fahrenheit", "°F", "[degF]"}));
  EXPECT_EQ(definition_of("ug/m3"), "ug/m3");
  EXPECT_EQ(definition_of("ppb"), "[ppb]");
  EXPECT_EQ(definition_of("hPa"), "hPa");
}

TEST(unit_book, leaves_a_level_what_was_said_of_it) {
  EXPECT_EQ(definition_of("dB"), "dB");
  EXPECT_EQ(definition_of("dB(A)"), "dB[SPL]");
}

TEST(unit_book, keeps_the_word_of_a_unit_that_stands_in_no_table) {
  EXPECT_EQ(unit_named("Torr"), (city::Unit{"Torr", "Torr", ""}));
  EXPECT_FALSE(unit_named("bananas"));
  EXPECT_FALSE(unit_named(""));
}

TEST(unit_book, says_which_units_count_for_a_channel) {
  auto const book = unit_book();
  EXPECT_TRUE(book.counts("temperature", {"°F", "°F", ""}));
  EXPECT_FALSE(book.counts("temperature", {"bananas", "bananas", ""}));
  EXPECT_FALSE(book.counts("temperature", {"%", "%", ""}));
}

TEST(unit_book, has_every_unit_of_the_quantities_as_the_table_has_it) {
  for (auto const& q : quantities()) {
    auto const unit = unit_named(q.unit_symbol);
    ASSERT_TRUE(unit) << q.unit_symbol;
    EXPECT_EQ(unit->symbol, q.unit_symbol);
    EXPECT_TRUE(unit_book().counts(q.channel, *unit)) << q.channel;
  }
}

}  // namespace
}  // namespace madang::sensing
