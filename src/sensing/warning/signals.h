// A finding becomes part of a cause, and a cause is told in the words of people: what, where, since when, what to do, with
// the evidence beside it. Numbers are taken from the engine once, as facts; every text is made from these.
#pragma once

#include <string>

#include "city/city.h"
#include "runtime/messages.h"
#include "sensing/warning/engine.h"
#include "situations/kinds.h"
#include "situations/model.h"

namespace madang::sensing::warning {

inline constexpr std::string_view kSource = "sensing.warning";

struct Wording {
  city::City const& city;
  runtime::Messages const& messages;
};

/// A finding that is raised, suspected or unconfirmed: place, facts and evidence, no words yet. `before`: what the same part
/// was at the last report, or nullptr; its peak is kept, with the value that shows it.
situations::Signal part_of(Finding const& finding, Engine const& engine, city::City const& city,
                           situations::Signal const* before);

/// Headline, description, instruction and reason from the signal's facts and evidence. A rule's own words go before the
/// catalogue's.
void put_words(situations::Signal& signal, RuleSet const& rules, Wording const& wording);

}  // namespace madang::sensing::warning
