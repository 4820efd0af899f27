// `madang simulate`: registers the simulated city with any Madang server through its public interface, loads a past,
// then lets it live.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "modules/commands.h"
#include "simulation/simulation.h"

namespace madang::simulation {

struct SimulateOptions {
  ServerAddress server;                 ///< its key may write all Things; the server's local key also sets areas and base map
  std::string mqtt = "127.0.0.1:1883";  ///< empty: values go by HTTP (CreateObservations)
  std::size_t things = 1100;            ///< 1 to 100,000
  std::uint64_t seed = 1;
  double speed = 1;                     ///< of the simulated city's time; values are stamped with now. 0.01 to 10,000
  Millis interval{120'000};             ///< between two messages of a station, at least 100 ms
  Millis history{0};                    ///< how much past to load first; what is there already is not sent again
  Millis history_interval{0};           ///< 0: simulation::history_step
  std::size_t connections = 0;          ///< of MQTT; 0: one per 500 stations
  std::string truth_file;               ///< ground truth as JSON lines is appended; empty: none
  std::vector<simulation::StagedHappening> staged;
  std::optional<Millis> duration;       ///< none: for ever, until SIGINT or SIGTERM
};

/// The process's exit code; what went wrong stands on standard error in one sentence.
int run_simulate(SimulateOptions const& options);

void add_simulate(CLI::App& app, modules::Invocation& call);

}  // namespace madang::simulation
