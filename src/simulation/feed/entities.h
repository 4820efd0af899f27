// The simulated city in the words of SensorThings: bodies for POST. Sensor, Things and every export say that the
// data is simulated.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/time.h"
#include "sensing/quantities.h"
#include "simulation/city_plan.h"

namespace madang::simulation {

/// The name under which the one shared Sensor is found again.
std::string sensor_name();

std::string sensor_json();
std::string observed_property_json(sensing::QuantityInfo const& quantity);

struct SharedIds {
  std::int64_t sensor = 0;
  std::span<std::int64_t const> properties;  ///< in the order of city_node_quantities()
};
/// Deep insert of a Thing with its Location and 17 Datastreams.
std::string thing_json(Node const& node, SharedIds const& shared, Millis interval);

}  // namespace madang::simulation
