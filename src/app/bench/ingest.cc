#include "app/bench/ingest.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "app/bench/city.h"
#include "app/bench/machine.h"
#include "app/bench/post_load.h"
#include "app/bench/report.h"
#include "app/commands/own_server.h"
#include "app/bench/live_listener.h"
#include "core/text.h"
#include "runtime/clock.h"
#include "web/mqtt/publisher_swarm.h"

namespace madang::app {
namespace {

using Limit = BenchReport::Floor;
using Steady = std::chrono::steady_clock;
using web::mqtt::PublisherSwarm;

struct Door {
  std::string host;
  std::uint16_t port = 0;
};

/// "http://127.0.0.1:8080" or "127.0.0.1:1883".
Result<Door> door_of(std::string_view text) {
  auto const rest = text.starts_with("http://") ? text.substr(7) : text;
  auto const colon = rest.rfind(':');
  auto const port = colon == std::string_view::npos ? std::nullopt : parse_int(rest.substr(colon + 1));
  if (!port || *port < 1 || *port > 65'535) return fail(Code::kInvalid, fmt::format("{}: HOST:PORT expected", text));
  return Door{std::string(rest.substr(0, colon)), static_cast<std::uint16_t>(*port)};
}

double milliseconds(std::chrono::nanoseconds t) { return std::chrono::duration<double, std::milli>(t).count(); }

double quantile(std::vector<double> const& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

class IngestBench {
 public:
  explicit IngestBench(BenchIngestOptions const& options) : options_(options) {}

  Result<bool> run() {
    MADANG_CHECK(find_server());
    MADANG_TRY(auto client, web::HttpClient::to(http_text_, {.bearer_key = key_}));
    fmt::print("{}\nmaking {} Things with 17 Datastreams each ...\n", describe(this_machine()), options_.nodes);
    std::fflush(stdout);
    auto const began = Steady::now();
    MADANG_TRY(auto city, BenchCity::make(client, options_.nodes, clock_.now() - std::chrono::days{20}));
    report_.add("Things made by deep insert, one after the other", "1/s", per_second(options_.nodes, began));
    city_.emplace(std::move(city));
    if (wants("bulk")) MADANG_CHECK(measure_bulk());
    if (wants("reads")) MADANG_CHECK(measure_reads_under_bulk());
    if (wants("single")) MADANG_CHECK(measure_single());
    if (wants("mqtt")) MADANG_CHECK(measure_mqtt());
    if (wants("live")) MADANG_CHECK(measure_live());
    return report_.print("madang bench ingest");
  }

  [[nodiscard]] bool write_json() const {
    JsonWriter w;
    w.begin_object().field("bench", "ingest").field("machine", describe(this_machine()));
    w.field("seconds", options_.seconds).field("nodes", options_.nodes).key("results");
    report_.write(w);
    w.end_object();
    std::ofstream out(options_.json_path);
    out << w.text() << '\n';
    return static_cast<bool>(out.flush());
  }

 private:
  static double per_second(std::size_t count, Steady::time_point since) {
    return static_cast<double>(count) / std::chrono::duration<double>(Steady::now() - since).count();
  }

  [[nodiscard]] bool wants(std::string_view part) const { return options_.only.empty() || options_.only == part; }

  Result<void> find_server() {
    http_text_ = options_.http;
    std::string mqtt_text = options_.mqtt;
    key_ = options_.key;
    if (http_text_.empty()) {
      auto const parent = options_.folder.empty() ? std::filesystem::temp_directory_path() : std::filesystem::path(options_.folder);
      MADANG_TRY(server_, OwnServer::start(parent));
      http_text_ = server_->address().http;
      mqtt_text = server_->address().mqtt;
      key_ = server_->address().key;
    }
    MADANG_TRY(http_, door_of(http_text_));
    MADANG_TRY(mqtt_, door_of(mqtt_text));
    return {};
  }

  [[nodiscard]] std::chrono::milliseconds duration() const {
    return std::chrono::milliseconds{static_cast<std::int64_t>(options_.seconds * 1000)};
  }

  PostLoad post_load(std::size_t connections, std::function<void(PostLoad::Next&)> next) const {
    return {.host = http_.host, .port = http_.port, .key = key_, .connections = connections, .duration = duration(),
            .next = std::move(next)};
  }

  Result<PostLoadOutcome> run_bulk() {
    return run_post_load(post_load(4, [this](PostLoad::Next& next) { city_->next_bulk(next); }));
  }

  Result<void> measure_bulk() {
    MADANG_TRY(auto const outcome, run_bulk());
    report_.add("CreateObservations, 1,000 values a body, durable", "obs/s",
                static_cast<double>(outcome.observations) / outcome.seconds, Limit::kAtLeast, 400'000);
    report_.add("  p99 of one body", "ms", outcome.percentile_ms(0.99));
    return {};
  }

  /// What a control room asks for, one after the other on one connection, while bodies pour in on four others.
  Result<void> measure_reads_under_bulk() {
    std::atomic<bool> stop = false;
    std::optional<Error> failed;
    std::vector<double> taken;
    std::thread reader([&] {
      auto outcome = read_until(stop, taken);
      if (!outcome) failed = std::move(outcome).error();
    });
    auto const outcome = run_bulk();
    stop = true;
    reader.join();
    if (!outcome) return fail(outcome.error());
    if (failed) return fail(*failed);
    std::ranges::sort(taken);
    report_.add("reads while such a load runs, p99", "ms", quantile(taken, 0.99), Limit::kAtMost, 10);
    report_.add("  p50", "ms", quantile(taken, 0.5));
    report_.add("  reads a second", "1/s", static_cast<double>(taken.size()) / outcome->seconds);
    report_.add("  observations taken meanwhile", "obs/s", static_cast<double>(outcome->observations) / outcome->seconds);
    return {};
  }

  Result<void> read_until(std::atomic<bool> const& stop, std::vector<double>& taken) const {
    MADANG_TRY(auto client, web::HttpClient::to(http_text_));
    auto const& streams = city_->nodes().front().datastreams;
    std::vector<std::string> const targets = {
        fmt::format("/sta/v1.1/Datastreams({})/Observations?$top=50&$orderby=phenomenonTime%20desc", streams[0]),
        "/api/v1/now?property=pm25",
        fmt::format("/api/v1/series?datastream={}", streams[1]),
        fmt::format("/sta/v1.1/Datastreams({})", streams[2]),
    };
    for (std::size_t turn = 0; !stop; ++turn) {
      auto const asked = Steady::now();
      MADANG_TRY(auto const answer, client.get(targets[turn % targets.size()]));
      if (answer.status != 200) return fail(Code::kUnavailable, fmt::format("a read was answered {}", answer.status));
      taken.push_back(milliseconds(Steady::now() - asked));
      // A person's browser does not ask without pause.
      std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return {};
  }

  Result<void> measure_single() {
    MADANG_TRY(auto const outcome, run_post_load(post_load(64, [this](PostLoad::Next& next) { city_->next_single(next); })));
    report_.add("single-observation posts on 64 connections, durable", "1/s",
                static_cast<double>(outcome.posts) / outcome.seconds, Limit::kAtLeast, 15'000);
    report_.add("  p99", "ms", outcome.percentile_ms(0.99));
    return {};
  }

  Result<std::unique_ptr<PublisherSwarm>> connect_swarm(std::size_t window) const {
    web::mqtt::SwarmOptions swarm_options;
    swarm_options.host = mqtt_.host;
    swarm_options.port = mqtt_.port;
    swarm_options.connections = city_->nodes().size();
    swarm_options.window = window;
    swarm_options.client_id_prefix = fmt::format("bench-{}-", Steady::now().time_since_epoch().count());
    swarm_options.login = [key = key_](std::size_t) { return web::mqtt::SwarmOptions::Login{"bench", key}; };
    MADANG_TRY(auto swarm, PublisherSwarm::start(swarm_options));
    if (!swarm->wait_until_connected(std::chrono::seconds{30})) {
      return fail(Code::kUnavailable, "MQTT: not all connected within 30 s: " + swarm->statistics().last_error);
    }
    return swarm;
  }

  Result<void> measure_mqtt() {
    MADANG_TRY(auto swarm, connect_swarm(16));
    std::atomic<bool> stop = false;
    auto const began = Steady::now();
    swarm->publish_from([this, &stop](std::size_t node) -> std::optional<web::mqtt::Message> {
      if (stop) return std::nullopt;
      return city_->next_message(node);
    });
    std::this_thread::sleep_for(duration());
    auto const outcome = swarm->statistics();
    double const rate = per_second(outcome.acknowledged, began);
    stop = true;
    bool const idle = swarm->wait_until_idle(std::chrono::seconds{30});
    swarm->stop();
    if (!idle) return fail(Code::kUnavailable, "MQTT: messages stay unanswered");
    if (outcome.refused > 0) return fail(Code::kUnavailable, "MQTT: messages were refused: " + outcome.last_error);
    report_.add(fmt::format("MQTT QoS 1 messages of 17 values, {} connections", city_->nodes().size()), "msg/s", rate,
                Limit::kAtLeast, 20'000);
    report_.add("  p99 to PUBACK", "ms", milliseconds(outcome.latency.quantile(0.99)));
    return {};
  }

  /// 5,000 readings a second, evenly spread; the browser's copy tells how old each is on arrival.
  Result<void> measure_live() {
    static constexpr int kPerMillisecond = 5;
    MADANG_TRY(auto swarm, connect_swarm(64));
    MADANG_TRY(auto listener, LiveListener::start(http_.host, http_.port, "pm25"));
    auto const began = Steady::now();
    auto const end = began + duration();
    std::size_t sent = 0;
    for (auto due = began; due < end; due += std::chrono::milliseconds{1}) {
      std::this_thread::sleep_until(due);
      for (int i = 0; i < kPerMillisecond; ++i, ++sent) {
        auto const node = sent % city_->nodes().size();
        swarm->publish(node, city_->message_of_now(node, clock_.now()), [](Result<void> const&) {});
      }
    }
    double const rate = per_second(sent, began);
    bool const idle = swarm->wait_until_idle(std::chrono::seconds{30});
    std::this_thread::sleep_for(std::chrono::milliseconds{500});
    auto const statistics = swarm->statistics();
    auto const ages = listener->finish();
    swarm->stop();
    if (!idle || statistics.refused > 0) return fail(Code::kUnavailable, "MQTT: readings were refused: " + statistics.last_error);
    if (ages.size() * 2 < sent) return fail(Code::kUnavailable, "the live view showed less than half of the readings");
    report_.add("sensor to browser, MQTT publish to event, p99", "ms", quantile(ages, 0.99), Limit::kAtMost, 250);
    report_.add("  p50", "ms", quantile(ages, 0.5));
    report_.add("  readings a second", "1/s", rate, Limit::kAtLeast, 4'900);
    return {};
  }

  BenchIngestOptions const& options_;
  runtime::SystemClock clock_;
  std::unique_ptr<OwnServer> server_;
  std::string http_text_;
  std::string key_;
  Door http_;
  Door mqtt_;
  std::optional<BenchCity> city_;
  BenchReport report_;
};

}  // namespace

int bench_ingest(BenchIngestOptions const& options) {
  IngestBench bench(options);
  auto const kept = bench.run();
  if (!kept) {
    fmt::print(stderr, "bench ingest: {}\n", kept.error().sentence);
    return 2;
  }
  if (!options.json_path.empty() && !bench.write_json()) {
    fmt::print(stderr, "bench ingest: cannot write {}\n", options.json_path);
    return 2;
  }
  return *kept ? 0 : 1;
}

}  // namespace madang::app
