// Areas as commands name and tell them: by the publisher's code.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "city/city.h"
#include "core/error.h"

namespace madang::city {

/// 0 for "", the whole city. kNotFound: there is none with the code.
Result<AreaId> area_of_code(City const& city, std::string_view code);
/// The same of the city that the records hold, which is read only where a code is given.
Result<AreaId> area_of_code(storage::Records& records, runtime::Clock const& clock, std::string_view code);

/// "the whole city", "area 11680"; one that is gone since has its number left.
std::string area_text(City const& city, AreaId area);

}  // namespace madang::city
