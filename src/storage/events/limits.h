// The largest and longest of leases and events.
#pragma once

#include <cstddef>

#include "core/time.h"

namespace madang::storage::events {

// Leases.
inline constexpr Millis kLeaseLength{10'000};   ///< a holder that says nothing for so long is followed by another
inline constexpr Millis kLeaseTurn{2'000};      ///< between two renewals
inline constexpr std::size_t kLeaseNameMax = 120;  ///< bytes

// Events.
inline constexpr std::size_t kTopicMax = 64;           ///< bytes
inline constexpr std::size_t kEventKeyMax = 200;       ///< bytes
inline constexpr std::size_t kPayloadMax = 64 * 1024;  ///< bytes of JSON
inline constexpr std::size_t kHandlerNameMax = 64;     ///< bytes
inline constexpr std::size_t kSentenceMax = 500;       ///< bytes kept of why something failed

// Delivery.
inline constexpr std::size_t kBatchMax = 50;      ///< events of one transaction; PostgreSQL remembers 64 savepoints at low cost
inline constexpr std::size_t kKeyRunMax = 20;     ///< of a key that catches up, in one transaction
inline constexpr Millis kBatchTime{100};          ///< no further event of a batch begins after so long, for other writers wait
inline constexpr Millis kHandleMax{10'000};       ///< a transaction of handlers, all its waiting included
inline constexpr Millis kWaitFirst{1'000};        ///< after the first failure; then twice as long each time
inline constexpr Millis kWaitMax{15 * 60'000};
inline constexpr int kAttemptsMax = 20;           ///< then it is a dead letter: about three hours after the first
inline constexpr std::int64_t kDeadLettersMax = 10'000;  ///< of one handler; further ones hold their keys until somebody looks

// Upkeep.
inline constexpr Millis kKeptAfterDone = std::chrono::hours{24};           ///< an event that all handlers have done
inline constexpr Millis kHandlerKept = std::chrono::hours{30 * 24};        ///< a handler that no program has any more
inline constexpr std::size_t kPruneMax = 1'000;                            ///< events of one transaction

}  // namespace madang::storage::events
