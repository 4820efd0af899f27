// Findings and flags in sentences that a person understands, with the numbers.
#pragma once

#include "city/city.h"
#include "runtime/messages.h"
#include "sensing/quality/engine.h"

namespace madang::sensing {

WorkItem work_item(city::City const& city, runtime::Messages const& messages, Finding const& finding);

}  // namespace madang::sensing
