// Time buckets: from the chunks' roll-ups where whole hours are asked for, from values where memory stands
// over a chunk, where an hour is not whole, or where the caller wants it so.
#include <algorithm>

#include "storage/observations/range_reader.h"
#include "storage/observations/rules.h"

namespace madang::storage {
namespace {

bool whole_hours(std::int64_t millis) { return hour_of(millis) * kHourMillis == millis; }

void add_hot(BucketRow& row, HotValue const& v) {
  row.add(instant_of_millis(v.time), v.value, counts_as_good(unpacked(v.quality).flag));
}

/// Values of [from, to) that stand in `columns`; the bucket is looked up once for all that fall into it.
void add_columns(BucketRow& row, Columns const& c, std::int64_t from, std::int64_t to) {
  auto const index_of = [&c](std::int64_t t) {
    return static_cast<std::size_t>(std::lower_bound(c.times.begin(), c.times.end(), t) - c.times.begin());
  };
  std::size_t const last = index_of(to);
  for (std::size_t i = index_of(from); i < last;) {
    Bucket& bucket = row.at(instant_of_millis(c.times[i]));
    std::int64_t const end = millis_of(bucket.from + row.step());
    for (; i < last && c.times[i] < end; ++i)
      add_value(bucket, c.values[i], counts_as_good(unpacked(c.qualities[i]).flag), row.averaging());
  }
}

}  // namespace

Result<void> RangeReader::add_part(ChunkReader& reader, View const& view, Stretch const& part,
                                   std::vector<Bucket> const* rollup, BucketRow& row) {
  bool const apart = part.row == nullptr || part.hot.empty() || part.hot.front().time > part.row->summary.last;
  if (apart)
    for (auto const& v : part.hot) add_hot(row, v);
  if (part.row == nullptr) return {};
  bool const plain = apart && view.tombstones.empty();
  std::int64_t raw_from = view.from;
  bool const holds_sums =
      row.averaging() == Averaging::kArithmetic || row.averaging() == part.row->summary.averaging;
  if (plain && rollup != nullptr && !rollup->empty() && holds_sums) {
    raw_from = hour_of(view.to) * kHourMillis;  // the last hour may not be whole
    for (auto const& bucket : *rollup)
      if (millis_of(bucket.from) >= view.from && millis_of(bucket.from) < raw_from) row.add(bucket);
    if (part.row->summary.last < raw_from) return {};
  }
  thread_local Columns columns;
  MADANG_TRY(bool const sound, reader.load(*part.row, {.moments = false, .from = view.from, .to = view.to}, columns));
  if (!sound) columns.clear();
  if (plain) {
    add_columns(row, columns, raw_from, view.to);
    return {};
  }
  thread_local std::vector<Item> items;
  merge(view, part, columns, items);
  for (auto const item : items) {
    if (!item.hot)
      add_columns(row, columns, columns.times[item.index], columns.times[item.index] + 1);
    else if (!apart)
      add_hot(row, part.hot[item.index]);
  }
  return {};
}

Result<void> RangeReader::add_stream(ChunkReader& reader, View const& view, AggregateOptions const& options,
                                     BucketRow& row) {
  if (view.from >= view.to) return {};
  bool const by_rollups = !options.from_raw && whole_hours(view.from) && whole_hours(options.step.count());
  std::vector<std::vector<Bucket>> rollups;
  std::vector<ChunkRow> rows;
  if (view.has_chunks || !view.hot.empty()) {
    MADANG_TRY(rows, reader.rows(view.stream, view.from, view.to, by_rollups ? &rollups : nullptr, {options.deadline, parts_.options.clock}));
  }
  for (auto const& part : stretches(view, rows)) {
    auto const* const rollup =
        by_rollups && part.row != nullptr ? &rollups[static_cast<std::size_t>(part.row - rows.data())] : nullptr;
    MADANG_CHECK(check_deadline(options.deadline, *parts_.options.clock));
    MADANG_CHECK(add_part(reader, view, part, rollup, row));
  }
  return {};
}

Result<std::vector<Series>> RangeReader::aggregate(std::span<DatastreamId const> streams, Interval when,
                                                   AggregateOptions const& options) {
  MADANG_CHECK(check_aggregate(streams.size(), when, options));
  constexpr std::size_t kGroup = 64;
  std::vector<Series> out;
  BucketRow together(when, options);
  for (std::size_t at = 0; at < streams.size(); at += kGroup) {
    auto const group = streams.subspan(at, std::min(kGroup, streams.size() - at));
    // Memory first, then the file: what a roll moves meanwhile stands in both, and counts once by its time.
    std::vector<std::vector<View>> views(group.size());
    for (std::size_t i = 0; i < group.size(); ++i)
      for (auto const layer : layers(group[i])) views[i].push_back(view(layer, when, {.with_details = false}));
    MADANG_TRY(auto reader, parts_.readers.borrow());
    for (std::size_t i = 0; i < group.size(); ++i) {
      MADANG_CHECK(check_deadline(options.deadline, *parts_.options.clock));
      if (options.together) {
        for (auto const& seen : views[i]) MADANG_CHECK(add_stream(*reader, seen, options, together));
        continue;
      }
      BucketRow row(when, options);
      for (auto const& seen : views[i]) MADANG_CHECK(add_stream(*reader, seen, options, row));
      out.push_back({group[i], row.take()});
    }
  }
  if (options.together) out.push_back({DatastreamId{}, together.take()});
  return out;
}

}  // namespace madang::storage
