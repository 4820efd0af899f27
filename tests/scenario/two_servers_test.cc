// Two real servers on one PostgreSQL: what is done once for the city is done by one of them, the other goes on when that one is killed,
// and who comes back does nothing a second time.
#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <set>

#include "support/hook_receiver.h"
#include "support/http_client.h"
#include "support/postgresql.h"
#include "support/server_process.h"
#include "support/soon.h"

namespace madang::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

/// A lease is ten seconds long, and machines are busy.
constexpr std::chrono::seconds kTakenOverWithin{90};
constexpr char const* kWebhooks = "notices webhook";
constexpr char const* kBlinks = "job toy_blinks";
constexpr char const* kNoting = "events toy.noting";
constexpr char const* kHandingBack = "events situations.handing_back";

/// The text between `before` and the next quote.
std::string text_behind(std::string const& text, std::string_view before, std::size_t from = 0) {
  auto const at = text.find(before, from);
  if (at == std::string::npos) return {};
  auto const begin = at + before.size();
  return text.substr(begin, text.find('"', begin) - begin);
}

/// The whole number behind `before`; -1: there is none.
std::int64_t number_behind(std::string const& text, std::string const& before) {
  auto const at = text.find(before);
  return at == std::string::npos ? -1 : std::stoll(text.substr(at + before.size()));
}

/// One of the two: its data directory, and the process while it runs.
class CityServer {
 public:
  CityServer(std::filesystem::path data, std::string config, std::string binary)
      : data_(std::move(data)), config_(std::move(config)), binary_(std::move(binary)) {}

  void start() { process_ = std::make_unique<ServerProcess>(data_, std::vector<std::string>{"--config", config_}, binary_); }
  void kill() { process_.reset(); }
  [[nodiscard]] HttpClient http() const { return HttpClient(process_->http_port()); }
  [[nodiscard]] std::string metrics() const { return http().get("/metrics").body; }
  [[nodiscard]] bool holds(std::string const& lease) const { return metrics().contains("madang_lease_held{lease=\"" + lease + "\"} 1\n"); }
  [[nodiscard]] bool comes_to_hold(std::string const& lease) const {
    return soon([&] { return holds(lease); }, kTakenOverWithin);
  }
  [[nodiscard]] CommandOutcome run(std::vector<std::string> words) const {
    words.insert(words.end(), {"--data", data_.string(), "--config", config_});
    return run_madang(std::move(words));
  }

 private:
  std::filesystem::path data_;
  std::string config_;
  std::string binary_;
  std::unique_ptr<ServerProcess> process_;
};

struct two_servers : testing::Test {
  void SetUp() override {
    if (!Postgresql::installed()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    postgresql.emplace();
    postgresql->create_database("city");
  }
  /// Both begin, `a` first, so that it holds what there is to hold.
  void start(std::string const& binary, std::string const& lease) {
    auto const config = (folder.path() / "city.toml").string();
    std::ofstream(config) << "[records]\naddress = \"postgresql:" << postgresql->conninfo("city") << "\"\n[webhooks]\nallow_private_addresses = true\n"
                          << (binary.empty() ? "" : "[toy]\nwatts = 100\n");
    a.emplace(folder.path() / "a", config, binary);
    b.emplace(folder.path() / "b", config, binary);
    a->start();
    ASSERT_TRUE(a->comes_to_hold(lease));
    b->start();
  }
  void make_operators() {
    done(a->run({"operator", "create", "--login", "kim", "--password", "open sesame 7"}));
    done(a->run({"operator", "create", "--login", "lee", "--password", "open sesame 8"}));
    auto const answer = a->http().post("/login", "login=kim&password=open+sesame+7", {{"Content-Type", "application/x-www-form-urlencoded"}});
    ASSERT_EQ(answer.status, 303) << answer.body;
    auto const cookie = std::string{answer.header("set-cookie")};
    login = {{"Cookie", cookie.substr(0, cookie.find(';'))}};
    login.emplace_back("X-CSRF-Token", text_behind(a->http().get("/api/v1/me", login).body, "\"csrf\":\""));
  }
  static void done(CommandOutcome const& outcome) { ASSERT_EQ(outcome.status, 0) << outcome.err; }

  /// Its number.
  std::int64_t raise(CityServer const& at, std::string const& key) {
    auto const answer = at.http().post("/api/v1/situations", R"({"kind":"plume","severity":"serious","key":")" + key + R"(","headline":{"en":"Dust )" + key +
                                                                 R"(","ko":"먼지"},"place":[126.9,37.5],"public":true})", login);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return number_behind(answer.body, "\"id\":");
  }
  [[nodiscard]] std::string situation(CityServer const& at, std::int64_t id) const { return at.http().get("/api/v1/situations/" + std::to_string(id), login).body; }
  [[nodiscard]] bool is_seen(CityServer const& at, std::string const& key) const {
    return soon([&] {
      return at.http().get("/api/v1/situations?open=1", login).body.contains("\"key\":\"" + key + "\"") && at.http().get("/alerts?lang=en").body.contains("Dust " + key);
    });
  }
  [[nodiscard]] bool is_nothing_owed(CityServer const& at) const {
    return soon([&] { return at.http().get("/api/v1/subscribers", login).body.contains("\"owed\":0,"); }, kTakenOverWithin);
  }
  /// Each notice by the key of its Situation: how often it came, under how many names.
  struct Told {
    int times = 0;
    std::set<std::string> names;
  };
  static std::map<std::string, Told> told(HookReceiver const& hook) {
    std::map<std::string, Told> all;
    for (auto const& got : hook.received()) {
      auto& one = all[text_behind(got.body, "\"key\":\"")];
      ++one.times;
      one.names.insert(got.header("idempotency-key"));
    }
    return all;
  }

  TemporaryDirectory folder;
  std::optional<Postgresql> postgresql;
  std::optional<CityServer> a, b;
  HttpFields login;
};

TEST_F(two_servers, send_each_notice_once_whichever_of_them_is_killed) {
  HookReceiver const hook;
  start("", kWebhooks);
  make_operators();
  done(a->run({"subscribers", "add", hook.url(), "--internal"}));
  EXPECT_FALSE(b->holds(kWebhooks));

  raise(*a, "k1");
  EXPECT_TRUE(is_seen(*b, "k1"));
  raise(*b, "k2");
  EXPECT_TRUE(is_seen(*a, "k2"));
  EXPECT_TRUE(hook.wait_for(2));
  EXPECT_TRUE(is_nothing_owed(*a));

  a->kill();
  raise(*b, "k3");
  EXPECT_TRUE(b->comes_to_hold(kWebhooks));
  EXPECT_TRUE(b->comes_to_hold("job situations_past"));
  EXPECT_TRUE(b->comes_to_hold("events"));
  EXPECT_TRUE(hook.wait_for(3));

  a->start();
  raise(*a, "k4");
  EXPECT_TRUE(is_seen(*b, "k4"));
  EXPECT_TRUE(hook.wait_for(4));
  EXPECT_TRUE(is_nothing_owed(*a));
  EXPECT_TRUE(b->holds(kWebhooks));
  EXPECT_FALSE(a->holds(kWebhooks)) << "who comes back waits until the lease is free";

  b->kill();
  EXPECT_TRUE(a->comes_to_hold(kWebhooks));
  raise(*a, "k5");
  b->start();
  EXPECT_TRUE(hook.wait_for(5));
  EXPECT_TRUE(is_nothing_owed(*b));

  auto const all = told(hook);
  EXPECT_EQ(all.size(), 5U);
  for (auto const& [key, notice] : all) {
    EXPECT_EQ(notice.times, 1) << key << ": nobody was killed while it was on its way";
    EXPECT_EQ(notice.names.size(), 1U) << key;
  }
  auto const subscribers = b->http().get("/api/v1/subscribers", login).body;
  EXPECT_THAT(subscribers, HasSubstr("\"delivered\":5,")) << "the outbox says the same";
  for (auto const* const server : {&*a, &*b}) {
    auto const verified = server->run({"verify"});
    EXPECT_EQ(verified.status, 0) << verified.err;
    EXPECT_THAT(verified.out, HasSubstr("the journal is whole"));
  }
}

TEST_F(two_servers, lose_no_notice_when_the_sender_is_killed_on_its_way) {
  std::atomic<bool> may_answer = false;
  // The first sender never hears a yes.
  HookReceiver const hook([&](ReceivedHook const&) {
    return may_answer ? HookAnswer{} : HookAnswer{.manner = HookAnswer::Manner::kHangs};
  });
  start("", kWebhooks);
  make_operators();
  done(a->run({"subscribers", "add", hook.url(), "--internal"}));
  raise(*a, "k1");
  ASSERT_TRUE(hook.wait_for(1));
  a->kill();
  may_answer = true;
  EXPECT_TRUE(hook.wait_for(2, kTakenOverWithin));
  EXPECT_TRUE(is_nothing_owed(*b));
  auto const notice = told(hook)["k1"];
  EXPECT_EQ(notice.times, 2);
  EXPECT_EQ(notice.names.size(), 1U) << "its receiver knows the repetition";
}

TEST_F(two_servers, run_a_job_that_is_once_for_the_city_on_one_of_them_at_a_time) {
  start(MADANG_TOY_BINARY, kBlinks);
  auto const runs = [](CityServer const& server) { return number_behind(server.metrics(), "\nmadang_toy_blink_runs_total "); };
  auto const state = [](CityServer const& server, std::string const& what) { return number_behind(server.http().get("/api/v1/toy").body, "\"" + what + "\":"); };
  auto const goes_on = [&](CityServer const& server) {
    auto const before = runs(server);
    return soon([&] { return runs(server) >= before + 20; }, kTakenOverWithin);
  };
  EXPECT_TRUE(goes_on(*a));
  EXPECT_EQ(runs(*b), 0);
  EXPECT_FALSE(b->holds(kBlinks));

  a->kill();
  EXPECT_TRUE(b->comes_to_hold(kBlinks));
  EXPECT_TRUE(goes_on(*b));

  a->start();
  EXPECT_TRUE(goes_on(*b));
  EXPECT_EQ(runs(*a), 0);
  EXPECT_FALSE(a->holds(kBlinks));

  b->kill();
  EXPECT_TRUE(a->comes_to_hold(kBlinks));
  EXPECT_TRUE(a->comes_to_hold(kNoting));
  EXPECT_TRUE(goes_on(*a));
  // A second time an event could not be noted: a failure would be counted.
  auto const blinks = state(*a, "blinks");
  EXPECT_TRUE(soon([&] { return state(*a, "noted") >= blinks; }));
  auto const metrics = a->metrics();
  EXPECT_THAT(metrics, HasSubstr("madang_events_handled_total{handler=\"toy.noting\",result=\"failed\"} 0\n"));
  EXPECT_THAT(metrics, HasSubstr("madang_events_dead_letters{handler=\"toy.noting\"} 0\n"));
}

TEST_F(two_servers, hand_back_what_somebody_had_who_is_gone_though_the_handler_is_killed) {
  start("", kHandingBack);
  make_operators();
  auto const id = raise(*a, "k1");
  auto const path = "/api/v1/situations/" + std::to_string(id) + "/assign";
  ASSERT_EQ(a->http().post(path, R"({"assignee":"lee"})", login).status, 200);
  ASSERT_TRUE(soon([&] { return situation(*b, id).contains("\"assignee\":\"lee\""); }));

  // Nobody handles anything while the records learn that lee is gone.
  a->kill();
  b->kill();
  done(b->run({"parties", "end", "--login", "lee"}));
  b->start();
  EXPECT_TRUE(b->comes_to_hold(kHandingBack));
  EXPECT_TRUE(soon([&] { return situation(*b, id).contains("\"assignee\":null"); }, kTakenOverWithin)) << situation(*b, id);
  a->start();

  for (auto const* const server : {&*a, &*b}) {
    EXPECT_TRUE(soon([&] { return situation(*server, id).contains("\"assignee\":null"); }));
    auto const text = situation(*server, id);
    std::vector<std::string> lines;
    for (auto at = text.find("\"kind\":\"assigned\""); at != std::string::npos; at = text.find("\"kind\":\"assigned\"", at + 1))
      lines.push_back(text_behind(text, "\"text\":\"", at));
    EXPECT_THAT(lines, ElementsAre("lee", "")) << text;
  }
  EXPECT_TRUE(soon([&] { return a->metrics().contains("madang_events_lag_seconds{handler=\"situations.handing_back\"} 0\n"); }));
}

}  // namespace
}  // namespace madang::test
