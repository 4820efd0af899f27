// The newest value of every Datastream in memory, when each was heard of, and which of them changed since somebody
// looked. A device's clock is never believed against one that can be right.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/id.h"
#include "core/quality.h"
#include "core/time.h"
#include "runtime/shared_mutex.h"
#include "sensing/reporting.h"
#include "storage/observations/observation.h"

namespace madang::sensing {

struct LatestValue {
  double value = 0;
  Instant time;                 ///< phenomenonTime; the arrival where that cannot be trusted
  ObservationId id;             ///< 0: nothing is known
  QualityFlag flag = QualityFlag::kUnknown;
  bool time_trusted = false;
  Instant arrived{kInstantMin};  ///< of this value
  Instant heard{kInstantMin};    ///< the newest sign of life, also by values that are not shown
  /// What this source is used to: the time between its deliveries, and how old its newest value is when it comes.
  Millis pace{0};
  Millis delay{0};
  std::shared_ptr<std::string const> text = {};  ///< a result that is no number, as it was sent; empty: not known any more
  std::uint8_t reason = 0;  ///< of the flag: a QualityTest
  /// What the clock of its newest message said, where that cannot be believed; kInstantMin: it can.
  Instant claimed{kInstantMin};
  /// The newest message of its device from which nothing could be stored; kInstantMin: none.
  Instant spoke{kInstantMin};
};

/// Whether its device has sent anything within its time, be it of use or not.
[[nodiscard]] bool is_speaking(LatestValue const& latest, Millis interval, Instant at);

/// Of one Datastream, by what the board knows of it: reporting only as long as its newest value with a trusted time is
/// both heard of and measured within its time.
[[nodiscard]] ReportState report_state(LatestValue const& latest, Millis interval, Instant at);

/// The last moment at which the device was alive. That a day of history was loaded an hour ago is none: then it is the
/// time of the newest value. kInstantMin: never.
[[nodiscard]] Instant last_alive(LatestValue const& latest, Millis interval);

/// Thread-safe. Newest by phenomenonTime among the values whose time can be trusted; one that cannot stands there, as
/// suspect, only while there is no other.
class LatestBoard {
 public:
  /// Somebody who wants every change once, whoever else looks. What is in it is guarded by the board's mutex.
  class Reader {
    friend class LatestBoard;
    std::vector<bool> waiting_;  ///< by Datastream id: stands in changed_ already
    std::vector<DatastreamId> changed_;
  };

  void put(std::span<storage::StoredObservation const> observations);
  /// A sign of life that brought no value to be shown.
  void mark_heard(DatastreamId stream, Instant when);
  /// A message came from which nothing could be stored: what never had a value, or none for long, is late and not silent.
  void mark_spoke(std::span<DatastreamId const> streams, Instant when);
  [[nodiscard]] std::optional<LatestValue> find(DatastreamId stream) const;
  /// In the order asked for; id 0 where nothing is known.
  [[nodiscard]] std::vector<LatestValue> find(std::span<DatastreamId const> streams) const;

  /// Sees what changes from now on, for as long as it lives.
  [[nodiscard]] std::shared_ptr<Reader> add_reader();
  /// Datastreams whose entry changed since this reader's last call, each once.
  [[nodiscard]] std::vector<DatastreamId> take_changed(Reader& reader);

 private:
  struct Entry {
    double value = 0;
    Instant time;
    ObservationId id;
    Instant arrived{kInstantMin};
    Instant heard{kInstantMin};
    Instant delivered{kInstantMin};  ///< the newest arrival of a value with a trusted time
    Instant began{kInstantMin};      ///< the first arrival of the delivery that goes on
    Instant claimed{kInstantMin};
    Instant spoke{kInstantMin};
    std::int32_t gap_s = 0;          ///< between the last two deliveries
    std::int32_t pace_s = 0;
    std::int32_t delay_s = -1;       ///< of this delivery's newest value; -1: none yet
    std::int32_t delay_before_s = -1;
    QualityFlag flag = QualityFlag::kUnknown;
    std::uint8_t reason = 0;
    bool time_trusted = false;
    bool has_text = false;
  };

  Entry& entry_of(DatastreamId stream) MADANG_REQUIRES(mutex_);
  bool put_one(storage::StoredObservation const& o) MADANG_REQUIRES(mutex_);
  static void count_delivery(Entry& entry, storage::StoredObservation const& o);
  void show(Entry& entry, storage::StoredObservation const& o, bool trusted) MADANG_REQUIRES(mutex_);
  void note_change(DatastreamId stream) MADANG_REQUIRES(mutex_);
  [[nodiscard]] LatestValue value_of(DatastreamId stream) const MADANG_REQUIRES_SHARED(mutex_);

  mutable runtime::SharedMutex mutex_;
  std::vector<Entry> entries_ MADANG_GUARDED_BY(mutex_);  ///< by Datastream id
  std::unordered_map<DatastreamId, std::shared_ptr<std::string const>> texts_ MADANG_GUARDED_BY(mutex_);
  std::vector<std::weak_ptr<Reader>> readers_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace madang::sensing
