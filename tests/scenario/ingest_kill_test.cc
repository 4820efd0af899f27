// Killing the server in full flow, through MQTT and through HTTP: whatever was acknowledged is there after the restart.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "core/time.h"
#include "support/http_client.h"
#include "support/server_process.h"
#include "web/mqtt/publisher_swarm.h"

namespace madang::test {
namespace {

using namespace std::chrono_literals;
using web::mqtt::PublisherSwarm;

constexpr std::size_t kNodes = 50;
constexpr Instant kStart = instant_of_millis(1'795'000'000'000);

std::string thing_json(std::size_t node) {
  auto const serial = "K" + std::to_string(node);
  return R"({"name":")" + serial + R"(","description":"","properties":{"serial":")" + serial +
         R"("},"Datastreams":[{"name":"a","description":"","observationType":"x",
    "unitOfMeasurement":{"name":"","symbol":"","definition":""},"properties":{"channel":"pm25"},
    "Sensor":{"name":"S","description":"","encodingType":"text/html","metadata":"m"},
    "ObservedProperty":{"name":"P","definition":"urn:p","description":""}}]})";
}

/// Reads every observation of a Datastream back: result by time.
std::set<std::string> stored_times(HttpClient& http, std::size_t datastream) {
  std::set<std::string> times;
  auto const path = "/sta/v1.1/Datastreams(" + std::to_string(datastream) + ")/Observations";
  for (std::string query = "?$top=10000";;) {
    auto const page = http.get(path + query);
    if (page.status != 200) throw std::runtime_error(page.body);
    static constexpr std::string_view kMark = "\"phenomenonTime\":\"";
    for (auto at = page.body.find(kMark); at != std::string::npos; at = page.body.find(kMark, at)) {
      at += kMark.size();
      times.insert(page.body.substr(at, page.body.find('"', at) - at));
    }
    static constexpr std::string_view kNext = "\"@iot.nextLink\":\"";
    auto const link = page.body.find(kNext);
    if (link == std::string::npos) return times;
    auto const from = page.body.find('?', link);
    query = page.body.substr(from, page.body.find('"', from) - from);
  }
}

/// What the server said yes to, by Datastream.
class Acknowledged {
 public:
  void add(std::size_t datastream, std::string time) {
    std::scoped_lock const lock(mutex_);
    times_[datastream].push_back(std::move(time));
    ++count_;
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  std::map<std::size_t, std::vector<std::string>> take() {
    std::scoped_lock const lock(mutex_);
    return times_;
  }

 private:
  std::mutex mutex_;
  std::map<std::size_t, std::vector<std::string>> times_;
  std::atomic<std::size_t> count_ = 0;
};

struct IngestKill : testing::Test {
  TemporaryDirectory folder;
  std::string key;
  Acknowledged acknowledged;

  void make_city(ServerProcess const& server) {
    key = server.create_key("feed");
    // A key made by another process is seen within two seconds.
    auto const deadline = std::chrono::steady_clock::now() + 30s;
    while (std::chrono::steady_clock::now() < deadline) {
      HttpClient asking(server.http_port());
      if (asking.post("/sta/v1.1/CreateObservations", "[]", {{"Authorization", "Bearer " + key}}).status != 401) break;
      std::this_thread::sleep_for(50ms);
    }
    HttpClient http(server.http_port());
    for (std::size_t node = 0; node < kNodes; ++node) {
      auto const answer = http.post("/sta/v1.1/Things", thing_json(node), {{"Authorization", "Bearer " + key}});
      ASSERT_EQ(answer.status, 201) << answer.body;
    }
  }

  /// 2,500 readings a second through MQTT, until `stop`.
  void publish(PublisherSwarm& swarm, std::atomic<bool> const& stop) {
    auto due = std::chrono::steady_clock::now();
    for (std::int64_t turn = 0; !stop; ++turn, due += 20ms) {
      std::this_thread::sleep_until(due);
      auto const time = format_instant(kStart + Millis{turn});
      for (std::size_t node = 0; node < kNodes; ++node) {
        web::mqtt::Message message{"things/K" + std::to_string(node) + "/obs",
                                   R"({"time":")" + time + R"(","pm25":1})", 1, false};
        swarm.publish(node, std::move(message), [this, node, time](Result<void> const& accepted) {
          if (accepted) acknowledged.add(node + 1, time);
        });
      }
    }
  }

  /// 2,500 readings a second through HTTP, 50 a post, until the connection breaks.
  void post(std::uint16_t port, std::atomic<bool> const& stop) {
    HttpClient http(port);
    auto due = std::chrono::steady_clock::now();
    for (std::int64_t turn = 0; !stop; ++turn, due += 20ms) {
      std::this_thread::sleep_until(due);
      auto const time = format_instant(kStart + std::chrono::hours{1} + Millis{turn});
      std::string body = "[";
      for (std::size_t node = 1; node <= kNodes; ++node) {
        body += (node > 1 ? "," : "") + std::string(R"({"Datastream":{"@iot.id":)") + std::to_string(node) +
                R"(},"components":["phenomenonTime","result"],"dataArray":[[")" + time + R"(",2]]})";
      }
      auto const answer = http.post("/sta/v1.1/CreateObservations", body + "]", {{"Authorization", "Bearer " + key}});
      if (answer.status != 201) return;
      for (std::size_t node = 1; node <= kNodes; ++node) acknowledged.add(node, time);
    }
  }

  void post_until_broken(std::uint16_t port, std::atomic<bool> const& stop) {
    try {
      post(port, stop);
    } catch (std::runtime_error const&) {
      // The kill: what this post carried was not acknowledged.
    }
  }
};

TEST_F(IngestKill, at_five_thousand_readings_a_second_loses_nothing_acknowledged) {
  constexpr std::size_t kEnough = 12'000;
  {
    ServerProcess server(folder.path() / "data");
    make_city(server);
    web::mqtt::SwarmOptions options;
    options.port = server.mqtt_port();
    options.connections = kNodes;
    options.window = 64;
    options.login = [this](std::size_t) { return web::mqtt::SwarmOptions::Login{"feed", key}; };
    auto swarm = PublisherSwarm::start(options);
    ASSERT_TRUE(swarm.has_value());
    ASSERT_TRUE((*swarm)->wait_until_connected(30s));
    std::atomic<bool> stop = false;
    std::jthread mqtt([&] { publish(**swarm, stop); });
    std::jthread http([&] { post_until_broken(server.http_port(), stop); });
    auto const deadline = std::chrono::steady_clock::now() + 120s;
    while (acknowledged.count() < kEnough && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(5ms);
    server.kill();
    stop = true;
    mqtt.join();
    http.join();
    (*swarm)->stop();
  }
  ASSERT_GE(acknowledged.count(), kEnough);
  ServerProcess const again(folder.path() / "data");
  HttpClient reader(again.http_port());
  for (auto const& [datastream, times] : acknowledged.take()) {
    auto const stored = stored_times(reader, datastream);
    for (auto const& time : times) ASSERT_TRUE(stored.contains(time)) << "Datastream " << datastream << ", " << time;
  }
}

}  // namespace
}  // namespace madang::test
