#include "web/html/page_style.h"

#include <gmock/gmock.h>

#include "support/http_client.h"
#include "support/web_server.h"
#include "web/html/page_frame.h"
#include "web/http/gzip.h"

namespace madang::web {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(page_style, is_one_file_that_browsers_keep) {
  test::WebServer server(page_style_routes());
  auto const answer = test::HttpClient(server.port()).get(page_style().path);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-type"), "text/css; charset=utf-8");
  EXPECT_THAT(std::string{answer.header("cache-control")}, HasSubstr("immutable"));
  EXPECT_EQ(answer.body, page_style().css);
}

TEST(page_style, is_packed_once_for_all_who_take_that) {
  test::WebServer server(page_style_routes());
  auto const answer = test::HttpClient(server.port()).request("GET", page_style().path, {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-encoding"), "gzip");
  EXPECT_EQ(answer.header("vary"), "accept-encoding");
  EXPECT_EQ(answer.body, page_style().packed) << "the very bytes";
  EXPECT_EQ(gunzip(answer.body, 1 << 20).value(), page_style().css);
}

TEST(page_style, of_an_older_page_is_the_new_one_and_is_not_kept) {
  test::WebServer server(page_style_routes());
  auto const answer = test::HttpClient(server.port()).get("/style/0123456789abcdef.css");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("cache-control"), "no-cache");
}

TEST(page_style, is_named_by_every_page_and_stands_in_none) {
  auto const page = page_response({}, "title", {}, {});
  EXPECT_THAT(page.body, HasSubstr("<link rel=\"stylesheet\" href=\"" + page_style().path + "\">"));
  EXPECT_THAT(page.body, Not(HasSubstr("<style")));
}

}  // namespace
}  // namespace madang::web
