// How readings are written: device messages and CreateObservations bodies. Written by hand, as millions of values
// go this way.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "simulation/readings.h"

namespace madang::simulation {

/// Datastream ids of one Thing in the order of city_node_quantities(); 0: the Thing has no such channel.
using StreamIds = std::array<std::int64_t, kChannelCount>;

/// Appends a whole number of 10^-decimals as JSON: 123 with 1 is "12.3".
void append_scaled(std::string& out, std::int32_t wire, int decimals);

/// {"time":"...","pm25":12,...}
std::string device_message(Reading const& reading);
std::string device_topic(std::string_view serial);

/// One element of a CreateObservations array per Datastream, with a leading comma where `out` has one already.
/// `out` begins as "[" and the caller ends it with "]".
void append_data_arrays(std::string& out, StreamIds const& streams, std::span<Reading const> readings);

}  // namespace madang::simulation
