// An Area and all above it, as rights are asked for: what holds in an Area holds in all below.
#pragma once

#include <vector>

#include "city/city.h"

namespace madang::city {

/// Empty for none, and where there is no such Area.
std::vector<AreaId> path_of(City const& city, AreaId area);

}  // namespace madang::city
