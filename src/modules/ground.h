// What there is before any domain: the data directory, records, observations, texts, live events, clock and metrics.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>

#include "core/error.h"
#include "modules/permissions.h"
#include "runtime/clock.h"
#include "runtime/data_directory.h"
#include "runtime/messages.h"
#include "runtime/metrics.h"
#include "runtime/settings.h"
#include "storage/events/leases.h"
#include "storage/observations/store.h"
#include "storage/records/records.h"
#include "web/html/navigation.h"
#include "web/http/event_hub.h"
#include "web/mqtt/outlet.h"

namespace madang::modules {

class ApiDocument;

/// What several domains and the ground itself must know of the city.
struct GroundSettings {
  std::string zone = "Asia/Seoul";
  std::string records_address;
  std::string base_address;

  void declare(runtime::Settings& settings);
};

/// `settings.records_address`, or the SQLite file inside the data directory.
std::string records_address_of(GroundSettings const& settings, std::filesystem::path const& data_directory);

/// Given to each module when it opens; all of it outlives them.
struct Ground {
  runtime::DataDirectory const& directory;
  runtime::Clock const& clock;
  runtime::Metrics& metrics;
  runtime::Messages const& messages;
  Permissions const& permissions;     ///< of all modules
  web::Navigation const& navigation;  ///< of all modules
  ApiDocument const& api;          ///< of all modules
  storage::Records& records;
  storage::events::Leases& leases;  ///< held from the server's start on
  storage::ObservationStore& store;
  web::EventHub& events;
  web::mqtt::Publisher& mqtt;  ///< this module's own: to clients of MQTT, on `Opened::topics`, from `Opened::start` on
  GroundSettings const& settings;
  std::atomic<bool> const& ready;  ///< everything is open and serves
};

}  // namespace madang::modules
