// The Areas that a small map shows: few outlines, cut to what is seen, so that it stays small however fine they are. Pure.
#pragma once

#include <string>
#include <vector>

#include "city/city.h"
#include "situations/picture/frame.h"

namespace madang::situations {

struct AreaOutline {
  city::AreaPtr area;
  std::string path;            ///< the `d` of an SVG path
  web::markup::Point middle;   ///< of the largest part that is seen
  double size = 0;             ///< of that part, in square pixels
};

/// What is seen of one Area, in at most about `places_max` places; an empty path: nothing.
AreaOutline outline_in(city::AreaPtr area, MapFrame const& frame, std::size_t places_max);
/// The finest level of which at most kPictureAreasMax are seen, after all coarser ones for which there is room.
std::vector<AreaOutline> areas_in(std::vector<city::AreaPtr> const& all, MapFrame const& frame);

}  // namespace madang::situations
