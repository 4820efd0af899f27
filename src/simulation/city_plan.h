// The simulated city on paper: areas, roads and where its stations stand. Made once from a seed; everything is
// computed, nothing is taken from a real city.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/geo.h"
#include "simulation/land.h"
#include "simulation/names.h"
#include "simulation/roads.h"

namespace madang::simulation {

struct PlannedArea {
  std::string code;         ///< "D07", or "D07-12" for a neighbourhood
  std::string parent_code;  ///< empty for a district
  Names name;
  int level = 1;            ///< 1 district, 2 neighbourhood
  Point centre;
  std::vector<std::vector<Point>> rings;  ///< closed; outer first
};

/// What the surroundings of a station are like; all shares lie in 0 to 1.
struct Surroundings {
  double traffic = 0;    ///< how near and how large the next road is
  double commerce = 0;   ///< shops and evenings out
  double office = 0;     ///< working hours
  double green = 0;
  double density = 0;
};

struct Node {
  std::string serial;  ///< "MD-000123"
  Names name;          ///< "Hanbit-ro 3-gil 12"
  Point place;
  LatLon position;     ///< rounded to 1e-6 degrees, as published
  std::size_t district = 0;  ///< index into areas of level 1
  Surroundings around;
  double ground = 0;  ///< m2 on which it counts people; 0: nobody has measured it
};

struct CityPlan {
  std::uint64_t seed = 0;
  std::vector<PlannedArea> districts;       ///< 25
  std::vector<PlannedArea> neighbourhoods;  ///< 425
  std::vector<Road> roads;
  std::vector<Point> outline;
  std::vector<Point> river;  ///< closed; reaches beyond the city
  std::vector<Node> nodes;
};

struct PlanOptions {
  std::uint64_t seed = 1;
  std::size_t nodes = 1100;  ///< at most kNodesMax
};
inline constexpr std::size_t kNodesMax = 200'000;

/// About 0.2 s for 1,100 nodes.
CityPlan make_city_plan(PlanOptions options);

/// GeoJSON FeatureCollection of level 1 or 2: properties code, name {en, ko}, level, parent, simulated.
std::string areas_geojson(CityPlan const& plan, int level);
/// GeoJSON FeatureCollection that pages draw under the stations: properties kind ("city", "river", "expressway",
/// "avenue", "street") and, where it has one, name {en, ko}.
std::string basemap_geojson(CityPlan const& plan);

}  // namespace madang::simulation
