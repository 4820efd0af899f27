#include "sensing/settings.h"

#include <fmt/format.h>

#include <chrono>

namespace madang::sensing {
namespace {

Result<void> check_air_index(std::string const& name) {
  if (indices::air_scale_named(name)) return {};
  return fail(Code::kInvalid, fmt::format("'{}' is none of cai, aqi, eaqi, who, none", name));
}

Result<void> check_noise_zone(std::string const& name) {
  if (indices::noise_zone_named(name)) return {};
  return fail(Code::kInvalid,
              fmt::format("'{}' is none of general_a, general_b, general_c, general_d, roadside_ab, roadside_c, roadside_d", name));
}

}  // namespace

void Settings::declare(runtime::Settings& s) {
  s.declare(public_licence, {"public.licence",
                             "Under which licence the city gives its data, as exports name it: CC BY 4.0, or an address. "
                             "Empty: exports say that none is stated.",
                             "", 0, 0});
  s.declare(broker_mapping_file,
            {"broker.mapping_file", "Mapping of a city's own MQTT broker to read from; empty: none.", "path", 0, 0});
  s.declare(air_index, {"indices.air", "The air index that pages show: cai (Korea), aqi (United States), eaqi (Europe), who or none.", "", 0, 0, check_air_index});
  s.declare(noise_zone,
            {"indices.noise_zone", "Noise zone of stations that state none: general_a to general_d, roadside_ab, roadside_c or roadside_d.",
             "", 0, 0, check_noise_zone});
  s.declare(crowd_caution, {"indices.crowd_caution", "Crowd density from which a place is watched.", "people/m²", 0.1, 20});
  s.declare(crowd_alert, {"indices.crowd_alert", "Crowd density from which people should not go there.", "people/m²", 0.1, 20});
  s.declare(crowd_severe, {"indices.crowd_severe", "Crowd density that is dangerous.", "people/m²", 0.1, 20});
  s.declare(observations_waiting_max,
            {"ingest.observations_waiting_max", "Observations that may wait for the disk; more are refused with 429.",
             "observations", 1000, 100'000'000});
  s.declare(warning_alarms_per_day,
            {"warning.alarms_per_day", "False alarms a day over the whole city that are accepted; thresholds follow from it. Official levels, the least "
             "excess of a rule and unconfirmed notices do not.",
             "1/day", 0.1, 1000});
  s.declare(warning_history_days,
            {"warning.history_days", "How far back the early warning reads when the server starts, to know what is usual.",
             "days", 0, 60});
}

Result<indices::IndexSettings> Settings::shown_indices() const {
  using namespace indices;
  IndexSettings out;
  MADANG_CHECK(check_air_index(air_index));
  MADANG_CHECK(check_noise_zone(noise_zone));
  out.air = *air_scale_named(air_index);
  out.noise_zone = *noise_zone_named(noise_zone);
  bool const rising = crowd_caution < crowd_alert && crowd_alert < crowd_severe;
  if (!rising) return fail(Code::kInvalid, "indices.crowd_caution, crowd_alert and crowd_severe must rise in this order");
  out.crowd = {CrowdDensity{crowd_caution}, CrowdDensity{crowd_alert}, CrowdDensity{crowd_severe}};
  return out;
}

warning::EarlyWarning::Options Settings::early_warning(std::string const& zone) const {
  return {.zone = zone, .alarms_per_day = warning_alarms_per_day, .history = std::chrono::days{warning_history_days}};
}

}  // namespace madang::sensing
