// Parts of a body, on a real server: what a client asks for that goes on with half a file.
#include <gmock/gmock.h>

#include "support/http_client.h"
#include "support/web_server.h"

namespace madang::web {
namespace {

using test::HttpAnswer;
using test::HttpClient;

constexpr std::string_view kDigits = "0123456789";

Routes files() {
  Routes r;
  r.get<Access::kPublic>("/owned", [](Request const& q) { return Result<Response>{with_range(q, json(std::string{kDigits}))}; });
  r.get<Access::kPublic>("/fixed", [](Request const& q) -> Result<Response> {
    Response response;
    response.static_body = kDigits;
    return with_range(q, std::move(response));
  });
  r.get<Access::kPublic>("/long", [](Request const& q) { return Result<Response>{with_range(q, json(std::string(5'000, '1')))}; });
  return r;
}

class range : public ::testing::Test {
 protected:
  HttpAnswer get(std::string const& wanted, std::string const& path = "/owned", test::HttpFields more = {}) {
    more.emplace_back("Range", wanted);
    return HttpClient(server_.port()).get(path, more);
  }

  test::WebServer server_{files()};
};

TEST_F(range, of_bytes_gives_that_part_and_says_which) {
  auto const answer = get("bytes=2-4");
  EXPECT_EQ(answer.status, 206);
  EXPECT_EQ(answer.body, "234");
  EXPECT_EQ(answer.header("content-range"), "bytes 2-4/10");
  EXPECT_EQ(get("bytes=7-").body, "789");
  EXPECT_EQ(get("bytes=-3").body, "789");
  EXPECT_EQ(get("bytes=8-99").header("content-range"), "bytes 8-9/10");
  EXPECT_EQ(get("bytes=-99").body, kDigits);
}

TEST_F(range, of_an_embedded_body_is_the_same) {
  auto const answer = get("bytes=2-4", "/fixed");
  EXPECT_EQ(answer.status, 206);
  EXPECT_EQ(answer.body, "234");
}

TEST_F(range, behind_the_end_is_refused_with_the_size) {
  auto const answer = get("bytes=10-");
  EXPECT_EQ(answer.status, 416);
  EXPECT_EQ(answer.header("content-range"), "bytes */10");
  EXPECT_EQ(get("bytes=-0").status, 416);
}

TEST_F(range, that_is_none_or_several_gets_the_whole) {
  for (auto const* wanted : {"bytes=4-2", "bytes=a-b", "bytes=1", "lines=1-2", "bytes=0-1,3-4", "bytes=--3", "bytes=+1-2", "bytes="}) {
    auto const answer = get(wanted);
    EXPECT_EQ(answer.status, 200) << wanted;
    EXPECT_EQ(answer.body, kDigits) << wanted;
  }
}

TEST_F(range, with_a_condition_that_no_weak_tag_meets_gets_the_whole) {
  EXPECT_EQ(get("bytes=2-4", "/owned", {{"If-Range", "W/\"1\""}}).status, 200);
}

TEST_F(range, is_offered_for_what_is_not_packed_on_its_way) {
  HttpClient client(server_.port());
  EXPECT_EQ(client.get("/owned").header("accept-ranges"), "bytes");
  EXPECT_EQ(client.request("HEAD", "/owned").header("accept-ranges"), "bytes");
  auto const packed = client.get("/long", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(packed.header("content-encoding"), "gzip");
  EXPECT_EQ(packed.header("accept-ranges"), "");
  auto const part = get("bytes=0-2999", "/long", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body.size(), 3'000u);
  EXPECT_EQ(part.header("content-encoding"), "");
}

}  // namespace
}  // namespace madang::web
