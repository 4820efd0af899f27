// Named maxima of the observation store.
#pragma once

#include <cstddef>
#include <cstdint>

namespace madang::storage {

inline constexpr std::size_t kBatchObservationsMax = 1'000'000;
inline constexpr std::size_t kDetailTextMax = 1u << 20;         ///< bytes of one text, JSON result or parameters
inline constexpr std::size_t kAggregateBucketsMax = 4'000'000;  ///< over all series of one answer

inline constexpr std::size_t kSameTimeMax = 256;     ///< observations of one Datastream and time, by interval and feature
inline constexpr std::size_t kTrustLookBack = 2'000;  ///< values looked at for one whose time can be believed
inline constexpr std::size_t kGapsMax = 100'000;  ///< remembered stretches without chunks, one a series
inline constexpr std::uint32_t kArrivalMax = (1u << 26) - 2;  ///< one less than fits, so that the number after it fits too
inline constexpr std::uint32_t kArrivalsNearlyAll = kArrivalMax / 10 * 9;  ///< from here on it is told that a Datastream will be full
inline constexpr std::size_t kAveragingStreamsMax = 1u << 20;  ///< Datastreams named in one row of the log; more take more rows

}  // namespace madang::storage
