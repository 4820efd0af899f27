// The JSON texts of docs/situations_api.md. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "city/city.h"
#include "core/json_writer.h"
#include "situations/situations.h"

namespace madang::situations {

/// Who reads: the public sees no internals.
enum class Audience { kPublic, kOperators };

void write_situation(JsonWriter& w, Situation const& s, city::City const& city, Audience audience);
std::string situation_json(Situation const& s, city::City const& city, Audience audience);
/// With evidence (for operators) and timeline.
std::string situation_json(Situation const& s, std::span<Entry const> timeline, city::City const& city, Audience audience);
/// {now, situations:[...]}; stops before `bytes_max` and says `more: true` then. 0: all.
std::string list_json(Instant now, std::span<SituationPtr const> all, city::City const& city, Audience audience,
                      std::size_t bytes_max = 0);

std::string silence_json(Silence const& silence);
std::string silences_json(std::span<Silence const> all);

/// The public sees that the cause was seen and ended, not who works on it and how.
bool shown_to_public(Entry const& entry);

}  // namespace madang::situations
