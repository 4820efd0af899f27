// What counts in the place of an observation that was superseded.
#include <algorithm>

#include "storage/observations/range_reader.h"
#include "storage/observations/rules.h"

namespace madang::storage {

Result<StoredObservation> RangeReader::successor(ObservationId id) {
  auto const arrival = arrival_of(id);
  if (id.value() > 0)
    for (auto const layer : layers(datastream_of(id))) {
      MADANG_TRY(auto const time, time_of_superseded(layer, arrival));
      if (!time) continue;
      // A layer has one value at a time, and a value gives way to another of its layer only.
      auto const when = instant_of_millis(*time);
      MADANG_TRY(auto now, read_layer(layer, {when, when + Millis{1}}, {.limit = 1}));
      if (!now.empty() && now.front().id != id) return std::move(now.front());
    }
  return nothing_in_place_of(id);
}

Result<std::optional<std::int64_t>> RangeReader::time_of_superseded(DatastreamId layer, std::uint32_t arrival) {
  auto from = millis_of(kInstantMin);
  bool over_chunk = false;
  {
    runtime::ReadLock const lock(parts_.hot.mutex);
    auto const* const stream = parts_.hot.find(layer);
    if (stream == nullptr || arrival >= stream->next_arrival) return std::nullopt;
    if (stream->extras)
      for (auto const& old : stream->extras->superseded)
        if (old.value.arrival == arrival) return old.value.time;
    if (stream->keep > 0) from = std::max(from, stream->horizon(parts_.now()));
    over_chunk = stream->over_chunk > 0;
  }
  MADANG_TRY(auto reader, parts_.readers.borrow());
  MADANG_TRY(auto const aside, reader->time_of_superseded(layer, arrival));
  if (aside) return aside;
  // It may stand in a chunk still, under a value of memory.
  if (!over_chunk) return std::nullopt;
  Columns columns;
  ChunkReader::Cursor rows(*reader, layer, {from, millis_of(kInstantMax)}, true);
  for (;;) {
    MADANG_TRY(auto const row, rows.next());
    if (!row) return std::nullopt;
    if (arrival < row->summary.arrival_min || arrival > row->summary.arrival_max) continue;
    MADANG_TRY(bool const sound, reader->load(*row, {}, columns));
    if (!sound) continue;
    auto const at = std::ranges::find(columns.arrivals, std::int64_t{arrival});
    if (at != columns.arrivals.end()) return columns.times[static_cast<std::size_t>(at - columns.arrivals.begin())];
  }
}

}  // namespace madang::storage
