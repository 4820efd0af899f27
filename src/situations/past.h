// Situations as they stood at a moment of the past, from their timelines: looking back must not show what only today is known.
#pragma once

#include <optional>
#include <span>

#include "situations/model.h"

namespace madang::situations {

/// None when it was not raised yet at `at`, or had ended. Numbers are those of the line before `at`; a sentence made of
/// numbers that came later is left out. `timeline` is whole, ascending.
std::optional<Situation> as_stood_at(Situation const& today, std::span<Entry const> timeline, Instant at);

}  // namespace madang::situations
