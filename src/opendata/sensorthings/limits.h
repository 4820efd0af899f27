// Every maximum of the SensorThings service; above it a request is refused with Code::kLimit.
#pragma once

#include <cstddef>

#include "core/time.h"

namespace madang::opendata {

inline constexpr std::size_t kTopDefault = 100;
inline constexpr std::size_t kTopMax = 10'000;          ///< entities of one page; more are asked for by nextLink
inline constexpr std::size_t kPathSegmentsMax = 16;
inline constexpr std::size_t kFilterBytesMax = 4'096;
inline constexpr std::size_t kFilterDepthMax = 32;
inline constexpr std::size_t kFilterTermsMax = 256;
/// Observations read for one answer that needs more than a range of time: another order, a filter on the result.
inline constexpr std::size_t kScanMax = 1'000'000;

/// A page ends behind the entity with which it comes to more, and a nextLink leads on.
inline constexpr std::size_t kPageBytesMax = 8u << 20;
/// Texts and JSON of observations that wait to be put into an order.
inline constexpr std::size_t kHeldBytesMax = 64u << 20;
/// After this long, from its beginning, a read ends with 503: nobody holds a reading thread longer.
inline constexpr Millis kReadTimeMax{5'000};

/// Entities looked at for one $filter that is not on Observations.
inline constexpr std::size_t kFilteredEntitiesMax = 200'000;
/// Datastreams of one page, each of which says when it was observed: more wait with the reads that may take seconds.
inline constexpr std::size_t kDatastreamsReadPlainly = 1'000;
inline constexpr std::size_t kWrittenAtOnce = 20;           ///< entities made JSON together; one may be a MiB

inline constexpr std::size_t kObservationsPerBodyMax = 200'000;
inline constexpr std::size_t kParametersBytesMax = 16 * 1024;
inline constexpr std::size_t kResultBytesMax = 64 * 1024;  ///< of a text or JSON result
inline constexpr std::size_t kEntityDepthMax = 32;
inline constexpr std::size_t kMembersMax = 64;             ///< of an entity, its `properties` not counted
inline constexpr std::size_t kPatchStepsMax = 100;         ///< operations of one JSON Patch
inline constexpr std::size_t kPatchedBytesMax = 256u << 10;  ///< of an entity between two of them
inline constexpr std::size_t kReasonsMax = 8;              ///< refused elements of a data array whose reason is told in the header ...
inline constexpr std::size_t kReasonKindsMax = 16;         ///< ... of those that differ in more than numbers, for the log ...
inline constexpr std::size_t kReasonsBytesMax = 1u << 20;  ///< ... and of the reasons that stand in the body
/// Larger bodies are decoded beside the network threads.
inline constexpr std::size_t kInlineBodyBytesMax = 128 * 1024;

/// From the whole request to the end of its work: a post whose turn comes later is not begun, for nobody waits for it any more.
inline constexpr Millis kPostWaitMax{10'000};
inline constexpr std::size_t kWritersWaitingMax = 256;   ///< entity posts waiting for the records
inline constexpr std::size_t kDecodersWaitingMax = 32;   ///< large bodies waiting to be decoded

}  // namespace madang::opendata
