// Whether two parts that were found apart are of one source: what it can raise together, and how far it is noticed.
#pragma once

#include "situations/model.h"

namespace madang::sensing::warning {

/// One station alone shows it, and nobody confirms it.
[[nodiscard]] bool is_lone(situations::Signal const& s);
/// One device is at fault.
[[nodiscard]] bool is_suspect(situations::Signal const& s);
/// Nothing but what one station shows, whatever is thought of it.
[[nodiscard]] inline bool is_single(situations::Signal const& s) { return is_lone(s) || is_suspect(s); }

/// What stands near the middle of the other, or inside its reach. Levels of one Area are one, whatever they measure. Lone
/// ones are one where they are the same station, and what one station shows alone is one with the suspicion of that device.
[[nodiscard]] bool could_be_one_source(situations::Signal const& a, situations::Signal const& b);
/// And what is real is never one with what is simulated: neither lends the other its values, its extent or its severity.
[[nodiscard]] bool are_one_cause(situations::Signal const& a, situations::Signal const& b);

}  // namespace madang::sensing::warning
