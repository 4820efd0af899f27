#include "simulation/city_plan.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "core/error.h"
#include "core/json_writer.h"
#include "simulation/nodes.h"
#include "simulation/noise.h"
#include "simulation/tessellation.h"

namespace madang::simulation {
namespace {

/// 1e-5 degrees is about a metre; shared points stay shared because they are rounded alike.
double rounded(double degrees) { return std::round(degrees * 1e5) / 1e5; }

void write_position(JsonWriter& json, Point p) {
  LatLon const position = on_earth(p);
  json.begin_array().value(rounded(position.longitude)).value(rounded(position.latitude)).end_array();
}

void write_line(JsonWriter& json, std::vector<Point> const& line) {
  json.begin_array();
  for (auto const& p : line) write_position(json, p);
  json.end_array();
}

void write_polygon(JsonWriter& json, std::vector<std::vector<Point>> const& rings) {
  json.key("geometry").begin_object().field("type", "Polygon").key("coordinates").begin_array();
  for (auto const& ring : rings) write_line(json, ring);
  json.end_array().end_object();
}

void name_places(CityPlan& plan, PlaceNames const& names, Tessellation const& tessellation) {
  for (std::size_t d = 0; d < tessellation.districts().size(); ++d) {
    auto const& region = tessellation.districts()[d];
    Names const& word = names.districts[d];
    plan.districts.push_back({fmt::format("D{:02}", d + 1), "", {word.en + "-gu", word.ko + "구"}, 1, region.centre,
                              region.rings});
  }
  std::map<std::size_t, int> counted;
  for (std::size_t n = 0; n < tessellation.neighbourhoods().size(); ++n) {
    auto const& region = tessellation.neighbourhoods()[n];
    Names const& word = names.neighbourhoods[n];
    std::string const parent = plan.districts[region.parent].code;
    plan.neighbourhoods.push_back({fmt::format("{}-{:02}", parent, ++counted[region.parent]), parent,
                                   {word.en + "-dong", word.ko + "동"}, 2, region.centre, region.rings});
  }
}

std::vector<Point> river_shape(Land const& land) {
  auto shape = land.along_river(-23, 23, -0.5, 0);
  auto const north = land.along_river(-23, 23, 0.5, 0);
  shape.insert(shape.end(), north.rbegin(), north.rend());
  shape.push_back(shape.front());
  return shape;
}

}  // namespace

CityPlan make_city_plan(PlanOptions options) {
  MADANG_ASSERT(options.nodes <= kNodesMax);
  CityPlan plan;
  plan.seed = options.seed;
  Land const land(options.seed);
  Tessellation const tessellation(land, options.seed, {});
  PlaceNames const names{district_words(), place_words(options.seed, tessellation.neighbourhoods().size())};
  name_places(plan, names, tessellation);
  plan.roads = make_roads(land, tessellation, names, options.seed);
  plan.outline = land.outline(180);
  plan.outline.push_back(plan.outline.front());
  plan.river = river_shape(land);
  plan.nodes = place_nodes(land, plan, options.nodes);
  return plan;
}

std::string areas_geojson(CityPlan const& plan, int level) {
  JsonWriter json;
  json.begin_object().field("type", "FeatureCollection").key("features").begin_array();
  for (auto const& area : level == 1 ? plan.districts : plan.neighbourhoods) {
    json.begin_object().field("type", "Feature").key("properties").begin_object();
    json.field("code", area.code).field("level", area.level);
    if (!area.parent_code.empty()) json.field("parent", area.parent_code);
    write_names(json.key("name"), area.name);
    json.field("simulated", true).end_object();
    write_polygon(json, area.rings);
    json.end_object();
  }
  json.end_array().end_object();
  return json.take();
}

std::string basemap_geojson(CityPlan const& plan) {
  JsonWriter json;
  json.begin_object().field("type", "FeatureCollection").field("simulated", true).key("features").begin_array();
  auto const shape = [&](std::string_view kind, Names const& name, std::vector<Point> const& ring) {
    json.begin_object().field("type", "Feature").key("properties").begin_object().field("kind", kind);
    write_names(json.key("name"), name);
    json.end_object();
    write_polygon(json, {ring});
    json.end_object();
  };
  // The city's edge is the districts' own edge; pages get it from the areas.
  shape("river", river_name(), plan.river);
  for (auto const& road : plan.roads) {
    std::string_view const kind = road.kind == RoadKind::kExpressway ? "expressway"
                                  : road.kind == RoadKind::kAvenue   ? "avenue"
                                                                     : "street";
    json.begin_object().field("type", "Feature").key("properties").begin_object().field("kind", kind);
    write_names(json.key("name"), road.name);
    json.end_object();
    json.key("geometry").begin_object().field("type", "LineString").key("coordinates");
    write_line(json, road.line);
    json.end_object().end_object();
  }
  json.end_array().end_object();
  return json.take();
}

}  // namespace madang::simulation
