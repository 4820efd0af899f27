// What tests and ailments are called, and which row of the table belongs to a channel.
#include <algorithm>

#include "sensing/quality/constants.h"
#include "sensing/quality/health.h"
#include "sensing/quality/tests.h"

namespace madang::sensing {

std::string_view name_of(QualityTest test) {
  constexpr std::array<std::string_view, kQualityTests> kNames{
      "none", "timing", "gross_range", "sentinel", "spike", "rate", "flat_line",
      "not_fitted", "scale", "neighbour", "drift", "clock", "syntax"};
  auto const index = static_cast<std::size_t>(test);
  return index < kNames.size() ? kNames[index] : "unknown";
}

std::string_view name_of(Ailment ailment) {
  constexpr std::array<std::string_view, 13> kNames{"",           "silent",       "late",  "stuck",   "drifting",
                                                    "not_fitted", "out_of_range", "clock", "suspect", "never_heard",
                                                    "foreign_unit", "unusable",     "channel_away"};
  auto const index = static_cast<std::size_t>(ailment);
  return index < kNames.size() ? kNames[index] : "";
}

QuantityLimits const& limits_of(std::string_view channel) {
  auto const find = [](std::string_view name) {
    auto const found = std::ranges::find(limits_table::kRows, name, &QuantityLimits::channel);
    return found == limits_table::kRows.end() ? nullptr : &*found;
  };
  for (std::string_view const suffix : {"", "_calibrated", "_hourly", "_daily", "_2min"}) {
    if (!channel.ends_with(suffix)) continue;
    channel.remove_suffix(suffix.size());
    if (auto const* row = find(channel)) return *row;
    for (std::string_view const extreme : {"_max", "_min"})
      if (channel.ends_with(extreme))
        if (auto const* row = find(channel.substr(0, channel.size() - extreme.size()))) return *row;
  }
  return limits_table::kUnknownQuantity;
}

}  // namespace madang::sensing
