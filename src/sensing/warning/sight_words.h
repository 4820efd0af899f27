// What the early warning cannot see, in the words of people.
#pragma once

#include "sensing/warning/sight.h"
#include "sensing/warning/signals.h"

namespace madang::sensing::warning {

inline constexpr std::string_view kBlindKind = "warning_blind";

/// "blind:late"
std::string blind_key(Blind why);
situations::Signal signal_of(Blindness const& blindness, Wording const& wording);

}  // namespace madang::sensing::warning
