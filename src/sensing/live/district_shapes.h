// Districts as small SVG paths, drawn by the server for pages without JavaScript.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "city/model.h"
#include "core/id.h"

namespace madang::sensing {

struct DistrictShape {
  AreaId area;
  std::string path;  ///< of an SVG `d` attribute, in the frame's whole units
  int x = 0, y = 0;  ///< where its label stands: the centroid of its largest part
};

struct DistrictShapes {
  int width = 0;   ///< of the view box; 0 when there is nothing to draw
  int height = 0;
  std::vector<DistrictShape> shapes;  ///< in the order of the areas
};

/// All outer rings in one frame of `width` units, north up, longitudes shrunk by the cosine of the middle latitude.
/// Points closer than one unit to the line between their neighbours are left out (Douglas-Peucker), so that the page
/// stays small however fine the areas are.
DistrictShapes draw_districts(std::span<city::Area const* const> areas, int width);

}  // namespace madang::sensing
