// What a signal may show and for how long: groups of heads that always show the same, which of them must never be green together,
// and the phases that a controller chooses between. Made of a network (plan_of.h) or handed over by who runs the junction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/time.h"

namespace madang::mobility::signals {

/// What a head shows. kYield is a green that gives way to a foe's green (a left turn through the traffic that comes towards it).
enum class Aspect : std::uint8_t { kRed, kYellow, kYield, kGreen, kFlashing, kDark };

/// Whoever waits there may go.
[[nodiscard]] constexpr bool lets_go(Aspect shown) { return shown == Aspect::kGreen || shown == Aspect::kYield; }
[[nodiscard]] constexpr float seconds_of(Millis time) { return static_cast<float>(time.count()) / 1000; }

enum class Users : std::uint8_t { kVehicles, kBuses, kCycles, kPedestrians };

using GroupIndex = std::uint32_t;
using PhaseIndex = std::uint32_t;
inline constexpr std::uint32_t kNoPhase = UINT32_MAX;

/// Heads that always show the same, and how long each of its aspects may stand. Times are of a monotonic clock, whole milliseconds.
struct Group {
  std::string id;
  Users users = Users::kVehicles;
  std::vector<std::uint32_t> heads;  ///< at the signal; at least one
  Millis green_min{7'000};    ///< once green, no shorter; of people who walk: their walk
  Millis green_max{60'000};   ///< no longer while a foe is wanted
  Millis yellow{3'000};       ///< after green; of people who walk: their clearance, shown as red that flashes or as red
  Millis red_min{1'000};      ///< between two greens of its own
  Millis red_max{120'000};    ///< once wanted, no longer red than this, whatever the controller wants
};

/// How two groups stand to each other.
enum class Conflict : std::uint8_t {
  kNone,   ///< they never meet
  kYield,  ///< they meet, and one of them may go while it gives way: it shows kYield, or the other shows red
  kNever,  ///< at most one of them is not red
};

/// What the junction shows between two changes: one aspect of kRed, kYield and kGreen for each group.
struct Phase {
  std::string name;
  std::vector<Aspect> aspects;
};

struct FixedStep {
  PhaseIndex phase = 0;
  Millis length{0};  ///< with what it takes to get there
};

/// All about one junction that safety asks for. Built once, checked by check(); never changed while it runs.
struct Plan {
  std::string id;
  std::vector<Group> groups;
  std::vector<Conflict> conflicts;   ///< groups × groups, the same both ways; kNone with itself
  std::vector<bool> gives_way;       ///< groups × groups: [a][b] is true where a gives way to b, of those that conflict by kYield
  /// groups × groups, milliseconds from the end of green (the begin of yellow) of one until the other may be green. At least the
  /// first's yellow where they conflict by kNever; of those that conflict by kYield too, when both would be kGreen.
  std::vector<std::int32_t> intergreen;
  std::vector<Phase> phases;         ///< at least one; each group is green in one of them
  std::vector<FixedStep> fixed;      ///< what is gone through without a controller, in a circle; at least one
  std::uint32_t heads = 0;           ///< of the signal: each belongs to at most one group, and those of none stay red

  [[nodiscard]] std::size_t at(GroupIndex a, GroupIndex b) const { return std::size_t{a} * groups.size() + b; }
  [[nodiscard]] Conflict conflict(GroupIndex a, GroupIndex b) const { return conflicts[at(a, b)]; }
};

}  // namespace madang::mobility::signals
