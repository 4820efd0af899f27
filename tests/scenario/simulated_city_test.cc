// The simulated city moves into a fresh server, lives there, comes back without doubling anything, and a stretch of
// its past is replayed.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/time.h"
#include "runtime/clock.h"
#include "support/server_process.h"
#include "web/http/client.h"

namespace madang::test {
namespace {

struct simulated_city : testing::Test {
  TemporaryDirectory folder;
  std::string const data = (folder.path() / "data").string();
  std::string const truth = (folder.path() / "truth.jsonl").string();
  ServerProcess server{data};

  CommandOutcome simulate(std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"simulate", "--data", data, "--things", "30", "--seed", "1", "--interval", "500ms",
                                   "--history", "2h", "--duration", "2s", "--truth", truth};
    words.insert(words.end(), more.begin(), more.end());
    return run_madang(words);
  }
  std::string get(std::string const& target) const { return web::HttpClient::to(server.http())->get(target)->body; }

  std::int64_t count(std::string const& set) const {
    simdjson::dom::parser parser;
    return parser.parse(get("/sta/v1.1/" + set + "?$top=1&$count=true"))["@iot.count"].get_int64().value();
  }
  /// phenomenonTime and result, oldest first.
  std::vector<std::pair<std::string, double>> observations(std::int64_t stream) const {
    simdjson::dom::parser parser;
    auto const path = "/sta/v1.1/Datastreams(" + std::to_string(stream) + ")/Observations?$top=10000&$orderby=phenomenonTime";
    std::vector<std::pair<std::string, double>> found;
    simdjson::dom::array const all = parser.parse(get(path))["value"].get_array();
    for (auto const o : all) {
      found.emplace_back(o["phenomenonTime"].get_string().value(), o["result"].get_double().value());
    }
    return found;
  }
  /// The first station's PM2.5 that is neither silent nor has a broken clock today (faults are part of the city).
  std::int64_t sound_stream() const {
    for (std::int64_t stream = 1; stream < kStations * kChannels; stream += kChannels) {
      auto const values = observations(stream);
      if (values.size() >= 60 && age_of(values.back().first) < Millis{60'000}) return stream;
    }
    return 0;
  }
  static Millis age_of(std::string const& time) { return runtime::SystemClock{}.now() - *parse_instant(time); }

  static constexpr std::int64_t kStations = 30;
  static constexpr std::int64_t kChannels = 17;
};

TEST_F(simulated_city, moves_in_with_a_past_and_lives_by_mqtt) {
  auto const run = simulate();

  ASSERT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_EQ(count("Things"), kStations);
  EXPECT_EQ(count("Datastreams"), kStations * kChannels);
  EXPECT_EQ(count("Sensors"), 1);
  // Two hours by two minutes, a few live ones, and none of them from the future.
  auto const stream = sound_stream();
  ASSERT_NE(stream, 0);
  EXPECT_GE(age_of(observations(stream).back().first), Millis{0});
}

TEST_F(simulated_city, says_everywhere_that_it_is_simulated) {
  ASSERT_EQ(simulate().status, 0);

  EXPECT_NE(get("/sta/v1.1/Things(1)").find("\"simulated\":true"), std::string::npos);
  EXPECT_NE(get("/sta/v1.1/Sensors(1)").find("\"measurementClass\":\"simulated\""), std::string::npos);
  EXPECT_NE(get("/sta/v1.1/Sensors(1)").find("모의 데이터입니다"), std::string::npos);
  EXPECT_NE(get("/api/v1/city").find("\"simulated\":true"), std::string::npos);
  EXPECT_NE(get("/api/v1/areas").find("-gu"), std::string::npos);
  EXPECT_NE(get("/api/v1/basemap").find("river"), std::string::npos);
  std::ifstream lines(truth);
  std::string first;
  ASSERT_TRUE(std::getline(lines, first));
  EXPECT_NE(first.find("\"simulated\":true"), std::string::npos);
}

TEST_F(simulated_city, lets_a_plume_rise_where_somebody_asks_for_it) {
  auto const run = simulate({"--happening", "plume:37.55,126.99:900:1"});

  ASSERT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_NE(run.out.find("happening: plume of 900 ug/m3"), std::string::npos) << run.out;
  std::ifstream lines(truth);
  std::string const all{std::istreambuf_iterator<char>(lines), {}};
  EXPECT_NE(all.find("\"staged\":true"), std::string::npos);
}

TEST_F(simulated_city, comes_back_without_doubling_anything) {
  ASSERT_EQ(simulate().status, 0);
  auto const stream = sound_stream();
  ASSERT_NE(stream, 0);
  auto const before = observations(stream);
  auto const again = simulate({"--http-only"});

  ASSERT_EQ(again.status, 0) << again.out << again.err;
  EXPECT_EQ(count("Things"), kStations);
  auto const after = observations(stream);
  EXPECT_GT(after.size(), before.size());
  EXPECT_TRUE(std::equal(before.begin(), before.end(), after.begin()));
}

TEST_F(simulated_city, is_replayed_under_other_serials_with_the_same_values) {
  ASSERT_EQ(simulate().status, 0);
  auto const stream = sound_stream();
  ASSERT_NE(stream, 0);
  auto const original = observations(stream);
  auto const from = *parse_instant(original[0].first);
  auto const to = from + Millis{3'600'000};
  auto const replayed = run_madang({"replay", "--data", data, "--from", format_instant(from), "--to", format_instant(to),
                                    "--speed", "1200"});

  ASSERT_EQ(replayed.status, 0) << replayed.out << replayed.err;
  EXPECT_EQ(count("Things"), 2 * kStations);
  EXPECT_NE(get("/sta/v1.1/Things(31)").find("\"replayOf\":\"MD-000001\""), std::string::npos);
  EXPECT_NE(get("/sta/v1.1/Sensors(2)").find("Replayed data"), std::string::npos);
  auto const copy = observations(kStations * kChannels + stream);
  ASSERT_GE(copy.size(), 29U);
  EXPECT_TRUE(std::equal(copy.begin(), copy.end(), original.begin(),
                         [](auto const& a, auto const& b) { return a.second == b.second; }));
}

TEST(local_key, still_opens_the_door_when_the_server_comes_back) {
  TemporaryDirectory const folder;
  auto const data = (folder.path() / "data").string();
  std::string key;
  {
    ServerProcess server(data);
    std::ifstream(folder.path() / "data" / "local_key") >> key;
    server.stop();
  }
  ServerProcess const again(data);
  auto const run = run_madang({"simulate", "--http", again.http(), "--http-only", "--key", key, "--things", "2", "--interval",
                               "200ms", "--duration", "500ms"});

  EXPECT_EQ(run.status, 0) << run.out << run.err;
}

TEST(replay, refuses_to_mix_a_past_with_the_present) {
  auto const refused = run_madang({"replay", "--http", "http://127.0.0.1:1", "--mqtt", "127.0.0.1:1", "--from",
                                   "2026-11-24T00:00:00Z", "--to", "2026-11-24T01:00:00Z", "--prefix", ""});

  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.err.find("prefix:"), std::string::npos) << refused.err;
}

TEST(simulate, says_what_is_wrong_with_its_options) {
  auto const refused = run_madang({"simulate", "--http", "http://127.0.0.1:1", "--interval", "1ms"});

  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.err.find("interval: below 100 ms"), std::string::npos) << refused.err;
}

TEST(simulate, refuses_a_happening_that_nobody_would_notice) {
  auto const far = run_madang({"simulate", "--http", "http://127.0.0.1:1", "--happening", "plume:35.1,129.0:60:15"});
  auto const wrong = run_madang({"simulate", "--http", "http://127.0.0.1:1", "--happening", "plume:37.55,126.99:60"});

  EXPECT_EQ(far.status, 1);
  EXPECT_NE(far.err.find("km from the nearest station"), std::string::npos) << far.err;
  EXPECT_EQ(wrong.status, 1);
  EXPECT_NE(wrong.err.find("KIND:LATITUDE,LONGITUDE:SIZE:MINUTES"), std::string::npos) << wrong.err;
}

}  // namespace
}  // namespace madang::test
