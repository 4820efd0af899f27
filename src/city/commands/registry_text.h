// What `madang city` says to people of the server's answers; with --json it prints those as they are.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"

namespace madang::city {

/// "POLE-7 is out of service since 2026-11-24T05:30:00Z; ..." of an answer to POST /api/v1/registry/acts. `act` is what was asked for,
/// `what` what the sentence is about: a Thing's serial, or "POLE-7, temperature". kInternal: the answer is none.
Result<std::string> text_of_act(std::string_view act, std::string_view what, std::string_view answer);

/// A heading and a line for each act, with what it changed, of an answer of GET /api/v1/registry/history. `whose` is what the reader
/// typed to say whose history it is, for the line that says how to see older acts.
Result<std::string> text_of_history(std::string_view whose, std::string_view answer);

}  // namespace madang::city
