// The face of sensing: readings come in, become durable in shared batches, then show up in the latest values
// and in front of everybody who listens.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "city/city.h"
#include "core/error.h"
#include "runtime/clock.h"
#include "runtime/messages.h"
#include "runtime/metrics.h"
#include "sensing/live/now.h"
#include "storage/observations/reading_log.h"
#include "storage/observations/store.h"
#include "web/mqtt/topics.h"

namespace madang::web {
class EventHub;
}

namespace madang::sensing {

/// Takes readings from every edge. Many small submissions share one durable batch (group commit): a writer
/// thread takes all that waits, appends once, then answers each. Thread-safe.
class Ingest {
 public:
  /// Called exactly once, on the writer thread, after the batch is durable; must be quick. A submission that is
  /// refused at once (invalid, overloaded, stopping) is answered on the caller's thread.
  using Done = std::move_only_function<void(Result<storage::Appended>)>;

  struct Options {
    std::size_t observations_waiting_max = 400'000;  ///< above: kOverloaded at once
    std::size_t batch_max = 40'000;                  ///< observations of one append
    /// Sets the quality of what will be stored together; called on the writer thread.
    std::function<void(storage::Batch&)> judge = {};
    /// Datastreams that are being deleted: a submission for one is refused as kUnavailable, so that what else is in it comes again.
    city::ClosedStreams const* closed = nullptr;
  };

  /// Straight into the store.
  static std::unique_ptr<Ingest> start(storage::ObservationStore& store, runtime::Clock const& clock,
                                       runtime::Metrics& metrics, Options const& options);
  /// Into a log that the store follows.
  static std::unique_ptr<Ingest> start(storage::ReadingLog& log, runtime::Clock const& clock, runtime::Metrics& metrics,
                                       Options const& options);
  virtual ~Ingest() = default;

  /// All or nothing for this submission: a bad value refuses the submission, not its neighbours in the batch. Each edge sets
  /// aside what cannot be stored before it submits. `received_at` 0 is filled in with now. An empty submission is answered
  /// in its turn, after those before it are durable.
  virtual void submit(storage::Batch batch, Done done) = 0;
  /// The same, waiting for the answer: import, replay, tests.
  virtual Result<storage::Appended> submit_and_wait(storage::Batch batch) = 0;

  /// Every durable batch less its repeats, in order, on the writer thread, before the submissions are answered: live
  /// views, early warning, feeds.
  using Listener = std::function<void(std::span<storage::StoredObservation const>)>;
  /// What arrived before this has been told to the listeners, or was refused; now, where nothing waits.
  [[nodiscard]] virtual Instant delivered_until() const = 0;
  /// Listeners are added before the first submission.
  virtual void listen(Listener listener) = 0;
  virtual void stop() = 0;
};

/// Decodes `things/{serial}/obs` messages: one JSON object, one timestamp, many channels:
///   {"time":"2026-11-24T05:30:00Z","pm25":12.3,"temperature":4.1}   ("time" missing: now)
/// A channel that is unknown, named twice or no number is set aside and the rest is kept; null, nan and values of a
/// channel that is not fitted are skipped; a sentinel is stored as "no value". Values are in the Datastream's unit. kInvalid: nothing could be read, or the
/// time could not; kNotFound the serial. docs/devices.md has it all.
Result<storage::Batch> decode_device_payload(city::City const& city, std::string_view serial, std::string_view payload,
                                             Instant received_at);

class UnknownDevices;
class UnstoredMessages;

/// All outlive the topics and the submissions on their way.
struct DeviceNeeds {
  city::City const& city;
  Ingest& ingest;
  runtime::Clock const& clock;
  runtime::Metrics* metrics = nullptr;        ///< counts values that are skipped
  UnknownDevices* unknown = nullptr;          ///< lists devices without a Thing, and their newest messages wait for it
  UnstoredMessages* unstored = nullptr;       ///< knows those that have one and send nothing that can be stored
};
/// What devices may do by MQTT: publish to things/{serial}/obs, each only its own; everybody with a key may subscribe to
/// things/+/obs within its scope.
std::vector<web::mqtt::Topic> device_topics(DeviceNeeds const& needs);

/// Server-sent events for live views: GET /api/v1/live?property=pm25 and the JSON API of the control room.
struct ApiNeeds {
  city::City& city;
  storage::ObservationStore& store;
  Ingest& ingest;
  runtime::Clock const& clock;
  web::EventHub& events;
  /// The view the public page reads too; without one the routes start their own.
  std::shared_ptr<NowView> now = {};
  /// Without them series do not say why a value is flagged.
  runtime::Messages const* messages = nullptr;
  /// Without it stations do not say that their messages are refused.
  UnstoredMessages const* unstored = nullptr;
};
web::Routes api_routes(ApiNeeds const& needs);

}  // namespace madang::sensing
