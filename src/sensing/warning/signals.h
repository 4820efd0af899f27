// A finding in the words of people: what, where, since when, what to do, with the evidence beside it.
#pragma once

#include <string>

#include "city/city.h"
#include "runtime/messages.h"
#include "sensing/warning/engine.h"
#include "situations/model.h"

namespace madang::sensing::warning {

inline constexpr std::string_view kSource = "sensing.warning";

struct Wording {
  city::City const& city;
  runtime::Messages const& messages;
};

/// Of a finding that is raised or suspected. `group`: what it is shown together with; empty: on its own.
situations::Signal signal_of(Finding const& finding, Engine const& engine, Wording const& wording, std::string group);

}  // namespace madang::sensing::warning
