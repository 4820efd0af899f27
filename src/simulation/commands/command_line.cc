// madang simulate, madang replay.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "simulation/commands/replay.h"
#include "simulation/commands/simulate.h"
#include "modules/local_access.h"

namespace madang::simulation {
namespace {

/// "24h", "90m", "10s", "250ms", "7d" as milliseconds, for CLI11.
CLI::AsNumberWithUnit duration_units() {
  static std::map<std::string, double> const kUnits{{"ms", 1},         {"s", 1000},      {"m", 60'000},
                                                    {"h", 3'600'000}, {"d", 86'400'000}};
  return CLI::AsNumberWithUnit(kUnits, CLI::AsNumberWithUnit::UNIT_REQUIRED, "DURATION");
}

CLI::Option* add_duration(CLI::App& sub, std::string const& name, Millis& field, std::string const& sentence) {
  return sub
      .add_option_function<double>(
          name, [&field](double const& millis) { field = Millis{static_cast<std::int64_t>(millis)}; }, sentence)
      ->transform(duration_units());
}

/// What a key, an address or a data directory says about the server to talk to. The data directory's own running
/// server is asked when nothing else is named.
struct Target {
  ServerAddress server;
  std::string mqtt;
  bool http_only = false;

  void add_options(CLI::App& sub) {
    sub.add_option("--http", server.http, "The server, such as http://127.0.0.1:8080; none: the one that holds --data");
    sub.add_option("--mqtt", mqtt, "HOST:PORT for readings; none: the one that holds --data");
    sub.add_option("--key", server.key, "A key for all Things")->envname("MADANG_KEY");
    sub.add_flag("--http-only", http_only, "Send readings by HTTP too, not by MQTT");
  }
  Result<void> complete(std::filesystem::path const& data) {
    if (server.http.empty()) {
      auto const local = modules::find_local_server(data);
      if (!local) return fail(Code::kNotFound, local.error().sentence + "; start one, or name it with --http");
      server.http = local->http;
      server.find = [data]() -> std::optional<std::string> {
        auto const now = modules::find_local_server(data);
        return now ? std::optional{now->http} : std::nullopt;
      };
      if (mqtt.empty()) mqtt = local->mqtt;
      if (server.key.empty()) server.key = local->key;
    }
    if (http_only) mqtt.clear();
    return {};
  }
};

int refuse(Error const& error) {
  fmt::print(stderr, "madang: {}\n", error.sentence);
  return 1;
}

}  // namespace

void add_simulate(CLI::App& app, modules::Invocation& call) {
  auto* sub = app.add_subcommand("simulate", "A seeded city that lives: stations, weather, traffic, faults");
  auto options = std::make_shared<SimulateOptions>();
  auto target = std::make_shared<Target>();
  auto duration = std::make_shared<Millis>(0);
  auto happenings = std::make_shared<std::vector<std::string>>();
  target->add_options(*sub);
  sub->add_option("--things", options->things, "Stations, 17 quantities each")->capture_default_str()->check(CLI::Range(1, 100'000));
  sub->add_option("--seed", options->seed, "Which city; the same seed gives the same")->capture_default_str();
  sub->add_option("--speed", options->speed, "The simulated city's time runs this much faster")->capture_default_str();
  sub->add_option("--connections", options->connections, "MQTT connections; 0: one for each 500 stations")->capture_default_str();
  sub->add_option("--truth", options->truth_file, "Append the ground truth here as JSON lines");
  add_duration(*sub, "--interval", options->interval, "Between two messages of a station (default 120s)");
  add_duration(*sub, "--history", options->history, "Load this much past first, such as 24h");
  add_duration(*sub, "--history-interval", options->history_interval, "Step of that past (default: the interval; 2m where that is below 30s and the past long). Well above the interval, its hours are incomplete, and no index of the air is made of them");
  add_duration(*sub, "--duration", *duration, "End after this long; none: Ctrl-C ends it");
  sub->add_option("--happening", *happenings,
                  "KIND:LAT,LON:SIZE:MINUTES[:DELAY_S], may be given again: something happens there, DELAY_S seconds after "
                  "the live feed began. KIND and SIZE: plume (ug/m3), noise (dB(A) at 50 m), crowd (people), fire (degrees)")
      ->allow_extra_args(false);
  call.add_data(*sub);
  sub->footer("Examples:\n  madang simulate --data city --interval 60s --history 24h\n"
              "  madang simulate --data city --interval 60s --happening plume:37.55,126.99:60:15:30 --truth truth.jsonl\n"
              "  madang simulate --http http://127.0.0.1:8080 --mqtt 127.0.0.1:1883 --key KEY --things 100000");
  call.on(*sub, [&call, options, target, duration, happenings] {
    for (auto const& text : *happenings) {
      auto const staged = simulation::parse_staged(text);
      if (!staged) return refuse(staged.error());
      options->staged.push_back(*staged);
    }
    if (auto const known = target->complete(call.data); !known) return refuse(known.error());
    options->server = target->server;
    options->mqtt = target->mqtt;
    if (duration->count() > 0) options->duration = *duration;
    return run_simulate(*options);
  });
}

void add_replay(CLI::App& app, modules::Invocation& call) {
  auto* sub = app.add_subcommand("replay", "Feed stored days through the public interface again, shifted to now");
  auto options = std::make_shared<ReplayOptions>();
  auto target = std::make_shared<Target>();
  auto times = std::make_shared<std::pair<std::string, std::string>>();
  target->add_options(*sub);
  sub->add_option("--from", times->first, "First moment, RFC 3339")->required();
  sub->add_option("--to", times->second, "Moment after the last, RFC 3339")->required();
  sub->add_option("--source", options->source_http, "The server that stores them; none: the target");
  sub->add_option("--speed", options->speed, "Times as fast as it was")->capture_default_str()->check(CLI::Range(0.1, 100'000.0));
  sub->add_option("--prefix", options->prefix, "Of the copies' serials")->capture_default_str();
  call.add_data(*sub);
  sub->footer("Example:\n  madang replay --data city --from 2020-05-01T00:00:00+09:00 --to 2020-05-02T00:00:00+09:00 --speed 60");
  call.on(*sub, [&call, options, target, times] {
    auto const from = parse_instant(times->first);
    if (!from) return refuse({Code::kInvalid, "--from: " + from.error().sentence});
    auto const to = parse_instant(times->second);
    if (!to) return refuse({Code::kInvalid, "--to: " + to.error().sentence});
    if (auto const known = target->complete(call.data); !known) return refuse(known.error());
    options->when = {*from, *to};
    options->server = target->server;
    options->mqtt = target->mqtt;
    return run_replay(*options);
  });
}

}  // namespace madang::simulation
