// Reads a city's own MQTT broker: a mapping file says what its messages mean, and a message is acknowledged only after
// its values are durable.
#pragma once

#include <memory>
#include <string>

#include "city/city.h"
#include "core/error.h"
#include "runtime/clock.h"
#include "runtime/metrics.h"
#include "sensing/sensing.h"

namespace madang::sensing {

/// Thread-safe. A message that can never be stored (not JSON, unknown serial, no time) is counted in
/// madang_sensing_broker_messages_total{result="refused"}, logged once per topic and reason, and acknowledged, so that it
/// does not come back for ever; one that cannot be stored now stays unacknowledged and comes again. A retained message
/// without a time of its own is passed over: it is no reading of now.
class Broker {
 public:
  /// Everything but the server itself outlives it. Errors name file and line; that the broker is away is no error:
  /// the client keeps trying. With `unknown`, devices without a Thing are listed and their newest messages wait for it;
  /// with `unstored`, those that have one and send nothing that can be stored are known.
  static Result<std::unique_ptr<Broker>> start(std::string const& mapping_file, city::City const& city, Ingest& ingest,
                                               runtime::Clock const& clock, runtime::Metrics& metrics,
                                               UnknownDevices* unknown = nullptr, UnstoredMessages* unstored = nullptr);
  virtual ~Broker() = default;
  [[nodiscard]] virtual bool connected() const = 0;
  virtual void stop() = 0;
};

}  // namespace madang::sensing
