// The JSON texts of docs/situations_api.md. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "city/city.h"
#include "core/json_writer.h"
#include "situations/situations.h"

namespace madang::situations {

class Reader;

/// Who reads: the public sees no internals.
enum class Audience { kPublic, kOperators };

void write_situation(JsonWriter& w, Situation const& s, city::City const& city, Audience audience);
std::string situation_json(Situation const& s, city::City const& city, Audience audience);
/// With evidence (for operators) and timeline.
std::string situation_json(Situation const& s, std::span<Entry const> timeline, city::City const& city, Audience audience);
/// What stands around a list.
struct ListFrame {
  Instant now;
  std::optional<Instant> at = {};  ///< a moment of the past, as which they are shown
  std::size_t bytes_max = 0;  ///< stops before; 0: all
  std::size_t left_out = 0;   ///< that follow and are not in the list
  std::optional<SituationId> read_to = {};  ///< what lies before it was not looked at: the next question goes on there
  std::span<SituationPtr const> unjudged = {};  ///< what says that nothing is judged: unjudged.h
};
/// {now, at?, situations:[...], more?, before?, unjudged?:[{headline, since},...]}: `more` says how many are not shown, `before` from
/// where on nothing was looked at; absent: none.
std::string list_json(ListFrame const& frame, std::span<SituationPtr const> all, city::City const& city,
                      Reader const& reader);
/// Inside an object that is open already; nothing when all is judged.
void write_unjudged(JsonWriter& w, std::span<SituationPtr const> all);
/// {kinds:[{kind, name:{en,ko}, category, internal, by_hand},...]}
std::string kinds_json(runtime::Messages const& messages);

std::string silence_json(Silence const& silence);
std::string silences_json(std::span<Silence const> all);

/// The public sees that the cause was seen and ended, not who works on it and how.
bool shown_to_public(Entry const& entry);

}  // namespace madang::situations
