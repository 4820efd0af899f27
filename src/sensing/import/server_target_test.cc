// What an import through a running server finds there, where pages are shorter than asked for.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sensing/import/import.h"
#include "support/short_pages.h"

namespace madang::sensing {
namespace {

TEST(server_target, knows_what_stands_behind_a_page_that_ends_before_it_is_full) {
  auto const thing = [](int id) { return R"({"@iot.id":)" + std::to_string(id) + R"(,"properties":{"serial":"P)" + std::to_string(id) + R"("}})"; };
  auto const stream = [](int id) { return R"({"@iot.id":)" + std::to_string(id) + R"(,"properties":{"channel":"c)" + std::to_string(id) + R"("}})"; };
  test::ShortPages const server({{"Things", {thing(1), thing(2), thing(3)}}, {"Things(3)/Datastreams", {stream(7), stream(8), stream(9)}}});
  auto const target = server_target(server.url(), "k", [](Millis) {});
  ASSERT_TRUE(target) << target.error().sentence;
  auto const known = (*target)->find("P3");
  ASSERT_TRUE(known) << known.error().sentence;
  ASSERT_TRUE(*known) << "a Thing of the second page is known";
  EXPECT_EQ((*known)->id, ThingId{3});
  ASSERT_EQ((*known)->streams.size(), 3u);
  EXPECT_EQ((*known)->streams.back().channel, "c9");
  EXPECT_FALSE(*(*target)->find("P4"));
}

}  // namespace
}  // namespace madang::sensing
