#include "modules/permissions.h"

#include <gmock/gmock.h>

#include <array>

namespace madang::modules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr web::Permission kDim{"lamps.dim"};
constexpr web::Permission kSee{"lamps.see"};

Permissions lamps() { return Permissions{{{kSee, "permission.lamps.see", {kOperator, kReader}}, {kDim, "permission.lamps.dim", {kOperator}}}}; }

runtime::Messages texts() {
  static constexpr std::array kFiles = {
      runtime::EmbeddedFile{"lamps/en.json", R"({"permission.lamps.dim":"dim lamps","access.denied":"You cannot {permission}."})"},
      runtime::EmbeddedFile{"lamps/ko.json", R"({"permission.lamps.dim":"밝기 조절","access.denied":"권한 없음: {permission}"})"},
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
  EXPECT_EQ(answer.body, R"({"code":"forbidden","key":"access.denied","arguments":{"permission":"밝기 조절"},"permission":"lamps.dim","message":"권한 없음: 밝기 조절"})");
}

TEST(permissions, that_no_module_declares_are_said_by_their_names) {
  auto const messages = texts();
  std::string const korean = "ko";
  web::Voice const voice{messages, korean};
  EXPECT_EQ(lamps().words_of(voice, "lamps.dim"), "밝기 조절");
  EXPECT_EQ(lamps().words_of(voice, "lamps.burn"), "lamps.burn");
}

}  // namespace
}  // namespace madang::modules
