#include "sensing/indices/air.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "sensing/indices/aqi_table.h"
#include "sensing/indices/cai_table.h"
#include "sensing/indices/eaqi_table.h"
#include "sensing/indices/who_table.h"

namespace madang::sensing::indices {
namespace {

struct PollutantRow {
  Pollutant pollutant;
  std::string_view channel;
  std::string_view symbol;
  double ug_m3_per_ppm;  ///< at 20 °C and 1013 hPa, from the molar mass; 0: particles
};
// Molar volume 24.055 l/mol at 20 °C and 1013.25 hPa (Directive 2008/50/EC, annex VI: gases are given at 293 K and
// 101.3 kPa); molar masses of IUPAC, g/mol.
constexpr double kMolarVolume = 24.055;
constexpr std::array kPollutantTable{
    PollutantRow{Pollutant::kPm25, "pm25", "PM2.5", 0},
    PollutantRow{Pollutant::kPm10, "pm10", "PM10", 0},
    PollutantRow{Pollutant::kO3, "o3", "O₃", 47.998 / kMolarVolume * 1000},
    PollutantRow{Pollutant::kNo2, "no2", "NO₂", 46.006 / kMolarVolume * 1000},
    PollutantRow{Pollutant::kSo2, "so2", "SO₂", 64.064 / kMolarVolume * 1000},
    PollutantRow{Pollutant::kCo, "co", "CO", 28.010 / kMolarVolume * 1000},
};

PollutantRow const& row_of(Pollutant pollutant) { return kPollutantTable[static_cast<std::size_t>(pollutant)]; }

constexpr std::array<std::string_view, 5> kScaleNames{"none", "cai", "aqi", "eaqi", "who"};

constexpr std::array kScales{
    ScaleInfo{"", "indices.scale_none", {}},
    ScaleInfo{"CAI", "indices.scale_cai", "indices.source_cai"},
    ScaleInfo{"AQI", "indices.scale_aqi", "indices.source_aqi"},
    ScaleInfo{"EAQI", "indices.scale_eaqi", "indices.source_eaqi"},
    ScaleInfo{"WHO", "indices.scale_who", "indices.source_who"},
};

std::optional<SubIndex> look_up_on_scale(AirScale scale, Pollutant pollutant, double value) {
  switch (scale) {
    case AirScale::kCai: return cai_sub_index(pollutant, value);
    case AirScale::kAqi: return aqi_sub_index(pollutant, value);
    case AirScale::kEaqi: return eaqi_sub_index(pollutant, value);
    case AirScale::kWho: return who_sub_index(pollutant, value);
    case AirScale::kNone: break;
  }
  return std::nullopt;
}

/// Upper ends of the classes without the last one, in the channel's unit.
template <typename Rows>
std::vector<double> ends(Rows const& rows, Pollutant pollutant, double per_channel_unit) {
  std::vector<double> out;
  for (auto const& row : rows) {
    if (row.pollutant != pollutant) continue;
    for (double const high : row.high)
      if (high > 0) out.push_back(high / per_channel_unit);
  }
  return out;
}

double to_table_unit(Pollutant pollutant) {
  auto const factor = row_of(pollutant).ug_m3_per_ppm;
  return factor == 0 ? 1 : factor;
}

}  // namespace

std::string_view channel_of(Pollutant pollutant) { return row_of(pollutant).channel; }
std::string_view symbol_of(Pollutant pollutant) { return row_of(pollutant).symbol; }

std::optional<Pollutant> pollutant_of(std::string_view channel) {
  auto const row = std::ranges::find(kPollutantTable, channel, &PollutantRow::channel);
  if (row == kPollutantTable.end()) return std::nullopt;
  return row->pollutant;
}

std::string_view name_of(AirScale scale) { return kScaleNames[static_cast<std::size_t>(scale)]; }

std::optional<AirScale> air_scale_named(std::string_view name) {
  auto const found = std::ranges::find(kScaleNames, name);
  if (found == kScaleNames.end()) return std::nullopt;
  return static_cast<AirScale>(found - kScaleNames.begin());
}

ScaleInfo const& info_of(AirScale scale) { return kScales[static_cast<std::size_t>(scale)]; }

std::span<IndexClass const> classes_of(AirScale scale) {
  switch (scale) {
    case AirScale::kCai: return kCaiClassTable;
    case AirScale::kAqi: return kAqiClassTable;
    case AirScale::kEaqi: return kEaqiClassTable;
    case AirScale::kWho: return kWhoClassTable;
    case AirScale::kNone: break;
  }
  return {};
}

AirAnswer air_index(AirScale scale, AirHistory const& history) {
  switch (scale) {
    case AirScale::kCai: return cai(history);
    case AirScale::kAqi: return aqi(history);
    case AirScale::kEaqi: return eaqi(history);
    case AirScale::kWho: return who(history);
    case AirScale::kNone: break;
  }
  return {};
}

std::optional<SubIndex> sub_index(AirScale scale, Pollutant particle, MassDensity value) {
  if (row_of(particle).ug_m3_per_ppm != 0) return std::nullopt;
  return look_up_on_scale(scale, particle, value.value);
}

std::optional<SubIndex> sub_index(AirScale scale, Pollutant gas, MoleFraction value) {
  if (row_of(gas).ug_m3_per_ppm == 0) return std::nullopt;
  return look_up_on_scale(scale, gas, value.value);
}

std::vector<double> thresholds(AirScale scale, Pollutant pollutant) {
  std::vector<double> all;
  switch (scale) {
    case AirScale::kCai: all = ends(kCaiBreakpoints, pollutant, 1); break;
    case AirScale::kAqi: {
      bool const billions = pollutant == Pollutant::kNo2 || pollutant == Pollutant::kSo2;
      all = ends(kAqiBreakpoints, pollutant, billions ? 1000 : 1);
      break;
    }
    case AirScale::kEaqi: return ends(kEaqiBands, pollutant, to_table_unit(pollutant));
    case AirScale::kWho: return ends(kWhoLevels, pollutant, to_table_unit(pollutant));
    case AirScale::kNone: return {};
  }
  // The last number of these tables is where the index ends, not where a class begins.
  if (!all.empty()) all.pop_back();
  return all;
}

std::optional<MassDensity> mass_density(Pollutant gas, MoleFraction fraction) {
  auto const factor = row_of(gas).ug_m3_per_ppm;
  if (factor == 0) return std::nullopt;
  return MassDensity{fraction.value * factor};
}

std::optional<MoleFraction> mole_fraction(Pollutant gas, MassDensity density) {
  auto const factor = row_of(gas).ug_m3_per_ppm;
  if (factor == 0) return std::nullopt;
  return MoleFraction{density.value / factor};
}

AirIndex worst_of(std::vector<SubIndex> parts) {
  MADANG_ASSERT(!parts.empty());
  auto const rank = [](SubIndex const& p) { return std::pair{p.value.value_or(0), p.step}; };
  auto const worst = std::ranges::max_element(parts, {}, rank);
  AirIndex index{worst->step, worst->value, worst->pollutant, {}};
  index.parts = std::move(parts);
  return index;
}

}  // namespace madang::sensing::indices
