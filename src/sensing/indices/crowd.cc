#include "sensing/indices/crowd.h"

#include <array>
#include <cmath>

#include "core/error.h"
#include "sensing/indices/crowd_table.h"

namespace madang::sensing::indices {
namespace {

/// Slope of the least squares line, per minute; none when the samples say too little.
std::optional<double> slope(std::span<CrowdSample const> samples) {
  if (samples.size() < kTrendSamplesMin || samples.back().time - samples.front().time < kTrendSpanMin) return std::nullopt;
  auto const minutes = [&](CrowdSample const& s) {
    return std::chrono::duration<double, std::ratio<60>>(s.time - samples.front().time).count();
  };
  auto const n = static_cast<double>(samples.size());
  double time_mean = 0;
  double density_mean = 0;
  for (auto const& s : samples) {
    time_mean += minutes(s) / n;
    density_mean += s.density.value / n;
  }
  double across = 0;
  double along = 0;
  for (auto const& s : samples) {
    double const t = minutes(s) - time_mean;
    across += t * (s.density.value - density_mean);
    along += t * t;
  }
  return across / along;
}

std::optional<CrowdDensity> next_band(CrowdBands const& bands, CrowdBand band) {
  switch (band) {
    case CrowdBand::kFree: return bands.caution;
    case CrowdBand::kCaution: return bands.alert;
    case CrowdBand::kAlert: return bands.severe;
    case CrowdBand::kSevere: break;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(CrowdBand band) {
  static constexpr std::array<std::string_view, 4> kNames{"free", "caution", "alert", "severe"};
  return kNames[static_cast<std::size_t>(band)];
}

std::string_view name_of(Trend trend) {
  static constexpr std::array<std::string_view, 3> kNames{"falling", "steady", "rising"};
  return kNames[static_cast<std::size_t>(trend)];
}

CrowdBand crowd_band(CrowdBands const& bands, CrowdDensity density) {
  if (density >= bands.severe) return CrowdBand::kSevere;
  if (density >= bands.alert) return CrowdBand::kAlert;
  return density >= bands.caution ? CrowdBand::kCaution : CrowdBand::kFree;
}

bool is_filling(CrowdBands const& bands, CrowdDensity density) {
  return crowd_band(bands, density) == CrowdBand::kFree && density.value >= kFillingShare * bands.caution.value;
}

CrowdDensity shown_density(CrowdBands const& bands, CrowdDensity density) {
  CrowdDensity const nearest{std::round(10 * density.value) / 10};
  if (crowd_band(bands, nearest) == crowd_band(bands, density)) return nearest;
  return CrowdDensity{std::floor(10 * density.value) / 10};
}

CrowdState crowd_state(CrowdBands const& bands, std::span<CrowdSample const> samples) {
  MADANG_ASSERT(!samples.empty());
  auto const now = samples.back().density;
  CrowdState state;
  state.band = crowd_band(bands, now);
  state.per_minute = slope(samples).value_or(0);
  if (std::abs(state.per_minute) < kSteadyBelow) return state;
  state.trend = state.per_minute > 0 ? Trend::kRising : Trend::kFalling;
  auto const next = next_band(bands, state.band);
  if (state.trend != Trend::kRising || !next) return state;
  double const minutes = (next->value - now.value) / state.per_minute;
  state.until_next = Millis{std::llround(minutes * 60'000)};
  return state;
}

std::optional<CrowdDensity> crowd_density(double people, double square_metres) {
  if (square_metres <= 0) return std::nullopt;
  return CrowdDensity{people / square_metres};
}

}  // namespace madang::sensing::indices
