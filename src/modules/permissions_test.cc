#include "modules/permissions.h"

#include <gmock/gmock.h>

#include <array>

namespace madang::modules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr web::Permission kDim{"lamps.dim"};
constexpr web::Permission kSee{"lamps.see"};

Permissions lamps() { return Permissions{{{kSee, "permission.lamps.see", {kOperator, kReader}}, {kDim, "permission.lamps.dim", {kOperator}}}}; }

runtime::Messages texts() {
  static constexpr std::array kFiles = {
      runtime::EmbeddedFile{"lamps/en.json", R"({"permission.lamps.dim":"dim lamps","access.denied":"You cannot {permission}.","access.denied_title":"No"})"},
      runtime::EmbeddedFile{"lamps/ko.json", R"({"permission.lamps.dim":"밝기 조절","access.denied":"권한 없음: {permission}","access.denied_title":"불가"})"},
  };
  return runtime::Messages::load(kFiles, "Asia/Seoul").value();
}

TEST(permissions, are_found_by_name) {
  auto const all = lamps();
  EXPECT_EQ(all.find("lamps.dim")->words, "permission.lamps.dim");
  EXPECT_EQ(all.find("lamps.burn"), nullptr);
  EXPECT_EQ(all.find(""), nullptr);
}

TEST(permissions, say_what_the_roles_of_the_program_hold) {
  auto const all = lamps();
  EXPECT_THAT(all.of_role("operator"), ElementsAre("lamps.dim", "lamps.see"));
  EXPECT_THAT(all.of_role("reader"), ElementsAre("lamps.see"));
  EXPECT_THAT(all.of_role("administrator"), ElementsAre("*"));
  EXPECT_THAT(all.of_role("gardener"), IsEmpty());
}

TEST(permissions, deny_in_the_words_and_the_language_of_the_reader) {
  auto const messages = texts();
  web::Request request;
  request.method = web::Method::kPut;
  request.headers = {{"accept-language", "ko"}};
  auto const answer = lamps().denial(messages, request, kDim);
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.body, R"({"code":"forbidden","key":"access.denied","permission":"lamps.dim","message":"권한 없음: 밝기 조절"})");
}

TEST(permissions, deny_with_a_page_to_a_browser_that_looks) {
  auto const messages = texts();
  web::Request request;
  request.headers = {{"accept", "text/html"}, {"accept-language", "en"}};
  auto const answer = lamps().denial(messages, request, kDim);
  EXPECT_EQ(answer.status, 403);
  EXPECT_THAT(answer.content_type, HasSubstr("text/html"));
  EXPECT_THAT(answer.body, HasSubstr("You cannot dim lamps."));
}

}  // namespace
}  // namespace madang::modules
