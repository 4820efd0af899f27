#include "simulation/commands/simulate.h"

#include <fmt/format.h>

#include <atomic>
#include <cstdio>

#include "core/error.h"
#include "runtime/clock.h"
#include "simulation/commands/stop_signal.h"
#include "simulation/simulation.h"

namespace madang::simulation {
namespace {

Result<void> check(SimulateOptions const& o) {
  if (o.things < 1 || o.things > 100'000) return fail(Code::kInvalid, fmt::format("things: {} is not 1 to 100000", o.things));
  if (o.interval < Millis{100}) return fail(Code::kInvalid, "interval: below 100 ms");
  if (o.history_interval != Millis{0} && o.history_interval < Millis{1000}) {
    return fail(Code::kInvalid, "history-interval: below 1 s");
  }
  if (!(o.speed >= 0.01 && o.speed <= 10'000)) return fail(Code::kInvalid, fmt::format("speed: {} is not 0.01 to 10000", o.speed));
  if (o.history < Millis{0}) return fail(Code::kInvalid, "history: below 0");
  return {};
}

Result<void> simulate(SimulateOptions const& options, std::atomic<bool>& stop_asked) {
  MADANG_CHECK(check(options));
  runtime::SystemClock const clock;
  simulation::CityPlan const plan = simulation::make_city_plan({.seed = options.seed, .nodes = options.things});
  MADANG_CHECK(simulation::check_staged(plan, options.staged));
  fmt::print("{}: seed {}, {} stations, {} districts\n", simulation::city_name().en, options.seed, plan.nodes.size(),
             plan.districts.size());
  MADANG_TRY(auto server, simulation::SensorthingsClient::to(options.server, stop_asked));
  MADANG_TRY(auto const mapped, simulation::send_map(server, plan));
  if (!mapped) fmt::print("areas and base map were left out: only the server's own machine may set them\n");
  MADANG_TRY(auto const registered, simulation::register_city(server, plan, options.interval, clock, stop_asked));

  Instant const begin = clock.now() - options.history;
  if (options.history > Millis{0} && !stop_asked) {
    Millis const usual = simulation::history_step(options.interval, options.history, plan.nodes.size());
    simulation::HistoryOptions const past{
        .server = options.server, .length = options.history,
        .interval = options.history_interval == Millis{0} ? usual : options.history_interval};
    // An hour counts with three quarters of its values: sensing/indices/station_hours.h.
    if (3 * past.interval > 4 * options.interval)
      fmt::print("history: a value every {} s of stations that promise one every {} s: its hours are incomplete, so no index of the air is "
                 "made of them\n",
                 static_cast<double>(past.interval.count()) / 1000, static_cast<double>(options.interval.count()) / 1000);
    MADANG_TRY(auto const done, simulation::load_history(plan, registered.things, past, clock, stop_asked));
    if (done.refused > 0) fmt::print("history: {} values were refused by the server\n", done.refused);
  }
  if (stop_asked) return {};
  std::unique_ptr<simulation::Sink> sink;
  if (options.mqtt.empty()) {
    MADANG_TRY(sink, simulation::http_sink({options.server, registered.things}, stop_asked));
  } else {
    MADANG_TRY(sink, simulation::mqtt_sink(plan, {options.mqtt, options.server.key, options.connections}, stop_asked));
  }
  fmt::print("live: {} stations every {} s by {}\n", plan.nodes.size(), static_cast<double>(options.interval.count()) / 1000,
             options.mqtt.empty() ? "HTTP" : "MQTT");
  std::fflush(stdout);
  simulation::LiveOptions const live{.interval = options.interval, .speed = options.speed, .duration = options.duration,
                                     .truth_file = options.truth_file, .truth_from = begin,
                                     .staged = options.staged};
  return simulation::run_live(plan, *sink, live, clock, stop_asked);
}

}  // namespace

int run_simulate(SimulateOptions const& options) {
  auto const done = simulate(options, stop_on_signals());
  if (done) return 0;
  fmt::print(stderr, "madang simulate: {}\n", done.error().sentence);
  return 1;
}

}  // namespace madang::simulation
