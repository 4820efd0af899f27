// Streams on a real server whose listeners lose their login, their key or what they hold.
#include "web/http/listeners.h"

#include <gtest/gtest.h>

#include <mutex>
#include <vector>

#include "support/http_client.h"
#include "support/people.h"
#include "support/soon.h"
#include "web/http/server.h"

namespace madang::web {
namespace {

using test::EventClient;

constexpr Permission kSeeListed{"lamps.see"};

/// One person and one key, of which the test says what becomes of them.
class ChangingRights final : public Authenticator {
 public:
  Result<Principal> principal_of_session(std::string_view token) override { return answer(token == "her-session"); }
  Result<Principal> principal_of_key(std::string_view key) override { return answer(key == "her-key"); }

  void become(Result<Principal> who) {
    std::scoped_lock const lock(mutex_);
    who_ = std::move(who);
  }
  std::size_t asked() {
    std::scoped_lock const lock(mutex_);
    return asked_;
  }

 private:
  Result<Principal> answer(bool known) {
    std::scoped_lock const lock(mutex_);
    ++asked_;
    if (!known) return fail(Code::kUnauthorized, "unknown");
    return who_;
  }
  std::mutex mutex_;
  Result<Principal> who_ = test::person_who_may("her", {"lamps.see"});
  std::size_t asked_ = 0;
};

class listeners : public testing::Test {
 protected:
  void SetUp() override {
    auto const keep = [this](Request const&, std::shared_ptr<EventSink> sink) -> Result<void> {
      sink->send({"snapshot", "1"});
      std::scoped_lock const lock(mutex);
      sinks.push_back(std::move(sink));
      return {};
    };
    Routes routes;
    routes.stream<Access::kPublic>("/live", keep);
    routes.stream<kSeeListed>("/lamps", keep);
    ServerOptions options;
    options.limits.listener_asked = std::chrono::milliseconds{5};
    auto started = Server::start(std::move(options), std::move(routes), rights, clock, metrics);
    ASSERT_TRUE(started) << started.error().sentence;
    server = *std::move(started);
  }
  EventClient listen(std::string_view path, test::HttpFields const& fields) {
    EventClient client({.port = server->port()}, path, fields);
    EXPECT_EQ(client.next()->data, "1");
    return client;
  }
  void tell(std::string_view what) {
    std::scoped_lock const lock(mutex);
    for (auto const& sink : sinks) sink->send({"change", what});
  }
  /// Every listener was asked again, and more than once.
  void wait_for_looks() {
    auto const before = rights.asked();
    EXPECT_TRUE(test::soon([&] { return rights.asked() > before + 8; }));
  }

  ChangingRights rights;
  runtime::SystemClock clock;
  runtime::Metrics metrics;
  std::mutex mutex;
  std::vector<std::shared_ptr<EventSink>> sinks;
  std::unique_ptr<Server> server;
  test::HttpFields const session{{"Cookie", "madang_session=her-session"}};
  test::HttpFields const key{{"Authorization", "Bearer her-key"}};
};

TEST_F(listeners, whose_login_or_key_has_ended_hear_no_more) {
  auto of_public = listen("/live", session);
  auto of_route = listen("/lamps", session);
  auto of_key = listen("/lamps", key);
  rights.become(fail(Code::kUnauthorized, "logged out"));
  for (auto* const client : {&of_public, &of_route, &of_key}) {
    EXPECT_FALSE(client->next());
    EXPECT_TRUE(client->ended());
  }
  std::scoped_lock const lock(mutex);
  for (auto const& sink : sinks) EXPECT_FALSE(sink->send({"change", "2"}));
}

TEST_F(listeners, who_may_see_something_else_now_have_to_ask_anew) {
  auto client = listen("/live", session);
  rights.become(test::person_who_may("her", {"lamps.change"}));
  EXPECT_FALSE(client.next());
  EXPECT_TRUE(client.ended());
}

TEST_F(listeners, go_on_while_nothing_changes_or_nobody_can_say_what_did) {
  auto client = listen("/live", session);
  wait_for_looks();
  rights.become(fail(Code::kUnavailable, "the records do not answer"));
  wait_for_looks();
  tell("2");
  EXPECT_EQ(client.next()->data, "2");
}

TEST_F(listeners, who_are_nobody_or_show_what_is_nobodys_hear_what_everybody_hears) {
  auto nobody = listen("/live", {});
  auto stranger = listen("/live", {{"Cookie", "madang_session=nonsense"}});
  auto known = listen("/live", session);
  wait_for_looks();
  tell("2");
  for (auto* const client : {&nobody, &stranger, &known}) EXPECT_EQ(client->next()->data, "2");
}

}  // namespace
}  // namespace madang::web
