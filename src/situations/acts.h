// What people do with situations stands in the journal, written with the act itself.
#pragma once

#include <span>

#include "core/error.h"
#include "situations/store.h"

namespace madang::situations {

/// One entry for each line of a timeline that a person wrote; what the machine does needs none. In the open transaction, last.
Result<void> record_acts(soci::session& transaction, std::span<Step const> steps);

}  // namespace madang::situations
