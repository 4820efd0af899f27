// Units by the words of people, for whoever writes one into the registry.
#pragma once

#include <optional>
#include <string_view>

#include "city/unit_book.h"

namespace madang::sensing {

/// The unit that people write so, with the symbol and the UCUM code of the table: "℃", "degC" and "Celsius" are °C, `Cel`. Of a unit that
/// is known and stands in no table the text is name and symbol. None: it is not known.
std::optional<city::Unit> unit_named(std::string_view text);

city::UnitBook unit_book();

}  // namespace madang::sensing
