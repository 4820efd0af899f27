// What other threads leave for the early warning's own: values of durable batches, later opinions on them, new rules.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "runtime/metrics.h"
#include "runtime/mutex.h"
#include "sensing/quality/tests.h"
#include "sensing/rules.h"
#include "sensing/quality/stream.h"
#include "sensing/warning/limits.h"
#include "sensing/warning/model.h"
#include "storage/observations/store.h"

namespace madang::sensing::warning {

/// Doubtful values that may be true: quality doubts what the early warning looks for. A value whose time or unit is wrong,
/// or that stands still, says nothing.
[[nodiscard]] constexpr bool may_be_true(Quality quality) {
  if (counts(quality.flag)) return true;
  if (quality.flag != QualityFlag::kSuspect || quality.rule_version == 0) return false;
  switch (static_cast<QualityTest>(quality.reason)) {
    case QualityTest::kRate:
    case QualityTest::kNeighbour:
    case QualityTest::kDrift:
    case QualityTest::kGrossRange: return true;
    default: return false;
  }
}

/// Text, JSON, true and false are no measurement of what a rule looks at, whatever number stands in their place.
[[nodiscard]] inline bool is_measured(storage::StoredObservation const& o) {
  return !o.detail || o.detail->result_kind == storage::ObservationDetail::ResultKind::kNumber;
}

struct Item {
  DatastreamId datastream;
  Instant time;
  Instant received;
  float value = 0;
  QualityFlag flag = QualityFlag::kUnknown;
  std::uint64_t order = 0;  ///< in which values and corrections came
};

/// A later opinion, or a value that retracts the one in its place.
struct Correction : Revision {
  std::uint64_t order = 0;
};

/// Outlives both sides, since listeners are never taken away.
struct Inbox {
  runtime::Mutex mutex;
  runtime::Condition wake;
  runtime::Condition idle;
  std::size_t waiting_max = kObservationsWaitingMax;
  std::vector<Item> items MADANG_GUARDED_BY(mutex);
  std::vector<Correction> revisions MADANG_GUARDED_BY(mutex);
  std::uint64_t order MADANG_GUARDED_BY(mutex) = 0;
  std::optional<RuleSet> rules MADANG_GUARDED_BY(mutex);
  std::uint64_t asked MADANG_GUARDED_BY(mutex) = 0;  ///< drains
  std::uint64_t drained MADANG_GUARDED_BY(mutex) = 0;
  bool stopping MADANG_GUARDED_BY(mutex) = false;
  std::size_t missed MADANG_GUARDED_BY(mutex) = 0;  ///< values that found no room since the last look: they stand in the store
  prometheus::Counter* missed_total = nullptr;

  void put(std::span<storage::StoredObservation const> batch) {
    runtime::Lock const lock(mutex);
    if (stopping) return;
    for (auto const& o : batch) {
      if (!may_be_true(o.quality) || !is_measured(o)) {
        retract(o);
        continue;
      }
      if (items.size() >= waiting_max) {
        count_missed(1);
        continue;
      }
      items.push_back({o.datastream, o.phenomenon_time, o.received_at, static_cast<float>(o.value), o.quality.flag, ++order});
    }
  }
  /// What says nothing may stand in the place of a value that said something: a correction takes that back.
  void retract(storage::StoredObservation const& o) MADANG_REQUIRES(mutex) {
    if (o.quality.flag == QualityFlag::kSuspect) return;
    if (revisions.size() >= kRevisionsWaitingMax) return count_missed(1);
    revisions.push_back({{o.datastream, {o.phenomenon_time, o.phenomenon_time + Millis{1}}, o.quality, false}, ++order});
  }
  /// What found no room is read from the store.
  void count_missed(std::size_t count) MADANG_REQUIRES(mutex) {
    missed_total->Increment(static_cast<double>(count));
    missed += count;
  }
  void put(std::span<Revision const> later) {
    runtime::Lock const lock(mutex);
    if (stopping) return;
    auto const room = std::min(later.size(), kRevisionsWaitingMax - std::min(kRevisionsWaitingMax, revisions.size()));
    for (auto const& r : later.first(room)) revisions.push_back({r, ++order});
    if (room < later.size()) count_missed(later.size() - room);
  }
};

}  // namespace madang::sensing::warning
