// What the bench counts as stored, against answers spoken byte by byte.
#include "app/bench/post_load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/tcp_receiver.h"

namespace madang::app {
namespace {

using test::TcpReceiver;
using test::Wire;
using testing::HasSubstr;

/// Reads a request with its body; false: the client is gone.
bool take_request(Wire& wire) {
  std::size_t length = 0;
  for (auto line = wire.line(); line; line = wire.line()) {
    if (line->empty()) return wire.exactly(length).has_value();
    if (constexpr std::string_view kLength = "Content-Length: "; line->starts_with(kLength)) length = std::stoul(line->substr(kLength.size()));
  }
  return false;
}

/// One post of two observations that is answered 201 like this.
Result<PostLoadOutcome> post_two(std::string const& fields, std::string const& body) {
  auto const answer = "HTTP/1.1 201 Created\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body;
  TcpReceiver const server([&answer](Wire& wire) {
    while (take_request(wire)) wire.write(answer);
  });
  auto const next = [](PostLoad::Next& made) { made = {"/sta/v1.1/CreateObservations", "[]", 2}; };
  return run_post_load({.port = server.port(), .key = "k", .connections = 1, .duration = std::chrono::milliseconds{0}, .next = next});
}

TEST(post_load, counts_what_the_server_says_it_stored) {
  auto const outcome = post_two("Madang-Outcomes: stored=1, repeated=0, superseded=1, refused=0\r\n", R"j(["http://x/Observations(1)","http://x/Observations(2)"])j");
  ASSERT_TRUE(outcome) << outcome.error().sentence;
  EXPECT_EQ(outcome->posts, 1u);
  EXPECT_EQ(outcome->observations, 2u);
}

TEST(post_load, does_not_count_what_was_there_already) {
  auto const outcome = post_two("madang-outcomes: stored=0, repeated=2, superseded=0, refused=0\r\n", R"j(["http://x/Observations(1)","http://x/Observations(2)"])j");
  ASSERT_TRUE(outcome) << outcome.error().sentence;
  EXPECT_EQ(outcome->observations, 0u);
}

TEST(post_load, ends_where_a_row_is_refused_with_its_reason) {
  auto const outcome = post_two("Madang-Outcomes: stored=1, repeated=0, superseded=0, refused=1\r\n", R"j(["http://x/Observations(1)","error result: missing"])j");
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().sentence, HasSubstr("1 of 2 observations were refused"));
  EXPECT_THAT(outcome.error().sentence, HasSubstr("error result: missing"));
}

TEST(post_load, ends_where_the_server_does_not_say_what_became_of_all) {
  EXPECT_FALSE(post_two("", R"j(["http://x/Observations(1)","http://x/Observations(2)"])j"));
  EXPECT_FALSE(post_two("Madang-Outcomes: stored=1, repeated=0, superseded=0, refused=0\r\n", R"j(["http://x/Observations(1)"])j"));
}

}  // namespace
}  // namespace madang::app
