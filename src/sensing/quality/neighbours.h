// Who stands near whom: per channel, the nearest stations within the table's reach. Pure, so that a city of 100,000
// stations can be gone through while its values are judged.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/geo.h"
#include "core/id.h"
#include "sensing/quality/constants.h"

namespace madang::sensing {

/// Where one Datastream measures.
struct Site {
  std::uint32_t number = 0;  ///< in the engine
  std::uint32_t group = 0;   ///< neighbours are of one group
  ThingId thing;             ///< and of other Things
  LatLon place;
};

struct Neighbours {
  std::array<std::uint32_t, kNeighboursKept> numbers{};  ///< the nearest first
  std::uint8_t count = 0;
};

/// Of each site, in their order.
std::vector<Neighbours> neighbours_of(std::span<Site const> sites);

}  // namespace madang::sensing
