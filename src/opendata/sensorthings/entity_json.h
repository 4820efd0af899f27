// Entities as SensorThings JSON. What Madang knows beyond the standard (serial, channel, measurementClass, notice,
// simulated, names per language, ...) stands in `properties`; README.md lists it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "city/city.h"
#include "core/json_writer.h"
#include "opendata/sensorthings/paths.h"
#include "storage/observations/observation.h"

namespace madang::opendata {

/// "http://host/sta/v1.1/Things(1)"; `base` without a slash at its end.
std::string self_link(std::string_view base, EntityRef ref);

void write_entity(JsonWriter& w, std::string_view base, city::Thing const& e);
void write_entity(JsonWriter& w, std::string_view base, city::Location const& e);
/// `observed`: from its first to its newest observation; nullopt: it has none.
void write_entity(JsonWriter& w, std::string_view base, city::Datastream const& e,
                  std::optional<Interval> observed = std::nullopt);
void write_entity(JsonWriter& w, std::string_view base, city::Sensor const& e);
void write_entity(JsonWriter& w, std::string_view base, city::ObservedProperty const& e);
void write_entity(JsonWriter& w, std::string_view base, city::FeatureOfInterest const& e);
/// `reason`: why it is suspect, failed or missing, as a sentence; empty: not said.
void write_entity(JsonWriter& w, std::string_view base, storage::StoredObservation const& e, std::string_view reason = {});

/// Names in `properties` that the registry keeps in fields of its own: taken out on the way in, put back on the way out.
bool is_own_property(EntityKind kind, std::string_view name);

std::string_view text_of(city::MeasurementClass measurement_class);
std::optional<city::MeasurementClass> measurement_class_of(std::string_view text);

}  // namespace madang::opendata
