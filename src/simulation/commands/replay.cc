#include "simulation/commands/replay.h"

#include <fmt/format.h>

#include <atomic>
#include <cstdio>

#include "core/error.h"
#include "runtime/clock.h"
#include "simulation/commands/stop_signal.h"
#include "simulation/simulation.h"

namespace madang::simulation {
namespace {

Result<void> check_replay(ReplayOptions const& o, std::string const& source) {
  if (o.when.from >= o.when.to) return fail(Code::kInvalid, "to: not after from");
  if (!(o.speed >= 0.1 && o.speed <= 100'000)) return fail(Code::kInvalid, fmt::format("speed: {} is not 0.1 to 100000", o.speed));
  if (o.prefix.empty() && source == o.server.http) {
    return fail(Code::kInvalid, "prefix: a server's own past needs one, or old values would mix with the new");
  }
  return {};
}

Result<void> replay(ReplayOptions const& options, std::atomic<bool>& stop_asked) {
  // The past is open to all: reading it takes no key.
  bool const own_past = options.source_http.empty();
  std::string const source_http = own_past ? options.server.http : options.source_http;
  MADANG_CHECK(check_replay(options, source_http));
  runtime::SystemClock const clock;
  MADANG_TRY(auto source, simulation::SensorthingsClient::to({source_http, "", own_past ? options.server.find : nullptr}, stop_asked));
  MADANG_TRY(auto const devices, simulation::read_devices(source, options.prefix));
  if (devices.empty()) return fail(Code::kNotFound, source_http + ": has no Things to replay");
  MADANG_TRY(auto const target,
             simulation::open_replay_target(devices, source,
                                            {.server = options.server, .mqtt = options.mqtt,
                                             .prefix = options.prefix, .speed = options.speed},
                                            clock, stop_asked));
  fmt::print("replay: {} stations, {} at {} times the speed, by {}\n", devices.size(), format_interval(options.when),
             options.speed, options.mqtt.empty() ? "HTTP" : "MQTT");
  std::fflush(stdout);
  return simulation::play(source, devices, *target, {options.when, options.speed}, clock, stop_asked);
}

}  // namespace

int run_replay(ReplayOptions const& options) {
  auto const done = replay(options, stop_on_signals());
  if (done) return 0;
  fmt::print(stderr, "madang replay: {}\n", done.error().sentence);
  return 1;
}

}  // namespace madang::simulation
