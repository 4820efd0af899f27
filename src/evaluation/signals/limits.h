// Named maxima of holding signals against SUMO.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace madang::evaluation::signals {

/// Scenarios of one folder.
inline constexpr std::size_t kScenariosMax = 200;
inline constexpr std::uint64_t kSeedsMax = 1000;
inline constexpr std::size_t kThreadsMax = 256;
/// Bytes of one file that is read.
inline constexpr std::uintmax_t kXmlBytesMax = std::uintmax_t{4} << 30U;
/// Elements within each other.
inline constexpr int kXmlDepthMax = 64;
/// Seconds of one simulation: two days.
inline constexpr std::chrono::seconds kWindowMax{172'800};
/// Until SUMO has read a scenario and listens, and for the answer to one step.
inline constexpr std::chrono::milliseconds kAnswerWait{300'000};
/// For one whole simulation.
inline constexpr std::chrono::milliseconds kRunWait{3'600'000};

}  // namespace madang::evaluation::signals
