// Another quality for values that stand already. It travels like a value that supersedes, but under the same arrival
// number: the roller then puts it in the old one's place without keeping that aside.
#include <algorithm>

#include "storage/observations/appender.h"

namespace madang::storage {

Result<std::size_t> Appender::rejudge(DatastreamId layer, std::span<StoredObservation const> values,
                                      std::span<Judgement const> judgements) {
  LogBatch changed;
  auto& c = changed.columns;
  auto judgement = judgements.begin();
  for (auto const& v : values) {
    while (judgement != judgements.end() && judgement->phenomenon_time < v.phenomenon_time) ++judgement;
    if (judgement == judgements.end()) break;
    if (judgement->phenomenon_time != v.phenomenon_time || judgement->quality == v.quality || !is_number(v)) continue;
    if (v.detail) changed.details.emplace_back(static_cast<std::uint32_t>(c.size()), *v.detail);
    changed.streams.push_back(layer.value());
    c.times.push_back(millis_of(v.phenomenon_time));
    c.received.push_back(millis_of(v.received_at));
    c.arrivals.push_back(arrival_of(v.id));
    c.qualities.push_back(packed(judgement->quality));
    c.values.push_back(v.value);
  }
  if (c.size() == 0) return 0;
  parts_.called_by_writer();
  std::uint64_t const sequence = parts_.next_sequence();
  MADANG_CHECK(parts_.log->append(sequence, encode_rejudged(sequence, changed), {}, parts_.trim_below));
  runtime::WriteLock const lock(parts_.hot.mutex);
  apply_rejudged(sequence, changed, false);
  return c.size();
}

void Appender::replay_rejudged(std::uint64_t sequence, LogBatch const& batch) {
  parts_.alone_at_start();
  apply_rejudged(sequence, batch, true);
}

void Appender::apply_rejudged(std::uint64_t sequence, LogBatch const& batch, bool replayed) {
  parts_.hot.applied = std::max(parts_.hot.applied, sequence);
  auto detail = batch.details.begin();
  auto const& c = batch.columns;
  for (std::uint32_t i = 0; i < c.size(); ++i) {
    bool const has_detail = detail != batch.details.end() && detail->first == i;
    auto const* const given = has_detail ? &(detail++)->second : nullptr;
    auto& stream = parts_.hot.make(DatastreamId{batch.streams[i]});
    if (replayed && sequence <= stream.rolled_sequence && c.times[i] < stream.rolled_until) continue;
    auto const arrival = static_cast<std::uint32_t>(c.arrivals[i]);
    auto const quality = static_cast<std::uint32_t>(c.qualities[i]);
    auto const at = std::lower_bound(stream.hot.begin(), stream.hot.end(), c.times[i],
                                     [](HotValue const& v, std::int64_t t) { return v.time < t; });
    // The row of the log is needed until the value's own is: an older one that names the old quality stays as long.
    stream.need(sequence);
    if (at != stream.hot.end() && at->time == c.times[i]) {
      at->quality = quality;
      continue;
    }
    HotValue value{c.times[i], c.values[i], c.received[i], arrival, static_cast<std::uint32_t>(sequence),
                   quality,    true,        given != nullptr};
    if (given != nullptr) stream.extra().details[arrival] = *given;
    stream.insert(value, sequence);
    ++parts_.hot.hot_values;
  }
}

}  // namespace madang::storage
