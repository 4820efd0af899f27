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

/// The temperature a person feels in the warm months, in °C, from air temperature (°C) and relative humidity (%):
/// KMA's summer formula over Stull's wet-bulb temperature (2011). Below 20 °C it says nothing.
std::optional<double> perceived_temperature(double temperature, double humidity);

/// What to tell people about heat: the steps of KMA's heat warnings, 31, 33 and 35 °C perceived.
std::string_view heat_advice_key(std::optional<double> perceived);

}  // namespace madang::sensing
