// Named maxima of what a TraCI server may send and of how long it may take.
#pragma once

#include <chrono>
#include <cstddef>

namespace madang::mobility::traci {

/// Bytes of one frame; a step of a city with 100,000 lane areas stays below 10 MB.
inline constexpr std::size_t kFrameBytesMax = std::size_t{64} << 20U;
/// Bytes of one text: an id, a state, what a server says of an error.
inline constexpr std::size_t kTextBytesMax = std::size_t{64} << 10U;
/// Entries of one list of texts or numbers.
inline constexpr std::size_t kListItemsMax = 100'000;
/// Lists within lists.
inline constexpr int kNestingMax = 8;
/// Objects of one step.
inline constexpr std::size_t kSubscriptionsMax = 1'000'000;
/// Variables of one object: their number is a byte.
inline constexpr std::size_t kVariablesMax = 255;
/// Between two tries to reach a server that does not listen yet.
inline constexpr std::chrono::milliseconds kConnectRetry{5};
/// For a server that was asked to end.
inline constexpr std::chrono::milliseconds kCloseWait{5'000};

}  // namespace madang::mobility::traci
