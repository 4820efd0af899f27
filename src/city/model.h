// What a city is made of, in the words of OGC SensorThings 1.1 plus Area and Key. Plain structs; names
// are stored per language, as {"en": ..., "ko": ...}.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "city/texts.h"
#include "core/geo.h"
#include "core/id.h"
#include "core/time.h"

namespace madang::city {

/// Language tag to text; in every language of locales/ where Madang itself makes the entity (words.h).
struct Name {
  Texts by_language;
  /// The wanted language, else English, else any, else empty.
  [[nodiscard]] std::string const& in(std::string_view language) const;
  friend bool operator==(Name const&, Name const&) = default;
};

/// A district (level 1) or neighbourhood (level 2) and so on, from GeoJSON.
struct Area {
  AreaId id;
  std::string code;  ///< the publisher's own code, unique
  Name name;
  AreaId parent;     ///< 0: none
  int level = 1;
  MultiPolygon shape;
};

struct Thing {
  ThingId id;
  std::string serial;  ///< what the device calls itself in topics; unique, while names may repeat
  Name name;
  std::string description;
  std::string properties = "{}";  ///< JSON object
  bool simulated = false;         ///< then every page, API and export says so
  /// Since when it is out of service: what it measured stays, and it is out of counts, map and warning.
  std::optional<Instant> retired_at = {};
  friend bool operator==(Thing const&, Thing const&) = default;
};

/// A place. Any number of Things may be there; City::things_of says which.
struct Location {
  LocationId id;
  Name name;
  std::string description;
  std::string encoding_type = "application/geo+json";
  std::string geometry;            ///< GeoJSON as given
  std::optional<LatLon> point;     ///< where it is; of a line or polygon the middle
  AreaId area;                     ///< the smallest Area it lies in; 0: outside all
  std::string properties = "{}";
  friend bool operator==(Location const&, Location const&) = default;
};

/// Measurement class of a sensor, which decides the notice that must travel with its data.
enum class MeasurementClass : std::uint8_t { kReference, kIndicative, kSimpleMonitor, kSimulated, kUnknown };

/// What one channel of a Sensor can do: wire scale, range and the values that mean "no value".
struct Channel {
  std::string name;                 ///< as in messages: "pm25"
  double scale = 1;                 ///< physical = wire * scale + offset
  double offset = 0;
  double valid_min = 0, valid_max = 0;  ///< physical; both 0: not stated
  std::vector<double> sentinels;    ///< wire values that mean "missing"
  bool fitted = true;
  friend bool operator==(Channel const&, Channel const&) = default;
};

/// The capability registry entry of a sensor model.
struct Sensor {
  SensorId id;
  Name name;
  std::string description;
  std::string encoding_type = "application/pdf";
  std::string metadata;
  bool metadata_is_json = false;    ///< `metadata` is JSON that was given as such, not a text
  std::string model;
  MeasurementClass measurement_class = MeasurementClass::kUnknown;
  std::string grade;                ///< certification grade, as the publisher writes it
  Name notice;                      ///< the sentence that must stand beside the data
  std::string source;               ///< who published it and under which terms
  std::vector<Channel> channels;
  std::string properties = "{}";
  friend bool operator==(Sensor const&, Sensor const&) = default;
};

struct ObservedProperty {
  ObservedPropertyId id;
  Name name;
  std::string definition;  ///< URI
  std::string description;
  std::string properties = "{}";
  friend bool operator==(ObservedProperty const&, ObservedProperty const&) = default;
};

struct Unit {
  std::string name;
  std::string symbol;
  std::string definition;  ///< UCUM URI
  friend bool operator==(Unit const&, Unit const&) = default;
};

struct Datastream {
  DatastreamId id;
  ThingId thing;
  SensorId sensor;
  ObservedPropertyId observed_property;
  std::string channel;  ///< unique within the Thing; "" when only reachable by id
  Name name;
  std::string description;
  std::string observation_type;
  Unit unit;
  std::string properties = "{}";
  FeatureId default_feature;
  Millis interval{0};  ///< expected time between observations; 0: not stated
  bool fitted = true;
  friend bool operator==(Datastream const&, Datastream const&) = default;
};

struct FeatureOfInterest {
  FeatureId id;
  Name name;
  std::string description;
  std::string encoding_type = "application/geo+json";
  std::string geometry;
  std::string properties = "{}";
  friend bool operator==(FeatureOfInterest const&, FeatureOfInterest const&) = default;
};

/// The scope of a key that writes to no Thing; no Thing has it as its serial.
inline constexpr std::string_view kNoThing = "NONE";

struct Key {
  KeyId id;
  std::string name;
  std::vector<std::string> things;  ///< serials it may write; empty: all
  Instant created_at;
  std::optional<Instant> revoked_at;
};

}  // namespace madang::city
