#include "city/geojson.h"

#include <simdjson.h>

#include <algorithm>
#include <unordered_set>

#include "city/limits.h"
#include "core/json_input.h"
#include "core/json_writer.h"
#include "core/text.h"

namespace madang::city {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

/// Vertices that one text may still bring.
struct Budget {
  std::size_t vertices = kAreaVerticesMax;
};

Result<LatLon> position_of(element const& json) {
  array numbers;
  double longitude = 0;
  double latitude = 0;
  if (json.get(numbers) != simdjson::SUCCESS || numbers.size() < 2 ||
      numbers.at(0).get(longitude) != simdjson::SUCCESS || numbers.at(1).get(latitude) != simdjson::SUCCESS) {
    return fail(Code::kInvalid, "a position is not [longitude, latitude]");
  }
  LatLon const point{latitude, longitude};
  if (!is_on_earth(point)) {
    return fail(Code::kInvalid, "position [" + std::to_string(longitude) + ", " + std::to_string(latitude) +
                                    "] is not longitude and latitude in degrees");
  }
  return point;
}

Result<Ring> ring_of(element const& json, Budget& budget) {
  array positions;
  if (json.get(positions) != simdjson::SUCCESS) return fail(Code::kInvalid, "a ring is not a list of positions");
  Ring ring;
  for (auto const position : positions) {
    if (budget.vertices == 0) {
      return fail(Code::kLimit, "more than " + std::to_string(kAreaVerticesMax) + " vertices");
    }
    --budget.vertices;
    MADANG_TRY(auto const point, position_of(position));
    ring.push_back(point);
  }
  if (ring.size() < 4) return fail(Code::kInvalid, "a ring has fewer than 4 positions");
  if (ring.front() != ring.back()) return fail(Code::kInvalid, "a ring does not end where it starts");
  return ring;
}

Result<Polygon> polygon_of(element const& json, Budget& budget) {
  array rings;
  if (json.get(rings) != simdjson::SUCCESS) return fail(Code::kInvalid, "a polygon is not a list of rings");
  Polygon polygon;
  for (auto const ring : rings) {
    MADANG_TRY(auto points, ring_of(ring, budget));
    polygon.push_back(std::move(points));
  }
  if (polygon.empty()) return fail(Code::kInvalid, "a polygon has no ring");
  return polygon;
}

Result<MultiPolygon> shape_of(object const& geometry, Budget& budget) {
  std::string_view type;
  element coordinates;
  if (geometry["type"].get(type) != simdjson::SUCCESS) return fail(Code::kInvalid, "geometry/type: is missing");
  if (type != "Polygon" && type != "MultiPolygon") {
    return fail(Code::kInvalid, "geometry/type: \"" + std::string{type.substr(0, 40)} +
                                    "\" is neither Polygon nor MultiPolygon");
  }
  if (geometry["coordinates"].get(coordinates) != simdjson::SUCCESS) {
    return fail(Code::kInvalid, "geometry/coordinates: is missing");
  }
  MultiPolygon shape;
  if (type == "Polygon") {
    MADANG_TRY(auto polygon, polygon_of(coordinates, budget));
    shape.push_back(std::move(polygon));
    return shape;
  }
  array polygons;
  if (coordinates.get(polygons) != simdjson::SUCCESS || polygons.size() == 0) {
    return fail(Code::kInvalid, "geometry/coordinates: is not a list of polygons");
  }
  for (auto const json : polygons) {
    MADANG_TRY(auto polygon, polygon_of(json, budget));
    shape.push_back(std::move(polygon));
  }
  return shape;
}

/// A code may be written as text or as a whole number.
std::string text_of(object const& properties, std::string const& key) {
  element value;
  if (properties[key].get(value) != simdjson::SUCCESS) return {};
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string{trim(text)};
  std::int64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) return std::to_string(number);
  return {};
}

std::string first_text(object const& properties, std::vector<std::string> const& keys, std::string* found = nullptr) {
  for (auto const& key : keys) {
    auto text = text_of(properties, key);
    if (text.empty()) continue;
    if (found != nullptr) *found = key;
    return text;
  }
  return {};
}

/// Hangul syllables are U+AC00 to U+D7A3: three bytes from EA B0 80 to ED 9E A3.
bool has_hangul(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    auto const byte = static_cast<unsigned char>(c);
    return byte >= 0xea && byte <= 0xed;
  });
}

/// {"en": "River Bend", "ko": "물굽이"}, as GET /api/v1/areas writes names itself.
void read_languages(object const& properties, std::string const& key, Name& name) {
  object languages;
  if (properties[key].get(languages) != simdjson::SUCCESS) return;
  for (auto const& [language, value] : languages) {
    if (name.by_language.size() >= kLanguagesMax) return;
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS || trim(text).empty()) continue;
    name.by_language[std::string{language}] = trim(text);
  }
}

Name name_of(object const& properties, AreaImport const& options) {
  Name name;
  for (auto const& property : options.name_properties) read_languages(properties, property, name);
  std::string key;
  auto plain = first_text(properties, options.name_properties, &key);
  // "City District Neighbourhood": the last word is its own.
  if (key == "adm_nm" || key == "ADM_NM") plain = plain.substr(plain.rfind(' ') + 1);
  if (!plain.empty()) name.by_language[has_hangul(plain) ? "ko" : "en"] = plain;
  for (auto const& [language, keys] : options.names_by_language) {
    auto text = first_text(properties, keys);
    if (!text.empty()) name.by_language[language] = std::move(text);
  }
  return name;
}

Result<AreaFeature> feature_of(element const& json, AreaImport const& options, Budget& budget) {
  object feature;
  object geometry;
  object properties;
  if (json.get(feature) != simdjson::SUCCESS) return fail(Code::kInvalid, "is not an object");
  if (feature["properties"].get(properties) != simdjson::SUCCESS) {
    return fail(Code::kInvalid, "properties: is not an object");
  }
  if (feature["geometry"].get(geometry) != simdjson::SUCCESS) {
    return fail(Code::kInvalid, "geometry: is not an object");
  }
  AreaFeature area;
  area.code = first_text(properties, options.code_properties);
  if (area.code.empty()) area.code = text_of(feature, "id");
  if (area.code.empty()) {
    return fail(Code::kInvalid, "properties: has none of the code properties, such as \"" +
                                    (options.code_properties.empty() ? "id" : options.code_properties.front()) + "\"");
  }
  if (area.code.size() > kTextMax) return fail(Code::kLimit, "its code is longer than " + std::to_string(kTextMax));
  area.name = name_of(properties, options);
  if (area.name.by_language.empty()) area.name.by_language["en"] = area.code;
  for (auto const& [language, text] : area.name.by_language) {
    if (text.size() > kTextMax) return fail(Code::kLimit, "its name is longer than " + std::to_string(kTextMax));
    if (language.size() > kTextMax) return fail(Code::kLimit, "the language of its name is too long");
    if ((language + text).find('\0') != std::string::npos) return fail(Code::kInvalid, "its name has a zero byte");
  }
  if (area.code.find('\0') != std::string::npos) return fail(Code::kInvalid, "its code has a zero byte");
  MADANG_TRY(area.shape, shape_of(geometry, budget));
  return area;
}

/// RFC 7946 knows only longitude and latitude; older files may name another system in "crs".
Result<void> check_reference_system(object const& collection) {
  std::string_view name;
  if (collection["crs"]["properties"]["name"].get(name) != simdjson::SUCCESS) return {};
  for (auto const known : {"CRS84", "EPSG::4326", "EPSG:4326"}) {
    if (name.ends_with(known)) return {};
  }
  return fail(Code::kUnsupported, "crs: \"" + std::string{name.substr(0, 80)} +
                                      "\" is not longitude and latitude; convert the file to EPSG:4326 first");
}

/// West, south, east, north of all positions in a `coordinates` tree of any geometry type.
struct Bounds {
  double south = 90, north = -90, west = 180, east = -180;
  bool empty = true;
};

Result<void> add_positions(element const& json, Bounds& bounds, int depth) {
  array items;
  if (json.get(items) != simdjson::SUCCESS || depth > 4) {
    return fail(Code::kInvalid, "geometry/coordinates: is not a list of positions");
  }
  if (items.size() > 0 && items.at(0).is_number()) {
    MADANG_TRY(auto const point, position_of(json));
    bounds.south = std::min(bounds.south, point.latitude);
    bounds.north = std::max(bounds.north, point.latitude);
    bounds.west = std::min(bounds.west, point.longitude);
    bounds.east = std::max(bounds.east, point.longitude);
    bounds.empty = false;
    return {};
  }
  for (auto const item : items) MADANG_CHECK(add_positions(item, bounds, depth + 1));
  return {};
}

Result<object> geometry_object(simdjson::dom::parser& parser, std::string_view text) {
  if (text.size() > kAreaFileMax) return fail(Code::kLimit, "geometry: is too long");
  object geometry;
  if (parser.parse(text.data(), text.size()).get(geometry) != simdjson::SUCCESS) {
    return fail(Code::kInvalid, "geometry: is not a JSON object");
  }
  object inner;
  if (geometry["geometry"].get(inner) == simdjson::SUCCESS) return inner;
  return geometry;
}

void write_position(JsonWriter& out, LatLon point) {
  out.begin_array().value(point.longitude).value(point.latitude).end_array();
}

}  // namespace

Result<std::vector<AreaFeature>> areas_of_geojson(std::string_view text, AreaImport const& options) {
  if (text.size() > kAreaFileMax) {
    return fail(Code::kLimit, "GeoJSON: more than " + std::to_string(kAreaFileMax) + " bytes");
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  simdjson::dom::parser parser;
  object collection;
  array features;
  auto const parsed = parser.parse(text.data(), text.size()).get(collection);
  if (parsed != simdjson::SUCCESS) {
    if (auto fault = json_fault("GeoJSON", text)) return fail(*std::move(fault));
    return fail(Code::kInvalid, std::string{"GeoJSON: "} + simdjson::error_message(parsed));
  }
  if (collection["features"].get(features) != simdjson::SUCCESS) {
    return fail(Code::kInvalid, "GeoJSON: is not a FeatureCollection with a list of features");
  }
  if (features.size() > kAreasMax) return fail(Code::kLimit, "features: more than " + std::to_string(kAreasMax));
  MADANG_CHECK(check_reference_system(collection));
  std::vector<AreaFeature> areas;
  std::unordered_set<std::string> codes;
  Budget budget;
  for (auto const json : features) {
    auto const where = "features[" + std::to_string(areas.size()) + "]: ";
    auto area = feature_of(json, options, budget);
    if (!area) return fail(area.error().code, where + area.error().sentence);
    if (!codes.insert(area->code).second) {
      return fail(Code::kInvalid, where + "the code " + area->code + " appears twice");
    }
    areas.push_back(*std::move(area));
  }
  return areas;
}

Result<LatLon> point_of_geometry(std::string_view text) {
  simdjson::dom::parser parser;
  MADANG_TRY(auto const geometry, geometry_object(parser, text));
  element coordinates;
  if (geometry["coordinates"].get(coordinates) != simdjson::SUCCESS) {
    return fail(Code::kInvalid, "geometry/coordinates: is missing");
  }
  Bounds bounds;
  MADANG_CHECK(add_positions(coordinates, bounds, 0));
  if (bounds.empty) return fail(Code::kInvalid, "geometry/coordinates: holds no position");
  return LatLon{(bounds.south + bounds.north) / 2, (bounds.west + bounds.east) / 2};
}

Result<MultiPolygon> shape_of_geometry(std::string_view text) {
  simdjson::dom::parser parser;
  MADANG_TRY(auto const geometry, geometry_object(parser, text));
  Budget budget;
  return shape_of(geometry, budget);
}

std::string geometry_of_point(LatLon point) {
  JsonWriter out;
  out.begin_object().field("type", "Point").key("coordinates");
  write_position(out, point);
  out.end_object();
  return out.take();
}

std::string geometry_of_shape(MultiPolygon const& shape) {
  JsonWriter out;
  out.begin_object().field("type", "MultiPolygon").key("coordinates").begin_array();
  for (auto const& polygon : shape) {
    out.begin_array();
    for (auto const& ring : polygon) {
      out.begin_array();
      for (auto const point : ring) write_position(out, point);
      out.end_array();
    }
    out.end_array();
  }
  out.end_array().end_object();
  return out.take();
}

}  // namespace madang::city
