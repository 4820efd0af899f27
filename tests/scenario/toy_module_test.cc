// A domain is a folder and a line: tests/toy is one that Madang does not know, in a server that was really started.
#include <gmock/gmock.h>

#include <fstream>
#include <future>
#include <random>
#include <thread>

#include "support/http_client.h"
#include "support/server_process.h"
#include "support/soon.h"

namespace madang::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

struct toy_module : ::testing::Test {
  TemporaryDirectory folder;
  std::filesystem::path data = folder.path() / "city";

  void SetUp() override {
    std::filesystem::create_directories(data);
    std::ofstream(data / "madang.toml") << "[toy]\nwatts = 100\n";
  }

  /// The last word that the command line says.
  std::string toy(std::vector<std::string> words) const {
    words.insert(words.begin(), MADANG_TOY_BINARY);
    words.insert(words.end(), {"--data", data.string()});
    auto const done = run_command(words);
    EXPECT_EQ(done.status, 0) << done.err;
    return done.last_word();
  }
  /// A key that may dim lamps, made while a server serves.
  [[nodiscard]] std::string create_dimmer() const {
    toy({"roles", "create", "--role", "dimmer", "--permission", "toy.dim"});
    toy({"parties", "create", "--kind", "service", "--login", "lamp-bot", "--name", "Lamps"});
    toy({"roles", "give", "--role", "dimmer", "--login", "lamp-bot"});
    return toy({"keys", "create", "--name", "lamps", "--party", "lamp-bot", "--thing", "NONE"});
  }
  static CommandOutcome mosquitto(std::string const& program, ServerProcess const& server, std::string const& key, std::vector<std::string> more) {
    std::vector<std::string> words{"timeout", "60", program, "-V", "mqttv5", "-q", "1", "-h", "127.0.0.1", "-p", std::to_string(server.mqtt_port()), "-u", "lamp", "-P", key};
    words.insert(words.end(), more.begin(), more.end());
    return run_command(words);
  }
  static CommandOutcome dim(ServerProcess const& server, std::string const& key) {
    return mosquitto("mosquitto_pub", server, key, {"-t", "lamps/L1/level", "-m", "40"});
  }
};

TEST_F(toy_module, brings_routes_texts_migrations_and_settings_to_a_running_server) {
  ServerProcess const server(data, {}, MADANG_TOY_BINARY);
  HttpClient client(server.http_port());
  EXPECT_THAT(client.get("/toy?lang=en").body, HasSubstr("<p id=\"lamps\">1 lamp of at most 100 W</p>"));
  EXPECT_THAT(client.get("/toy?lang=ko").body, HasSubstr("<p id=\"lamps\">최대 100W 가로등 1개</p>"));
}

TEST_F(toy_module, has_a_form_that_says_all_that_is_wrong_at_its_fields) {
  ServerProcess const server(data, {}, MADANG_TOY_BINARY);
  HttpClient client(server.http_port());
  HttpFields const form{{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "text/html"}};
  auto const refused = client.post("/toy?lang=ko", "watts=900&kind=oil&lit=1", form);
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("<p id=\"watts-fault\" class=\"fault\">최대 100까지인데 900입니다</p>"));
  EXPECT_THAT(refused.body, HasSubstr("<p id=\"kind-fault\" class=\"fault\">고를 수 있는 항목이 아닙니다: oil</p>"));
  EXPECT_THAT(refused.body, HasSubstr("value=\"900\" required aria-invalid=\"true\" aria-describedby=\"watts-fault\""));
  EXPECT_THAT(refused.body, HasSubstr("type=\"checkbox\" value=\"1\" checked"));
  EXPECT_THAT(refused.body, HasSubstr("<title>오류: "));
  auto const taken = client.post("/toy?lang=en", "watts=40&kind=led", form);
  EXPECT_EQ(taken.status, 200);
  EXPECT_THAT(taken.body, HasSubstr("<p id=\"lamps\">1 lamp of at most 40 W</p>"));
  EXPECT_THAT(client.get("/toy").body, HasSubstr("type=\"number\" autocomplete=\"off\" value=\"100\" required")) << "the form shows what stands";
}

/// The whole number after `"name":`.
std::int64_t number_in(std::string const& json, std::string const& name) {
  auto const at = json.find("\"" + name + "\":");
  return at == std::string::npos ? -1 : std::stoll(json.substr(at + name.size() + 3));
}

TEST_F(toy_module, has_its_job_run_and_its_metric_counted) {
  ServerProcess const server(data, {}, MADANG_TOY_BINARY);
  HttpClient client(server.http_port());
  auto const ran_twice = [&] { return number_in(client.get("/api/v1/toy").body, "checks") >= 2; };
  for (auto const until = std::chrono::steady_clock::now() + 30s; !ran_twice() && std::chrono::steady_clock::now() < until;)
    std::this_thread::sleep_for(10ms);
  EXPECT_TRUE(ran_twice());
  EXPECT_THAT(client.get("/metrics").body, HasSubstr("madang_toy_checks_total "));
}

TEST_F(toy_module, has_each_of_its_events_handled_once_though_the_server_is_killed_again_and_again) {
  constexpr int kKills = 15;
  std::mt19937 random(20'261'130);
  for (int life = 0; life < kKills; ++life) {
    ServerProcess server(data, {}, MADANG_TOY_BINARY);
    std::this_thread::sleep_for(std::chrono::milliseconds{random() % 600});
    server.kill();
  }
  ServerProcess const server(data, {}, MADANG_TOY_BINARY);
  HttpClient client(server.http_port());
  auto const state = [&] { return client.get("/api/v1/toy").body; };
  auto const blinks = number_in(state(), "blinks");
  EXPECT_GT(blinks, kKills);
  // More blink meanwhile, in their order: so many noted are all of those.
  EXPECT_TRUE(soon([&] { return number_in(state(), "noted") >= blinks; })) << state();
  auto const metrics = client.get("/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("madang_events_dead_letters{handler=\"toy.noting\"} 0"));
  EXPECT_THAT(metrics, HasSubstr("madang_events_held_keys{handler=\"toy.noting\"} 0"));
  EXPECT_THAT(metrics, HasSubstr("madang_events_handled_total{handler=\"toy.noting\",result=\"failed\"} 0"));
}

TEST_F(toy_module, stands_beside_the_domains_of_the_house) {
  ServerProcess server(data, {}, MADANG_TOY_BINARY);
  HttpClient client(server.http_port());
  EXPECT_EQ(client.get("/").status, 200);
  EXPECT_EQ(client.get("/sta/v1.1/Things").status, 200);
  EXPECT_EQ(client.get("/nowhere").status, 404);
  EXPECT_THAT(client.get("/no%20where?a=1&lang=ko", {{"Accept", "text/html"}}).body, HasSubstr("href=\"/no%20where?a=1&amp;lang=en\""));
  EXPECT_EQ(server.stop().status, 0);
}

TEST_F(toy_module, is_described_in_the_api_document_beside_the_others) {
  ServerProcess const server(data, {}, MADANG_TOY_BINARY);
  HttpClient client(server.http_port());
  EXPECT_THAT(client.get("/api/openapi.yaml").body, HasSubstr("  /api/v1/toy:\n    get:\n      operationId: getToy\n"));
  EXPECT_THAT(client.get("/api/openapi.json").body, HasSubstr("\"/sta/v1.1/{entitySet}\""));
}

TEST_F(toy_module, has_a_topic_that_asks_for_its_permission) {
  ServerProcess const server(data, {}, MADANG_TOY_BINARY);
  auto const metrics = [&server] { return HttpClient(server.http_port()).get("/metrics").body; };
  auto const dimmer = create_dimmer();

  auto const refused = dim(server, toy({"keys", "create", "--name", "fleet"}));
  EXPECT_THAT(refused.out + refused.err, HasSubstr("Not authorized"));
  EXPECT_THAT(metrics(), HasSubstr("madang_toy_dims_total 0\n"));

  auto const taken = dim(server, dimmer);
  EXPECT_EQ(taken.out + taken.err, "");
  EXPECT_THAT(metrics(), HasSubstr("madang_toy_dims_total 1\n"));
}

TEST_F(toy_module, publishes_to_the_clients_of_its_topics) {
  ServerProcess const server(data, {}, MADANG_TOY_BINARY);
  auto const dimmer = create_dimmer();
  auto heard = std::async(std::launch::async, [&] { return mosquitto("mosquitto_sub", server, dimmer, {"-t", "lamps/+/dimmed", "-C", "1", "-F", "%t %r %p"}); });
  // Nothing is retained: who subscribes later does not hear what was published before.
  EXPECT_TRUE(soon([&] { return dim(server, dimmer).status != 0 || heard.wait_for(0s) == std::future_status::ready; }, 60s));
  EXPECT_EQ(heard.get().out, "lamps/L1/dimmed 0 40\n");
}

TEST_F(toy_module, publishes_again_what_is_retained_when_the_server_comes_back) {
  std::string key;
  auto const hear = [&key](ServerProcess const& server) { return mosquitto("mosquitto_sub", server, key, {"-t", "lamps/wish", "-C", "1", "-F", "%r %p"}).out; };
  {
    ServerProcess server(data, {}, MADANG_TOY_BINARY);
    key = toy({"keys", "create", "--name", "fleet"});
    HttpFields const form{{"Content-Type", "application/x-www-form-urlencoded"}};
    EXPECT_EQ(HttpClient(server.http_port()).post("/toy", "watts=40&kind=led", form).status, 200);
    EXPECT_EQ(hear(server), "1 40 W\n");
    server.kill();
  }
  ServerProcess const again(data, {}, MADANG_TOY_BINARY);
  EXPECT_EQ(hear(again), "1 40 W\n");
}

TEST_F(toy_module, has_a_command_that_works_on_the_data_directory) {
  { ServerProcess const migrated(data, {}, MADANG_TOY_BINARY); }
  auto const lamps = run_command({MADANG_TOY_BINARY, "lamps", "--data", data.string()});
  EXPECT_EQ(lamps.out, "1 lamps of 100 W\n") << lamps.err;
  EXPECT_THAT(run_command({MADANG_TOY_BINARY, "--help"}).out, HasSubstr("How many lamps there are"));
}

TEST_F(toy_module, explains_its_setting_and_is_refused_a_wrong_one) {
  auto const explained = run_command({MADANG_TOY_BINARY, "config", "--explain"});
  EXPECT_EQ(explained.status, 0) << explained.err;
  EXPECT_THAT(explained.out, HasSubstr("[toy]\n# How bright a lamp may be."));
  std::ofstream(data / "madang.toml") << "[toy]\nwatts = 4000\n";
  auto const refused = run_command({MADANG_TOY_BINARY, "serve", "--data", data.string()});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("\"toy.watts\": 4000 is not within 1 to 400"));
}

TEST_F(toy_module, is_unknown_to_madang_itself) {
  auto const refused = run_madang({"serve", "--data", data.string()});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("there is no key \"toy.watts\""));
}

}  // namespace
}  // namespace madang::test
