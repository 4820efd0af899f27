// What an S-DoT node is in the registry's words: its Sensor with wire scale, range, class, notice and source, its
// Datastreams with units, the Thing itself.
#pragma once

#include <string>
#include <string_view>

#include "city/city.h"
#include "core/time.h"
#include "sensing/quantities.h"

namespace madang::sensing {

/// The quantity behind a channel: "temperature_max" is temperature.
QuantityInfo const* sdot_quantity(std::string_view channel);

/// "_daily", "_hourly", "_2min": how a Datastream of means is told from another one of the same channel.
std::string_view interval_suffix(Millis interval);

city::Sensor sdot_sensor(std::string_view model);
city::Thing sdot_thing(std::string_view serial);
/// `base` is the quantity's channel ("pm25"), `channel` what the Datastream is called ("pm25_daily").
city::NewDatastream sdot_datastream(city::Sensor const& sensor, std::string_view base, std::string_view channel,
                                    Millis interval, bool fitted);

}  // namespace madang::sensing
