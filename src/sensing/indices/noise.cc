#include "sensing/indices/noise.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "sensing/indices/noise_table.h"

namespace madang::sensing::indices {

std::string_view name_of(NoiseZone zone) {
  auto const row = std::ranges::find(kNoiseStandards, zone, &NoiseStandardRow::zone);
  MADANG_ASSERT(row != kNoiseStandards.end());
  return row->name;
}

std::optional<NoiseZone> noise_zone_named(std::string_view name) {
  auto const row = std::ranges::find(kNoiseStandards, name, &NoiseStandardRow::name);
  if (row == kNoiseStandards.end()) return std::nullopt;
  return row->zone;
}

DayPart day_part(int local_hour) {
  return local_hour >= kNoiseDayFrom && local_hour < kNoiseDayTo ? DayPart::kDay : DayPart::kNight;
}

SoundLevel noise_standard(NoiseZone zone, DayPart part) {
  auto const row = std::ranges::find(kNoiseStandards, zone, &NoiseStandardRow::zone);
  MADANG_ASSERT(row != kNoiseStandards.end());
  return SoundLevel{part == DayPart::kDay ? row->day : row->night};
}

LivingPart living_part(int local_hour) {
  if (local_hour < kLivingMorningFrom || local_hour >= kLivingNightFrom) return LivingPart::kNight;
  return local_hour >= kLivingDayFrom && local_hour < kLivingEveningFrom ? LivingPart::kDay : LivingPart::kMorningEvening;
}

SoundLevel living_noise_limit(LivingNoise const& of) {
  auto const same = [&of](LivingNoiseRow const& r) { return r.zone == of.zone && r.source == of.source; };
  auto const row = std::ranges::find_if(kLivingNoise, same);
  MADANG_ASSERT(row != kLivingNoise.end());
  if (of.part == LivingPart::kNight) return SoundLevel{row->night};
  if (of.part == LivingPart::kMorningEvening) return SoundLevel{row->morning_evening};
  if (of.source != NoiseSource::kConstruction || of.daily_work > kHalfDayWork) return SoundLevel{row->day};
  return SoundLevel{row->day + (of.daily_work <= kShortWork ? kShortWorkExtra : kHalfDayWorkExtra)};
}

std::optional<SoundLevel> energy_mean(std::span<SoundLevel const> levels) {
  if (levels.empty()) return std::nullopt;
  double energy = 0;
  for (auto const level : levels) energy += std::pow(10.0, level.value / 10.0);
  return SoundLevel{10.0 * std::log10(energy / static_cast<double>(levels.size()))};
}

}  // namespace madang::sensing::indices
