// The public page: the city now, for everybody, without JavaScript. The numbers are NowView's, the same that the
// control room shows.
#pragma once

#include <cstddef>
#include <vector>

#include "city/city.h"
#include "runtime/messages.h"
#include "sensing/indices/city_indices.h"
#include "sensing/live/now.h"
#include "situations/situations.h"
#include "web/html/navigation.h"
#include "web/http/http.h"

namespace madang::sensing {

/// All outlive the routes.
struct PublicNeeds {
  NowView const& now;
  city::City const& city;
  runtime::Messages const& messages;
  situations::Situations* situations = nullptr;  ///< none: the page says nothing of warnings
  indices::IndicesView* indices = nullptr;  ///< without one the page shows no index
  web::Navigation const* navigation = nullptr;  ///< without it no links to other pages
};

/// Crowds that the city warns of now, and whose cause was not reported gone. Beside real counters an exercise says nothing of real room.
std::size_t crowd_warnings(std::vector<situations::SituationPtr> const& open, bool of_simulated);

/// GET /
web::Routes public_routes(PublicNeeds needs);

}  // namespace madang::sensing
