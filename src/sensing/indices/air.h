// Air quality indices. Input are the hourly means of one place, newest last; an hour without enough values is empty.
// An index whose rules are not met has no value: the answer then says what is missing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/quantity.h"

namespace madang::sensing::indices {

enum class Pollutant : std::uint8_t { kPm25, kPm10, kO3, kNo2, kSo2, kCo };
inline constexpr std::size_t kPollutants = 6;
/// As in messages and addresses: "pm25", "pm10", "o3", "no2", "so2", "co".
std::string_view channel_of(Pollutant pollutant);
/// As people write it: "PM2.5", "O₃".
std::string_view symbol_of(Pollutant pollutant);
std::optional<Pollutant> pollutant_of(std::string_view channel);

enum class AirScale : std::uint8_t { kNone, kCai, kAqi, kEaqi, kWho };
/// "none", "cai", "aqi", "eaqi", "who": the words of the setting indices.air.
std::string_view name_of(AirScale scale);
std::optional<AirScale> air_scale_named(std::string_view name);

/// One class of a scale, best first. Names and colours are those of whoever publishes the scale; `key` is stable.
struct IndexClass {
  std::string_view key;
  std::string_view name_key;
  std::string_view colour;    ///< "#rrggbb"
  int index_max = 0;          ///< highest index value of the class; 0: the scale has classes only
};
/// Empty for kNone.
std::span<IndexClass const> classes_of(AirScale scale);

struct ScaleInfo {
  std::string_view short_name;  ///< "CAI"
  std::string_view name_key;
  std::string_view source_key;  ///< where its table comes from
};
ScaleInfo const& info_of(AirScale scale);

/// Hourly means, newest last. Its last entry is the hour the index is asked for; up to kHoursMax are looked at.
template <typename Q>
using Hours = std::vector<std::optional<Q>>;
inline constexpr std::size_t kHoursMax = 24;

struct AirHistory {
  Hours<MassDensity> pm25, pm10;
  Hours<MoleFraction> o3, no2, so2, co;
};

/// What one pollutant contributes.
struct SubIndex {
  Pollutant pollutant = Pollutant::kPm25;
  std::size_t step = 0;          ///< which of classes_of
  std::optional<int> value;      ///< none where the scale has classes only
  double concentration = 0;      ///< what was looked up, in the unit of the scale's table, after its rounding rule
  friend bool operator==(SubIndex const&, SubIndex const&) = default;
};

struct AirIndex {
  std::size_t step = 0;
  std::optional<int> value;
  Pollutant cause = Pollutant::kPm25;  ///< the worst one
  std::vector<SubIndex> parts;         ///< of every pollutant that had enough values
};

struct AirAnswer {
  std::optional<AirIndex> index;
  std::vector<Pollutant> missing;  ///< those without which the scale has no value; empty when there is one
};
AirAnswer air_index(AirScale scale, AirHistory const& history);

/// Class and index of one concentration by the scale's table, ready for rules such as "above the class moderate". The
/// value is taken as the mean over the table's own time. None where the scale does not know the pollutant.
std::optional<SubIndex> sub_index(AirScale scale, Pollutant particle, MassDensity value);
std::optional<SubIndex> sub_index(AirScale scale, Pollutant gas, MoleFraction value);

/// Lowest concentration of each class above the first, ascending, in the channel's unit (µg/m³ or ppm): the lines of
/// a chart and the limits of threshold rules.
std::vector<double> thresholds(AirScale scale, Pollutant pollutant);

/// CAI: the mean of 24 hours as it is to be expected (C24E). None unless 9 of 12 and 3 of the last 4 hours are there.
std::optional<MassDensity> predicted_mean_24h(Pollutant particle, Hours<MassDensity> const& hours);
/// US EPA's PM NowCast. None unless two of the last three hours are there.
std::optional<MassDensity> nowcast(Hours<MassDensity> const& hours);

/// At 20 °C and 1013 hPa, as the European directive counts gases. None for particles.
std::optional<MassDensity> mass_density(Pollutant gas, MoleFraction fraction);
std::optional<MoleFraction> mole_fraction(Pollutant gas, MassDensity density);

}  // namespace madang::sensing::indices
