// A finding in the words of people: what, where, since when, what to do, with the evidence beside it.
#pragma once

#include <string>

#include "city/city.h"
#include "runtime/messages.h"
#include "sensing/warning/engine.h"
#include "situations/model.h"

namespace madang::sensing::warning {

inline constexpr std::string_view kSource = "sensing.warning";
inline constexpr std::string_view kPlume = "plume";  ///< the kind whose substances share a cause

struct Wording {
  city::City const& city;
  runtime::Messages const& messages;
};

/// Of a finding that is raised or suspected.
situations::Signal signal_of(Finding const& finding, Engine const& engine, Wording const& wording);

}  // namespace madang::sensing::warning
