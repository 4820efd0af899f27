// The names of the quality tests, and the version of the rule set: what is stored with every judged value.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/quality.h"

namespace madang::sensing {

/// Version of the whole rule set, stored with every judged value. 1: timing and gross range only; 2: all tests;
/// 3: dust that is always zero is told from a clean corner; 4: a median per step though clocks differ, and no wrong unit
/// where a neighbour feels the same; 5: a number that means "no value" is never out of range, and values are judged in the
/// quantity's unit; a device's offset and gain by the estimator of the early warning, and what moves at once is no drift;
/// 6: only minutes are a burst of spikes, two hours far away are weather; 7: real and simulated stations are held against
/// their own only; 8: alone is who is far from every neighbour, none of whom feels a part of it, and history is held against
/// the medians of its own time; 9: a parcel that comes station by station is judged once all of it is there; 10: and in the order of
/// time, with neighbours of the same time.
/// tools/tidy holds the rules' files against it (rules.digest).
inline constexpr std::uint16_t kRuleVersion = 10;

/// Which test spoke: Quality::reason. Numbers are stored, so they are never given a new meaning.
enum class QualityTest : std::uint8_t {
  kNone = 0,
  kTiming = 1,      ///< more than a day ahead of its arrival
  kGrossRange = 2,  ///< outside what the sensor can measure, or what a city has ever seen
  kSentinel = 3,    ///< a number that means "no value"
  kSpike = 4,       ///< away from both the value before and the value after
  kRate = 5,        ///< away from the value before; the next value says whether it was a spike
  kFlatLine = 6,    ///< has not moved for too long
  kNotFitted = 7,   ///< the channel has never measured anything
  kScale = 8,       ///< a constant factor away from what it was: another unit
  kNeighbour = 9,   ///< alone against all stations around it
  kDrift = 10,      ///< its bias against the city moves
  kClock = 11,      ///< dated ahead of its arrival, or behind what the device usually is
  kSyntax = 12,     ///< not a number that can be stored
};
inline constexpr std::size_t kQualityTests = 13;

/// "none", "timing", "gross_range", ...: also the end of the catalogue's keys "quality.test.*".
std::string_view name_of(QualityTest test);

/// The graver of two opinions: fail, missing, suspect, good, unknown. The first one stays where they are equal.
[[nodiscard]] constexpr int gravity(QualityFlag flag) {
  switch (flag) {
    case QualityFlag::kFail: return 4;
    case QualityFlag::kMissing: return 3;
    case QualityFlag::kSuspect: return 2;
    case QualityFlag::kGood: return 1;
    case QualityFlag::kUnknown: return 0;
  }
  return 0;
}
[[nodiscard]] constexpr Quality worse(Quality a, Quality b) { return gravity(b.flag) > gravity(a.flag) ? b : a; }

[[nodiscard]] constexpr Quality opinion(QualityFlag flag, QualityTest test) {
  return {flag, static_cast<std::uint8_t>(test), kRuleVersion};
}
inline constexpr Quality kGoodValue = opinion(QualityFlag::kGood, QualityTest::kNone);

}  // namespace madang::sensing
