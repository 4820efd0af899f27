// What it costs whom to have a login looked up, on a real server.
#include <gtest/gtest.h>

#include <atomic>

#include "support/http_client.h"
#include "support/people.h"
#include "support/web_server.h"
#include "web/http/limits.h"
#include "web/http/seen_sessions.h"

namespace madang::web {
namespace {

using test::HttpClient;

/// Knows one login, and counts how often it is asked; or cannot say.
class CountingRights final : public Authenticator {
 public:
  Result<Principal> principal_of_session(std::string_view token) override {
    ++asked;
    if (away) return fail(Code::kUnavailable, "logins cannot be looked up at the moment");
    if (token != "hers") return fail(Code::kUnauthorized, "unknown");
    return test::person_who_may("her", {Grants::kEvery});
  }
  Result<Principal> principal_of_key(std::string_view) override { return fail(Code::kUnauthorized, "unknown"); }

  std::atomic<int> asked = 0;
  std::atomic<bool> away = false;
};

class sessions_looked_up : public testing::Test {
 protected:
  void SetUp() override {
    Routes routes;
    routes.get<Access::kPublic>("/public", [](Request const& q) -> Result<Response> { return json("\"" + q.who.name + "\""); });
    routes.get<Access::kSignedIn>("/mine", [](Request const& q) -> Result<Response> { return json("\"" + q.who.name + "\""); });
    ServerOptions options;
    options.budget = {.requests_per_second = 0.001, .burst = 3, .loopback_exempt = false};
    auto started = Server::start(std::move(options), std::move(routes), rights, clock, metrics);
    ASSERT_TRUE(started) << started.error().sentence;
    server = *std::move(started);
  }
  test::HttpAnswer get(std::string_view path, std::string const& token) {
    return HttpClient(server->port()).get(path, {{"Cookie", "madang_session=" + token}});
  }

  CountingRights rights;
  runtime::SystemClock clock;
  runtime::Metrics metrics;
  std::unique_ptr<Server> server;
};

TEST_F(sessions_looked_up, stop_where_the_budget_of_who_guesses_ends) {
  for (int i = 0; i < 10; ++i) get(i % 2 == 0 ? "/public" : "/mine", "guess " + std::to_string(i));
  EXPECT_EQ(rights.asked, 3);
  EXPECT_EQ(get("/mine", "one more").status, 429);
  EXPECT_EQ(get("/public", "one more").status, 429);
}

TEST_F(sessions_looked_up, cost_who_was_known_a_moment_ago_nothing) {
  EXPECT_EQ(get("/mine", "hers").status, 200);
  for (int i = 0; i < 10; ++i) get("/mine", "guess " + std::to_string(i));
  EXPECT_EQ(get("/mine", "guess").status, 429);
  EXPECT_EQ(get("/mine", "hers").status, 200) << "though others at her address have used its budget up";
}

TEST_F(sessions_looked_up, are_charged_once_when_nobody_is_found) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(get("/mine", "guess").status, 401) << i;
  EXPECT_EQ(get("/mine", "guess").status, 429);
}

TEST_F(sessions_looked_up, that_cannot_be_are_no_reason_to_answer_as_if_nobody_had_signed_in) {
  rights.away = true;
  EXPECT_EQ(get("/public", "hers").status, 503);
  EXPECT_EQ(get("/mine", "hers").status, 503);
  EXPECT_EQ(HttpClient(server->port()).get("/public").status, 200) << "who shows no login needs no look-up";
}

TEST(seen_sessions, are_forgotten_when_they_end_and_are_never_too_many) {
  SeenSessions seen;
  seen.add("hers");
  EXPECT_TRUE(seen.contains("hers"));
  EXPECT_FALSE(seen.contains("his"));
  seen.forget("hers");
  EXPECT_FALSE(seen.contains("hers"));
  for (std::size_t i = 0; i <= kSessionsSeenMax; ++i) seen.add(std::to_string(i));
  EXPECT_FALSE(seen.contains("0"));
  EXPECT_TRUE(seen.contains(std::to_string(kSessionsSeenMax)));
}

}  // namespace
}  // namespace madang::web
