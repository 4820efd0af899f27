// The face of quality: judges every value before it is stored, gives later opinions on stored ones, and knows what ails
// which device. What the rules remember is learned again from the store at every start.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "city/city.h"
#include "core/error.h"
#include "runtime/clock.h"
#include "runtime/messages.h"
#include "runtime/metrics.h"
#include "sensing/quality/health.h"
#include "sensing/quality/tests.h"
#include "storage/observations/store.h"

namespace madang::sensing {

struct Revision;  // quality/stream.h

/// Thread-safe.
class QualityControl : public HealthView {
 public:
  struct Needs {
    city::City const& city;
    storage::ObservationStore& store;
    runtime::Clock const& clock;
    runtime::Metrics& metrics;
    runtime::Messages const& messages;
    storage::Records* records = nullptr;  ///< which know when each Datastream was registered; none: nobody knows
  };
  /// Reads what the rules need to remember: a day of values, two weeks of hourly means.
  static Result<std::shared_ptr<QualityControl>> start(Needs needs);

  /// Sets the quality of each value of a batch that is not stored yet. For Ingest::Options::judge.
  virtual void judge(storage::Batch& batch) = 0;
  /// Follows the registry and writes later opinions (a jump that was a spike, the hours before a flat line was seen);
  /// called every few seconds by a job.
  virtual Result<void> settle() = 0;

  /// Later opinions on values that are stored, some seconds after them. Called on the writer's thread or that of the job;
  /// must be quick. Listeners are added before the first batch.
  using Listener = std::function<void(std::span<Revision const>)>;
  virtual void listen(Listener listener) = 0;
};

/// Judges history again with the rules of today.
struct RerunOptions {
  Interval when{kInstantMin, kInstantMax};
  std::string channel = {};               ///< empty: all
  /// Told now and then: values done so far.
  std::function<void(std::uint64_t)> progress = {};
};
struct RerunSummary {
  std::uint64_t datastreams = 0;
  std::uint64_t values = 0;
  std::uint64_t changed = 0;              ///< whose flag, reason or rule version is another now
  std::vector<std::pair<QualityTest, std::uint64_t>> flagged;  ///< by test, of all values in the interval
};
/// Values before the interval are read for what the rules must remember, and left as they are. Opinions that came with
/// a value from outside (a flag without a rule version) stay.
Result<RerunSummary> rerun_quality(city::City const& city, storage::ObservationStore& store, RerunOptions const& options);

/// "Value 353.4 °C lies outside -50 to 80 °C." in one language; empty for a good or unjudged value.
std::string quality_sentence(runtime::Messages const& messages, std::string_view language, std::string_view channel,
                             double value, Quality quality);

}  // namespace madang::sensing
