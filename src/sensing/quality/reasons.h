// Findings and flags in sentences that a person understands, with the numbers.
#pragma once

#include "city/city.h"
#include "runtime/messages.h"
#include "sensing/quality/engine.h"
#include "sensing/readings/unstored_messages.h"

namespace madang::sensing {

/// How shares are written everywhere: in whole percent, and 0 and 100 only where nothing or all of it is meant.
int whole_percent(double share);

/// The line of a device of which nothing can be stored.
WorkItem unstored_item(runtime::Messages const& messages, ThingId thing, UnstoredMessage const& unstored, Instant now);
/// "It sends, but nothing that can be stored: ..."; without `with_why` not what it sent.
std::string unstored_sentence(runtime::Messages const& messages, std::string_view language, UnstoredMessage const& unstored,
                              bool with_why);

WorkItem work_item(city::City const& city, runtime::Messages const& messages, Finding const& finding);

}  // namespace madang::sensing
