#include "sensing/warning/neighbours.h"

#include "sensing/model/neighbours.h"
#include "sensing/warning/limits.h"

namespace madang::sensing::warning {

Neighbours::Neighbours(std::span<Stream const> streams, double radius) : first_(streams.size() + 1, 0) {
  std::vector<Site> sites;
  for (std::uint32_t i = 0; i < streams.size(); ++i) {
    if (streams[i].placed) sites.push_back({.number = i, .group = 0, .thing = streams[i].thing, .place = streams[i].place});
  }
  // Sites come in the order of streams; who has no place has an empty list.
  std::uint32_t next = 0;
  find_neighbours(sites, {.metres = radius, .most = kNeighboursMax},
                  [&](std::size_t site, std::span<std::uint32_t const> numbers) {
                    for (; next <= sites[site].number; ++next) first_[next] = static_cast<std::uint32_t>(nearest_.size());
                    nearest_.insert(nearest_.end(), numbers.begin(), numbers.end());
                  });
  for (; next <= streams.size(); ++next) first_[next] = static_cast<std::uint32_t>(nearest_.size());
}

}  // namespace madang::sensing::warning
