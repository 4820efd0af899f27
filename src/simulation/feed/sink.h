// Where messages of stations go: MQTT connections as devices have them, or CreateObservations over HTTP. Both are
// bounded: when too much waits for the server, sending waits.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/error.h"
#include "simulation/city_plan.h"
#include "simulation/feed/device_connections.h"
#include "simulation/feed/sensorthings_client.h"
#include "simulation/feed/texts.h"

namespace madang::simulation {

class Sink {
 public:
  virtual ~Sink() = default;
  /// May wait while the server is slow or away. An error ends the feed.
  virtual Result<void> send(std::size_t node, Reading const& reading) = 0;
  /// Sends what was collected: nothing more is due for a moment, or it has waited long enough.
  virtual Result<void> flush() = 0;
  /// Waits a few seconds for what is still on its way, then leaves.
  virtual void finish() = 0;
  [[nodiscard]] virtual SinkCounts counts() = 0;
};

struct MqttSinkOptions {
  std::string address;  ///< "127.0.0.1:1883"
  std::string key;
  std::size_t connections = 0;  ///< 0: one per 500 stations, at most 32
};
Result<std::unique_ptr<Sink>> mqtt_sink(CityPlan const& plan, MqttSinkOptions const& options,
                                        std::atomic<bool> const& stop);

struct HttpSinkOptions {
  ServerAddress server;
  std::span<std::int64_t const> things;  ///< ids in the plan's order
};
Result<std::unique_ptr<Sink>> http_sink(HttpSinkOptions const& options, std::atomic<bool> const& stop);

}  // namespace madang::simulation
