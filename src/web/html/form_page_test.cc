#include "web/html/form_page.h"

#include <gmock/gmock.h>

#include "runtime/refusal.h"
#include "runtime/shipped.h"

namespace madang::web {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Pole {
  std::string name;
  std::string secret;
  std::int64_t watts = 0;
  bool lit = false;
  std::string next;
};
FormShape<Pole> pole_form() {
  return FormShape<Pole>{}
      .text("name", &Pole::name, {.required = true, .characters_max = 80})
      .text("secret", &Pole::secret, {.secret = true})
      .number("watts", &Pole::watts, {.min = 1, .max = 400})
      .flag("lit", &Pole::lit)
      .text("next", &Pole::next, {.bytes_max = 9, .hidden = true});
}

std::string const kKorean = "ko";
FormView in_korean(FilledForm const& filled) { return {{runtime::shipped_messages(), kKorean}, filled}; }

TEST(form_page, says_what_is_wrong_at_the_field_in_the_readers_language) {
  auto const bound = pole_form().bind(Form{{{"name", "\"<P>\""}, {"watts", "900"}}});
  auto const input = in_korean(bound.filled).input("watts", "login.name", {.type = "number"}).markup();
  EXPECT_THAT(input, HasSubstr("<p id=\"watts-fault\" class=\"fault\">최대 400까지인데 900입니다</p>"));
  EXPECT_THAT(input, HasSubstr("aria-invalid=\"true\" aria-describedby=\"watts-fault\""));
  EXPECT_THAT(input, HasSubstr("value=\"900\""));
}

TEST(form_page, marks_no_field_that_is_right_and_shows_what_was_typed) {
  auto const bound = pole_form().bind(Form{{{"name", "\"<P>\""}, {"secret", "hush"}, {"watts", "900"}}});
  auto const view = in_korean(bound.filled);
  EXPECT_THAT(view.input("name", "login.name").markup(),
              HasSubstr("<input id=\"name\" name=\"name\" type=\"text\" autocomplete=\"off\" value=\"&quot;&lt;P&gt;&quot;\" required>")) << "no maxlength, which cuts what is pasted";
  EXPECT_THAT(view.input("secret", "login.password", {.type = "password"}).markup(), Not(HasSubstr("hush")));
}

TEST(form_page, lists_all_faults_with_links_to_their_fields) {
  auto bound = pole_form().bind(Form{{{"watts", "x"}}});
  bound.filled.refuse(Error{Code::kUnavailable, "away"});
  auto const summary = in_korean(bound.filled).summary("login.wrong_title").markup();
  EXPECT_THAT(summary, HasSubstr("role=\"alert\""));
  EXPECT_THAT(summary, HasSubstr("<li>필요한 서비스가 응답하지 않습니다</li>"));
  EXPECT_THAT(summary, HasSubstr("<a href=\"#name\">값을 입력하십시오</a>"));
  EXPECT_THAT(summary, HasSubstr("<a href=\"#watts\">정수를 입력하십시오</a>"));
}

TEST(form_page, names_the_field_where_none_of_the_form_shows_the_fault) {
  auto bound = pole_form().bind(Form{{{"name", "P"}, {"next", "/a-long-way"}}});
  bound.filled.refuse(runtime::refuse_field(Code::kLimit, "poles", "refusal.too_many", {{"max", 9}}).error());
  auto const summary = in_korean(bound.filled).summary("login.wrong_title").markup();
  EXPECT_THAT(summary, HasSubstr("<li>poles: 최대 9개까지만 됩니다</li>"));
  EXPECT_THAT(summary, HasSubstr("<li>next: 너무 깁니다")) << "hidden: no link to what is not there";
}

TEST(form_page, says_the_fault_of_a_box_at_it) {
  auto bound = pole_form().bind(Form{{{"name", "P"}, {"lit", "1"}}});
  EXPECT_THAT(in_korean(bound.filled).flag("lit", "login.name").markup(), Not(HasSubstr("aria-invalid")));
  bound.filled.refuse(runtime::refuse_field(Code::kConflict, "lit", "refusal.missing").error());
  auto const box = in_korean(bound.filled).flag("lit", "login.name").markup();
  EXPECT_THAT(box, HasSubstr("<p id=\"lit-fault\" class=\"fault\">값을 입력하십시오</p>"));
  EXPECT_THAT(box, HasSubstr("checked aria-invalid=\"true\" aria-describedby=\"lit-fault\""));
}

TEST(form_page, that_was_refused_says_so_first_and_has_the_focus_on_its_summary) {
  auto const wrong = pole_form().bind(Form{{{"watts", "x"}}});
  auto const right = pole_form().bind(Form{{{"name", "P"}}});
  EXPECT_EQ(in_korean(wrong.filled).page_title("가로등"), "오류: 가로등");
  EXPECT_EQ(in_korean(right.filled).page_title("가로등"), "가로등");
  EXPECT_THAT(in_korean(wrong.filled).summary("login.wrong_title").markup(), HasSubstr("tabindex=\"-1\" autofocus>"));
}

TEST(form_page, has_no_summary_of_a_form_that_nobody_has_sent) {
  auto const empty = pole_form().empty();
  EXPECT_TRUE(in_korean(empty).summary("login.wrong_title").empty());
}

}  // namespace
}  // namespace madang::web
