// One field of an engine with the detectors and levels over it: all streams of one channel at one step length and one pace,
// either real or simulated ones. What nobody measured is no neighbour, no witness and no part of a median of what somebody did.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sensing/warning/engine.h"

namespace madang::sensing::warning {

struct Engine::Part {
  Field field;
  std::vector<std::unique_ptr<Detector>> detectors;
  std::vector<Levels*> levels;       ///< that look at it, each at all other parts of its channel as well
  bool auxiliary = false;          ///< no rule is about this channel; one asks it beside its own
  Millis lateness;                   ///< 0: its streams deliver at once
  bool simulated = false;            ///< its streams are
  std::uint64_t accepted = 0, late = 0;
  std::optional<std::int64_t> passed;  ///< the step that nearly all had left behind at `passed_at`
  Instant passed_at;

  Part(std::string_view channel, Millis step, Millis late_by, Millis wait, bool made_up)
      : field(std::string(channel), step, wait), lateness(late_by), simulated(made_up) {}
};

}  // namespace madang::sensing::warning
