// Which way a junction is steered: the best that its detectors, the centre and the clock allow just now, and never better than what
// has held for a while. Below all of it stands the kernel, which keeps safe whatever is wished for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "mobility/signals/kernel.h"

namespace madang::mobility::signals {

/// From the worst to the best.
enum class Rung : std::uint8_t {
  kFlashing,  ///< all heads flash
  kFixed,     ///< the fixed plan, by the clock alone
  kActuated,  ///< by who is at the stop lines, in the order of the fixed plan
  kAdaptive,  ///< as the controller chooses
};

enum class Reason : std::uint8_t {
  kDetectors,  ///< those of too many approaches have failed
  kCentre,     ///< the centre has been silent for too long
  kLate,       ///< the controller has not decided for too long
  kMonitor,    ///< the monitor complained
  kReset,      ///< somebody looked into the complaint and let it go
  kHealthy,    ///< what a better way needs has held for long enough
};

/// What is known of a junction's surroundings as of one step.
struct Health {
  std::uint32_t approaches = 0;        ///< that have detectors at all
  std::uint32_t approaches_blind = 0;  ///< of those: where no detector can be trusted
  Millis centre_silent{0};             ///< since it was heard last; of a junction without a centre 0
  Millis controller_silent{0};         ///< since the adaptive controller decided last
  bool monitor_complains = false;
};

struct LadderLimits {
  std::uint32_t adaptive_blind_percent = 40;  ///< of the approaches; with more than that it falls
  std::uint32_t actuated_blind_percent = 70;
  Millis centre_silent{30'000};
  Millis controller_silent{5'000};
  Millis climb_after{60'000};  ///< of health without a break, for each rung
};

struct Change {
  Rung from = Rung::kFixed;
  Rung to = Rung::kFixed;
  Reason reason = Reason::kHealthy;
  friend bool operator==(Change const&, Change const&) = default;
};

class Ladder {
 public:
  /// Begins with the fixed plan, and climbs from there.
  explicit Ladder(LadderLimits limits) : limits_(limits) {}
  Ladder() : Ladder(LadderLimits{}) {}

  /// Falls at once as far as it must, and climbs one rung at a time. Of `passed` at most kStepMax counts, and what is below 0 not at all.
  /// Returns the change, where there is one.
  std::optional<Change> step(Health const& health, Millis passed);
  [[nodiscard]] Rung rung() const { return rung_; }
  /// A person says that the complaint was looked into: at the next step without one the fixed plan runs again.
  void reset() { reset_ = true; }

 private:
  Change move(Rung to, Reason reason);

  LadderLimits limits_;
  Rung rung_ = Rung::kFixed;
  Millis healthy_{0};  ///< for how long a better rung would have been allowed
  bool reset_ = false;
};

/// Which phase the fixed plan wants, in a circle: `since_begin` of the plan's clock, which is monotonic; `offset` is when its first
/// step begins in the circle.
PhaseIndex fixed_wish(Plan const& plan, Millis since_begin, Millis offset = Millis{0});

/// By who is at the stop lines: goes through the phases in the fixed plan's order, leaves out those that nobody calls, stays while a
/// green is extended and its most green is not over, and rests in green where nobody else calls.
class Actuated {
 public:
  /// `called` of each group: somebody waits there or comes; empty: at each. `extended` of each group: somebody drives over its stop line
  /// or is about to; empty: at none. Groups whose detectors cannot be trusted are best called and not extended.
  Wish step(Kernel const& kernel, std::vector<bool> const& called, std::vector<bool> const& extended);

 private:
  std::size_t place_ = 0;  ///< in the fixed plan
};

}  // namespace madang::mobility::signals
