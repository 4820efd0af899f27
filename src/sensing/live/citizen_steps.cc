#include "sensing/live/citizen_steps.h"

#include <algorithm>
#include <array>
#include <limits>

namespace madang::sensing {
namespace {

constexpr double kEndless = std::numeric_limits<double>::infinity();

// Particles are compared as whole numbers, as the index does: 15.4 is 15.
constexpr std::array kPm25Steps = {Step{15.5, "level.good"}, Step{35.5, "level.moderate"}, Step{75.5, "level.bad"},
                              Step{kEndless, "level.very_bad"}};
constexpr std::array kPm10Steps = {Step{30.5, "level.good"}, Step{80.5, "level.moderate"}, Step{150.5, "level.bad"},
                              Step{kEndless, "level.very_bad"}};
constexpr std::array kNoiseSteps = {Step{45, "level.quiet"}, Step{55, "level.lively"}, Step{65, "level.loud"},
                               Step{kEndless, "level.very_loud"}};
constexpr std::array kTemperatureSteps = {Step{0, "level.freezing"}, Step{10, "level.cold"}, Step{20, "level.mild"},
                                     Step{28, "level.warm"}, Step{kEndless, "level.hot"}};
constexpr std::array kPeopleSteps = {Step{0.5, "level.few_people"}, Step{1.5, "level.usual_people"},
                                Step{3, "level.many_people"}, Step{kEndless, "level.very_many_people"}};

}  // namespace

std::span<Step const> steps_of(std::string_view channel) {
  if (channel == "pm25") return kPm25Steps;
  if (channel == "pm10") return kPm10Steps;
  if (channel == "noise") return kNoiseSteps;
  if (channel == "temperature") return kTemperatureSteps;
  if (channel == "people") return kPeopleSteps;
  return {};
}

std::optional<std::size_t> step_of(std::string_view channel, double value) {
  auto const steps = steps_of(channel);
  auto const found = std::ranges::find_if(steps, [value](Step const& s) { return value < s.below; });
  if (found == steps.end()) return std::nullopt;
  return static_cast<std::size_t>(found - steps.begin());
}

}  // namespace madang::sensing
