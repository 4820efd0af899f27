// Whose login it is: for rooms that hand work to an operator by name.
#pragma once

#include <string_view>

#include "core/error.h"
#include "core/id.h"

namespace madang::storage {
class Records;
}

namespace madang::city {

/// kNotFound: nobody's. Reads the records; Rights must have been opened on them once.
Result<PartyId> operator_of(storage::Records& records, std::string_view login);

}  // namespace madang::city
