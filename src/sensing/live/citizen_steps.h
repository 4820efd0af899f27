// Steps in words that citizens know, for the public page: "good", "quiet", "cold". Pure rules.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace madang::sensing {

/// One step of a quantity: values below `below` (and not of an earlier step).
struct Step {
  double below;
  std::string_view key;  ///< of the message: "level.good"
};

/// The steps of pm25, pm10, noise (dB(A)), temperature (°C), and of people (as multiples of the city's middle).
/// Empty for other channels. Sources: particles, the ranges of Korea's Comprehensive Air-quality Index; noise, the
/// environmental noise standard's limits for residential and mixed areas (환경정책기본법 시행령); temperature and people,
/// our own round numbers, because no official steps exist.
std::span<Step const> steps_of(std::string_view channel);

/// Which step holds the value; none for channels without steps.
std::optional<std::size_t> step_of(std::string_view channel, double value);

}  // namespace madang::sensing
