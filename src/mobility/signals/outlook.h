// What a sequence of phases would cost those who are seen to come: each vehicle is let pass in its turn, in the windows that the
// sequence gives its way, and what it waits is counted.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "mobility/signals/estimate.h"
#include "mobility/signals/kernel.h"
#include "mobility/signals/model.h"
#include "mobility/signals/site.h"

namespace madang::mobility::signals {

/// The junction goes over to `phase` from `begin` seconds from now on; the first of a sequence is the one it is in.
struct Stage {
  PhaseIndex phase = 0;
  float begin = 0;
};

class Outlook {
 public:
  Outlook(Plan const& plan, Site const& site);

  /// Takes what is known now; cost() and demand() speak of that.
  void begin(Kernel const& kernel, Estimate const& estimate);

  /// Seconds that all known vehicles lose until `kHorizon`, those that stop more than those that slow down.
  [[nodiscard]] float cost(std::span<Stage const> stages);

  /// Seconds that a phase needs to let go who waits for it now; 0: nobody does.
  [[nodiscard]] float demand(PhaseIndex phase) const { return demands_[phase]; }

  static constexpr float kHorizon = 90;  ///< seconds

 private:
  struct Window {
    float from = 0, to = 0;
    bool yields = false;
  };
  static constexpr std::size_t kWindowsMax = 16;
  struct Windows {
    std::array<Window, kWindowsMax> all;
    std::size_t count = 0;
  };
  struct Head {  ///< one vehicle with the way that it is taken to want
    float at = 0;
    std::uint8_t way = 0;
    bool stands = false;
  };

  void line_up(ApproachIndex a, Estimate const& estimate);
  void open_windows(std::span<Stage const> stages);
  [[nodiscard]] float serve(ApproachIndex a, bool give_way);
  [[nodiscard]] float first_free(Windows const& windows, float at, std::vector<ApproachIndex> const& foes, bool give_way, bool stands, bool& found) const;
  [[nodiscard]] bool gives_way_at(ApproachIndex a) const;

  Plan const& plan_;
  Site const& site_;
  std::vector<std::vector<Head>> queues_;      ///< of each approach
  std::vector<std::vector<float>> passes_;     ///< when they would pass, of the sequence that is looked at
  std::vector<float> headways_;
  std::vector<bool> blocked_;                  ///< exits
  std::vector<Windows> windows_;               ///< of each group
  std::vector<float> demands_;
  struct Now {
    bool goes = false;
    bool yields = false;
    float since = 0;   ///< went since, seconds from now (below 0)
    float ended = 0;   ///< went last, seconds from now
  };
  std::vector<Now> now_;
};

}  // namespace madang::mobility::signals
