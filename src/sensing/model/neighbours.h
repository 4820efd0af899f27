// Who stands near whom: of each site the nearest others of its group within a reach. Pure, so that a city of 100,000
// stations can be gone through while its values are judged. Quality and early warning ask this one search.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/geo.h"
#include "core/id.h"

namespace madang::sensing {

/// Where one Datastream measures.
struct Site {
  std::uint32_t number = 0;  ///< of whoever asks
  std::uint32_t group = 0;   ///< neighbours are of one group, 0 to 65,535
  ThingId thing;             ///< and of other Things
  LatLon place;
};

struct Reach {
  double metres = 0;
  std::size_t most = 0;      ///< so many are kept
};

/// Of each site, in their order: the numbers of its neighbours, the nearest first.
using TakeNeighbours = std::function<void(std::size_t site, std::span<std::uint32_t const> numbers)>;
void find_neighbours(std::span<Site const> sites, Reach reach, TakeNeighbours const& take);

/// What must be gone through when something began, ended or moved at some places: others keep the neighbours they have.
struct Surroundings {
  std::vector<Site> sites;     ///< whoever may be a neighbour of the affected, and they themselves
  std::vector<bool> affected;  ///< within reach of such a place
};
Surroundings surroundings_of(std::span<LatLon const> places, std::span<Site const> sites, double metres);

}  // namespace madang::sensing
