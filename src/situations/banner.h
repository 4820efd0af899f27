// How many warnings there are, in the one way in which every page says it.
#pragma once

#include <span>
#include <string>

#include "situations/situations.h"
#include "web/html/page_frame.h"

namespace madang::situations {

/// "2 warnings in the city now, of one the cause is gone; also 3 exercises": an exercise is no warning beside real ones. Where
/// none is real: "Exercise: 11 warnings in the city now, of 2 the cause is gone". `open` are those that the public is shown; not empty.
std::string banner_text(web::Voice const& voice, std::span<SituationPtr const> open);

}  // namespace madang::situations
