// What steers the signals of a simulation: it senses lane areas, as a city's detectors do, and nothing else, and says what signals
// show. Which one does so the evaluation does not know.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/time.h"

namespace madang::evaluation::signals {

/// A piece of one lane that is watched; metres from the lane's begin. One of no length is a loop: its vehicles are those that came
/// onto it in the last second.
struct LaneArea {
  std::string id;
  std::string lane;
  double from = 0;
  double to = 0;
  [[nodiscard]] bool is_loop() const { return to <= from; }
};

/// Of one lane area in one second.
struct Sensed {
  float vehicles = 0;
  float halting = 0;
  float speed = -1;     ///< m/s; -1: nobody is there
  float occupancy = 0;  ///< per cent of its length
  bool valid = true;
};

/// A signal's id, and a letter for each of its heads.
using SignalState = std::pair<std::string, std::string>;

class Steering {
 public:
  virtual ~Steering() = default;
  [[nodiscard]] virtual std::vector<LaneArea> const& senses() const = 0;
  /// Once per simulated second, after it has passed; readings in the order of senses(). Appends those signals whose state changes.
  /// Before the first call signals run the net's own programs.
  virtual void step(Millis now, std::span<Sensed const> readings, std::vector<SignalState>& states) = 0;
};

/// One for each run; called on several threads at once. Begin is the simulation's, milliseconds since its midnight.
using MakeSteering = std::function<Result<std::unique_ptr<Steering>>(std::filesystem::path const& net, Millis begin)>;

}  // namespace madang::evaluation::signals
