// Roads of the simulated city: riverside roads, rings, avenues between districts with their bridges, and
// streets inside districts. Stations stand along them and are named after them.
#pragma once

#include <cstdint>
#include <vector>

#include "simulation/land.h"
#include "simulation/names.h"
#include "simulation/tessellation.h"

namespace madang::simulation {

enum class RoadKind : std::uint8_t { kExpressway, kAvenue, kStreet };

struct Road {
  Names name;
  RoadKind kind = RoadKind::kStreet;
  std::vector<Point> line;
};

/// `neighbourhood_names[i]` belongs to `tessellation.neighbourhoods()[i]`, likewise districts.
struct PlaceNames {
  std::vector<Names> districts;       ///< the word alone: "Hanbit"
  std::vector<Names> neighbourhoods;  ///< the word alone
};

std::vector<Road> make_roads(Land const& land, Tessellation const& tessellation, PlaceNames const& names,
                             std::uint64_t seed);

[[nodiscard]] double length_of(std::vector<Point> const& line);

}  // namespace madang::simulation
