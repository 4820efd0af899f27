#include "storage/observations/chunk_writer.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <utility>

#include "runtime/log.h"
#include "storage/observations/codec/checksum.h"
#include "storage/observations/codec/log_codec.h"

namespace madang::storage {
namespace {

void write_value(ByteWriter& out, HotValue const& v) {
  out.svarint(v.time);
  out.u64(std::bit_cast<std::uint64_t>(v.value));
  out.svarint(v.received - v.time);
  out.varint(v.arrival);
  out.varint(v.quality);
  out.u8(v.has_detail ? 1 : 0);
}

HotValue read_value(ByteReader& in) {
  HotValue v;
  v.time = in.svarint();
  v.value = std::bit_cast<double>(in.u64());
  v.received = v.time + in.svarint();
  v.arrival = static_cast<std::uint32_t>(in.varint());
  v.quality = static_cast<std::uint32_t>(in.varint());
  v.has_detail = in.u8() != 0;
  return v;
}

constexpr std::uint8_t kStreamVersion = 2;

std::string encode_stream(StreamRow const& row) {
  ByteWriter out;
  out.u8(kStreamVersion);
  out.varint(row.next_arrival);
  out.svarint(row.chunks_newest);
  out.varint(row.rolled_sequence);
  out.svarint(row.rolled_until);
  out.svarint(row.keep);
  out.varint(row.chunk_values);
  out.varint(row.chunks);
  out.u8(row.has_latest ? 1 : 0);
  if (row.has_latest) write_value(out, row.latest);
  out.svarint(row.arrived);
  out.u8(static_cast<std::uint8_t>(row.averaging));
  out.u8(row.has_old_rollups ? 1 : 0);
  seal(out, static_cast<std::uint64_t>(row.id.value()));
  return out.take();
}

std::optional<StreamRow> decode_stream(DatastreamId id, ByteSpan bytes) {
  ByteReader in(unseal(bytes, static_cast<std::uint64_t>(id.value())));
  StreamRow row;
  row.id = id;
  auto const version = in.u8();
  if (version < 1 || version > kStreamVersion) return std::nullopt;
  row.next_arrival = static_cast<std::uint32_t>(in.varint());
  row.chunks_newest = in.svarint();
  row.rolled_sequence = in.varint();
  row.rolled_until = in.svarint();
  row.keep = in.svarint();
  row.chunk_values = in.varint();
  row.chunks = in.varint();
  row.has_latest = in.u8() != 0;
  if (row.has_latest) row.latest = read_value(in);
  if (version == 1) {
    if (row.has_latest) row.arrived = sign_of_life_at(row.latest);
    row.has_old_rollups = row.chunks > 0;
    return in.ok() ? std::optional(row) : std::nullopt;
  }
  row.arrived = in.svarint();
  auto const averaging = in.u8();
  if (averaging > static_cast<std::uint8_t>(Averaging::kCircular)) in.fail();
  row.averaging = static_cast<Averaging>(averaging);
  row.has_old_rollups = in.u8() != 0;
  return in.ok() ? std::optional(row) : std::nullopt;
}

}  // namespace

Result<std::unique_ptr<ChunkWriter>> ChunkWriter::open(std::string const& folder, std::string const& vfs,
                                                       CorruptionList& corruption) {
  std::unique_ptr<ChunkWriter> out(new ChunkWriter);
  MADANG_TRY(out->db_, open_chunk_file(folder, vfs));
  // It reads little, and each connection's map of the file would count as memory of its own.
  MADANG_CHECK(out->db_.run("PRAGMA mmap_size = 0"));
  MADANG_TRY(auto reader, ChunkReader::over(out->db_, corruption));
  out->reader_ = std::move(reader);
  MADANG_TRY(auto const last_body, out->db_.number("SELECT max(id) FROM body"));
  out->next_body_ = last_body + 1;
  MADANG_CHECK(out->prepare());
  MADANG_TRY(auto aside, out->db_.prepare("SELECT stream, first FROM quarantine"));
  for (;;) {
    MADANG_TRY(bool const more, aside.step());
    if (!more) return out;
    corruption.remember(DatastreamId{aside.integer(0)}, aside.integer(1));
  }
}

Result<void> ChunkWriter::prepare() {
  MADANG_TRY(put_chunk_,
             db_.prepare("INSERT OR REPLACE INTO chunk (stream, first, body, summary) VALUES (?1, ?2, ?3, ?4)"));
  MADANG_TRY(drop_chunk_, db_.prepare("DELETE FROM chunk WHERE stream = ?1 AND first = ?2"));
  MADANG_TRY(put_body_, db_.prepare("INSERT OR REPLACE INTO body (id, users, bytes) VALUES (?1, NULL, ?2)"));
  MADANG_TRY(drop_body_, db_.prepare("DELETE FROM body WHERE id = ?1"));
  MADANG_TRY(users_, db_.prepare("UPDATE body SET users = ?2 WHERE id = ?1"));
  MADANG_TRY(release_, db_.prepare("UPDATE body SET users = users - 1 WHERE id = ?1 RETURNING users"));
  MADANG_TRY(quarantine_,
             db_.prepare("INSERT OR REPLACE INTO quarantine SELECT stream, first, body, summary FROM chunk "
                         "WHERE stream = ?1 AND first = ?2"));
  MADANG_TRY(stream_, db_.prepare("INSERT OR REPLACE INTO stream (id, state) VALUES (?1, ?2)"));
  MADANG_TRY(detail_,
             db_.prepare("INSERT OR REPLACE INTO detail (stream, arrival, time, bytes) VALUES (?1, ?2, ?3, ?4)"));
  MADANG_TRY(superseded_,
             db_.prepare("INSERT OR REPLACE INTO superseded (stream, arrival, time, bytes) VALUES (?1, ?2, ?3, ?4)"));
  MADANG_TRY(drop_details_, db_.prepare("DELETE FROM detail WHERE stream = ?1 AND time >= ?2 AND time < ?3"));
  MADANG_TRY(drop_superseded_, db_.prepare("DELETE FROM superseded WHERE stream = ?1 AND time >= ?2 AND time < ?3"));
  MADANG_TRY(drop_detail_, db_.prepare("DELETE FROM detail WHERE stream = ?1 AND arrival = ?2"));
  return {};
}

Result<void> ChunkWriter::load_streams(std::function<void(StreamRow const&)> const& each, DamagedTable damaged) {
  MADANG_CHECK(each_stream(each));
  if (!stream_pages_damaged_) return {};
  bool const left = damaged == DamagedTable::kLeft;
  runtime::log_error("storage", "stream_table_damaged",
                     {{"file", kChunkFileName}, {"table", "stream"}, {"behind", last_sound_stream_}, {"made_anew", rebuilt_.size()},
                      {"note", left ? "reading changes nothing; `madang serve` writes the table anew"
                                    : "retention of these is lost, set it again; what stood in no chunk is lost but for what the log holds"}});
  if (!left) {
    std::vector<StreamRow> rows;
    MADANG_CHECK(each_stream([&rows](StreamRow const& row) { rows.push_back(row); }));
    MADANG_CHECK(write_streams_anew(rows));
  }
  rebuilt_.clear();
  stream_pages_damaged_ = false;
  return {};
}

/// In the order of their numbers. Where pages are damaged the table is read from its end too, and what lies between is looked up by
/// what the table of chunks says; what can be read and has no chunk is found so as well.
Result<void> ChunkWriter::each_stream(std::function<void(StreamRow const&)> const& take) {
  constexpr auto kBehindAll = std::numeric_limits<std::int64_t>::max();
  MADANG_TRY(auto up, db_.prepare("SELECT id, state FROM stream WHERE id > ?1 AND id < ?2 ORDER BY id"));
  MADANG_TRY(auto down, db_.prepare("SELECT id, state FROM stream WHERE id > ?1 AND id < ?2 ORDER BY id DESC"));
  MADANG_TRY(auto in_chunks, db_.prepare("SELECT stream FROM chunk WHERE stream > ?1 AND stream < ?2 ORDER BY stream LIMIT 1"));
  auto last = std::numeric_limits<std::int64_t>::min();
  auto const give = [&](StreamRow const& row) {
    last = row.id.value();
    take(row);
  };
  // False: damage ends it.
  auto const read = [&](Statement& rows, std::int64_t before, auto const& each) -> Result<bool> {
    rows.bind(1, last).bind(2, before);
    Result<bool> more = true;
    for (more = rows.step(); more && *more; more = rows.step()) {
      MADANG_TRY(auto const row, stream_row(rows));
      each(row);
    }
    rows.reset();
    if (more) return true;
    if (more.error().code != Code::kCorrupt) return fail(more.error());
    if (!std::exchange(stream_pages_damaged_, true)) last_sound_stream_ = last;
    return false;
  };
  MADANG_TRY(bool all, read(up, kBehindAll, give));
  if (all) return {};
  std::vector<StreamRow> end;
  MADANG_TRY(all, read(down, kBehindAll, [&end](StreamRow const& row) { end.push_back(row); }));
  auto const end_begins = end.empty() ? kBehindAll : end.back().id.value();
  while (!all) {
    in_chunks.bind(1, last).bind(2, end_begins);
    MADANG_TRY(bool const next, in_chunks.step());
    if (!next) break;
    DatastreamId const id{in_chunks.integer(0)};
    in_chunks.reset();
    // It may stand between two damages, with others before it.
    std::vector<StreamRow> between;
    MADANG_CHECK(read(down, id.value() + 1, [&between](StreamRow const& row) { between.push_back(row); }));
    if (between.empty() || between.front().id != id) {
      MADANG_TRY(auto rebuilt, rebuild_once(id));
      between.insert(between.begin(), std::move(rebuilt));
    }
    std::for_each(between.rbegin(), between.rend(), give);
    MADANG_TRY(all, read(up, end_begins, give));
  }
  std::for_each(end.rbegin(), end.rend(), give);
  return {};
}

Result<StreamRow> ChunkWriter::stream_row(Statement const& at) {
  DatastreamId const id{at.integer(0)};
  auto row = decode_stream(id, at.blob(1));
  if (!row) return rebuild_once(id);
  // Only a row of version 1 may have a text with another quality.
  if (row->has_old_rollups && row->has_latest && row->latest.has_detail) MADANG_CHECK(mark_latest(*row));
  return *row;
}

Result<StreamRow> ChunkWriter::rebuild_once(DatastreamId id) {
  if (auto const known = rebuilt_.find(id.value()); known != rebuilt_.end()) return known->second;
  MADANG_TRY(auto row, rebuild_stream(id));
  rebuilt_.emplace(id.value(), row);
  return row;
}

/// What cannot be read cannot be written over either.
Result<void> ChunkWriter::write_streams_anew(std::span<StreamRow const> rows) {
  MADANG_TRY(auto const before, db_.number("SELECT count(*) FROM sqlite_master WHERE name GLOB 'stream_damaged_*'"));
  MADANG_TRY(auto transaction, Transaction::begin(db_));
  MADANG_CHECK(db_.run("ALTER TABLE stream RENAME TO stream_damaged_" + std::to_string(before + 1) +
                       "; CREATE TABLE stream (id INTEGER PRIMARY KEY, state BLOB NOT NULL)"));
  for (auto const& row : rows) MADANG_CHECK(save_stream(row));
  return transaction.commit();
}

Result<void> ChunkWriter::mark_latest(StreamRow& row) {
  MADANG_TRY(auto const details, reader_->details(row.id, row.latest.arrival, row.latest.arrival));
  if (!details.empty() && !is_number(details.front().second)) row.latest.quality = packed(kNoNumber);
  return {};
}

/// Its retention is lost, all else stands in the chunks too.
Result<StreamRow> ChunkWriter::rebuild_stream(DatastreamId id) {
  runtime::log_error("storage", "corrupt_stream_state", {{"datastream", id.value()}, {"retention", "set it again"}});
  StreamRow out;
  out.id = id;
  MADANG_TRY(auto const rows, reader_->rows(id, kTimeMin, kTimeMax));
  Columns columns;
  for (auto const& row : rows) {
    out.next_arrival = std::max(out.next_arrival, row.summary.arrival_max + 1);
    out.chunks_newest = std::max(out.chunks_newest, row.summary.last);
    out.chunk_values += row.summary.count;
    ++out.chunks;
    out.has_old_rollups = true;
    if (&row != &rows.back()) continue;
    MADANG_TRY(bool const sound, reader_->load(row, {}, columns));
    if (!sound) continue;
    std::size_t const i = columns.size() - 1;
    auto const arrival = static_cast<std::uint32_t>(columns.arrivals[i]);
    MADANG_TRY(auto const details, reader_->details(id, arrival, arrival));
    out.latest = {columns.times[i],
                  columns.values[i],
                  columns.received[i],
                  arrival,
                  0,
                  static_cast<std::uint32_t>(columns.qualities[i]),
                  false,
                  !details.empty()};
    out.has_latest = true;
    for (std::size_t k = 0; k < columns.size(); ++k)
      out.arrived = std::max(out.arrived, sign_of_life_at({.time = columns.times[k],
                                                    .value = columns.values[k],
                                                    .received = columns.received[k],
                                                    .arrival = 0,
                                                    .sequence_low = 0,
                                                    .quality = static_cast<std::uint32_t>(columns.qualities[k]),
                                                    .over_chunk = false,
                                                    .has_detail = false}));
  }
  // Superseded ones have numbers too, and keep them.
  MADANG_TRY(auto const aside, db_.number("SELECT coalesce(max(arrival) + 1, 0) FROM superseded WHERE stream = " +
                                          std::to_string(id.value())));
  out.next_arrival = std::max(out.next_arrival, static_cast<std::uint32_t>(aside));
  return out;
}

Result<void> ChunkWriter::save_stream(StreamRow const& row) {
  auto const state = encode_stream(row);
  stream_.bind(1, row.id.value()).bind(2, state);
  return stream_.run();
}

Result<void> ChunkWriter::write(std::span<Piece const> pieces) {
  // The count belongs to the key: even steps have the same bytes however many there are.
  using Key = std::pair<std::string_view, std::size_t>;
  std::map<Key, std::vector<Piece const*>> by_moments;
  std::vector<Key> order;
  for (auto const& piece : pieces) {
    Key const key{piece.moments, piece.columns.size()};
    auto& group = by_moments[key];
    if (group.empty()) order.push_back(key);
    group.push_back(&piece);
  }
  for (auto const& key : order) {
    auto const& group = by_moments[key];
    std::int64_t body = 0;
    if (group.size() > 1) {
      body = next_body_++;
      auto const bytes = encode_moments_body(static_cast<std::uint64_t>(body), key.second, key.first);
      MADANG_CHECK(put_body(body, bytes));
      users_.bind(1, body).bind(2, static_cast<std::int64_t>(group.size()));
      MADANG_CHECK(users_.run());
    }
    for (auto const* piece : group) MADANG_CHECK(write_piece(*piece, static_cast<std::uint64_t>(body)));
  }
  return {};
}

Result<void> ChunkWriter::write_piece(Piece const& piece, std::uint64_t moments_body) {
  auto const& c = piece.columns;
  auto const bytes = encode_body(piece.stream, c, piece.decimals,
                                 moments_body == 0 ? std::string_view(piece.moments) : std::string_view());
  std::int64_t const body = piece.body != 0 ? piece.body : next_body_++;
  MADANG_CHECK(put_body(body, bytes));
  auto const [min, max] = std::minmax_element(c.arrivals.begin(), c.arrivals.end());
  ChunkRow const row{piece.stream,
                     c.times.front(),
                     body,
                     {.moments_body = moments_body,
                      .last = c.times.back(),
                      .count = static_cast<std::uint32_t>(c.size()),
                      .arrival_min = static_cast<std::uint32_t>(*min),
                      .arrival_max = static_cast<std::uint32_t>(*max),
                      .details = piece.has_details ? 1u : 0u,
                      .averaging = piece.averaging}};
  return put_summary(row, c, piece.decimals);
}

Result<void> ChunkWriter::put_summary(ChunkRow const& row, Columns const& columns, int decimals) {
  auto const rollup = encode_rollup(columns, decimals, row.summary.averaging);
  auto const summary = encode_summary(row.stream, row.first, row.summary, rollup);
  put_chunk_.bind(1, row.stream.value()).bind(2, row.first).bind(3, row.body).bind(4, summary);
  return put_chunk_.run();
}

Result<void> ChunkWriter::renew(ChunkRow const& row, Averaging averaging) {
  Columns columns;
  MADANG_TRY(bool const sound, reader_->load(row, {}, columns));
  if (!sound) return {};  // reported; it steps aside when it is next to be merged
  int const decimals = decimals_of(columns.values);
  if (!row.summary.marks_non_numbers) {
    auto const moments = row.summary.moments_body == 0 ? encode_moments(columns) : std::string();
    MADANG_CHECK(put_body(row.body, encode_body(row.stream, columns, decimals, moments)));
  }
  ChunkRow renewed = row;
  renewed.summary.averaging = averaging;
  return put_summary(renewed, columns, decimals);
}

Result<void> ChunkWriter::put_body(std::int64_t id, std::string_view bytes) {
  put_body_.bind(1, id).bind(2, bytes);
  return put_body_.run();
}

Result<void> ChunkWriter::release_moments(std::uint64_t body) {
  if (body == 0) return {};
  release_.bind(1, static_cast<std::int64_t>(body));
  MADANG_TRY(bool const found, release_.step());
  bool const unused = found && release_.integer(0) <= 0;
  // Stepped to its end: a reset would undo nothing, but leaves the statement open.
  MADANG_CHECK(found ? release_.run() : Result<void>{});
  if (!unused) return {};
  drop_body_.bind(1, static_cast<std::int64_t>(body));
  return drop_body_.run();
}

Result<void> ChunkWriter::remove(ChunkRow const& row) {
  drop_body_.bind(1, row.body);
  MADANG_CHECK(drop_body_.run());
  return remove_but_body(row);
}

Result<void> ChunkWriter::remove_but_body(ChunkRow const& row) {
  drop_chunk_.bind(1, row.stream.value()).bind(2, row.first);
  MADANG_CHECK(drop_chunk_.run());
  return release_moments(row.summary.moments_body);
}

Result<void> ChunkWriter::quarantine(ChunkRow const& row) {
  quarantine_.bind(1, row.stream.value()).bind(2, row.first);
  MADANG_CHECK(quarantine_.run());
  drop_chunk_.bind(1, row.stream.value()).bind(2, row.first);
  return drop_chunk_.run();
}

Result<void> ChunkWriter::put_detail(DatastreamId stream, std::uint32_t arrival, std::int64_t time,
                                     ObservationDetail const& detail) {
  ByteWriter out;
  write_detail(out, detail);
  detail_.bind(1, stream.value()).bind(2, std::int64_t{arrival}).bind(3, time).bind(4, out.str());
  return detail_.run();
}

Result<void> ChunkWriter::put_superseded(DatastreamId stream, SupersededValue const& old) {
  ByteWriter out;
  write_value(out, old.value);
  if (old.detail) write_detail(out, *old.detail);
  superseded_.bind(1, stream.value())
      .bind(2, std::int64_t{old.value.arrival})
      .bind(3, old.value.time)
      .bind(4, out.str());
  return superseded_.run();
}

Result<void> ChunkWriter::erase_side_rows(DatastreamId stream, std::int64_t from, std::int64_t to) {
  for (auto* const statement : {&drop_details_, &drop_superseded_}) {
    statement->bind(1, stream.value()).bind(2, from).bind(3, to);
    MADANG_CHECK(statement->run());
  }
  return {};
}

Result<void> ChunkWriter::erase_detail(DatastreamId stream, std::uint32_t arrival) {
  drop_detail_.bind(1, stream.value()).bind(2, std::int64_t{arrival});
  return drop_detail_.run();
}

}  // namespace madang::storage
