// Situations at a moment of the past of which only the timeline was kept: those of before each change recorded what was shown
// (`situation_past` of store.cc). Looking back must not show what only today is known.
#pragma once

#include <optional>
#include <span>

#include "situations/model.h"

namespace madang::situations {

/// None when it was not raised yet at `at`, or had ended. State, severity, stations, channel and value are those of the line
/// before `at`; words, place, Area, rule and members are empty and `recorded` is false, since today's are no answer. It began
/// when it was raised, and is of today's kind unless others confirmed it only later. `timeline` is whole, ascending.
std::optional<Situation> as_told(Situation const& today, std::span<Entry const> timeline, Instant at);

}  // namespace madang::situations
