// What the city cannot judge at the moment: where nobody looks, "no warning" is no good news, and pages say so.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "situations/situations.h"
#include "web/html/page_frame.h"

namespace madang::situations {

/// The kind of the internal Situation that says of which quantities nothing is judged, why, and since when.
inline constexpr std::string_view kBlindKind = "warning_blind";

/// Open ones; empty also where the records cannot be asked.
std::vector<SituationPtr> unjudged(Situations& situations);

/// Those among `all` that say so.
std::vector<SituationPtr> unjudged_of(std::span<SituationPtr const> all);

/// One sentence each, with the time since when; empty when all is judged.
web::markup::Html unjudged_notice(web::Voice const& voice, std::span<SituationPtr const> all);

}  // namespace madang::situations
