// Who the operators are, by login: for rooms that hand work to one of them.
#pragma once

#include <string_view>

#include "core/error.h"
#include "core/id.h"
#include "web/http/http.h"

namespace madang::storage {
class Records;
}

namespace madang::city {

/// Of somebody who signs in and holds a role. kNotFound: nobody's. Reads the records; Rights must have been opened on them once.
Result<PartyId> operator_of(storage::Records& records, std::string_view login);

/// GET /api/v1/operators, for operators: whom work can be handed to. `records` outlive the routes.
web::Routes operator_routes(storage::Records& records);

}  // namespace madang::city
