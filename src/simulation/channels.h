// The 17 channels of a city node in the order of sensing::city_node_quantities(), by name for code.
#pragma once

#include <array>
#include <cstdint>

namespace madang::simulation {

enum class Channel : std::uint8_t {
  kPm25, kPm10, kO3, kNo2, kCo, kSo2, kNh3, kH2s, kNoise, kTemperature, kHumidity, kWind, kIlluminance, kUltraviolet,
  kVibration, kGlobe, kPeople,
};
inline constexpr std::size_t kChannelCount = 17;

[[nodiscard]] constexpr std::size_t index_of(Channel c) { return static_cast<std::size_t>(c); }

/// Decimal digits on the wire, per channel: values are whole numbers of 10^-decimals.
inline constexpr std::array<int, kChannelCount> kDecimals{0, 0, 3, 3, 2, 3, 2, 2, 1, 1, 0, 1, 0, 1, 2, 1, 0};
inline constexpr std::array<double, 4> kPowersOfTen{1, 10, 100, 1000};

[[nodiscard]] constexpr double physical(std::int32_t wire, std::size_t channel) {
  return wire / kPowersOfTen[static_cast<std::size_t>(kDecimals[channel])];
}

}  // namespace madang::simulation
