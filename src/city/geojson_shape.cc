#include "city/geojson_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "city/geometry.h"

namespace madang::city {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr int kCollectionDepthMax = 4;
/// Some write 181 for 1 degree beyond the 180th meridian; more than a whole turn is no longitude.
constexpr double kLongitudeMax = 360;

/// [longitude, latitude] as numbers.
Result<LatLon> numbers_of(element const& json) {
  array numbers;
  double longitude = 0;
  double latitude = 0;
  if (json.get(numbers) != simdjson::SUCCESS || numbers.size() < 2 ||
      numbers.at(0).get(longitude) != simdjson::SUCCESS || numbers.at(1).get(latitude) != simdjson::SUCCESS)
    return fail(Code::kInvalid, "a position is not [longitude, latitude]");
  return LatLon{latitude, longitude};
}

std::unexpected<Error> not_on_earth(LatLon point) {
  std::string_view const swapped = is_on_earth({point.longitude, point.latitude}) ? " (latitude seems to come first)" : "";
  return fail(Code::kInvalid, fmt::format("position [{:.6f}, {:.6f}] is not longitude and latitude in degrees{}",
                                          point.longitude, point.latitude, swapped));
}

/// Longitudes up to a whole turn: an Area may be written beyond the 180th meridian.
Result<LatLon> wide_position_of(element const& json) {
  MADANG_TRY(auto const point, numbers_of(json));
  if (std::abs(point.latitude) > 90 || std::abs(point.longitude) > kLongitudeMax) return not_on_earth(point);
  return point;
}

using ReadPosition = Result<LatLon> (*)(element const&);

Result<Ring> ring_of(element const& json, VertexBudget& budget, ReadPosition read) {
  array positions;
  if (json.get(positions) != simdjson::SUCCESS) return fail(Code::kInvalid, "a ring is not a list of positions");
  Ring ring;
  for (auto const position : positions) {
    if (budget.vertices == 0) return fail(Code::kLimit, fmt::format("more than {} vertices", kAreaVerticesMax));
    --budget.vertices;
    MADANG_TRY(auto const point, read(position));
    ring.push_back(point);
  }
  if (ring.size() < 4) return fail(Code::kInvalid, "a ring has fewer than 4 positions");
  if (ring.front() != ring.back()) return fail(Code::kInvalid, "a ring does not end where it starts");
  return ring;
}

Result<Polygon> polygon_of(element const& json, VertexBudget& budget, ReadPosition read) {
  array rings;
  if (json.get(rings) != simdjson::SUCCESS) return fail(Code::kInvalid, "a polygon is not a list of rings");
  Polygon polygon;
  for (auto const ring : rings) {
    MADANG_TRY(auto points, ring_of(ring, budget, read));
    polygon.push_back(std::move(points));
  }
  if (polygon.empty()) return fail(Code::kInvalid, "a polygon has no ring");
  return polygon;
}

/// How deep the first number lies in lists: 1 for a Point, 3 for a Polygon, 4 for a MultiPolygon.
int depth_of(element json) {
  int depth = 0;
  array list;
  for (; depth < 8 && json.get(list) == simdjson::SUCCESS; ++depth) {
    if (list.size() == 0) return 0;
    json = list.at(0).value();
  }
  return json.is_number() ? depth : 0;
}

std::string type_of(object const& geometry) {
  std::string_view type;
  return geometry["type"].get(type) == simdjson::SUCCESS ? std::string{type.substr(0, 40)} : std::string{};
}

Result<element> coordinates_of(object const& geometry) {
  element coordinates;
  if (geometry["coordinates"].get(coordinates) != simdjson::SUCCESS)
    return fail(Code::kInvalid, "geometry/coordinates: is missing");
  auto const type = type_of(geometry);
  int const wanted = type == "Polygon" ? 3 : 4;
  if (auto const depth = depth_of(coordinates); depth > 0 && depth != wanted)
    return fail(Code::kInvalid, fmt::format("geometry/coordinates: lists {} deep, where a {} has {}", depth, type, wanted));
  return coordinates;
}

/// A jump of more than half a turn is the short way over the 180th meridian; a whole turn is the edge of a map.
bool jumps(double from, double to) { return std::abs(to - from) > 180 && std::abs(to - from) < 360; }

bool is_beyond_the_meridian(Polygon const& polygon) {
  for (auto const& ring : polygon) {
    for (std::size_t i = 0; i < ring.size(); ++i) {
      if (std::abs(ring[i].longitude) > 180) return true;
      if (i > 0 && jumps(ring[i - 1].longitude, ring[i].longitude)) return true;
    }
  }
  return false;
}

/// The same ring with longitudes that go on beyond 180, so that no edge jumps.
Ring unrolled(Ring ring) {
  double turn = 0;
  double before = ring.front().longitude;
  for (auto& point : ring) {
    if (jumps(before, point.longitude)) turn += point.longitude < before ? 360 : -360;
    before = point.longitude;
    point.longitude += turn;
  }
  return ring;
}

Result<MultiPolygon> cut_at_the_meridian(Polygon const& polygon) {
  MultiPolygon unrolled_shape(1);
  for (auto const& ring : polygon) {
    auto straight = unrolled(ring);
    if (straight.front() != straight.back()) return fail(Code::kInvalid, "a ring goes round a pole: cut it at the 180th meridian (RFC 7946, 3.1.9)");
    if (!unrolled_shape[0].empty()) {  // a hole stands where its outer ring does, perhaps a turn away
      auto const by_longitude = [](LatLon const& a, LatLon const& b) { return a.longitude < b.longitude; };
      double const west = std::ranges::min_element(unrolled_shape[0][0], by_longitude)->longitude;
      double const east = std::ranges::max_element(unrolled_shape[0][0], by_longitude)->longitude;
      double const at = straight.front().longitude;
      double const turn = at < west ? 360 : at > east ? -360 : 0;
      for (auto& point : straight) point.longitude += turn;
    }
    unrolled_shape[0].push_back(std::move(straight));
  }
  return within_one_turn(unrolled_shape);
}

/// Gathers the good polygons of a geometry.
class Collector {
 public:
  explicit Collector(VertexBudget& budget) : budget_(budget) {}

  Result<void> add(object const& geometry, int depth) {
    auto const type = type_of(geometry);
    if (type == "GeometryCollection") return add_members(geometry, depth);
    if (type.empty()) return fail(Code::kInvalid, "geometry/type: is missing");
    if (type != "Polygon" && type != "MultiPolygon")
      return fail(Code::kInvalid, fmt::format("geometry/type: \"{}\" is neither Polygon nor MultiPolygon", type));
    MADANG_TRY(auto const coordinates, coordinates_of(geometry));
    if (type == "Polygon") return add_polygon(coordinates);
    array polygons;
    if (coordinates.get(polygons) != simdjson::SUCCESS || polygons.size() == 0)
      return fail(Code::kInvalid, "geometry/coordinates: is not a list of polygons");
    std::size_t part = 0;
    for (auto const json : polygons) {
      ++part;
      MADANG_CHECK(keep_going(add_polygon(json), fmt::format("part {}", part)));
    }
    return {};
  }

  Result<AreaShape> finish() {
    if (!out_.shape.empty()) return std::move(out_);
    return fail(first_problem_ ? *first_problem_ : Error{Code::kInvalid, "geometry: holds no polygon"});
  }

 private:
  Result<void> add_members(object const& geometry, int depth) {
    array members;
    if (depth >= kCollectionDepthMax || geometry["geometries"].get(members) != simdjson::SUCCESS)
      return fail(Code::kInvalid, "geometry/geometries: is not a list of geometries, or too deep");
    std::size_t number = 0;
    for (auto const json : members) {
      ++number;
      object member;
      auto const added = json.get(member) == simdjson::SUCCESS ? add(member, depth + 1)
                                                               : Result<void>{fail(Code::kInvalid, "is not an object")};
      MADANG_CHECK(keep_going(added, fmt::format("member {}", number)));
    }
    return {};
  }

  /// A bad part is told and costs itself; a limit costs everything.
  Result<void> keep_going(Result<void> const& added, std::string const& where) {
    if (added) return {};
    if (added.error().code == Code::kLimit) return added;
    if (!first_problem_) first_problem_ = added.error();
    out_.notes.push_back(fmt::format("{} is set aside: {}", where, added.error().sentence));
    return {};
  }

  Result<void> add_polygon(element const& json) {
    MADANG_TRY(auto polygon, polygon_of(json, budget_, wide_position_of));
    if (!is_beyond_the_meridian(polygon)) {
      out_.shape.push_back(std::move(polygon));
      return {};
    }
    MADANG_TRY(auto pieces, cut_at_the_meridian(polygon));
    out_.notes.push_back("goes beyond the 180th meridian and is cut there");
    std::ranges::move(pieces, std::back_inserter(out_.shape));
    return {};
  }

  VertexBudget& budget_;
  AreaShape out_;
  std::optional<Error> first_problem_;
};

}  // namespace

Result<LatLon> position_of(element const& json) {
  MADANG_TRY(auto const point, numbers_of(json));
  if (!is_on_earth(point)) return not_on_earth(point);
  return point;
}

Result<MultiPolygon> plain_shape_of(object const& geometry, VertexBudget& budget) {
  auto const type = type_of(geometry);
  if (type != "Polygon" && type != "MultiPolygon")
    return fail(Code::kInvalid, fmt::format("geometry/type: \"{}\" is neither Polygon nor MultiPolygon", type));
  MADANG_TRY(auto const coordinates, coordinates_of(geometry));
  MultiPolygon shape;
  if (type == "Polygon") {
    MADANG_TRY(auto polygon, polygon_of(coordinates, budget, position_of));
    shape.push_back(std::move(polygon));
    return shape;
  }
  array polygons;
  if (coordinates.get(polygons) != simdjson::SUCCESS || polygons.size() == 0)
    return fail(Code::kInvalid, "geometry/coordinates: is not a list of polygons");
  for (auto const json : polygons) {
    MADANG_TRY(auto polygon, polygon_of(json, budget, position_of));
    shape.push_back(std::move(polygon));
  }
  return shape;
}

Result<AreaShape> area_shape_of(object const& geometry, VertexBudget& budget) {
  Collector collector(budget);
  MADANG_CHECK(collector.add(geometry, 0));
  return collector.finish();
}

}  // namespace madang::city
