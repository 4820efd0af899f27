// Killing the server again and again while situations are raised and notices go out: what was acknowledged is there, who
// was owed a notice has it, and whatever came twice came under the same name.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "support/hook_receiver.h"
#include "support/http_client.h"
#include "support/mail_receiver.h"
#include "support/server_process.h"

namespace madang::test {
namespace {

using namespace std::chrono_literals;

constexpr int kKills = 50;
/// All lives together stay below what a subscriber may be owed, for then nothing may be dropped.
constexpr int kReportsPerLife = 4;
constexpr unsigned kSeed = 20'261'126;

/// The text between `before` and the next quote.
std::string quoted(std::string const& text, std::string_view before, std::size_t from = 0) {
  auto const at = text.find(before, from);
  if (at == std::string::npos) return {};
  auto const begin = at + before.size();
  return text.substr(begin, text.find('"', begin) - begin);
}

struct NoticesKill : testing::Test {
  TemporaryDirectory folder;
  std::string const data = (folder.path() / "data").string();
  std::string const config = (folder.path() / "city.toml").string();
  // Late answers, so that kills fall between a receiver's yes and its being written down.
  HookReceiver hook{[this](ReceivedHook const&) { return HookAnswer{.after = std::chrono::milliseconds{turn++ % 4 * 8}}; }};
  MailReceiver mails;
  std::atomic<int> turn = 0;
  HttpFields login;
  std::set<std::string> acknowledged;

  std::unique_ptr<ServerProcess> serve() { return std::make_unique<ServerProcess>(data, std::vector<std::string>{"--config", config}); }

  void set_up_city() {
    std::ofstream(config) << "[mail]\nsmtp_url = \"" << mails.url() << "\"\nfrom = \"alerts@city.example\"\nrequire_tls = false\n"
                          << "[webhooks]\nallow_private_addresses = true\n";
    auto const server = serve();
    run({"operator", "create", "--login", "kim", "--password", "open sesame 7"});
    run({"subscribers", "add", hook.url(), "--internal"});
    run({"subscribers", "add", "duty@city.example", "--internal", "--language", "en"});
    HttpClient http(server->http_port());
    auto const answer = http.post("/login", "login=kim&password=open+sesame+7", {{"Content-Type", "application/x-www-form-urlencoded"}});
    ASSERT_EQ(answer.status, 303) << answer.body;
    auto const cookie = std::string{answer.header("set-cookie")};
    login = {{"Cookie", cookie.substr(0, cookie.find(';'))}};
    login.emplace_back("X-CSRF-Token", quoted(http.get("/api/v1/me", login).body, "\"csrf\":\""));
  }
  void run(std::vector<std::string> words) const {
    words.insert(words.end(), {"--data", data, "--config", config});
    auto const done = run_madang(words);
    ASSERT_EQ(done.status, 0) << done.err;
  }

  /// Raises situations until the connection breaks; whatever got a 201 counts as acknowledged.
  void report(std::uint16_t port, int life) {
    try {
      HttpClient http(port);
      for (int i = 0; i < kReportsPerLife; ++i) {
        auto const key = "k-" + std::to_string(life) + "-" + std::to_string(i) + "-";
        auto const answer = http.post("/api/v1/situations", R"({"kind":"plume","severity":"serious","key":")" + key +
                                                                R"(","headline":{"en":"Dust )" + key + R"(","ko":"먼지 )" + key +
                                                                R"("},"place":[126.9,37.5],"public":true})",
                                      login);
        if (answer.status != 201) return;
        acknowledged.insert(key);
      }
    } catch (std::runtime_error const&) {
      // The kill: this one was not acknowledged.
    }
  }

  void live_and_die(int life, std::chrono::milliseconds for_so_long) {
    auto const server = serve();
    std::jthread reporter([&] { report(server->http_port(), life); });
    std::this_thread::sleep_for(for_so_long);
    server->kill();
  }

  /// Keys of all situations that the records hold.
  std::set<std::string> kept(HttpClient& http) const {
    std::set<std::string> keys;
    std::string before;
    for (;;) {
      auto const page = http.get("/api/v1/situations?limit=500" + before, login).body;
      std::size_t found = 0;
      std::string last;
      for (auto at = page.find("\"key\":\""); at != std::string::npos; at = page.find("\"key\":\"", at + 1), ++found)
        keys.insert(quoted(page, "\"key\":\"", at));
      for (auto at = page.find("{\"id\":"); at != std::string::npos; at = page.find("{\"id\":", at + 1))
        last = page.substr(at + 6, page.find(',', at) - at - 6);
      if (found < 500) return keys;
      before = "&before=" + last;
    }
  }
};

TEST_F(NoticesKill, loses_no_situation_and_no_notice) {
  set_up_city();
  std::mt19937 random(kSeed);
  std::uniform_int_distribution<int> wait(0, 120);
  for (int life = 0; life < kKills; ++life) live_and_die(life, std::chrono::milliseconds{wait(random)});

  auto const last = serve();
  HttpClient http(last->http_port());
  auto const nothing_owed = [&] {
    auto const all = http.get("/api/v1/subscribers", login).body;
    auto const first = all.find("\"owed\":0,");
    return first != std::string::npos && all.find("\"owed\":0,", first + 1) != std::string::npos;
  };
  for (auto const deadline = std::chrono::steady_clock::now() + 120s; !nothing_owed();) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << http.get("/api/v1/subscribers", login).body;
    std::this_thread::sleep_for(100ms);
  }

  std::map<std::string, std::set<std::string>> hooked;  // key to Idempotency-Keys
  std::map<std::string, std::set<std::string>> mailed;  // key to Message-IDs
  for (auto const& got : hook.received()) hooked[quoted(got.body, "\"key\":\"")].insert(got.header("idempotency-key"));
  for (auto const& got : mails.received()) {
    auto const text = got.text();
    auto const from = text.find("Dust ") + 5;
    mailed[text.substr(from, text.find('\r', from) - from)].insert(got.field("Message-ID"));
  }
  auto const in_records = kept(http);
  for (auto const& key : acknowledged) EXPECT_TRUE(in_records.contains(key)) << key << ", seed " << kSeed;
  for (auto const& key : in_records) {
    EXPECT_EQ(hooked[key].size(), 1U) << key << ", seed " << kSeed;
    EXPECT_EQ(mailed[key].size(), 1U) << key << ", seed " << kSeed;
  }
  auto const subscribers = http.get("/api/v1/subscribers", login).body;
  EXPECT_EQ(subscribers.find("\"dropped\":0,", subscribers.find("\"dropped\":0,") + 1) == std::string::npos, false) << subscribers;
  EXPECT_EQ(hooked.size(), in_records.size()) << "nobody was told of what did not last";
  EXPECT_GE(in_records.size(), 100U);
  std::printf("%d kills: %zu situations kept (%zu acknowledged), %zu webhooks and %zu mails, of which %zu and %zu came again\n", kKills,
              in_records.size(), acknowledged.size(), hook.received().size(), mails.received().size(),
              hook.received().size() - hooked.size(), mails.received().size() - mailed.size());
}

}  // namespace
}  // namespace madang::test
