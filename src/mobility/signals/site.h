// What a junction senses with and where its traffic goes, without any map: lanes before the stop line with their detectors, the ways
// that lead on from each, and the lanes that they lead to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mobility/signals/model.h"

namespace madang::mobility::signals {

using SensorIndex = std::uint32_t;
using ApproachIndex = std::uint32_t;
using ExitIndex = std::uint32_t;
inline constexpr std::uint32_t kNowhere = UINT32_MAX;

/// A detector on one lane: an area (video, radar) or a loop, which counts who passes.
struct Sensor {
  enum class Kind : std::uint8_t { kArea, kLoop };
  Kind kind = Kind::kArea;
  std::string lane;
  double from = 0;  ///< metres from the lane's begin
  double to = 0;    ///< of an area
};

/// What a detector says of the last second.
struct Reading {
  float vehicles = 0;  ///< in the area now; of a loop: that passed
  float standing = 0;  ///< of those in the area, slower than walking
  float speed = -1;    ///< mean, m/s; below 0: nobody there
  bool valid = false;
};

/// A part of the way to the stop line that one area covers, metres from the stop line.
struct Cell {
  SensorIndex sensor = 0;
  float near = 0;
  float far = 0;
  std::uint32_t among = 1;  ///< so many lanes begin behind it: of its vehicles each of these is taken to get every so-manieth ...
  std::uint32_t turn = 0;   ///< ... this lane from this one on
};

/// One way on from a lane: who lets it go, and where it leads.
struct Way {
  GroupIndex group = 0;
  ExitIndex exit = kNowhere;
  float share = 1;                         ///< of the lane's vehicles, before anything is counted
  std::vector<ApproachIndex> gives_way_to;  ///< whose vehicles it lets pass where both are let go
};

/// One lane before the stop line.
struct Approach {
  std::string lane;
  float speed = 13.9F;      ///< m/s, allowed
  float reach = 0;          ///< metres from the stop line that cells cover
  std::vector<Cell> cells;  ///< from the stop line on
  SensorIndex stop_loop = kNowhere;
  std::vector<SensorIndex> entrance_loops;  ///< at the far end of what cells cover; empty: vehicles appear within the cells
  std::vector<Way> ways;    ///< at least one
};

/// One lane that leads on.
struct Exit {
  std::string lane;
  std::vector<SensorIndex> areas;  ///< over its first metres
  float room = 7;                  ///< vehicles that those hold
  std::vector<SensorIndex> loops;
};

struct Site {
  std::vector<Sensor> sensors;
  std::vector<Approach> approaches;
  std::vector<Exit> exits;
};

}  // namespace madang::mobility::signals
