// Every maximum of the SensorThings service; above it a request is refused with Code::kLimit.
#pragma once

#include <cstddef>

namespace madang::opendata {

inline constexpr std::size_t kTopDefault = 100;
inline constexpr std::size_t kTopMax = 10'000;          ///< entities of one page; more are asked for by nextLink
inline constexpr std::size_t kPathSegmentsMax = 16;
inline constexpr std::size_t kFilterBytesMax = 4'096;
inline constexpr std::size_t kFilterDepthMax = 32;
inline constexpr std::size_t kFilterTermsMax = 256;
/// Observations read for one answer that needs more than a range of time: another order, a filter on the result.
inline constexpr std::size_t kScanMax = 1'000'000;

/// Entities looked at for one $filter that is not on Observations.
inline constexpr std::size_t kFilteredEntitiesMax = 200'000;
inline constexpr std::size_t kFilteredAtOnce = 1'000;      ///< of them written as JSON at once

inline constexpr std::size_t kObservationsPerBodyMax = 200'000;
inline constexpr std::size_t kParametersBytesMax = 16 * 1024;
inline constexpr std::size_t kResultBytesMax = 64 * 1024;  ///< of a text or JSON result
inline constexpr std::size_t kEntityDepthMax = 32;
inline constexpr std::size_t kMembersMax = 64;             ///< of an entity, its `properties` not counted
inline constexpr std::size_t kReasonsMax = 8;              ///< refused elements of a data array whose reason is told
/// Larger bodies are decoded beside the network threads.
inline constexpr std::size_t kInlineBodyBytesMax = 128 * 1024;

inline constexpr std::size_t kWritersWaitingMax = 256;   ///< entity posts waiting for the records
inline constexpr std::size_t kDecodersWaitingMax = 32;   ///< large bodies waiting to be decoded

}  // namespace madang::opendata
