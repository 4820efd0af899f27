#include "web/http/accept.h"

#include <gtest/gtest.h>

namespace madang::web {
namespace {

TEST(accept, prefers_html_where_a_browser_says_so) {
  EXPECT_TRUE(prefers_html("text/html"));
  EXPECT_TRUE(prefers_html("text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"));
  EXPECT_TRUE(prefers_html("application/json;q=0.5, TEXT/HTML ; level=1 ; Q=0.9"));
}

TEST(accept, prefers_no_html_that_is_named_behind_something_else) {
  EXPECT_FALSE(prefers_html(""));
  EXPECT_FALSE(prefers_html("*/*"));
  EXPECT_FALSE(prefers_html("application/json, text/html;q=0.1"));
  EXPECT_FALSE(prefers_html("application/json, text/html"));
  EXPECT_FALSE(prefers_html("*/*, text/html;q=0.1"));
  EXPECT_FALSE(prefers_html("text/html;q=0"));
  EXPECT_FALSE(prefers_html("text/html;q=much"));
}

TEST(accept, knows_the_paths_of_programs) {
  EXPECT_TRUE(is_of_programs("/api/v1/series"));
  EXPECT_TRUE(is_of_programs("/sta"));
  EXPECT_FALSE(is_of_programs("/stairs"));
  EXPECT_FALSE(is_of_programs("/alerts/7"));
}

}  // namespace
}  // namespace madang::web
