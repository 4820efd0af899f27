// What stands and comes on each lane before the stop line, how quickly it gets away and where it turns to: from detectors alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mobility/signals/model.h"
#include "mobility/signals/site.h"

namespace madang::mobility::signals {

/// One vehicle on its way to the stop line.
struct Coming {
  float at = 0;         ///< seconds from now until it could pass, with a free road and green; 0: it stands
  bool stands = false;
};

/// One lane before the stop line.
struct LaneView {
  std::vector<Coming> vehicles;  ///< in the order in which they pass
  float hidden = 0;         ///< vehicles that stand beyond what is seen, as far as that follows from who came before
  float flow = 0.05F;       ///< vehicles a second that come, lately
  float flow_free = 0.05F;  ///< the same, of seconds in which no queue reached beyond what is seen
  float headway = 2;        ///< seconds between two that get away from a queue
  float stuck_for = 0;      ///< seconds that the first one stands although its lane goes: it wants another way
  bool seen = false;        ///< at least one of its areas can be believed
  bool front_seen = false;  ///< the one at the stop line can
};

class Estimate {
 public:
  explicit Estimate(Site const& site);

  /// Once a second, with a reading for each sensor and what is shown.
  void update(std::span<Reading const> readings, std::vector<Aspect> const& shown, float seconds);

  [[nodiscard]] LaneView const& lane(ApproachIndex a) const { return lanes_[a]; }
  /// Of the lane's vehicles, lately; all ways of a lane are 1 together.
  [[nodiscard]] float share(ApproachIndex a, std::size_t way) const { return shares_[a][way]; }
  /// Who goes there would stand in the junction.
  [[nodiscard]] bool is_blocked(ExitIndex exit) const { return blocked_[exit]; }

 private:
  void look(ApproachIndex a, std::span<Reading const> readings);
  void learn(ApproachIndex a, std::span<Reading const> readings, std::vector<Aspect> const& shown, float seconds);
  void look_at_exit(ExitIndex e, std::span<Reading const> readings);
  void learn_shares();

  Site const& site_;
  std::vector<LaneView> lanes_;
  std::vector<std::vector<float>> shares_;
  std::vector<bool> blocked_;
  struct Away {  ///< how a queue gets away
    float seconds = 0;
    float vehicles = 0;
    float going_for = 0;
  };
  std::vector<Away> away_;
  std::vector<float> passed_;   ///< of each approach, fading
  std::vector<float> entered_;  ///< of each exit, fading
  float until_shares_ = 60;
};

}  // namespace madang::mobility::signals
