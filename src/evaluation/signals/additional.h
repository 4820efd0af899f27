// What a simulation is given beside its own files: detectors for a steering, and SUMO's actuated programs to compare it with.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "evaluation/signals/steering.h"

namespace madang::evaluation::signals {

/// A signal's program as a net writes it; numbers stay the texts that they are.
struct NetProgram {
  struct Phase {
    std::string duration;
    std::string state;
  };
  std::string signal;
  std::string offset = "0";
  std::vector<Phase> phases;
};

/// The program of each signal that SUMO would run: the last one of it that is not "off".
Result<std::vector<NetProgram>> read_programs(std::filesystem::path const& net);

/// Somebody goes, and nobody is told to clear.
bool is_green_step(std::string_view state);

/// The same phases in the same order, where each green lasts 5 to 60 s as SUMO's own detectors ask for.
std::string actuated_programs(std::span<NetProgram const> programs);

/// One detector for each, always of a single lane: SUMO 1.15 as Debian builds it aborts on those that span several. They write
/// nothing themselves.
std::string lane_area_detectors(std::span<LaneArea const> areas);

}  // namespace madang::evaluation::signals
