// What those who run a server ask it, judged by their own tools: promtool for metrics, curl and mosquitto for TLS.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <future>
#include <optional>

#include "city/limits.h"
#include "support/http_client.h"
#include "support/server_process.h"
#include "support/soon.h"
#include "web/http/client.h"

namespace madang::test {
namespace {

CommandOutcome run_in_shell(std::string const& line) { return run_command({"sh", "-c", line}); }

TEST(operations, answers_alive_and_ready) {
  TemporaryDirectory const folder;
  ServerProcess const server(folder.path() / "data");
  auto client = *web::HttpClient::to(server.http());
  EXPECT_EQ(client.get("/healthz")->status, 200);
  EXPECT_EQ(client.get("/readyz")->body, "ready\n");
  EXPECT_EQ(client.get("/api/v1/me")->body, R"({"operator":null})");
}

TEST(operators, are_greeted_after_signing_in) {
  TemporaryDirectory const folder;
  auto const data = (folder.path() / "data").string();
  ServerProcess const server(data);
  ASSERT_EQ(run_madang({"operator", "create", "--data", data, "--login", "kim", "--password", "open sesame 7"}).status, 0);
  auto const jar = (folder.path() / "jar").string();
  auto const signed_in = run_in_shell("curl -s -o /dev/null -w '%{http_code}' -c " + jar +
                               " --data-urlencode login=kim --data-urlencode 'password=open sesame 7' " + server.http() + "/login");
  EXPECT_EQ(signed_in.out, "303");
  EXPECT_NE(run_in_shell("curl -s -b " + jar + " " + server.http() + "/api/v1/me").out.find(R"("name":"kim")"), std::string::npos);
  EXPECT_EQ(run_in_shell("curl -s " + server.http() + "/api/v1/me").out, R"({"operator":null})");
}

TEST(operators, are_told_as_long_a_pause_as_their_browser) {
  TemporaryDirectory const folder;
  ServerProcess const server(folder.path() / "data");
  auto const wrong = [&server] {
    return run_in_shell("curl -s -i -H 'Accept: text/html' -H 'Accept-Language: ko' --data-urlencode login=nobody --data-urlencode password=wrong " + server.http() + "/login").out;
  };
  auto answer = wrong();
  for (std::size_t i = 0; i < city::kLoginTriesMax; ++i) answer = wrong();
  EXPECT_NE(answer.find("429"), std::string::npos) << answer;
  EXPECT_NE(answer.find("5분 뒤에"), std::string::npos) << answer;
  EXPECT_NE(answer.find("etry-After: 300"), std::string::npos) << answer;
  EXPECT_NE(answer.find("<title>오류: "), std::string::npos) << answer;
}

TEST(wrong_link, is_a_page_for_people_and_json_for_programs) {
  TemporaryDirectory const folder;
  ServerProcess const server(folder.path() / "data");
  auto const person = run_in_shell("curl -s -i -H 'Accept: text/html' -H 'Accept-Language: ko' " + server.http() + "/nowhere");
  auto const english = run_in_shell("curl -s -H 'Accept: text/html' -H 'Accept-Language: ko' '" + server.http() + "/nowhere?lang=en'");
  auto const program = run_in_shell("curl -s " + server.http() + "/nowhere");

  EXPECT_NE(person.out.find("404 Not Found"), std::string::npos);
  EXPECT_NE(person.out.find("찾으시는 화면이 없습니다"), std::string::npos) << person.out;
  EXPECT_NE(english.out.find("There is no such page"), std::string::npos) << english.out;
  EXPECT_EQ(program.out, "{\"code\":\"not_found\",\"key\":\"refusal.request.nothing_there\",\"arguments\":{\"path\":\"/nowhere\"},\"message\":\"there is nothing at /nowhere\"}");
}

TEST(metrics, please_promtool) {
  TemporaryDirectory const folder;
  ServerProcess const server(folder.path() / "data");
  auto const checked = run_in_shell("curl -s " + server.http() + "/metrics | promtool check metrics");
  EXPECT_EQ(checked.status, 0) << checked.out << checked.err;
}

TEST(metrics, come_as_open_metrics_when_asked) {
  TemporaryDirectory const folder;
  ServerProcess const server(folder.path() / "data");
  auto const got = run_in_shell("curl -s -i -H 'Accept: application/openmetrics-text' " + server.http() + "/metrics");
  EXPECT_NE(got.out.find("application/openmetrics-text; version=1.0.0"), std::string::npos);
  EXPECT_TRUE(got.out.ends_with("# EOF\n"));
}

struct tls : testing::Test {
  TemporaryDirectory folder;
  std::string const at = folder.path().string();

  void SetUp() override {
    auto const made = run_in_shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout " + at +
                            "/key.pem -out " + at + "/cert.pem -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1,DNS:localhost");
    ASSERT_EQ(made.status, 0) << made.err;
    std::ofstream(at + "/city.toml") << "[tls]\ncertificate_file = \"" + at + "/cert.pem\"\nprivate_key_file = \"" + at + "/key.pem\"\n";
  }
};

/// Within the next beats, which come every ten seconds.
bool hears(EventClient& listener, int value) {
  for (int beats = 0; beats < 2;) {
    auto const event = listener.next();
    if (!event) return false;
    if (event->name == "values" && event->data.find("," + std::to_string(value) + ",") != std::string::npos) return true;
    if (event->name == "beat") ++beats;
  }
  return false;
}

TEST_F(tls, carries_http_and_mqtt_by_the_same_certificate) {
  ServerProcess const server(folder.path() / "data", {"--config", at + "/city.toml"});
  EXPECT_TRUE(server.http().starts_with("https://"));
  auto const page = run_in_shell("curl -s --cacert " + at + "/cert.pem " + server.http() + "/healthz");
  EXPECT_EQ(page.out, "ok\n") << page.err;
  auto const key = server.create_key("tls");
  auto const published = run_in_shell("mosquitto_pub -V 5 -q 1 -h 127.0.0.1 -p " + std::to_string(server.mqtt_port()) + " --cafile " + at +
                               "/cert.pem -u device -P " + key + " -t things/NOBODY/obs -m '{\"pm25\":1}' -d");
  EXPECT_NE(published.out.find("received PUBACK"), std::string::npos) << published.out << published.err;
}

TEST_F(tls, is_looked_at_by_the_doctor) {
  auto const doctor = [this] { return run_madang({"doctor", "--data", (folder.path() / "data").string(), "--config", at + "/city.toml"}); };
  EXPECT_NE(doctor().out.find("ok    tls        " + at + "/cert.pem is in order"), std::string::npos) << doctor().out;
  ASSERT_EQ(run_in_shell("openssl genpkey -algorithm ed25519 -out " + at + "/key.pem").status, 0);

  auto const renewed_by_half = doctor();

  EXPECT_EQ(renewed_by_half.status, 1);
  EXPECT_NE(renewed_by_half.out.find("BAD   tls        private key file " + at + "/key.pem: does not belong to the certificate in"),
            std::string::npos) << renewed_by_half.out;
}

TEST_F(tls, keeps_no_live_update_from_anybody) {
  auto const data = (folder.path() / "data").string();
  ServerProcess const server(data, {"--config", at + "/city.toml"});
  auto const port = static_cast<std::uint16_t>(std::stoi(server.http().substr(server.http().rfind(':') + 1)));
  HttpTarget const door{.port = port, .tls = true};
  auto const key = server.create_key("tls");
  HttpFields const device{{"authorization", "Bearer " + key}, {"content-type", "application/json"}};
  HttpClient client(door);
  auto const known = [&] { return client.post("/sta/v1.1/CreateObservations", "[]", device).status != 401; };
  ASSERT_TRUE(soon(known));
  auto const made = client.post("/sta/v1.1/Things", R"({"name":"One","description":"","properties":{"serial":"ONE"},
    "Locations":[{"name":"One","description":"","encodingType":"application/geo+json",
      "location":{"type":"Point","coordinates":[127,37.5]}}],
    "Datastreams":[{"name":"pm25","description":"","properties":{"channel":"pm25"},"observationType":"OM_Measurement",
      "unitOfMeasurement":{"name":"microgram per cubic metre","symbol":"ug/m3","definition":"ug/m3"},
      "ObservedProperty":{"name":"pm25","definition":"urn:pm25","description":""},
      "Sensor":{"name":"Node","description":"","encodingType":"text/html","metadata":"none"}}]})", device);
  ASSERT_EQ(made.status, 201) << made.body;
  EventClient one(door, "/api/v1/live?property=pm25");
  EventClient other(door, "/api/v1/live?property=pm25");
  ASSERT_EQ(one.next()->name, "snapshot");
  ASSERT_EQ(other.next()->name, "snapshot");

  for (int value = 101; value <= 112; ++value) {
    auto const posted = client.post("/sta/v1.1/Datastreams(1)/Observations", "{\"result\":" + std::to_string(value) + "}", device);
    ASSERT_EQ(posted.status, 201) << posted.body;
    ASSERT_TRUE(hears(one, value)) << value;
    ASSERT_TRUE(hears(other, value)) << value;
  }
}

TEST_F(tls, leaves_the_command_line_a_door_of_its_own) {
  auto const data = (folder.path() / "data").string();
  ServerProcess const server(data, {"--config", at + "/city.toml"});

  auto const lived = run_madang({"simulate", "--data", data, "--things", "3", "--interval", "200ms", "--duration", "1s"});
  auto const saved = run_madang({"backup", "--data", data, at + "/saved"});

  EXPECT_EQ(lived.status, 0) << lived.out << lived.err;
  EXPECT_EQ(saved.status, 0) << saved.err;
}

TEST_F(tls, moves_the_command_lines_door_and_a_feed_follows_it) {
  auto const data = (folder.path() / "data").string();
  std::vector<std::string> const config{"--config", at + "/city.toml"};
  std::optional<ServerProcess> server(std::in_place, data, config);
  auto const stored = [&] {
    auto const answer = run_in_shell("curl -s -g --cacert " + at + "/cert.pem '" + server->http() + "/sta/v1.1/Observations?$count=true&$top=0' | jq '.[\"@iot.count\"]'");
    return answer.out.empty() ? 0 : std::atol(answer.out.c_str());
  };
  auto feed = std::async(std::launch::async, [&data] {
    return run_madang({"simulate", "--data", data, "--things", "3", "--interval", "500ms", "--duration", "20s"});
  });
  EXPECT_TRUE(soon([&] { return stored() > 0; }));
  EXPECT_EQ(server->stop().status, 0);
  server.emplace(data, config);
  auto const before = stored();
  EXPECT_TRUE(soon([&] { return stored() > before; })) << before;
  auto const lived = feed.get();
  EXPECT_EQ(lived.status, 0) << lived.out << lived.err;
}

TEST_F(tls, wants_certificate_and_key_together) {
  std::ofstream(at + "/half.toml") << "[tls]\ncertificate_file = \"" + at + "/cert.pem\"\n";
  auto const refused = run_madang({"serve", "--data", (folder.path() / "data").string(), "--config", at + "/half.toml"});

  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.err.find("tls.private_key_file: one of them is missing"), std::string::npos) << refused.err;
}

}  // namespace
}  // namespace madang::test
