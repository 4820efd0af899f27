#include "sensing/unit_words.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "sensing/quantities.h"
#include "sensing/units.h"

namespace madang::sensing {
namespace {

struct NamedUnit {
  std::string_view name, symbol, definition;
};

// Codes: UCUM 2.1. Those of the quantities stand in their own table.
constexpr std::array kMoreUnits{
    NamedUnit{"degree Fahrenheit", "°F", "[degF]"},
    NamedUnit{"kelvin", "K", "K"},
    NamedUnit{"milligram per cubic metre", "mg/m³", "mg/m3"},
    NamedUnit{"part per billion", "ppb", "[ppb]"},
    NamedUnit{"decibel", "dB", "dB"},
    NamedUnit{"kilometre per hour", "km/h", "km/h"},
    NamedUnit{"knot", "kn", "[kn_i]"},
    NamedUnit{"mile per hour", "mph", "[mi_i]/h"},
    NamedUnit{"metre per second squared", "m/s²", "m/s2"},
    NamedUnit{"radian", "rad", "rad"},
    NamedUnit{"pascal", "Pa", "Pa"},
    NamedUnit{"hectopascal", "hPa", "hPa"},
    NamedUnit{"millimetre", "mm", "mm"},
    NamedUnit{"metre", "m", "m"},
};

std::vector<city::Unit> all_units() {
  std::vector<city::Unit> all;
  for (auto const& q : quantities()) all.push_back({std::string{q.unit_name}, std::string{q.unit_symbol}, std::string{q.unit_definition}});
  for (auto const& more : kMoreUnits) all.push_back({std::string{more.name}, std::string{more.symbol}, std::string{more.definition}});
  return all;
}

}  // namespace

std::optional<city::Unit> unit_named(std::string_view text) {
  static auto const all = all_units();
  auto const exact = std::ranges::find(all, text, &city::Unit::symbol);
  if (exact != all.end()) return *exact;
  if (!is_known_unit(text)) return std::nullopt;
  city::Unit const said{std::string{text}, std::string{text}, {}};
  auto const same = std::ranges::find_if(all, [&](city::Unit const& unit) {
    auto const found = conversion(said, unit);
    return found && found->is_identity();
  });
  return same == all.end() ? said : *same;
}

city::UnitBook unit_book() {
  return {.named = unit_named, .counts = [](std::string_view channel, city::Unit const& unit) { return to_quantity(channel, unit).has_value(); }};
}

}  // namespace madang::sensing
