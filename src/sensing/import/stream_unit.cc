#include "sensing/import/stream_unit.h"

#include <fmt/format.h>

#include "sensing/readings/device_plan.h"

namespace madang::sensing {

Result<UnitConversion> conversion_to(ImportTarget::KnownStream const& stream, city::Unit const& unit, std::string_view serial) {
  if (stream.takes_words) return fail(Code::kInvalid, no_word(fmt::format("{} of {}", stream.channel, serial), "numbers of a file"));
  if (stream.unit.symbol.empty() && stream.unit.definition.empty()) return UnitConversion{};
  if (auto const known = conversion(unit, stream.unit)) return *known;
  return fail(Code::kInvalid, fmt::format("{}: {} has it in {}, and {} cannot be converted to that", stream.channel, serial,
                                          stream.unit.symbol, unit.symbol));
}

}  // namespace madang::sensing
