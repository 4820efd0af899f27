// Numbers with their unit in the type: a sound level does not compile where a temperature is wanted. Plain doubles
// only inside one function.
#pragma once

#include <compare>

namespace madang {

template <typename Unit>
struct Quantity {
  double value = 0;

  constexpr Quantity() = default;
  constexpr explicit Quantity(double number) : value(number) {}
  friend constexpr auto operator<=>(Quantity, Quantity) = default;
};

using MassDensity = Quantity<struct MicrogramsPerCubicMetre>;
using MoleFraction = Quantity<struct PartsPerMillion>;
using SoundLevel = Quantity<struct DecibelsA>;  ///< averaged as energy, never as plain numbers
using Temperature = Quantity<struct DegreesCelsius>;
using RelativeHumidity = Quantity<struct Percent>;
using CrowdDensity = Quantity<struct PeoplePerSquareMetre>;

inline namespace literals {
constexpr MassDensity operator""_ug_m3(long double v) { return MassDensity{static_cast<double>(v)}; }
constexpr MoleFraction operator""_ppm(long double v) { return MoleFraction{static_cast<double>(v)}; }
constexpr SoundLevel operator""_dba(long double v) { return SoundLevel{static_cast<double>(v)}; }
constexpr Temperature operator""_celsius(long double v) { return Temperature{static_cast<double>(v)}; }
constexpr RelativeHumidity operator""_percent(long double v) { return RelativeHumidity{static_cast<double>(v)}; }
constexpr CrowdDensity operator""_per_m2(long double v) { return CrowdDensity{static_cast<double>(v)}; }
}  // namespace literals

}  // namespace madang
