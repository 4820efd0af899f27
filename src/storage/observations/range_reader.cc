#include "storage/observations/range_reader.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "storage/observations/layers.h"
#include "storage/observations/range_walk.h"
#include "storage/observations/rules.h"

namespace madang::storage {
namespace {


/// Numbers come about as times do: from where it would stand if none were late or superseded.
HotValue const* find_arrival(HotValues const& hot, std::uint32_t arrival) {
  if (hot.empty()) return nullptr;
  auto const first = hot.front().arrival;
  std::size_t const guess = arrival < first ? 0 : std::min<std::size_t>(arrival - first, hot.size() - 1);
  for (std::size_t i = guess + 1; i-- > 0;)
    if (hot[i].arrival == arrival) return &hot[i];
  for (std::size_t i = guess + 1; i < hot.size(); ++i)
    if (hot[i].arrival == arrival) return &hot[i];
  return nullptr;
}

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

std::size_t sum_of(std::size_t a, std::size_t b) { return a + std::min(b, std::numeric_limits<std::size_t>::max() - a); }

void reserve_more(std::vector<StoredObservation>& out, std::size_t more) {
  if (out.capacity() < out.size() + more) out.reserve(std::max(2 * out.capacity(), out.size() + more));
}

/// As ReadOptions::detail_bytes says.
void cut_at_bytes(std::vector<StoredObservation>& out, std::size_t bytes_max) {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!out[i].detail) continue;
    bytes += bytes_of(*out[i].detail);
    if (bytes > bytes_max) return out.resize(i + 1);
  }
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
                                       ViewOptions const& options) const {
  View out;
  out.stream = id;
  out.from = millis_of(when.from);
  out.to = millis_of(when.to);
  if (stream == nullptr) return out;
  if (stream->keep > 0 && options.expired == Expired::kHidden) out.from = std::max(out.from, stream->horizon(parts_.now()));
  out.has_chunks = stream->chunks > 0 && out.from <= stream->chunks_newest;
  auto first = std::lower_bound(stream->hot.begin(), stream->hot.end(), out.from, earlier);
  auto last = std::lower_bound(first, stream->hot.end(), std::max(out.from, out.to), earlier);
  if (static_cast<std::size_t>(last - first) > options.values_max) {
    auto const some = static_cast<std::ptrdiff_t>(options.values_max);
    (options.descending ? first : last) = options.descending ? last - some : first + some;
  }
  out.hot.assign(first, last);
  if (!stream->extras) return out;
  out.tombstones = stream->extras->tombstones;
  if (options.with_details) copy_details(out, *stream, options);
  return out;
}

/// Every value is given, whatever chunks hold between them, so that an answer that may hold so many bytes ends where these do.
void RangeReader::copy_details(View& view, StreamState const& stream, ViewOptions const& options) {
  std::size_t bytes = 0;
  std::size_t const all = view.hot.size();
  for (std::size_t i = 0; i < all; ++i) {
    auto const& v = view.hot[options.descending ? all - 1 - i : i];
    auto const* const detail = stream.detail_of(v);
    if (detail == nullptr) continue;
    view.details.emplace(v.arrival, *detail);
    if (i >= options.free_of_bytes) bytes += bytes_of(*detail);
    if (bytes <= options.detail_bytes) continue;
    auto const rest = static_cast<std::ptrdiff_t>(all - i - 1);
    if (options.descending) view.hot.erase(view.hot.begin(), view.hot.begin() + rest);
    else view.hot.resize(i + 1);
    return;
  }
}

RangeReader::View RangeReader::view(DatastreamId id, Interval when, ViewOptions const& options) const {
  runtime::ReadLock const lock(parts_.hot.mutex);
  return view_of(parts_.hot.find(id), id, when, options);
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

bool RangeReader::whole(View const& view, Stretch const& s) const {
  return s.row->first >= view.from && s.row->summary.last < view.to && view.tombstones.empty() &&
         (s.hot.empty() || s.hot.front().time > s.row->summary.last) && !parts_.corruption.knows(view.stream, s.row->first);
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
  runtime::ReadLock const lock(parts_.hot.mutex);
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
  of_one.limit = sum_of(rest.limit, rest.skip);
  std::vector<StoredObservation> out;
  for (auto const layer : all) {
    MADANG_TRY(auto some, read_layer(layer, when, of_one, Expired::kHidden, rest.skip));
    std::ranges::move(some, std::back_inserter(out));
  }
  std::ranges::stable_sort(out, [&options](Observation const& a, Observation const& b) {
    return options.descending ? a.phenomenon_time > b.phenomenon_time : a.phenomenon_time < b.phenomenon_time;
  });
  out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(std::min(rest.skip, out.size())));
  if (out.size() > rest.limit) out.resize(rest.limit);
  cut_at_bytes(out, rest.detail_bytes);
  return out;
}

Result<std::vector<StoredObservation>> RangeReader::read_layer(DatastreamId stream, Interval when, ReadOptions const& options,
                                                               Expired expired, std::size_t free_of_bytes) {
  Answer answer{.options = options, .skip = options.skip, .free_of_bytes = free_of_bytes};
  if (when.from >= when.to || options.limit == 0) return answer.given;
  MADANG_CHECK(check_deadline(options.deadline, *parts_.options.clock));
  auto const seen = view(stream, when,
                         {.with_details = options.with_details, .expired = expired, .values_max = sum_of(options.skip, options.limit),
                          .descending = options.descending, .free_of_bytes = sum_of(options.skip, free_of_bytes),
                          .detail_bytes = options.detail_bytes});
  if (seen.from >= seen.to) return answer.given;
  MADANG_TRY(auto reader, parts_.readers.borrow());
  Walk walk(*reader, seen, options.descending, {options.deadline, parts_.options.clock});
  auto const rows_at_once = std::min(kRowsAtOnce, sum_of(options.skip, options.limit) / parts_.options.chunk_values + 1);
  while (!answer.full()) {
    MADANG_TRY(auto const parts, walk.next(rows_at_once));
    if (parts.empty()) break;
    std::size_t about = 0;
    for (auto const& part : parts) about += part.hot.size() + (part.row == nullptr ? 0 : about_within(*part.row, seen.from, seen.to));
    reserve_more(answer.given, std::min(about, options.limit - answer.given.size()));
    for (auto const& part : parts) {
      if (answer.full()) break;
      MADANG_CHECK(check_deadline(options.deadline, *parts_.options.clock));
      std::size_t const count = part.hot.size() + (part.row == nullptr ? 0 : part.row->summary.count);
      if (answer.skip >= count && (part.row == nullptr || whole(seen, part))) {
        answer.skip -= count;
        continue;
      }
      MADANG_CHECK(give(*reader, seen, part, answer));
    }
  }
  return std::move(answer.given);
}

void RangeReader::Answer::add_detail(ObservationDetail const& detail) {
  if (given.size() > free_of_bytes) bytes += bytes_of(detail);
  given.back().detail = detail;
}

void RangeReader::give_plain(View const& view, Columns const& columns, Answer& answer) {
  auto const& times = columns.times;
  auto const index_of = [&times](std::int64_t t) {
    return static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), t) - times.begin());
  };
  std::size_t first = index_of(view.from);
  std::size_t const last = std::max(first, index_of(view.to));
  std::size_t const skipped = std::min(answer.skip, last - first);
  answer.skip -= skipped;
  first += skipped;
  std::size_t const count = std::min(last - first, answer.options.limit - answer.given.size());
  reserve_more(answer.given, count);
  for (std::size_t i = 0; i < count; ++i) fill(answer.given.emplace_back(), view.stream, columns, first + i);
}

Result<void> RangeReader::give(ChunkReader& reader, View const& view, Stretch const& stretch, Answer& answer) {
  auto const& options = answer.options;
  auto& columns = columns_of_thread();  // as the last chunk left it: the next one seldom has another size
  if (stretch.row != nullptr) {
    MADANG_TRY(bool const sound, reader.load(*stretch.row, {.from = view.from, .to = view.to}, columns));
    if (!sound) columns.clear();
    // Most often nothing stands over the chunk: its rows go out as they are.
    if (stretch.hot.empty() && view.tombstones.empty() && !options.descending &&
        !(options.with_details && stretch.row->summary.details > 0)) {
      give_plain(view, columns, answer);
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
  std::size_t const skipped = std::min(answer.skip, items.size());
  answer.skip -= skipped;
  for (std::size_t i = skipped; i < items.size() && !answer.full(); ++i) {
    auto const item = items[i];
    StoredObservation& to = answer.given.emplace_back();
    if (!item.hot) {
      fill(to, view.stream, columns, item.index);
      if (details.empty()) continue;
      auto const arrival = static_cast<std::uint32_t>(columns.arrivals[item.index]);
      auto const found = std::lower_bound(details.begin(), details.end(), arrival,
                                          [](auto const& d, std::uint32_t a) { return d.first < a; });
      if (found != details.end() && found->first == arrival) answer.add_detail(found->second);
      continue;
    }
    auto const& hot = stretch.hot[item.index];
    fill_observation(to, view.stream, hot);
    if (auto const found = view.details.find(hot.arrival); hot.has_detail && found != view.details.end())
      answer.add_detail(found->second);
  }
  return {};
}

Result<StoredObservation> RangeReader::find(ObservationId id) {
  if (id.value() > 0)
    for (auto const layer : layers(datastream_of(id))) {
      MADANG_TRY(auto const found, find_in(layer, arrival_of(id)));
      if (found) return *found;
    }
  return fail(Code::kNotFound, "observation " + std::to_string(id.value()) + " is not here");
}

/// Only what is asked for is copied: commits wait meanwhile.
RangeReader::Place RangeReader::look_for(DatastreamId layer, std::uint32_t arrival) const {
  Place out;
  runtime::ReadLock const lock(parts_.hot.mutex);
  auto const* const stream = parts_.hot.find(layer);
  if (stream == nullptr) return out;
  out.rolls = stream->rolls;
  out.was_given = arrival < stream->next_arrival;
  if (!out.was_given) return out;
  if (stream->keep > 0) out.from = std::max(out.from, stream->horizon(parts_.now()));
  auto const* const hot = find_arrival(stream->hot, arrival);
  if (hot == nullptr || hot->time < out.from) return out;
  fill_observation(out.in_memory.emplace(), layer, *hot);
  if (auto const* const detail = stream->detail_of(*hot)) out.in_memory->detail = *detail;
  return out;
}

Result<std::optional<StoredObservation>> RangeReader::find_in(DatastreamId layer, std::uint32_t arrival) {
  for (;;) {
    auto seen = look_for(layer, arrival);
    if (seen.in_memory) return std::move(seen.in_memory);
    if (!seen.was_given) return std::nullopt;
    MADANG_TRY(auto found, find_in_chunks(layer, arrival, seen.from));
    if (!found) return std::nullopt;
    runtime::ReadLock const lock(parts_.hot.mutex);
    auto const* const stream = parts_.hot.find(layer);
    if (stream == nullptr) return std::nullopt;
    // Its chunks were changed meanwhile, and what memory held over them stands in them now: again.
    if (stream->rolls != seen.rolls) continue;
    auto const time = millis_of(found->phenomenon_time);
    auto const* const over = stream->find_hot(time);
    if (stream->erased(time) || (over != nullptr && over->arrival != arrival)) return std::nullopt;
    return found;
  }
}

Result<std::optional<StoredObservation>> RangeReader::find_in_chunk(ChunkReader& reader, ChunkRow const& row, std::uint32_t arrival) {
  auto& columns = columns_of_thread();
  MADANG_TRY(bool const sound, reader.load(row, {}, columns));
  if (!sound) return std::nullopt;
  auto const at = std::find(columns.arrivals.begin(), columns.arrivals.end(), std::int64_t{arrival});
  if (at == columns.arrivals.end()) return std::nullopt;
  std::optional<StoredObservation> out(std::in_place);
  fill(*out, row.stream, columns, static_cast<std::size_t>(at - columns.arrivals.begin()));
  if (row.summary.details > 0) {
    MADANG_TRY(auto details, reader.details(row.stream, arrival, arrival));
    if (!details.empty()) out->detail = std::move(details.front().second);
  }
  return out;
}

/// Ids come about as times do, so that most are found by halving; of one that came late, or is not here, every chunk is asked that
/// could hold it, from the newest on.
Result<std::optional<StoredObservation>> RangeReader::find_in_chunks(DatastreamId layer, std::uint32_t arrival, std::int64_t from) {
  MADANG_TRY(auto reader, parts_.readers.borrow());
  auto const here = [from](std::optional<StoredObservation> const& found) { return found && millis_of(found->phenomenon_time) >= from; };
  MADANG_TRY(auto const likely, reader->row_by_arrival(layer, {from, millis_of(kInstantMax)}, arrival));
  if (likely) {
    MADANG_TRY(auto found, find_in_chunk(*reader, *likely, arrival));
    if (here(found)) return found;
  }
  ChunkReader::Cursor rows(*reader, layer, {from, millis_of(kInstantMax)}, true);
  for (;;) {
    MADANG_TRY(auto const row, rows.next());
    if (!row) return std::nullopt;
    if (arrival < row->summary.arrival_min || arrival > row->summary.arrival_max) continue;
    MADANG_TRY(auto found, find_in_chunk(*reader, *row, arrival));
    if (found) return here(found) ? std::move(found) : std::nullopt;
  }
}

}  // namespace madang::storage
