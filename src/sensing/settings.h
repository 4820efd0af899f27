// What the configuration file says of sensing: queues, indices, the early warning, a city's own broker.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/settings.h"
#include "sensing/indices/city_indices.h"
#include "sensing/warning/warning.h"

namespace madang::sensing {

struct Settings {
  std::string public_licence;
  std::string broker_mapping_file;
  std::int64_t observations_waiting_max = 400'000;

  std::string air_index = "cai";
  std::string noise_zone = "general_b";
  double crowd_caution = 3;
  double crowd_alert = 4;
  double crowd_severe = 5;

  double warning_alarms_per_day = 5;
  std::int64_t warning_history_days = 7;

  void declare(runtime::Settings& settings);

  /// kInvalid names the setting and what it may be.
  [[nodiscard]] Result<indices::IndexSettings> shown_indices() const;
  [[nodiscard]] warning::EarlyWarning::Options early_warning(std::string const& zone) const;
};

}  // namespace madang::sensing
