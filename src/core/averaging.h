// How values of a quantity are averaged: sound levels as energy, directions as vectors, all else as numbers.
#pragma once

#include <cstdint>

namespace madang {

/// Numbers go into the stored bytes.
enum class Averaging : std::uint8_t { kArithmetic = 0, kEnergy = 1, kCircular = 2 };

}  // namespace madang
