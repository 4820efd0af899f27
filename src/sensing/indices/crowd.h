// Crowd density in bands, and where it is going. A band is told by the density, a surge by density and rate together.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/quantity.h"
#include "core/time.h"

namespace madang::sensing::indices {

enum class CrowdBand : std::uint8_t { kFree, kCaution, kAlert, kSevere };
/// "free", "caution", "alert", "severe".
std::string_view name_of(CrowdBand band);

/// Where the bands begin. A place with stairs or slopes needs lower ones: they are configuration.
struct CrowdBands {
  CrowdDensity caution{3};
  CrowdDensity alert{4};
  CrowdDensity severe{5};
};
CrowdBand crowd_band(CrowdBands const& bands, CrowdDensity density);
/// Below the first band, and no word of room any more.
bool is_filling(CrowdBands const& bands, CrowdDensity density);
/// To one decimal, and never as high as a band that it has not reached: 2.99 is 2.9 where caution begins at 3.
CrowdDensity shown_density(CrowdBands const& bands, CrowdDensity density);

enum class Trend : std::uint8_t { kFalling, kSteady, kRising };
/// "falling", "steady", "rising".
std::string_view name_of(Trend trend);

struct CrowdSample {
  Instant time;
  CrowdDensity density;
};
struct CrowdState {
  CrowdBand band = CrowdBand::kFree;
  Trend trend = Trend::kSteady;
  double per_minute = 0;               ///< people per m² and minute, by least squares over the samples
  std::optional<Millis> until_next;    ///< to the next band at this rate; none when falling, steady or at the top
};
/// Samples of the last minutes, ascending, not empty. Fewer than three, or less than two minutes, give no trend.
CrowdState crowd_state(CrowdBands const& bands, std::span<CrowdSample const> samples);

/// None for an area of zero.
std::optional<CrowdDensity> crowd_density(double people, double square_metres);

}  // namespace madang::sensing::indices
