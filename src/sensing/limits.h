// Every maximum of this room. What lies above is refused with Code::kLimit or kOverloaded, never cut off silently.
#pragma once

#include <chrono>
#include <cstddef>

#include "core/time.h"

namespace madang::sensing {

// One device message.
inline constexpr std::size_t kPayloadBytesMax = 64 * 1024;
inline constexpr Millis kArrivalSpreadMax{1'000};  ///< messages without a time that come at once are set so far apart at most

// Ages. A value a day ahead of its arrival comes from a broken clock: it is kept and marked suspect. When a station is late
// or silent says reporting.h.
inline constexpr Millis kFutureMax = std::chrono::hours{24};
inline constexpr Millis kPastWindow = std::chrono::days{7};         ///< how far back `at` looks for a value
inline constexpr Millis kIntervalDefault = std::chrono::hours{1};   ///< expected interval where none is stated
inline constexpr std::size_t kUntrustedReadMax = 2'000;             ///< so many values with a wrong clock are passed over

// Live views.
inline constexpr Millis kLiveTick{100};
inline constexpr Millis kLiveLookEvery = std::chrono::seconds{10};  ///< stations also grow late by mere time
inline constexpr Millis kLiveLeftMax = std::chrono::seconds{60};    ///< a quantity that nobody watches is followed on
inline constexpr std::size_t kSentTextMax = 80;  ///< bytes shown of a result that is no number

// The JSON API.
inline constexpr std::size_t kSeriesPointsMax = 5'000;
inline constexpr std::size_t kSeriesRawMax = 100'000;  ///< above: buckets come from roll-ups
inline constexpr Millis kSeriesReadMax = std::chrono::seconds{5};  ///< reading for one answer takes no longer (503)
inline constexpr std::size_t kSeriesDetailBytesMax = 8u << 20;  ///< of texts and parameters that one answer reads
inline constexpr Millis kMediansSpanMax = std::chrono::days{3 * 366};

inline constexpr std::size_t kSourcesShownMax = 20;  ///< of the numbers of one answer

// Indices.
inline constexpr Millis kIndicesAgeMax = std::chrono::minutes{1};
inline constexpr Millis kCrowdWindow = std::chrono::minutes{15};  ///< samples behind a crowd's trend
inline constexpr std::size_t kCrowdSamplesMax = 1'000;
inline constexpr std::size_t kCrowdPlacesMax = 1'000;

// The work list as JSON; its counts go beyond.
inline constexpr std::size_t kWorkLinesMax = 5'000;
inline constexpr Millis kHealthAgeMax = std::chrono::seconds{5};  ///< a summary is made at most so often

// A broker's mapping file.
inline constexpr std::size_t kBrokerMappingBytesMax = 256 * 1024;
inline constexpr std::size_t kMappingRulesMax = 1'000;
inline constexpr std::size_t kMappedChannelsMax = 2'048;   ///< of one rule
inline constexpr std::size_t kListElementsMax = 1'000;     ///< looked through for an element that a rule chooses
inline constexpr std::size_t kPathDepthMax = 16;

}  // namespace madang::sensing
