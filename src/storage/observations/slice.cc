#include "storage/observations/slice.h"

#include <algorithm>

namespace madang::storage {
namespace {

void append_hot(Columns& to, HotValue const& v) {
  to.times.push_back(v.time);
  to.received.push_back(v.received);
  to.arrivals.push_back(v.arrival);
  to.qualities.push_back(v.quality);
  to.values.push_back(v.value);
}

bool any_detail(std::span<HotValue const> values) {
  return std::any_of(values.begin(), values.end(), [](HotValue const& v) { return v.has_detail; });
}

bool touches(Tombstone const& t, ChunkRow const& row) { return t.from <= row.summary.last && row.first < t.to; }

/// What the slice has put into the file, or done there, waits no more.
void drop_rolled(StreamExtras& extras, SliceStream const& slice, HotTier& hot) MADANG_REQUIRES(hot.mutex) {
  hot.superseded_values -= slice.superseded.size();
  extras.superseded.erase(extras.superseded.begin(),
                          extras.superseded.begin() + static_cast<std::ptrdiff_t>(slice.superseded.size()));
  extras.tombstones.erase(extras.tombstones.begin(),
                          extras.tombstones.begin() + static_cast<std::ptrdiff_t>(slice.tombstones.size()));
}

/// The oldest log row that what memory still holds of a stream came in.
std::uint64_t floor_of(HotTier const& hot, StreamState const& stream) MADANG_REQUIRES_SHARED(hot.mutex) {
  std::uint64_t floor = kNoSequence;
  for (auto const& v : stream.hot) floor = std::min(floor, hot.sequence_of(v));
  if (!stream.extras) return floor;
  for (auto const& s : stream.extras->superseded) floor = std::min(floor, hot.sequence_of(s.value));
  for (auto const& t : stream.extras->tombstones) floor = std::min(floor, t.sequence);
  return floor;
}

}  // namespace

StreamRow row_of(StreamState const& stream, std::uint64_t rolled_sequence, std::int64_t rolled_until) {
  auto const* const latest = stream.latest();
  return {stream.id,
          stream.next_arrival,
          stream.chunks_newest,
          rolled_sequence,
          rolled_until,
          stream.keep,
          stream.chunk_values,
          stream.chunks,
          latest == nullptr ? HotValue{} : *latest,
          latest != nullptr,
          stream.arrived,
          stream.averaging,
          stream.has_old_rollups};
}

SliceStream take(StreamState const& stream, std::int64_t until, std::uint64_t applied) {
  SliceStream out;
  out.row = row_of(stream, applied, until);
  out.disturbed = stream.disturbed;
  auto const end = std::lower_bound(stream.hot.begin(), stream.hot.end(), until,
                                    [](HotValue const& v, std::int64_t t) { return v.time < t; });
  out.taken.assign(stream.hot.begin(), end);
  for (auto const& v : out.taken) {
    out.row.arrived = std::max(out.row.arrived, sign_of_life_at(v));
    out.over_chunk += v.over_chunk ? 1 : 0;
  }
  if (!stream.extras) return out;
  for (auto const& v : out.taken)
    if (auto const* const detail = stream.detail_of(v)) out.details.emplace(v.arrival, *detail);
  out.superseded = stream.extras->superseded;
  out.tombstones = stream.extras->tombstones;
  return out;
}

std::size_t finish(HotTier& hot, StreamState& stream, SliceStream const& slice) {
  std::uint64_t const rolled = slice.row.rolled_sequence;
  auto& values = stream.hot;
  std::size_t const before = values.size();
  auto const end = std::lower_bound(values.begin(), values.end(), slice.row.rolled_until,
                                    [](HotValue const& v, std::int64_t t) { return v.time < t; });
  auto kept = end;
  // What was rolled lies in front. As long as nothing came in among it since the slice began, nobody need look at it: that
  // is a way to memory for each value, while appends wait.
  bool const untouched = stream.disturbed == slice.disturbed && slice.details.empty();
  if (untouched) stream.over_chunk -= slice.over_chunk;
  // Else the few that came since move up to its end.
  for (auto at = end; !untouched && at != values.begin();) {
    --at;
    if (hot.sequence_of(*at) <= rolled) {
      stream.over_chunk -= at->over_chunk ? 1 : 0;
      if (at->has_detail && stream.extras) stream.extras->details.erase(at->arrival);
      continue;
    }
    // Its time may be one that the slice has put into a chunk: then it stands over that value now.
    if (!at->over_chunk) {
      at->over_chunk = std::binary_search(slice.taken.begin(), slice.taken.end(), *at,
                                          [](HotValue const& a, HotValue const& b) { return a.time < b.time; });
      stream.over_chunk += at->over_chunk ? 1 : 0;
    }
    *--kept = *at;
  }
  if (auto const* const latest = stream.latest()) stream.remember_newest(*latest);
  values.erase(values.begin(), kept);
  if (stream.extras) drop_rolled(*stream.extras, slice, hot);
  std::uint64_t floor = floor_of(hot, stream);
  if (stream.averaging != slice.row.averaging) stream.has_old_rollups = true;
  // A retention or averaging set since the slice began stands only in the log as yet.
  stream.dirty = stream.keep != slice.row.keep || stream.averaging != slice.row.averaging;
  if (stream.dirty) floor = std::min(floor, rolled + 1);
  stream.floor = floor;
  stream.rolled_sequence = rolled;
  stream.rolled_until = slice.row.rolled_until;
  stream.chunks_newest = slice.row.chunks_newest;
  stream.chunk_values = slice.row.chunk_values;
  stream.chunks = slice.row.chunks;
  ++stream.rolls;
  stream.arrived = std::max(stream.arrived, slice.row.arrived);
  return before - stream.hot.size();
}

Result<void> SliceWriter::write(std::vector<SliceStream>& streams, Instant now) {
  pieces_.clear();
  MADANG_TRY(auto transaction, Transaction::begin(writer_.db()));
  for (auto& s : streams) MADANG_CHECK(write_stream(s, now));
  MADANG_CHECK(writer_.write(pieces_));
  for (auto const& s : streams) MADANG_CHECK(writer_.save_stream(s.row));
  return transaction.commit();
}

Result<void> SliceWriter::write_stream(SliceStream& s, Instant now) {
  if (s.row.keep > 0) MADANG_CHECK(let_go(s, millis_of(now) - s.row.keep));
  MADANG_CHECK(write_side_rows(s));
  std::int64_t from = s.taken.empty() ? kTimeMax : s.taken.front().time;
  for (auto const& t : s.tombstones) from = std::min(from, t.from);
  if (s.row.chunks > 0 && from != kTimeMax) {
    MADANG_TRY(auto const rows, writer_.reader().rows_from_owner(s.row.id, from));
    MADANG_CHECK(merge_rows(s, rows));
  } else {
    emit(s, s.taken);
  }
  if (!s.taken.empty()) s.row.chunks_newest = std::max(s.row.chunks_newest, s.taken.back().time);
  return {};
}

Result<void> SliceWriter::write_side_rows(SliceStream const& s) {
  for (auto const& t : s.tombstones) MADANG_CHECK(writer_.erase_side_rows(s.row.id, t.from, t.to));
  for (auto const& old : s.superseded) MADANG_CHECK(writer_.put_superseded(s.row.id, old));
  for (auto const& v : s.taken) {
    if (!v.has_detail) continue;
    auto const detail = s.details.find(v.arrival);
    if (detail != s.details.end()) MADANG_CHECK(writer_.put_detail(s.row.id, v.arrival, v.time, detail->second));
  }
  return {};
}

/// Whole chunks go; a chunk across the horizon goes later, its older values are hidden meanwhile.
Result<void> SliceWriter::let_go(SliceStream& s, std::int64_t horizon) {
  std::erase_if(s.taken, [horizon](HotValue const& v) { return v.time < horizon; });
  if (s.row.chunks == 0) return {};
  MADANG_TRY(auto const rows, writer_.reader().rows(s.row.id, kTimeMin, horizon));
  std::int64_t gone_until = kTimeMin;
  for (auto const& row : rows) {
    if (row.summary.last >= horizon) continue;
    MADANG_CHECK(writer_.remove(row));
    forget(s, row);
    gone_until = row.summary.last + 1;
  }
  if (gone_until != kTimeMin) MADANG_CHECK(writer_.erase_side_rows(s.row.id, kTimeMin, gone_until));
  return {};
}

void SliceWriter::forget(SliceStream& s, ChunkRow const& row) {
  s.row.chunks -= std::min<std::uint64_t>(s.row.chunks, 1);
  s.row.chunk_values -= std::min<std::uint64_t>(s.row.chunk_values, row.summary.count);
}

Result<void> SliceWriter::merge_rows(SliceStream& s, std::vector<ChunkRow> const& rows) {
  std::span<HotValue const> left(s.taken);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ChunkRow const& row = rows[i];
    bool const tail = i + 1 == rows.size();
    auto const end =
        tail ? left.end()
             : std::find_if(left.begin(), left.end(), [&](HotValue const& v) { return v.time >= rows[i + 1].first; });
    auto const fresh = left.first(static_cast<std::size_t>(end - left.begin()));
    left = left.subspan(fresh.size());
    bool const deleted =
        std::any_of(s.tombstones.begin(), s.tombstones.end(), [&](Tombstone const& t) { return touches(t, row); });
    bool const behind = !fresh.empty() && fresh.front().time > row.summary.last;
    if (!deleted && fresh.empty()) continue;
    if (!deleted && tail && behind && row.summary.count * 2 >= chunk_values_)
      emit(s, fresh);
    else
      MADANG_CHECK(merge(s, row, fresh));
  }
  emit(s, left);
  return {};
}

Result<void> SliceWriter::merge(SliceStream& s, ChunkRow const& row, std::span<HotValue const> fresh) {
  MADANG_TRY(bool const sound, writer_.reader().load(row, {}, old_));
  forget(s, row);
  if (!sound) {
    MADANG_CHECK(writer_.quarantine(row));
    emit(s, fresh);
    return {};
  }
  merged_.clear();
  std::size_t next = 0;
  for (std::size_t i = 0; i < old_.size(); ++i) {
    for (; next < fresh.size() && fresh[next].time < old_.times[i]; ++next) append_hot(merged_, fresh[next]);
    if (next < fresh.size() && fresh[next].time == old_.times[i]) {
      if (fresh[next].arrival != old_.arrivals[i]) MADANG_CHECK(supersede(s, i));
      append_hot(merged_, fresh[next++]);
      continue;
    }
    bool const deleted = std::any_of(s.tombstones.begin(), s.tombstones.end(),
                                     [&](Tombstone const& t) { return t.covers(old_.times[i]); });
    if (!deleted) merged_.append_row(old_, i);
  }
  for (; next < fresh.size(); ++next) append_hot(merged_, fresh[next]);
  MADANG_CHECK(merged_.size() == 0 ? writer_.remove(row) : writer_.remove_but_body(row));
  emit(s, merged_, row.summary.details > 0 || any_detail(fresh), row.body);
  return {};
}

/// A value of a chunk gives way: it moves to the side table with its detail, unless it had been deleted.
Result<void> SliceWriter::supersede(SliceStream const& s, std::size_t row) {
  std::int64_t const time = old_.times[row];
  if (std::any_of(s.tombstones.begin(), s.tombstones.end(), [&](Tombstone const& t) { return t.covers(time); }))
    return {};
  SupersededValue old;
  old.value = {time,
               old_.values[row],
               old_.received[row],
               static_cast<std::uint32_t>(old_.arrivals[row]),
               0,
               static_cast<std::uint32_t>(old_.qualities[row]),
               false,
               false};
  MADANG_TRY(auto details, writer_.reader().details(s.row.id, old.value.arrival, old.value.arrival));
  if (!details.empty()) {
    old.detail = std::move(details.front().second);
    old.value.has_detail = true;
    MADANG_CHECK(writer_.erase_detail(s.row.id, old.value.arrival));
  }
  return writer_.put_superseded(s.row.id, old);
}

void SliceWriter::emit(SliceStream& s, std::span<HotValue const> fresh) {
  merged_.clear();
  for (auto const& v : fresh) append_hot(merged_, v);
  emit(s, merged_, any_detail(fresh), 0);
}

void SliceWriter::emit(SliceStream& s, Columns const& columns, bool has_details, std::int64_t body) {
  if (columns.size() == 0) return;
  std::size_t const count = std::max<std::size_t>(1, (columns.size() + chunk_values_ / 2) / chunk_values_);
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t const from = columns.size() * i / count;
    std::size_t const to = columns.size() * (i + 1) / count;
    Piece piece;
    piece.stream = s.row.id;
    piece.averaging = s.row.averaging;
    piece.has_details = has_details;
    piece.columns.assign(columns, from, to);
    piece.body = i == 0 ? body : 0;
    piece.decimals = decimals_of(piece.columns.values);
    piece.moments = encode_moments(piece.columns);
    pieces_.push_back(std::move(piece));
    ++s.row.chunks;
    s.row.chunk_values += to - from;
  }
}

}  // namespace madang::storage
