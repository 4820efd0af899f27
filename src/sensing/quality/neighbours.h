// The neighbours that quality keeps of each Datastream.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sensing/model/neighbours.h"
#include "sensing/quality/constants.h"

namespace madang::sensing {

struct Neighbours {
  std::array<std::uint32_t, kNeighboursKept> numbers{};  ///< the nearest first
  std::uint8_t count = 0;
};

/// Of each site, in their order, within the table's reach.
inline std::vector<Neighbours> neighbours_of(std::span<Site const> sites) {
  std::vector<Neighbours> all(sites.size());
  find_neighbours(sites, {.metres = kNeighbourMetres, .most = kNeighboursKept},
                  [&all](std::size_t i, std::span<std::uint32_t const> numbers) {
                    std::ranges::copy(numbers, all[i].numbers.begin());
                    all[i].count = static_cast<std::uint8_t>(numbers.size());
                  });
  return all;
}

}  // namespace madang::sensing
