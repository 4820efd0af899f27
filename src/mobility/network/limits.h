// Named maxima of what this room reads and walks through.
#pragma once

#include <cstddef>
#include <cstdint>

namespace madang::mobility::network {

/// Bytes of one net.xml, unpacked. A city of 100,000 links has about 300 MB.
inline constexpr std::size_t kSumoNetBytesMax = std::size_t{512} << 20U;
inline constexpr std::size_t kLinksMax = 2'000'000;
inline constexpr std::size_t kLanesPerLinkMax = 64;
inline constexpr std::size_t kShapePointsMax = 10'000;
inline constexpr std::size_t kMovementsMax = 8'000'000;
/// Of one junction, those of people who walk among them. SUMO itself ends at 256.
inline constexpr std::size_t kMovementsPerJunctionMax = 1'024;
/// Pairs in all tables together, each way counted. A junction of four arms has about 100.
inline constexpr std::size_t kFoesMax = 50'000'000;
inline constexpr std::size_t kHeadsMax = 1'024;
inline constexpr std::size_t kPlansPerSignalMax = 256;
inline constexpr std::size_t kStepsMax = 1'024;
/// Parts of which one way through a junction is made; SUMO writes at most three.
inline constexpr int kPartsInsideMax = 8;
/// Seconds that a number of a plan may say: a day each way.
inline constexpr double kPlanSecondsMax = 1'000'000;
/// Metres that a place, a length or a walk along lanes may say.
inline constexpr double kMetresMax = 100'000'000;

/// Sentences of one check. Whoever meets more has another file in hand than was meant.
inline constexpr std::size_t kFaultsMax = 1'000;

/// Lanes that one walk upstream or downstream visits.
inline constexpr std::size_t kStretchLanesMax = 1'024;

}  // namespace madang::mobility::network
