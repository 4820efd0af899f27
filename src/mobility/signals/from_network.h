// The plan and the site of a signal, made of a network and of the fixed plan that its source brings.
#pragma once

#include "core/error.h"
#include "mobility/network/model.h"
#include "mobility/signals/model.h"
#include "mobility/signals/site.h"

namespace madang::mobility::signals {

/// Times that no map says.
struct SafetyTimes {
  Millis green_min{7'000};
  Millis green_max{60'000};
  Millis yellow{3'000};
  Millis all_red{0};
  Millis red_min{1'000};
  Millis red_max{120'000};
  Millis walk_min{5'000};
  double walking_speed = 1.0;  ///< m/s, of who crosses last; 0.8 near schools and where many are old
};

/// Groups are heads of one arm that the fixed plan never tells apart; phases are its steps in which nothing changes. Two groups whose
/// movements meet are let go together only where the fixed plan does so. kInvalid: a sentence that names signal and heads.
Result<Plan> plan_of(network::Network const& roads, network::SignalIndex signal, SafetyTimes const& times);

struct Sensing {
  double reach = 100;      ///< metres before the stop line
  double cell = 25;        ///< metres of one area
  double exit_reach = 50;  ///< metres of the lanes that lead on
};

/// Where detectors of that reach would lie.
Result<Site> site_of(network::Network const& roads, network::SignalIndex signal, Plan const& plan, Sensing const& sensing);

}  // namespace madang::mobility::signals
