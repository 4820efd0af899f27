// What a room above knows of units: the registry keeps what it is told, and who tells it types a symbol.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "city/model.h"

namespace madang::city {

/// Empty where no such room is.
struct UnitBook {
  /// Name, symbol and UCUM code of the unit that people write so. None: it is not known.
  std::function<std::optional<Unit>(std::string_view text)> named;
  /// Whether values of the channel can be judged and counted in this unit.
  std::function<bool(std::string_view channel, Unit const& unit)> counts;
};

}  // namespace madang::city
