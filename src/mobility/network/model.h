// The roads as signals and traffic need them: links made of lanes, junctions where movements lead from a lane to a lane, and signals
// whose heads let movements go. Everything is named by its place in the lists of one Network, which never changes once it is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace madang::mobility::network {

/// Places in the lists of a Network.
using LaneIndex = std::uint32_t;
using LinkIndex = std::uint32_t;
using JunctionIndex = std::uint32_t;
using MovementIndex = std::uint32_t;
using SignalIndex = std::uint32_t;
inline constexpr std::uint32_t kNone = UINT32_MAX;

/// Metres in a plane of the source's own.
struct Point {
  double x = 0;
  double y = 0;
};

enum class LinkClass : std::uint8_t { kRoad, kInsideJunction, kCrossing, kWalkingArea };

struct Lane {
  std::string id;  ///< of the source
  LinkIndex link = kNone;
  double length = 0;     ///< metres, above 0
  double speed_max = 0;  ///< m/s, above 0
  bool motor = true;     ///< cars may use it
  bool buses = true;
  bool on_foot = false;
  std::vector<Point> shape;  ///< at least two
};

struct Link {
  std::string id;  ///< of the source
  std::string name;
  LinkClass kind = LinkClass::kRoad;
  JunctionIndex from = kNone;  ///< of a road
  JunctionIndex to = kNone;
  std::vector<LaneIndex> lanes;  ///< from the kerb to the middle
};

enum class Turn : std::uint8_t { kStraight, kLeft, kRight, kSlightLeft, kSlightRight, kBack, kUnknown };

/// From the end of one lane to the beginning of another, across a junction. Where people walk it leads from a walking area over a
/// crossing.
struct Movement {
  LaneIndex from = kNone;
  LaneIndex to = kNone;
  LaneIndex via = kNone;           ///< the lane inside the junction; none: they touch
  JunctionIndex junction = kNone;  ///< that it crosses
  Turn turn = Turn::kUnknown;
  SignalIndex signal = kNone;      ///< that lets it go; none: right of way alone
  std::uint32_t head = 0;          ///< which of the signal's heads
  std::vector<MovementIndex> foes;       ///< that it crosses or merges with, at its junction; both name each other
  std::vector<MovementIndex> yields_to;  ///< those of its foes that go first where signals let both go
};

enum class JunctionClass : std::uint8_t { kSignal, kPriority, kRightBeforeLeft, kDeadEnd, kOther };

struct Junction {
  std::string id;  ///< of the source
  JunctionClass kind = JunctionClass::kOther;
  Point place;
};

/// One step of a fixed plan as the source writes it: a letter for each head, of rRyYgGuoOsS (SUMO's).
struct PlanStep {
  std::int64_t millis = 0;
  std::string state;
};
struct FixedPlan {
  std::string id;
  std::int64_t offset_millis = 0;
  std::vector<PlanStep> steps;
};

struct Signal {
  std::string id;  ///< of the source
  std::vector<std::vector<MovementIndex>> heads;  ///< which movements each of them lets go; an empty one lets none
  std::vector<FixedPlan> plans;                   ///< at least one; each state has a letter for each head
};

struct Network {
  std::string id;
  std::vector<Lane> lanes;
  std::vector<Link> links;
  std::vector<Junction> junctions;
  std::vector<Movement> movements;
  std::vector<Signal> signals;
  /// Of each lane: which movements end and begin on it.
  std::vector<std::vector<MovementIndex>> into;
  std::vector<std::vector<MovementIndex>> out_of;
};

}  // namespace madang::mobility::network
