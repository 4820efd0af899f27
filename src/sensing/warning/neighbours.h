// Who stands near whom, found with a grid: for each place the nearest others within a radius.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sensing/warning/model.h"

namespace madang::sensing::warning {

class Neighbours {
 public:
  Neighbours() = default;
  /// At most kNeighboursMax each, nearest first. Streams of the same Thing are no neighbours of each other.
  Neighbours(std::span<Stream const> streams, double radius);

  [[nodiscard]] std::span<std::uint32_t const> of(std::uint32_t place) const {
    return {nearest_.data() + first_[place], nearest_.data() + first_[place + 1]};
  }

 private:
  std::vector<std::uint32_t> first_;
  std::vector<std::uint32_t> nearest_;
};

}  // namespace madang::sensing::warning
