#include "sensing/readings/latest_board.h"

#include <algorithm>
#include <mutex>

#include "sensing/rules.h"

namespace madang::sensing {
namespace {

using storage::ObservationDetail;
using storage::StoredObservation;

bool is_shown(StoredObservation const& o) {
  if (!o.id) return false;
  if (o.quality.reason == static_cast<std::uint8_t>(QualityTest::kTiming)) return false;
  if (!o.detail) return true;
  return o.detail->result_kind == ObservationDetail::ResultKind::kNumber ||
         o.detail->result_kind == ObservationDetail::ResultKind::kBoolean;
}

}  // namespace

void LatestBoard::put(std::span<StoredObservation const> observations) {
  std::scoped_lock const lock(mutex_);
  for (auto const& o : observations) {
    if (!is_shown(o)) continue;
    auto const index = static_cast<std::size_t>(o.datastream.value());
    if (index >= entries_.size()) entries_.resize(std::max(index + 1, entries_.size() * 2));
    auto& entry = entries_[index];
    if (entry.id && entry.time > o.phenomenon_time) continue;
    static_cast<LatestValue&>(entry) = {o.value, o.phenomenon_time, o.id, o.quality.flag};
    if (entry.changed) continue;
    entry.changed = true;
    changed_.push_back(o.datastream);
  }
}

std::optional<LatestValue> LatestBoard::find(DatastreamId stream) const {
  auto const found = find(std::span(&stream, 1)).front();
  return found.id ? std::optional(found) : std::nullopt;
}

std::vector<LatestValue> LatestBoard::find(std::span<DatastreamId const> streams) const {
  std::vector<LatestValue> values;
  values.reserve(streams.size());
  std::shared_lock const lock(mutex_);
  for (auto const stream : streams) {
    auto const index = static_cast<std::size_t>(stream.value());
    values.push_back(index < entries_.size() ? static_cast<LatestValue const&>(entries_[index]) : LatestValue{});
  }
  return values;
}

std::vector<DatastreamId> LatestBoard::take_changed() {
  std::vector<DatastreamId> taken;
  std::scoped_lock const lock(mutex_);
  taken.swap(changed_);
  for (auto const stream : taken) entries_[static_cast<std::size_t>(stream.value())].changed = false;
  return taken;
}

}  // namespace madang::sensing
