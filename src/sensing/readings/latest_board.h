// The newest value of every Datastream in memory, and which of them changed since somebody looked.
#pragma once

#include <optional>
#include <shared_mutex>
#include <span>
#include <vector>

#include "core/id.h"
#include "core/quality.h"
#include "core/time.h"
#include "storage/observations/observation.h"

namespace madang::sensing {

struct LatestValue {
  double value = 0;
  Instant time;
  ObservationId id;  ///< 0: nothing is known
  QualityFlag flag = QualityFlag::kUnknown;
};

/// Thread-safe. Newest by phenomenonTime; text and JSON results and values that the timing test suspects stay out.
class LatestBoard {
 public:
  void put(std::span<storage::StoredObservation const> observations);
  [[nodiscard]] std::optional<LatestValue> find(DatastreamId stream) const;
  /// In the order asked for; id 0 where nothing is known.
  [[nodiscard]] std::vector<LatestValue> find(std::span<DatastreamId const> streams) const;
  /// Datastreams whose entry changed since the last call, each once.
  [[nodiscard]] std::vector<DatastreamId> take_changed();

 private:
  struct Entry : LatestValue {
    bool changed = false;
  };

  mutable std::shared_mutex mutex_;
  std::vector<Entry> entries_;  ///< by Datastream id
  std::vector<DatastreamId> changed_;
};

}  // namespace madang::sensing
