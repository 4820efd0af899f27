// Korean noise standards by zone and hour. A level over a time is the energy mean (Leq), never the mean of the numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/quantity.h"
#include "core/time.h"

namespace madang::sensing::indices {

/// Zones of the environmental standard: general areas 가 to 라, and beside roads.
enum class NoiseZone : std::uint8_t {
  kGeneralA, kGeneralB, kGeneralC, kGeneralD,  ///< 가: green, hospitals; 나: housing; 다: commerce; 라: industry
  kRoadsideAB, kRoadsideC, kRoadsideD,
};
/// "general_a" ... "roadside_d": the words of the setting indices.noise_zone.
std::string_view name_of(NoiseZone zone);
std::optional<NoiseZone> noise_zone_named(std::string_view name);

enum class DayPart : std::uint8_t { kDay, kNight };  ///< 06 to 22 h, 22 to 06 h of the local clock
DayPart day_part(int local_hour);
/// The level that Leq of this part of the day should not pass.
SoundLevel noise_standard(NoiseZone zone, DayPart part);

/// Limits of "living noise" of single sources, which an officer may enforce.
enum class NoiseSource : std::uint8_t { kOutdoorLoudspeaker, kFactory, kConstruction };
enum class LivingZone : std::uint8_t { kHousing, kOther };
enum class LivingPart : std::uint8_t { kMorningEvening, kDay, kNight };  ///< 05-07 and 18-22 h, 07-18 h, 22-05 h
LivingPart living_part(int local_hour);
struct LivingNoise {
  LivingZone zone = LivingZone::kHousing;
  NoiseSource source = NoiseSource::kConstruction;
  LivingPart part = LivingPart::kDay;
  Millis daily_work = std::chrono::hours{24};  ///< construction by day is given 10 dB up to 3 h a day, 5 dB up to 6 h
};
SoundLevel living_noise_limit(LivingNoise const& of);

/// Leq of levels that each stand for an equally long time; none when there are none.
std::optional<SoundLevel> energy_mean(std::span<SoundLevel const> levels);

}  // namespace madang::sensing::indices
