// How long records wait, and how often they try.
#pragma once

#include "core/time.h"

namespace madang::storage {

inline constexpr Millis kCallMax{60'000};          ///< one read or transaction, all its waiting included; migrations and copies have none
inline constexpr Millis kConnectMax{5'000};        ///< one try to reach PostgreSQL, or to ask it what became of a COMMIT
inline constexpr Millis kRestartPatience{30'000};  ///< a database that went away is waited for so long; then calls fail at once
inline constexpr Millis kTryAgainAfter{100};       ///< between two tries to reach it
inline constexpr int kTriesMax = 10;               ///< of a transaction that lost against another one
inline constexpr Millis kLostPause{5};             ///< before the second try; then twice as long each time

}  // namespace madang::storage
