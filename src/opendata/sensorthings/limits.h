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

inline constexpr std::size_t kObservationsPerBodyMax = 200'000;
inline constexpr std::size_t kParametersBytesMax = 16 * 1024;
inline constexpr std::size_t kResultBytesMax = 64 * 1024;  ///< of a text or JSON result
inline constexpr std::size_t kEntityDepthMax = 32;
/// Larger bodies are decoded beside the network threads.
inline constexpr std::size_t kInlineBodyBytesMax = 128 * 1024;

inline constexpr std::size_t kWritersWaitingMax = 256;   ///< entity posts waiting for the records
inline constexpr std::size_t kDecodersWaitingMax = 32;   ///< large bodies waiting to be decoded

}  // namespace madang::opendata
