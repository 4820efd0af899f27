// One simulation from begin to end: SUMO as a child, its signals as they come with the net, actuated by SUMO, or steered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/error.h"
#include "evaluation/signals/scenario.h"
#include "evaluation/signals/steering.h"
#include "evaluation/signals/trip_score.h"

namespace madang::evaluation::signals {

enum class SignalProgram : std::uint8_t {
  kOfTheNet,
  kActuated,  ///< SUMO's own gap-out on the net's phases
  kSteered,
};

struct RunOrder {
  std::filesystem::path sumo;  ///< the program
  std::uint64_t seed = 1;
  SignalProgram program = SignalProgram::kOfTheNet;
  MakeSteering make = nullptr;  ///< of kSteered
};

struct RunOutcome {
  std::vector<Trip> trips;
  std::size_t standing = 0;      ///< vehicles that did not move up in the last ten minutes; 0 where the window is shorter
  double wall_seconds = 0;
  double steering_seconds = 0;   ///< of them in Steering::step()
};

/// All that is written lies in a folder of its own and goes with it. Thread-safe. kUnavailable: SUMO failed, with its last words.
Result<RunOutcome> run_sumo(Scenario const& scenario, RunOrder const& order);

/// "1.15.0"
Result<std::string> sumo_version(std::filesystem::path const& sumo);

/// From SUMO's trip infos, with those of vehicles that have not arrived or never found room to depart.
Result<std::vector<Trip>> read_trips(std::filesystem::path const& file);

/// The first and last moment of SUMO's floating car data.
struct StandingAtEnd {
  Standpoints first;
  Standpoints last;
};
Result<StandingAtEnd> read_standpoints(std::filesystem::path const& file);

}  // namespace madang::evaluation::signals
