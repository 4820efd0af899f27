// Every maximum of the feeds, by name.
#pragma once

#include <chrono>
#include <cstddef>

namespace madang::simulation {

inline constexpr std::size_t kPageSize = 1'000;            ///< entities of one page that is read
inline constexpr std::size_t kObservationsPageSize = 10'000;
inline constexpr std::size_t kValuesPerBodyMax = 16'000;   ///< of one CreateObservations body; about 0.5 MB
inline constexpr double kHistoryValuesDense = 5e6;        ///< of a past below 30 s; about 5 s of writing (docs/measurements.md)
inline constexpr std::size_t kTriesMax = 30;               ///< of one request while the server is away or overloaded
inline constexpr std::chrono::milliseconds kTryAgainAfter{1'000};
inline constexpr std::size_t kConnectionsMax = 32;         ///< MQTT connections of one feed
inline constexpr std::size_t kThingsPerConnection = 500;
inline constexpr std::size_t kMessagesWaitingMax = 2'000;  ///< per MQTT connection, not acknowledged yet

}  // namespace madang::simulation
