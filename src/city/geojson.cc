#include "city/geojson.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "city/geojson_shape.h"
#include "city/limits.h"
#include "core/file_kind.h"
#include "core/json_input.h"
#include "core/json_writer.h"
#include "core/language.h"
#include "core/text.h"
#include "core/text_decoder.h"

namespace madang::city {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

/// "11010.0", as tools write that read a code as a number, is 11010.
std::string without_fraction(std::string_view text) {
  auto const point = text.find('.');
  auto const digits = [](std::string_view part, std::string_view of) { return !part.empty() && part.find_first_not_of(of) == std::string_view::npos; };
  bool const whole = point != std::string_view::npos && digits(text.substr(0, point), "0123456789") && digits(text.substr(point + 1), "0");
  return std::string{whole ? text.substr(0, point) : text};
}

/// A code may be written as text or as a whole number, also as 11010.0.
std::string text_of(object const& properties, std::string const& key) {
  element value;
  if (properties[key].get(value) != simdjson::SUCCESS) return {};
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return without_fraction(trim(text));
  std::int64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) return std::to_string(number);
  double fraction = 0;
  constexpr double kExact = 9e15;  // whole numbers below are doubles without loss
  if (value.get(fraction) == simdjson::SUCCESS && std::abs(fraction) < kExact && fraction == std::floor(fraction))
    return std::to_string(static_cast<std::int64_t>(fraction));
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

Result<void> check_texts(AreaFeature const& area) {
  if (area.code.size() > kTextMax) return fail(Code::kInvalid, "its code is longer than " + std::to_string(kTextMax));
  if (area.code.find('\0') != std::string::npos) return fail(Code::kInvalid, "its code has a zero byte");
  for (auto const& [language, text] : area.name.by_language) {
    if (text.size() > kTextMax) return fail(Code::kInvalid, "its name is longer than " + std::to_string(kTextMax));
    if (language.size() > kTextMax) return fail(Code::kInvalid, "the language of its name is too long");
    if ((language + text).find('\0') != std::string::npos) return fail(Code::kInvalid, "its name has a zero byte");
  }
  return {};
}

/// Reads features one by one into a file of Areas.
class AreaReader {
 public:
  explicit AreaReader(AreaImport const& options) : options_(options) {}

  Result<void> add(element const& json) {
    auto const where = fmt::format("features[{}]: ", count_++);
    if (count_ > kAreasMax) return fail(Code::kLimit, fmt::format("features: more than {}", kAreasMax));
    auto area = feature_of(json);
    if (area) {
      out_.areas.push_back(*std::move(area));
      for (auto const& note : notes_) out_.note(fmt::format("{}{}: {}", where, out_.areas.back().code, note));
      return {};
    }
    if (area.error().code == Code::kLimit) return fail(Code::kLimit, where + area.error().sentence);
    if (!first_problem_) first_problem_ = where + area.error().sentence;
    out_.set_aside_feature(where + area.error().sentence);
    return {};
  }

  Result<AreaFile> finish() {
    if (!out_.areas.empty()) return std::move(out_);
    if (count_ == 0) return fail(Code::kInvalid, "features: is an empty list; there is no area in it");
    if (count_ == 1) return fail(Code::kInvalid, *first_problem_);
    return fail(Code::kInvalid, fmt::format("none of the {} features is an area; {}", count_, *first_problem_));
  }

 private:
  Result<AreaFeature> feature_of(element const& json) {
    notes_.clear();
    object feature;
    element geometry;
    element named;
    object properties;
    if (json.get(feature) != simdjson::SUCCESS) return fail(Code::kInvalid, "is not an object");
    if (feature["properties"].get(named) != simdjson::SUCCESS) return fail(Code::kInvalid, "properties: is missing");
    bool const has_properties = !named.is_null();  // null is legal, and then the id alone can be the code
    if (has_properties && named.get(properties) != simdjson::SUCCESS) return fail(Code::kInvalid, "properties: is not an object");
    AreaFeature area;
    if (has_properties) area.code = first_text(properties, options_.code_properties);
    if (area.code.empty()) area.code = text_of(feature, "id");
    if (area.code.empty()) {
      return fail(Code::kInvalid, fmt::format("properties: has none of the code properties, such as \"{}\"",
                                              options_.code_properties.empty() ? "id" : options_.code_properties.front()));
    }
    if (has_properties) area.name = name_of(properties, options_);
    if (area.name.by_language.empty()) area.name.by_language[std::string{kSourceLanguage}] = area.code;
    MADANG_CHECK(check_texts(area));
    if (feature["geometry"].get(geometry) != simdjson::SUCCESS) return fail(Code::kInvalid, fmt::format("{}: geometry: is missing", area.code));
    if (geometry.is_null()) return fail(Code::kInvalid, fmt::format("{}: geometry: null, a feature without a place", area.code));
    object shape;
    if (geometry.get(shape) != simdjson::SUCCESS) return fail(Code::kInvalid, fmt::format("{}: geometry: is not an object", area.code));
    auto read = area_shape_of(shape, budget_);
    if (!read) return fail(read.error().code, fmt::format("{}: {}", area.code, read.error().sentence));
    area.shape = std::move(read->shape);
    notes_ = std::move(read->notes);
    return area;
  }

  AreaImport const& options_;
  VertexBudget budget_;
  AreaFile out_;
  std::size_t count_ = 0;
  std::vector<std::string> notes_;  ///< of the feature at hand
  std::optional<std::string> first_problem_;
};

/// RFC 7946 knows only longitude and latitude; older files may name another system in "crs".
Result<void> check_reference_system(object const& collection) {
  std::string name;
  std::string_view text;
  std::int64_t code = 0;
  if (collection["crs"]["properties"]["name"].get(text) == simdjson::SUCCESS)
    name = text;
  else if (collection["crs"]["properties"]["code"].get(code) == simdjson::SUCCESS)
    name = "EPSG:" + std::to_string(code);
  else
    return {};
  auto const last = std::string_view{name}.substr(name.rfind(':') + 1);
  // WGS 84 and the systems that differ from it by less than the width of a street.
  for (std::string_view const known : {"CRS84", "CRS84h", "4326", "4979", "4258", "4269", "4737"})
    if (last == known || (known == "CRS84" && name.ends_with(known))) return {};
  return fail(Code::kUnsupported, fmt::format("crs: \"{}\" is not longitude and latitude; convert the file to EPSG:4326 first", name.substr(0, 80)));
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

/// What is served on as GeoJSON must be some: "point" and "Circle" are none of RFC 7946's types.
Result<void> check_type(object const& geometry) {
  constexpr std::array<std::string_view, 6> kTypes{"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"};
  std::string_view type;
  if (geometry["type"].get(type) != simdjson::SUCCESS) return fail(Code::kInvalid, "geometry/type: is missing, or no text");
  if (std::ranges::find(kTypes, type) != kTypes.end()) return {};
  return fail(Code::kInvalid, fmt::format("geometry/type: \"{}\" is none of {}", repair_utf8(type.substr(0, 40)), fmt::join(kTypes, ", ")));
}

void write_position(JsonWriter& out, LatLon point) {
  out.begin_array().value(point.longitude).value(point.latitude).end_array();
}

}  // namespace

void AreaFile::note(std::string sentence) {
  if (notes.size() < kAreaNotesMax) notes.push_back(std::move(sentence));
}

void AreaFile::set_aside_feature(std::string sentence) {
  ++set_aside;
  note(std::move(sentence));
}

namespace {

/// What a JSON object is that is no list of features.
std::unexpected<Error> no_collection(object const& root) {
  std::string_view type;
  if (root["type"].get(type) != simdjson::SUCCESS) type = {};
  if (type == "Topology") return fail(Code::kUnsupported, "GeoJSON: is TopoJSON; convert it to GeoJSON first (topo2geo, mapshaper)");
  if (type == "Polygon" || type == "MultiPolygon" || type == "GeometryCollection")
    return fail(Code::kInvalid, fmt::format("GeoJSON: is a bare {} without the properties that name an area; a FeatureCollection is expected", type));
  element features;
  if (root["features"].get(features) == simdjson::SUCCESS && features.is_null())
    return fail(Code::kInvalid, "GeoJSON: features: null; there is no area in it");
  return fail(Code::kInvalid, "GeoJSON: is not a FeatureCollection with a list of features");
}

Result<AreaFile> areas_of_root(element const& document, AreaImport const& options) {
  object root;
  if (document.get(root) != simdjson::SUCCESS) return fail(Code::kInvalid, "GeoJSON: is not a FeatureCollection with a list of features");
  AreaReader reader(options);
  MADANG_CHECK(check_reference_system(root));
  std::string_view type;
  if (root["type"].get(type) == simdjson::SUCCESS && type == "Feature") {
    MADANG_CHECK(reader.add(document));
    return reader.finish();
  }
  array features;
  if (root["features"].get(features) != simdjson::SUCCESS) return no_collection(root);
  element esri;
  if (root["geometryType"].get(esri) == simdjson::SUCCESS)
    return fail(Code::kUnsupported, "GeoJSON: is JSON of Esri's own kind; ask the service for f=geojson");
  for (auto const feature : features) MADANG_CHECK(reader.add(feature));
  return reader.finish();
}

/// One Feature a line (RFC 8142, with or without its record separators). Nothing: it is no such sequence.
std::optional<Result<AreaFile>> areas_of_sequence(simdjson::dom::parser& parser, simdjson::padded_string const& text, AreaImport const& options) {
  simdjson::dom::document_stream stream;
  if (parser.parse_many(text, text.size() + 1).get(stream) != simdjson::SUCCESS) return std::nullopt;
  AreaReader reader(options);
  std::size_t count = 0;
  for (auto const document : stream) {
    element root;
    std::string_view type;
    if (document.get(root) != simdjson::SUCCESS || root["type"].get(type) != simdjson::SUCCESS || type != "Feature") return std::nullopt;
    ++count;
    if (auto added = reader.add(root); !added) return Result<AreaFile>{fail(added.error())};
  }
  if (count < 2 || stream.truncated_bytes() > 0) return std::nullopt;
  return reader.finish();
}

}  // namespace

Result<AreaFile> areas_of_geojson(std::string_view bytes, AreaImport const& options) {
  if (bytes.size() > kAreaFileMax) return fail(Code::kLimit, fmt::format("GeoJSON: more than {} bytes", kAreaFileMax));
  if (auto const kind = foreign_kind(bytes); kind && *kind != "JSON") return fail(Code::kUnsupported, "GeoJSON: is " + *kind);
  TextDecoder decoder;
  MADANG_TRY(auto text, decoder.decode(bytes));
  std::ranges::replace(text, '\x1e', ' ');
  simdjson::padded_string const padded(text);
  simdjson::dom::parser parser;
  element root;
  auto const parsed = parser.parse(padded).get(root);
  if (parsed == simdjson::SUCCESS) return areas_of_root(root, options);
  if (auto sequence = areas_of_sequence(parser, padded, options)) return *std::move(sequence);
  if (auto fault = json_fault("GeoJSON", text)) return fail(*std::move(fault));
  return fail(Code::kInvalid, std::string{"GeoJSON: "} + simdjson::error_message(parsed));
}

Result<LatLon> point_of_geometry(std::string_view text) {
  simdjson::dom::parser parser;
  MADANG_TRY(auto const geometry, geometry_object(parser, text));
  MADANG_CHECK(check_reference_system(geometry));
  MADANG_CHECK(check_type(geometry));
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
  VertexBudget budget;
  return plain_shape_of(geometry, budget);
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
