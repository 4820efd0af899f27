// The outline of an Area in few points: what a message can carry and a phone can draw. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "core/geo.h"

namespace madang::situations {

/// Closed outer rings, the largest first, simplified until all together have at most `pairs_max` places; each keeps
/// at least four. Holes are left out: an outline that covers a little more warns nobody too few.
std::vector<Ring> outline_of(MultiPolygon const& shape, std::size_t pairs_max);

}  // namespace madang::situations
