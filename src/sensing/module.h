// Sensing as a module, and what domains above are given.
#pragma once

#include <memory>
#include <optional>

#include "city/module.h"
#include "modules/module.h"
#include "sensing/indices/city_indices.h"
#include "sensing/live/now.h"
#include "sensing/quality/quality.h"
#include "sensing/readings/broker.h"
#include "sensing/readings/unknown_devices.h"
#include "sensing/readings/unstored_messages.h"
#include "sensing/sensing.h"
#include "sensing/settings.h"
#include "sensing/warning/warning.h"
#include "situations/module.h"

namespace madang::sensing {

/// Members close from bottom to top.
struct Services {
  std::shared_ptr<QualityControl> quality;
  std::unique_ptr<UnknownDevices> unknown_devices;
  std::unique_ptr<UnstoredMessages> unstored_messages;
  std::unique_ptr<Ingest> ingest;
  std::unique_ptr<warning::RuleStore> warning_rules;
  std::unique_ptr<warning::EarlyWarning> warning;
  std::shared_ptr<NowView> now;
  std::unique_ptr<indices::IndicesView> indices;
  std::unique_ptr<Broker> broker;
};

struct Domain {
  Settings settings;
  std::optional<Services> services;  ///< while the module is open
};

modules::Module sensing_module(std::shared_ptr<Domain> mine, std::shared_ptr<city::Domain> city,
                               std::shared_ptr<situations::Domain> situations);

}  // namespace madang::sensing
