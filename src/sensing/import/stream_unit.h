// A file's values come in one unit, and a station that is there already may keep them in another.
#pragma once

#include <string_view>

#include "sensing/import/import.h"
#include "sensing/units.h"

namespace madang::sensing {

/// How a value in `unit` becomes one of the Datastream. kInvalid: it cannot, or the Datastream takes words; the sentence names both.
Result<UnitConversion> conversion_to(ImportTarget::KnownStream const& stream, city::Unit const& unit, std::string_view serial);

}  // namespace madang::sensing
