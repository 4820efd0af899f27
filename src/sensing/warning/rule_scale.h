// The scale on which a rule compares values: as they are, or as ratios.
#pragma once

#include <algorithm>
#include <cmath>

#include "sensing/warning/model.h"

namespace madang::sensing::warning {

[[nodiscard]] inline double on_scale(Rule const& rule, double value) { return rule.logarithmic ? std::log(std::max(value, 1.0)) : value; }
[[nodiscard]] inline double off_scale(Rule const& rule, double x) { return rule.logarithmic ? std::exp(x) : x; }

}  // namespace madang::sensing::warning
