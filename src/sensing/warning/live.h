// The early warning as it runs: hears every durable batch, judges it on its own thread, and raises and clears
// Situations. It never holds up the ingest: what does not fit its queue is counted and left out.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "city/city.h"
#include "core/error.h"
#include "runtime/clock.h"
#include "runtime/messages.h"
#include "runtime/metrics.h"
#include "sensing/sensing.h"
#include "sensing/warning/engine.h"
#include "sensing/warning/limits.h"
#include "situations/situations.h"
#include "storage/observations/store.h"

namespace madang::sensing {
class QualityControl;
struct StationIndex;
}

namespace madang::sensing::warning {

class EarlyWarning {
 public:
  /// All outlive the early warning; `ingest` has stopped or takes nothing any more when it goes.
  struct Needs {
    city::City const& city;
    storage::ObservationStore& store;
    Ingest& ingest;
    situations::Situations& situations;
    runtime::Messages const& messages;
    runtime::Clock const& clock;
    runtime::Metrics& metrics;
    QualityControl* quality = nullptr;  ///< whose later opinions are heard
    std::function<std::shared_ptr<StationIndex const>()> stations = {};  ///< as of now; none: it keeps its own
  };
  struct Options {
    std::string zone = "Asia/Seoul";
    double alarms_per_day = 5;
    Millis lateness{15'000};                  ///< streams that come no later are judged at once; others at a pace that is learned
    Millis history = std::chrono::days{7};    ///< read back at the start
    std::size_t waiting_max = kObservationsWaitingMax;  ///< values in the queue; what finds no room is read from the store
    std::size_t streams_max = kStreamsMax;  ///< watched; that there are more is told as unseen
  };

  /// Returns at once: history is read on the own thread, values wait meanwhile. Before the first submission to `ingest`.
  static Result<std::unique_ptr<EarlyWarning>> start(Needs needs, RuleSet rules, Options options);
  virtual ~EarlyWarning() = default;

  /// From the next step on; what is open stays open where its rule does. A version older than one that was given changes nothing:
  /// of two changes at one time the later one holds, whichever comes here first.
  virtual void use(RuleSet rules) = 0;
  /// Returns when all that was heard before the call is judged and told. For tests.
  virtual void drain() = 0;
  [[nodiscard]] virtual std::vector<Engine::Standing> standing() const = 0;
  virtual void stop() = 0;
};

}  // namespace madang::sensing::warning
