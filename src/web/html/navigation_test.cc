#include "web/html/navigation.h"

#include <gmock/gmock.h>

#include "runtime/shipped.h"
#include "support/people.h"

namespace madang::web {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Permission kSeeLamps{"lamps.see"};
constexpr Permission kDimLamps{"lamps.dim"};
std::string const kEnglish = "en";

Navigation pages() {
  return Navigation{{{.path = "/login", .words = "login.title", .rank = 9, .signed_out_only = true},
                     {.path = "/dim", .words = "login.back", .access = kDimLamps, .rank = 3},
                     {.path = "/lamps", .words = "login.submit", .access = in_some_area(kSeeLamps), .rank = 2},
                     {.path = "/mine", .words = "login.name", .access = Access::kSignedIn, .rank = 4},
                     {.path = "/", .words = "missing.home", .rank = 1}}};
}
std::string shown_to(Principal const& who, std::string_view here = {}) {
  return pages().of({runtime::shipped_messages(), kEnglish}, who, here).markup();
}

TEST(navigation, shows_the_public_what_is_public) {
  EXPECT_THAT(shown_to({}), AllOf(HasSubstr("href=\"/\""), HasSubstr("href=\"/login\""), Not(HasSubstr("/lamps")), Not(HasSubstr("/dim")), Not(HasSubstr("/mine"))));
}

TEST(navigation, shows_somebody_what_his_permissions_open) {
  EXPECT_THAT(shown_to(test::person_who_may("an operator", {"lamps.see", "lamps.dim"})),
              AllOf(HasSubstr("/lamps"), HasSubstr("/dim"), HasSubstr("/mine"), Not(HasSubstr("/login"))));
  EXPECT_THAT(shown_to(test::person_who_may("a reader", {"lamps.see"})), AllOf(HasSubstr("/lamps"), Not(HasSubstr("/dim"))));
}

TEST(navigation, shows_what_is_open_in_an_area_only_where_a_page_is_of_areas) {
  EXPECT_THAT(shown_to(test::person_who_may("a warden", {"lamps.see", "lamps.dim"}, AreaId{7})), AllOf(HasSubstr("/lamps"), Not(HasSubstr("/dim"))));
}

TEST(navigation, stands_in_the_order_of_ranks_and_marks_where_the_reader_is) {
  auto const shown = shown_to(test::person_who_may("an operator", {Grants::kEvery}), "/dim");
  EXPECT_LT(shown.find("href=\"/\""), shown.find("/lamps"));
  EXPECT_LT(shown.find("/lamps"), shown.find("/dim"));
  EXPECT_THAT(shown, HasSubstr("<a href=\"/dim\" aria-current=\"page\">"));
}

TEST(navigation, is_nothing_where_nothing_is_open) {
  EXPECT_TRUE(Navigation{}.of({runtime::shipped_messages(), kEnglish}, {}, "/").empty());
  EXPECT_TRUE(links_of(nullptr, {runtime::shipped_messages(), kEnglish}, {}, "/").empty());
}

}  // namespace
}  // namespace madang::web
