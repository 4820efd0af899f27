#include "web/html/page_frame.h"

#include <gmock/gmock.h>

#include "runtime/shipped.h"

namespace madang::web {
namespace {

using ::testing::HasSubstr;

Request asked(std::string path, Fields query = {}) {
  Request request;
  request.path = std::move(path);
  request.query = std::move(query);
  return request;
}

TEST(own_address, is_what_was_asked_for_but_the_language) {
  EXPECT_EQ(own_address(asked("/")), "/");
  EXPECT_EQ(own_address(asked("")), "/") << "an address that nobody could read";
  EXPECT_EQ(own_address(asked("/가 나/b?", {{"from", "1&2"}, {"lang", "ko"}, {"x", ""}})), "/%EA%B0%80%20%EB%82%98/b%3F?from=1%262&x=");
  EXPECT_EQ(own_address(asked("/folder/")), "/folder/");
}

TEST(own_address, leads_to_no_other_server) {
  EXPECT_EQ(own_address(asked("//evil.example/x")), "/evil.example/x");
  EXPECT_EQ(own_address(asked("/\\evil.example")), "/%5Cevil.example");
}

TEST(language_links, keep_the_query) {
  auto const links = language_links(Reader{.language = "en"}, runtime::shipped_messages(), "/a?from=1").markup();
  EXPECT_THAT(links, HasSubstr("href=\"/a?from=1&amp;lang=ko\""));
}

}  // namespace
}  // namespace madang::web
