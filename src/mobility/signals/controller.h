// Chooses the phase of one junction, once a second: of all sequences of phases that could follow, the one that costs least is begun
// (a rolling horizon). It senses and proposes only; what is shown is the kernel's.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "mobility/signals/estimate.h"
#include "mobility/signals/kernel.h"
#include "mobility/signals/outlook.h"

namespace madang::mobility::signals {

/// Why the junction stays or changes, in vehicle seconds until the horizon.
struct Decision {
  PhaseIndex phase = kNoPhase;   ///< that is wished for
  PhaseIndex rival = kNoPhase;   ///< the best other one
  float cost = 0;                ///< of what was chosen
  float cost_rival = 0;          ///< of the best that begins otherwise
  float stays_for = 0;           ///< seconds that the phase is meant to stay, as things are now
};

class Controller {
 public:
  /// Both live as long as the controller.
  Controller(Plan const& plan, Site const& site);

  /// Once a second; a reading for each sensor of the site.
  Wish decide(Kernel const& kernel, std::span<Reading const> readings, float seconds);

  [[nodiscard]] Decision const& last() const { return last_; }
  [[nodiscard]] Estimate const& estimate() const { return estimate_; }

 private:
  void call(Kernel const& kernel, Wish& wish) const;
  void choose(Kernel const& kernel);
  void try_sequence(PhaseIndex now, float stay, std::span<PhaseIndex const> next);

  Plan const& plan_;
  Site const& site_;
  Estimate estimate_;
  Outlook outlook_;
  std::vector<Stage> stages_;
  std::vector<float> green_min_;  ///< seconds, of each phase
  Decision last_;
  float best_stay_ = 0, best_change_ = 0;
  float stay_for_ = 0;
  PhaseIndex change_to_ = kNoPhase;
};

}  // namespace madang::mobility::signals
