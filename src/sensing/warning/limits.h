// Every maximum of the early warning.
#pragma once

#include <chrono>
#include <cstddef>

#include "core/time.h"

namespace madang::sensing::warning {

inline constexpr std::size_t kStreamsMax = 400'000;
inline constexpr std::size_t kRulesMax = 100;
inline constexpr std::size_t kCausesMax = 500;         ///< open ones of one rule; more are not opened
inline constexpr std::size_t kPartsMax = 16;           ///< quantities and clusters of one cause
inline constexpr std::size_t kPastPartsMax = 64;       ///< remembered of one cause that were ever part of it
inline constexpr double kReachMax = 100'000;           ///< metres around a cause of several parts
inline constexpr std::size_t kCourseMax = 200;         ///< values kept of an Area's level, and of a stream with its old peak
inline constexpr std::size_t kEvidenceOfCause = 48;    ///< series shown of one cause
inline constexpr std::size_t kSamplesWaitingMax = 200'000;  ///< of too few stations at one pace, for the next slower one
/// What lasts is reported again with its newest numbers at every step, and not more often than this.
inline constexpr Millis kReportEvery = std::chrono::seconds{10};
inline constexpr std::size_t kMembersMax = 2'000;      ///< of one cause; a whole region is haze
inline constexpr std::size_t kMembersReported = 12;
inline constexpr std::size_t kMembersNamed = 64;       ///< so that a restart goes on with them; what Situations keep
inline constexpr std::size_t kNeighboursMax = 12;      ///< nearest ones that are looked at
inline constexpr std::size_t kWitnessesMax = 20'000;   ///< of quicker streams, beside those of one step and pace ...
inline constexpr std::size_t kWitnessSlotsMax = 4'000'000;  ///< ... with so many values kept of all, 36 MB: the latest pace keeps many of each ...
inline constexpr std::size_t kWitnessesEach = 3;       ///< ... nearest of each first; more only up to a quarter of that
inline constexpr std::size_t kWitnessesLeast = 100;    ///< ... and so many where those are fewer: a median of the city needs them
inline constexpr std::size_t kHistorySteps = 32;       ///< values kept per stream as evidence
inline constexpr std::int64_t kStepsAtOnceMax = 64;    ///< a longer gap is passed over
inline constexpr std::int64_t kStepsAheadMax = 30;     ///< kept for clocks that run ahead
inline constexpr std::int64_t kStepsOpenMax = 1'900;   ///< that take values at once: the latest pace in minutes
/// What is not judged for so long is told: before, it may be a start, or a parcel on its way.
inline constexpr Millis kBlindAfter = std::chrono::minutes{2};
inline constexpr std::size_t kRevisionsWaitingMax = 200'000;
inline constexpr std::size_t kAloneMax = 500;          ///< open unconfirmed ones of one rule
/// A station that nobody has heard for so long (at least kSilentSteps of its steps) belongs to no cause any more, and a
/// cause without stations ends: an event whose last witness died must not stay on the wall for ever.
inline constexpr Millis kSilentFor = std::chrono::hours{2};
inline constexpr std::int64_t kSilentSteps = 12;
/// While values wait in the server itself, steps wait for them, so long at most: then something is broken, and silence is worse.
inline constexpr Millis kBacklogMax = std::chrono::minutes{5};
inline constexpr std::size_t kObservationsWaitingMax = 1'000'000;
inline constexpr std::size_t kSuspectsMax = 500;       ///< open ones of one rule
inline constexpr std::size_t kRuleBytesMax = 256 * 1024;

}  // namespace madang::sensing::warning
