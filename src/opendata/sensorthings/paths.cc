#include "opendata/sensorthings/paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.h"
#include "opendata/sensorthings/limits.h"

namespace madang::opendata {
namespace {

struct Names {
  std::string_view set;
  std::string_view entity;
};
constexpr std::array<Names, kEntityKinds> kNames = {{
    {"Things", "Thing"}, {"Locations", "Location"}, {"Datastreams", "Datastream"}, {"Sensors", "Sensor"},
    {"ObservedProperties", "ObservedProperty"}, {"Observations", "Observation"},
    {"FeaturesOfInterest", "FeatureOfInterest"},
}};

using enum EntityKind;
constexpr std::array kNavigations = {
    Navigation{kThing, "Datastreams", kDatastream, true},
    Navigation{kThing, "Locations", kLocation, true},
    Navigation{kLocation, "Things", kThing, true},
    Navigation{kDatastream, "Thing", kThing, false},
    Navigation{kDatastream, "Sensor", kSensor, false},
    Navigation{kDatastream, "ObservedProperty", kObservedProperty, false},
    Navigation{kDatastream, "Observations", kObservation, true},
    Navigation{kSensor, "Datastreams", kDatastream, true},
    Navigation{kObservedProperty, "Datastreams", kDatastream, true},
    Navigation{kObservation, "Datastream", kDatastream, false},
    Navigation{kObservation, "FeatureOfInterest", kFeatureOfInterest, false},
    Navigation{kFeatureOfInterest, "Observations", kObservation, true},
};

/// "Things(1)" or "name".
Result<PathSegment> parse_segment(std::string_view text) {
  auto const open = text.find('(');
  if (open == std::string_view::npos) return PathSegment{std::string(text), std::nullopt};
  auto const inside = text.substr(open + 1);
  if (!inside.ends_with(')')) return fail(Code::kInvalid, fmt::format("path: \"{}\" lacks its ')'", text.substr(0, 80)));
  auto key = inside.substr(0, inside.size() - 1);
  // Clients that keep ids as texts ask for Things('1').
  if (key.size() > 2 && key.starts_with('\'') && key.ends_with('\'')) key = key.substr(1, key.size() - 2);
  auto const id = parse_int(key);
  if (!id || *id < 1) {
    return fail(Code::kNotFound, fmt::format("path: \"{}\": ids are positive numbers", text.substr(0, 80)));
  }
  return PathSegment{std::string(text.substr(0, open)), id};
}

}  // namespace

std::string_view set_name(EntityKind kind) { return kNames[static_cast<std::size_t>(kind)].set; }
std::string_view entity_name(EntityKind kind) { return kNames[static_cast<std::size_t>(kind)].entity; }

std::optional<EntityKind> kind_of_set(std::string_view name) {
  auto const found = std::ranges::find(kNames, name, &Names::set);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<EntityKind>(found - kNames.begin());
}

Navigation const* navigation(EntityKind from, std::string_view name) {
  auto const fits = [from, name](Navigation const& n) { return n.from == from && n.name == name; };
  auto const found = std::ranges::find_if(kNavigations, fits);
  return found == kNavigations.end() ? nullptr : &*found;
}

std::vector<Navigation> navigations(EntityKind from) {
  std::vector<Navigation> all;
  for (auto const& n : kNavigations) {
    if (n.from == from) all.push_back(n);
  }
  return all;
}

Result<ResourcePath> parse_path(std::string_view text) {
  ResourcePath path;
  if (text.starts_with('/')) text.remove_prefix(1);
  if (text.ends_with('/')) text.remove_suffix(1);
  if (text.empty()) return path;
  for (auto const part : split(text, '/')) {
    if (path.value || path.references) return fail(Code::kInvalid, "path: nothing may follow $value or $ref");
    if (path.segments.size() >= kPathSegmentsMax) {
      return fail(Code::kLimit, fmt::format("path: more than {} steps", kPathSegmentsMax));
    }
    if (part.empty()) return fail(Code::kInvalid, "path: an empty step");
    if (part == "$value") {
      path.value = true;
    } else if (part == "$ref") {
      path.references = true;
    } else {
      MADANG_TRY(auto segment, parse_segment(part));
      path.segments.push_back(std::move(segment));
    }
  }
  return path;
}

}  // namespace madang::opendata
