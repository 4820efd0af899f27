// Named maxima of the observation store.
#pragma once

#include <cstddef>
#include <cstdint>

namespace madang::storage {

inline constexpr std::size_t kBatchObservationsMax = 1'000'000;
inline constexpr std::size_t kDetailTextMax = 1u << 20;         ///< bytes of one text, JSON result or parameters
inline constexpr std::size_t kAggregateBucketsMax = 4'000'000;  ///< over all series of one answer

}  // namespace madang::storage
