// Units as the world writes them: a Datastream may be in °F where the quantity is in °C. Values are stored in the
// Datastream's own unit and so served by SensorThings; whoever judges, averages or shows a quantity converts here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "city/model.h"

namespace madang::sensing {

/// value in the quantity's unit = factor * value in the Datastream's + offset. The factor is positive: order is kept.
struct UnitConversion {
  double factor = 1;
  double offset = 0;

  [[nodiscard]] constexpr double operator()(double value) const { return factor * value + offset; }
  [[nodiscard]] constexpr bool is_identity() const { return factor == 1 && offset == 0; }
  friend bool operator==(UnitConversion const&, UnitConversion const&) = default;
};

/// From one unit to another: by UCUM code (alone or at the end of a URI), symbol or name, in the ways people write them.
/// None where either is not known, they measure different things, or a unit's own symbol and definition contradict each
/// other. The same text is the same unit.
std::optional<UnitConversion> conversion(city::Unit const& from, city::Unit const& to);

/// Whether this text is a unit that can be told from others.
bool is_known_unit(std::string_view text);

/// To the unit in which the table has this channel. A channel that is not in the table, and a Datastream that states no
/// unit, are what they are. None: the unit is none of this quantity (µg/m³ of a gas is not ppm without its temperature), or
/// would have to be converted before a mean of levels or directions is made.
std::optional<UnitConversion> to_quantity(std::string_view channel, city::Unit const& unit);

/// The symbol in which values of this channel are shown: the table's, else the Datastream's own.
std::string shown_unit(std::string_view channel, city::Unit const& unit);

}  // namespace madang::sensing
