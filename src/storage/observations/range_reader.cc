#include "storage/observations/range_reader.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "storage/observations/layers.h"
#include "storage/observations/rules.h"

namespace madang::storage {
namespace {

bool earlier(HotValue const& v, std::int64_t t) { return v.time < t; }

/// So many values are read and left out sooner than it is counted where they end.
constexpr std::size_t kSkipRead = 1'000;

void fill(StoredObservation& to, DatastreamId stream, Columns const& c, std::size_t i) {
  to.datastream = base_of(stream);
  to.phenomenon_time = instant_of_millis(c.times[i]);
  to.value = c.values[i];
  to.received_at = instant_of_millis(c.received[i]);
  to.quality = unpacked(c.qualities[i]);
  to.id = observation_id(base_of(stream), static_cast<std::uint32_t>(c.arrivals[i]));
}

/// How many values of the chunk lie in [from, to), about: as if they were evenly spread.
std::size_t about_within(ChunkRow const& row, std::int64_t from, std::int64_t to) {
  auto const first = std::max(row.first, from);
  auto const last = std::min(row.summary.last, to - 1);
  if (first > last) return 0;
  auto const share = static_cast<double>(last - first + 1) / static_cast<double>(row.summary.last - row.first + 1);
  return std::min<std::size_t>(row.summary.count, static_cast<std::size_t>(share * row.summary.count) + 8);
}

Columns& columns_of_thread() {
  thread_local Columns columns;
  return columns;
}

}  // namespace

void fill_observation(StoredObservation& to, DatastreamId layer, HotValue const& v) {
  to.datastream = base_of(layer);
  to.phenomenon_time = instant_of_millis(v.time);
  to.value = v.value;
  to.received_at = instant_of_millis(v.received);
  to.quality = unpacked(v.quality);
  to.id = observation_id(base_of(layer), v.arrival);
}

bool RangeReader::View::erased(std::int64_t t) const {
  return std::any_of(tombstones.begin(), tombstones.end(), [t](Tombstone const& x) { return x.covers(t); });
}

RangeReader::View RangeReader::view_of(StreamState const* stream, DatastreamId id, Interval when,
                                       bool with_details, Expired expired) const {
  View out;
  out.stream = id;
  out.from = millis_of(when.from);
  out.to = millis_of(when.to);
  if (stream == nullptr) return out;
  if (stream->keep > 0 && expired == Expired::kHidden) out.from = std::max(out.from, stream->horizon(parts_.now()));
  out.has_chunks = stream->chunks > 0 && out.from <= stream->chunks_newest;
  auto const first = std::lower_bound(stream->hot.begin(), stream->hot.end(), out.from, earlier);
  auto const last = std::lower_bound(first, stream->hot.end(), std::max(out.from, out.to), earlier);
  out.hot.assign(first, last);
  if (!stream->extras) return out;
  out.tombstones = stream->extras->tombstones;
  if (!with_details) return out;
  for (auto const& v : out.hot)
    if (auto const* const detail = stream->detail_of(v)) out.details.emplace(v.arrival, *detail);
  return out;
}

RangeReader::View RangeReader::view(DatastreamId id, Interval when, bool with_details, Expired expired) const {
  std::shared_lock const lock(parts_.hot.mutex);
  return view_of(parts_.hot.find(id), id, when, with_details, expired);
}

std::vector<RangeReader::Stretch> RangeReader::stretches(View const& view, std::span<ChunkRow const> rows) {
  std::vector<Stretch> out;
  out.reserve(rows.size() + 1);
  std::span<HotValue const> left(view.hot);
  auto const take_before = [&left](std::int64_t t) {
    auto const end = std::lower_bound(left.begin(), left.end(), t, earlier);
    auto const part = left.first(static_cast<std::size_t>(end - left.begin()));
    left = left.subspan(part.size());
    return part;
  };
  auto const before = rows.empty() ? left : take_before(rows.front().first);
  if (!before.empty()) out.push_back({nullptr, before});
  for (std::size_t i = 0; i < rows.size(); ++i)
    out.push_back({&rows[i], i + 1 < rows.size() ? take_before(rows[i + 1].first) : left});
  return out;
}

bool RangeReader::whole(View const& view, Stretch const& s) {
  return s.row->first >= view.from && s.row->summary.last < view.to && view.tombstones.empty() &&
         (s.hot.empty() || s.hot.front().time > s.row->summary.last);
}

void RangeReader::merge(View const& view, Stretch const& stretch, Columns const& columns, std::vector<Item>& items) {
  items.clear();
  std::uint32_t next = 0;
  if (stretch.row != nullptr) {
    auto const first = std::lower_bound(columns.times.begin(), columns.times.end(), view.from);
    auto const last = std::lower_bound(first, columns.times.end(), view.to);
    items.reserve(static_cast<std::size_t>(last - first) + stretch.hot.size());
    for (auto at = first; at != last; ++at) {
      for (; next < stretch.hot.size() && stretch.hot[next].time < *at; ++next) items.push_back({next, true});
      if (next < stretch.hot.size() && stretch.hot[next].time == *at) {
        items.push_back({next++, true});
        continue;
      }
      if (view.tombstones.empty() || !view.erased(*at))
        items.push_back({static_cast<std::uint32_t>(at - columns.times.begin()), false});
    }
  }
  for (; next < stretch.hot.size(); ++next) items.push_back({next, true});
}

std::vector<DatastreamId> RangeReader::layers(DatastreamId stream) const {
  if (stream.value() > kDatastreamMax) return {};
  std::shared_lock const lock(parts_.hot.mutex);
  return parts_.hot.with_layers(stream);
}

/// Nearly always of one layer. Where there are more, each gives as much as could be asked of it alone.
Result<std::vector<StoredObservation>> RangeReader::read(DatastreamId stream, Interval when, ReadOptions const& asked) {
  auto options = asked;
  if (options.after) {
    MADANG_TRY(auto const present, count(stream, {options.after->time, options.after->time + Millis{1}}));
    begin_after_cursor(when, options, present);
  }
  auto all = layers(stream);
  if (all.empty()) return std::vector<StoredObservation>{};
  if (all.size() == 1) return read_layer(stream, when, options);
  if (options.descending) std::ranges::reverse(all);
  auto rest = options;
  if (options.skip > kSkipRead) MADANG_CHECK(pass_over(all, when, rest));
  auto of_one = rest;
  of_one.skip = 0;
  of_one.limit = rest.limit + std::min(rest.skip, std::numeric_limits<std::size_t>::max() - rest.limit);
  std::vector<StoredObservation> out;
  for (auto const layer : all) {
    MADANG_TRY(auto some, read_layer(layer, when, of_one));
    std::ranges::move(some, std::back_inserter(out));
  }
  std::ranges::stable_sort(out, [&options](Observation const& a, Observation const& b) {
    return options.descending ? a.phenomenon_time > b.phenomenon_time : a.phenomenon_time < b.phenomenon_time;
  });
  out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(std::min(rest.skip, out.size())));
  if (out.size() > rest.limit) out.resize(rest.limit);
  return out;
}

Result<std::vector<StoredObservation>> RangeReader::read_layer(DatastreamId stream, Interval when, ReadOptions const& options,
                                                               Expired expired) {
  std::vector<StoredObservation> out;
  if (when.from >= when.to || options.limit == 0) return out;
  MADANG_CHECK(check_deadline(options.deadline, *parts_.options.clock));
  auto const seen = view(stream, when, options.with_details, expired);
  if (seen.from >= seen.to) return out;
  MADANG_TRY(auto reader, parts_.readers.borrow());
  std::vector<ChunkRow> rows;
  if (seen.has_chunks || !seen.hot.empty()) {
    MADANG_TRY(rows, reader->rows(stream, seen.from, seen.to));
  }
  auto parts = stretches(seen, rows);
  if (options.descending) std::reverse(parts.begin(), parts.end());
  std::size_t total = seen.hot.size();
  for (auto const& row : rows) total += about_within(row, seen.from, seen.to);
  out.reserve(std::min(total, options.limit));
  std::size_t skip = options.skip;
  for (auto const& part : parts) {
    if (out.size() >= options.limit) break;
    MADANG_CHECK(check_deadline(options.deadline, *parts_.options.clock));
    std::size_t const count = part.hot.size() + (part.row == nullptr ? 0 : part.row->summary.count);
    if (skip >= count && (part.row == nullptr || whole(seen, part))) {
      skip -= count;
      continue;
    }
    MADANG_CHECK(give(*reader, seen, part, options, skip, out));
  }
  return out;
}

void RangeReader::give_plain(View const& view, Columns const& columns, std::size_t limit, std::size_t& skip,
                             std::vector<StoredObservation>& out) {
  auto const& times = columns.times;
  auto const index_of = [&times](std::int64_t t) {
    return static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), t) - times.begin());
  };
  std::size_t first = index_of(view.from);
  std::size_t const last = std::max(first, index_of(view.to));
  std::size_t const skipped = std::min(skip, last - first);
  skip -= skipped;
  first += skipped;
  std::size_t const count = std::min(last - first, limit - out.size());
  if (out.capacity() < out.size() + count) out.reserve(std::max(2 * out.capacity(), out.size() + count));
  for (std::size_t i = 0; i < count; ++i) fill(out.emplace_back(), view.stream, columns, first + i);
}

Result<void> RangeReader::give(ChunkReader& reader, View const& view, Stretch const& stretch,
                               ReadOptions const& options, std::size_t& skip, std::vector<StoredObservation>& out) {
  auto& columns = columns_of_thread();  // as the last chunk left it: the next one seldom has another size
  if (stretch.row != nullptr) {
    MADANG_TRY(bool const sound, reader.load(*stretch.row, {.from = view.from, .to = view.to}, columns));
    if (!sound) columns.clear();
    // Most often nothing stands over the chunk: its rows go out as they are.
    if (stretch.hot.empty() && view.tombstones.empty() && !options.descending &&
        !(options.with_details && stretch.row->summary.details > 0)) {
      give_plain(view, columns, options.limit, skip, out);
      return {};
    }
  }
  thread_local std::vector<Item> items;
  merge(view, stretch, columns, items);
  if (options.descending) std::reverse(items.begin(), items.end());
  std::vector<std::pair<std::uint32_t, ObservationDetail>> details;
  if (options.with_details && stretch.row != nullptr && stretch.row->summary.details > 0) {
    MADANG_TRY(details,
               reader.details(view.stream, stretch.row->summary.arrival_min, stretch.row->summary.arrival_max));
  }
  std::size_t const skipped = std::min(skip, items.size());
  skip -= skipped;
  std::size_t const end = std::min(items.size(), skipped + (options.limit - out.size()));
  for (std::size_t i = skipped; i < end; ++i) {
    auto const item = items[i];
    StoredObservation& to = out.emplace_back();
    if (!item.hot) {
      fill(to, view.stream, columns, item.index);
      if (details.empty()) continue;
      auto const arrival = static_cast<std::uint32_t>(columns.arrivals[item.index]);
      auto const found = std::lower_bound(details.begin(), details.end(), arrival,
                                          [](auto const& d, std::uint32_t a) { return d.first < a; });
      if (found != details.end() && found->first == arrival) to.detail = found->second;
      continue;
    }
    auto const& hot = stretch.hot[item.index];
    fill_observation(to, view.stream, hot);
    if (auto const found = view.details.find(hot.arrival); hot.has_detail && found != view.details.end())
      to.detail = found->second;
  }
  return {};
}

Result<std::size_t> RangeReader::count(DatastreamId stream, Interval when) {
  return count(stream, when, Expired::kHidden);
}

Result<std::size_t> RangeReader::count_held(DatastreamId stream, Interval when) {
  return count(stream, when, Expired::kShown);
}

Result<std::size_t> RangeReader::count(DatastreamId stream, Interval when, Expired expired) {
  if (when.from >= when.to) return 0;
  std::size_t total = 0;
  for (auto const layer : layers(stream)) {
    MADANG_TRY(std::size_t const some, count(view(layer, when, false, expired)));
    total += some;
  }
  return total;
}

Result<std::size_t> RangeReader::count_in_chunks(DatastreamId stream, std::int64_t from, std::int64_t to) {
  auto seen = view(stream, {instant_of_millis(from), instant_of_millis(to)}, false, Expired::kShown);
  seen.hot.clear();
  return count(seen);
}

Result<std::size_t> RangeReader::count(View const& seen) {
  if (seen.from >= seen.to) return 0;
  if (!seen.has_chunks && seen.hot.empty()) return 0;
  MADANG_TRY(auto reader, parts_.readers.borrow());
  MADANG_TRY(auto const rows, reader->rows(seen.stream, seen.from, seen.to));
  std::size_t total = 0;
  for (auto const& part : stretches(seen, rows)) {
    MADANG_TRY(std::size_t const some, count_part(*reader, seen, part));
    total += some;
  }
  return total;
}

Result<std::size_t> RangeReader::count_part(ChunkReader& reader, View const& seen, Stretch const& part) {
  if (part.row == nullptr) return part.hot.size();
  if (whole(seen, part)) return part.hot.size() + part.row->summary.count;
  auto& columns = columns_of_thread();
  MADANG_TRY(bool const sound, reader.load(*part.row, {.moments = false, .from = 0, .to = 0}, columns));
  if (!sound) columns.clear();
  thread_local std::vector<Item> items;
  merge(seen, part, columns, items);
  return items.size();
}

Result<StoredObservation> RangeReader::find(ObservationId id) {
  if (id.value() > 0)
    for (auto const layer : layers(datastream_of(id))) {
      MADANG_TRY(auto const found, find_in(layer, arrival_of(id)));
      if (found) return *found;
    }
  return fail(Code::kNotFound, "observation " + std::to_string(id.value()) + " is not here");
}

Result<std::optional<StoredObservation>> RangeReader::find_in(DatastreamId stream, std::uint32_t arrival) {
  auto const seen = view(stream, {kInstantMin, kInstantMax}, true);
  for (auto const& hot : seen.hot) {
    if (hot.arrival != arrival) continue;
    StoredObservation out;
    fill_observation(out, stream, hot);
    if (auto const found = seen.details.find(arrival); found != seen.details.end()) out.detail = found->second;
    return out;
  }
  MADANG_TRY(auto reader, parts_.readers.borrow());
  MADANG_TRY(auto const rows, reader->rows(stream, seen.from, seen.to));
  auto& columns = columns_of_thread();
  for (auto const& row : rows) {
    if (arrival < row.summary.arrival_min || arrival > row.summary.arrival_max) continue;
    MADANG_TRY(bool const sound, reader->load(row, {}, columns));
    if (!sound) continue;
    auto const at = std::find(columns.arrivals.begin(), columns.arrivals.end(), std::int64_t{arrival});
    if (at == columns.arrivals.end()) continue;
    auto const i = static_cast<std::size_t>(at - columns.arrivals.begin());
    auto const time = columns.times[i];
    auto const over = std::lower_bound(seen.hot.begin(), seen.hot.end(), time, earlier);
    if (time < seen.from || seen.erased(time) || (over != seen.hot.end() && over->time == time)) return std::nullopt;
    StoredObservation out;
    fill(out, stream, columns, i);
    if (row.summary.details > 0) {
      MADANG_TRY(auto details, reader->details(stream, arrival, arrival));
      if (!details.empty()) out.detail = std::move(details.front().second);
    }
    return out;
  }
  return std::nullopt;
}

}  // namespace madang::storage
