#include "web/forms/bound.h"

#include <gmock/gmock.h>

#include "runtime/refusal.h"

namespace madang::web {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

enum class Kind { kGas, kLed };
struct Lamp {
  std::string name;
  std::string note;
  std::string secret;
  std::int64_t watts = 60;
  Kind kind = Kind::kGas;
  bool lit = false;
};

FormShape<Lamp> lamp_form() {
  return FormShape<Lamp>{}
      .text("name", &Lamp::name, {.required = true, .characters_max = 8})
      .text("note", &Lamp::note, {.bytes_max = 9})
      .text("secret", &Lamp::secret, {.secret = true})
      .number("watts", &Lamp::watts, {.min = 1, .max = 400})
      .choice("kind", &Lamp::kind, std::vector<std::pair<std::string_view, Kind>>{{"gas", Kind::kGas}, {"led", Kind::kLed}})
      .flag("lit", &Lamp::lit);
}

std::vector<std::string> keys_of(FilledForm const& filled) {
  std::vector<std::string> keys;
  for (auto const& [field, error] : filled.faults()) keys.push_back(std::string{field} + " " + error->wording->key);
  return keys;
}

TEST(bound_form, fills_a_struct) {
  auto const bound = lamp_form().bind(Form{{{"name", " Pole 7 "}, {"secret", " x "}, {"watts", "40"}, {"kind", "led"}, {"lit", "1"}}});
  EXPECT_TRUE(bound.filled.is_right());
  EXPECT_EQ(bound.value.name, "Pole 7");
  EXPECT_EQ(bound.value.secret, " x ") << "a secret stands as it was typed";
  EXPECT_EQ(bound.value.watts, 40);
  EXPECT_EQ(bound.value.kind, Kind::kLed);
  EXPECT_TRUE(bound.value.lit);
}

TEST(bound_form, leaves_what_nobody_typed_and_need_not_be_as_it_is) {
  auto const bound = lamp_form().bind(Form{{{"name", "Pole 7"}, {"watts", "  "}}}, {.name = {}, .note = {}, .secret = {}, .watts = 25});
  EXPECT_TRUE(bound.filled.is_right());
  EXPECT_EQ(bound.value.watts, 25);
  EXPECT_FALSE(bound.value.lit);
}

TEST(bound_form, tells_every_fault_at_once_each_at_its_field) {
  auto const bound = lamp_form().bind(Form{{{"name", "  "}, {"watts", "401"}, {"kind", "oil"}}});
  EXPECT_THAT(keys_of(bound.filled), ElementsAre("name refusal.missing", "watts refusal.above", "kind refusal.no_choice"));
}

TEST(bound_form, knows_a_number_from_what_is_none_and_a_long_text) {
  auto const bound = lamp_form().bind(Form{{{"name", "a pole with a long name"}, {"watts", "forty"}}});
  EXPECT_THAT(keys_of(bound.filled), ElementsAre("name refusal.too_many_characters", "watts refusal.whole_number"));
  EXPECT_THAT(keys_of(lamp_form().bind(Form{{{"name", "a"}, {"watts", "0"}}}).filled), ElementsAre("watts refusal.below"));
}

TEST(bound_form, leaves_out_what_does_not_fit_where_nobody_could_mend_it) {
  struct Hidden {
    std::string next = "/";
  };
  auto const shape = FormShape<Hidden>{}.text("next", &Hidden::next, {.bytes_max = 4, .unfit_is_nothing = true});
  auto const bound = shape.bind(Form{{{"next", "/longer"}}});
  EXPECT_TRUE(bound.filled.is_right());
  EXPECT_EQ(bound.value.next, "/");
  EXPECT_EQ(bound.filled.typed("next"), "/") << "it is not sent round again";
  EXPECT_EQ(shape.bind(Form{{{"next", "/abc"}}}).value.next, "/abc");
}

TEST(bound_form, keeps_what_was_typed_but_secrets) {
  auto const bound = lamp_form().bind(Form{{{"name", ""}, {"secret", "hush"}, {"watts", "forty"}}});
  EXPECT_EQ(bound.filled.typed("watts"), "forty");
  EXPECT_EQ(bound.filled.typed("secret"), "");
  EXPECT_EQ(bound.filled.typed("another"), "");
}

Lamp const kStanding{.name = "Pole 7", .note = "broken", .secret = "hush", .watts = 25, .kind = Kind::kLed, .lit = true};

TEST(bound_form, of_what_stands_shows_it_but_secrets) {
  auto const filled = lamp_form().empty(kStanding);
  EXPECT_TRUE(filled.is_right());
  EXPECT_EQ(filled.typed("name"), "Pole 7");
  EXPECT_EQ(filled.typed("secret"), "");
  EXPECT_EQ(filled.typed("watts"), "25");
  EXPECT_EQ(filled.typed("kind"), "led");
  EXPECT_EQ(filled.typed("lit"), "1");
  EXPECT_EQ(lamp_form().empty(Lamp{}).typed("lit"), "");
}

TEST(bound_form, of_what_stands_empties_a_text_and_unticks_a_box) {
  auto const bound = lamp_form().bind(Form{{{"name", "Pole 7"}, {"note", " "}, {"watts", "25"}, {"kind", "led"}}}, kStanding);
  EXPECT_TRUE(bound.filled.is_right());
  EXPECT_EQ(bound.value.note, "");
  EXPECT_EQ(bound.filled.typed("note"), " ");
  EXPECT_FALSE(bound.value.lit);
  EXPECT_EQ(bound.filled.typed("lit"), "");
}

TEST(bound_form, of_what_stands_leaves_and_shows_what_was_not_sent) {
  auto const bound = lamp_form().bind(Form{{{"name", "Pole 8"}}}, kStanding);
  EXPECT_EQ(bound.value.note, "broken");
  EXPECT_EQ(bound.value.secret, "hush");
  EXPECT_EQ(bound.value.kind, Kind::kLed);
  EXPECT_EQ(bound.filled.typed("note"), "broken");
  EXPECT_THAT(keys_of(lamp_form().bind(Form{Fields{}}, kStanding).filled), ElementsAre("name refusal.missing"));
}

TEST(bound_form, counts_characters_as_a_reader_does_and_bounds_bytes_beside) {
  EXPECT_TRUE(lamp_form().bind(Form{{{"name", "여덟글자가로등기"}, {"note", "세글자"}}}).filled.is_right());
  EXPECT_THAT(keys_of(lamp_form().bind(Form{{{"name", "아홉글자의가로등기"}, {"note", "네글자요"}}}).filled),
              ElementsAre("name refusal.too_many_characters", "note refusal.too_long"));
}

TEST(bound_form, puts_what_a_use_case_refuses_at_the_field_that_it_names) {
  auto filled = lamp_form().empty();
  filled.refuse(runtime::refuse_field(Code::kConflict, "name", "refusal.missing").error());
  filled.refuse(runtime::refuse_field(Code::kConflict, "colour", "refusal.missing").error());
  filled.refuse(Error{Code::kUnavailable, "away"});
  EXPECT_EQ(filled.fault("name")->code, Code::kConflict);
  EXPECT_EQ(filled.fault()->sentence, "colour: missing") << "the first of the whole form stands";
  EXPECT_FALSE(filled.is_right());
  EXPECT_THAT(lamp_form().empty().faults(), IsEmpty());
}

}  // namespace
}  // namespace madang::web
