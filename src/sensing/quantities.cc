#include "sensing/quantities.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace madang::sensing {
namespace {

constexpr auto kMean = Averaging::kArithmetic;
constexpr auto kUp = Ramp::kSequential;

// Definitions: CF standard names and QUDT where they exist. Gross ranges: the S-DoT wire ranges (publisher's data
// sheet) for what it carries; sensor-class maxima of the statutory methods for gases. Scale ends are for reading a map.
constexpr std::array kQuantities{
    QuantityInfo{"pm25", "quantity.pm25", {}, "http://vocab.nerc.ac.uk/standard_name/mass_concentration_of_pm2p5_ambient_aerosol_particles_in_air/", "microgram per cubic metre", "µg/m³", "ug/m3", 0, 1500, 0, 75, 0, kMean, kUp},
    QuantityInfo{"pm10", "quantity.pm10", {}, "http://vocab.nerc.ac.uk/standard_name/mass_concentration_of_pm10_ambient_aerosol_particles_in_air/", "microgram per cubic metre", "µg/m³", "ug/m3", 0, 1500, 0, 150, 0, kMean, kUp},
    QuantityInfo{"o3", "quantity.o3", {}, "http://vocab.nerc.ac.uk/standard_name/mole_fraction_of_ozone_in_air/", "parts per million", "ppm", "[ppm]", 0, 1, 0, 0.15, 3, kMean, kUp},
    QuantityInfo{"no2", "quantity.no2", {}, "http://vocab.nerc.ac.uk/standard_name/mole_fraction_of_nitrogen_dioxide_in_air/", "parts per million", "ppm", "[ppm]", 0, 2, 0, 0.12, 3, kMean, kUp},
    QuantityInfo{"co", "quantity.co", {}, "http://vocab.nerc.ac.uk/standard_name/mole_fraction_of_carbon_monoxide_in_air/", "parts per million", "ppm", "[ppm]", 0, 50, 0, 3, 2, kMean, kUp},
    QuantityInfo{"so2", "quantity.so2", {}, "http://vocab.nerc.ac.uk/standard_name/mole_fraction_of_sulfur_dioxide_in_air/", "parts per million", "ppm", "[ppm]", 0, 1, 0, 0.05, 3, kMean, kUp},
    QuantityInfo{"nh3", "quantity.nh3", {}, "http://vocab.nerc.ac.uk/standard_name/mole_fraction_of_ammonia_in_air/", "parts per million", "ppm", "[ppm]", 0, 100, 0, 5, 2, kMean, kUp},
    QuantityInfo{"h2s", "quantity.h2s", {}, "http://vocab.nerc.ac.uk/standard_name/mole_fraction_of_hydrogen_sulfide_in_air/", "parts per million", "ppm", "[ppm]", 0, 100, 0, 1, 2, kMean, kUp},
    QuantityInfo{"noise", "quantity.noise", {}, "http://vocab.nerc.ac.uk/standard_name/sound_intensity_level_in_air/", "decibel (A-weighted)", "dB(A)", "dB[SPL]", 0, 130, 35, 85, 1, Averaging::kEnergy, kUp},
    QuantityInfo{"temperature", "quantity.temperature", {}, "http://vocab.nerc.ac.uk/standard_name/air_temperature/", "degree Celsius", "°C", "Cel", -50, 80, -10, 40, 1, kMean, Ramp::kDiverging},
    QuantityInfo{"humidity", "quantity.humidity", {}, "http://vocab.nerc.ac.uk/standard_name/relative_humidity/", "percent", "%", "%", 0, 100, 0, 100, 0, kMean, kUp},
    QuantityInfo{"wind_speed", "quantity.wind_speed", {}, "http://vocab.nerc.ac.uk/standard_name/wind_speed/", "metre per second", "m/s", "m/s", 0, 100, 0, 12, 1, kMean, kUp},
    QuantityInfo{"illuminance", "quantity.illuminance", {}, "http://qudt.org/vocab/quantitykind/Illuminance", "lux", "lx", "lx", 0, 120000, 0, 60000, 0, kMean, kUp},
    QuantityInfo{"ultraviolet", "quantity.ultraviolet", {}, "http://vocab.nerc.ac.uk/standard_name/ultraviolet_index/", "UV index", "UVI", "1", 0, 16, 0, 11, 1, kMean, kUp},
    QuantityInfo{"vibration", "quantity.vibration", {}, "http://qudt.org/vocab/quantitykind/Acceleration", "standard gravity", "g", "[g]", 0, 16, 0, 2, 2, kMean, kUp},
    QuantityInfo{"globe_temperature", "quantity.globe_temperature", {}, "https://w3id.org/madang/property/globe-temperature", "degree Celsius", "°C", "Cel", -50, 80, -10, 60, 1, kMean, Ramp::kDiverging},
    QuantityInfo{"people", "quantity.people", {}, "https://w3id.org/madang/property/people-present", "people", "people", "{people}", 0, 100000, 0, 400, 0, kMean, kUp},
    // Beyond the city node: what S-DoT publishes besides.
    QuantityInfo{"pm25_corrected", "quantity.pm25_corrected", {}, "http://vocab.nerc.ac.uk/standard_name/mass_concentration_of_pm2p5_ambient_aerosol_particles_in_air/", "microgram per cubic metre", "µg/m³", "ug/m3", 0, 1500, 0, 75, 0, kMean, kUp},
    QuantityInfo{"pm10_corrected", "quantity.pm10_corrected", {}, "http://vocab.nerc.ac.uk/standard_name/mass_concentration_of_pm10_ambient_aerosol_particles_in_air/", "microgram per cubic metre", "µg/m³", "ug/m3", 0, 1500, 0, 150, 0, kMean, kUp},
    QuantityInfo{"wind_direction", "quantity.wind_direction", {}, "http://vocab.nerc.ac.uk/standard_name/wind_from_direction/", "degree", "°", "deg", 0, 360, 0, 360, 0, Averaging::kCircular, kUp},
    QuantityInfo{"gust_speed", "quantity.gust_speed", {}, "http://vocab.nerc.ac.uk/standard_name/wind_speed_of_gust/", "metre per second", "m/s", "m/s", 0, 100, 0, 20, 1, kMean, kUp},
    QuantityInfo{"gust_direction", "quantity.gust_direction", {}, "http://vocab.nerc.ac.uk/standard_name/wind_gust_from_direction/", "degree", "°", "deg", 0, 360, 0, 360, 0, Averaging::kCircular, kUp},
    QuantityInfo{"vibration_x", "quantity.vibration_x", {}, "http://qudt.org/vocab/quantitykind/Acceleration", "standard gravity", "g", "[g]", 0, 16, 0, 2, 2, kMean, kUp},
    QuantityInfo{"vibration_y", "quantity.vibration_y", {}, "http://qudt.org/vocab/quantitykind/Acceleration", "standard gravity", "g", "[g]", 0, 16, 0, 2, 2, kMean, kUp},
    QuantityInfo{"vibration_z", "quantity.vibration_z", {}, "http://qudt.org/vocab/quantitykind/Acceleration", "standard gravity", "g", "[g]", 0, 16, 0, 2, 2, kMean, kUp},
    QuantityInfo{"vibration_x_max", "quantity.vibration_x_max", {}, "http://qudt.org/vocab/quantitykind/Acceleration", "standard gravity", "g", "[g]", 0, 16, 0, 4, 2, kMean, kUp},
    QuantityInfo{"vibration_y_max", "quantity.vibration_y_max", {}, "http://qudt.org/vocab/quantitykind/Acceleration", "standard gravity", "g", "[g]", 0, 16, 0, 4, 2, kMean, kUp},
    QuantityInfo{"vibration_z_max", "quantity.vibration_z_max", {}, "http://qudt.org/vocab/quantitykind/Acceleration", "standard gravity", "g", "[g]", 0, 16, 0, 4, 2, kMean, kUp},
};

constexpr std::size_t kCityNodeCount = 17;
static_assert(kQuantities[kCityNodeCount - 1].channel == "people");

/// Means over a longer time that came beside finer values have channels of their own ("pm25_daily"), so that neither
/// supersedes the other; in everything but the name they are the same quantity.
struct Span {
  std::string_view suffix, key;
};
constexpr std::array kSpans{Span{"_daily", "quantity.span_daily"}, Span{"_hourly", "quantity.span_hourly"},
                            Span{"_2min", "quantity.span_2min"}};

struct Derived {
  std::string channel;
  QuantityInfo info;
};

std::vector<Derived> derive_all() {
  std::vector<Derived> all;
  all.reserve(kQuantities.size() * kSpans.size());  // the views below point into it
  for (auto const& base : kQuantities) {
    for (auto const& span : kSpans) {
      auto& d = all.emplace_back(Derived{std::string{base.channel}.append(span.suffix), base});
      d.info.channel = d.channel;
      d.info.span_key = span.key;
    }
  }
  return all;
}

}  // namespace

std::span<QuantityInfo const> quantities() { return kQuantities; }

std::span<QuantityInfo const> city_node_quantities() { return std::span{kQuantities}.first(kCityNodeCount); }

QuantityInfo const* quantity(std::string_view channel) {
  auto const found = std::ranges::find(kQuantities, channel, &QuantityInfo::channel);
  if (found != kQuantities.end()) return &*found;
  static auto const kDerived = derive_all();
  auto const also = std::ranges::find(kDerived, channel, &Derived::channel);
  return also == kDerived.end() ? nullptr : &also->info;
}

}  // namespace madang::sensing
