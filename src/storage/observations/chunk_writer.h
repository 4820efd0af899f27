// Changing the file of chunks, through the one connection that writes it. All calls of one slice stand in
// one transaction. Format: docs/formats/observation_store.md.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>

#include "storage/observations/chunk_file.h"
#include "storage/observations/hot.h"

namespace madang::storage {

/// What the file remembers of a Datastream; see StreamState.
struct StreamRow {
  DatastreamId id;
  std::uint32_t next_arrival = 0;
  std::int64_t chunks_newest = kTimeMin;
  std::uint64_t rolled_sequence = 0;
  std::int64_t rolled_until = kTimeMin;
  std::int64_t keep = 0;
  std::uint64_t chunk_values = 0;
  std::uint64_t chunks = 0;
  HotValue latest;
  bool has_latest = false;
  std::int64_t arrived = kTimeMin;
  Averaging averaging = Averaging::kArithmetic;
  bool has_old_rollups = false;

  /// An averaging was asked for before anything came.
  [[nodiscard]] bool says_averaging_only() const {
    return next_arrival == 0 && chunks == 0 && keep == 0 && !has_latest && arrived == kTimeMin;
  }
};

/// A chunk about to be written.
struct Piece {
  DatastreamId stream;
  Columns columns;
  int decimals = 0;
  Averaging averaging = Averaging::kArithmetic;
  bool has_details = false;
  std::string moments;
  std::int64_t body = 0;  ///< take this number, of a chunk rewritten, so that its place in the file is used; 0: a new one
};

/// Under StoreParts::slice_mutex. Not thread-safe.
class ChunkWriter {
 public:
  static Result<std::unique_ptr<ChunkWriter>> open(std::string const& folder, std::string const& vfs,
                                                   CorruptionList& corruption);

  [[nodiscard]] Database& db() { return db_; }
  [[nodiscard]] ChunkReader& reader() { return *reader_; }

  enum class DamagedTable { kWrittenAnew, kLeft };
  /// Every Datastream and layer. Where pages of the table are damaged, those on them are made anew from their chunks, the log names
  /// the place, and the table is written anew; the damaged one stays beside it for whoever wants to look.
  Result<void> load_streams(std::function<void(StreamRow const&)> const& each, DamagedTable damaged = DamagedTable::kWrittenAnew);
  Result<void> save_stream(StreamRow const& row);

  /// Pieces with equal moments share one body for them.
  Result<void> write(std::span<Piece const> pieces);
  /// Writes the chunk as it would be written today: texts marked, and the sums of `averaging` in its roll-up.
  Result<void> renew(ChunkRow const& row, Averaging averaging);
  Result<void> remove(ChunkRow const& row);
  /// The same, but the body's number and place wait for the piece that takes them.
  Result<void> remove_but_body(ChunkRow const& row);
  /// A chunk that cannot be read steps aside; its bytes stay for whoever wants to look at them.
  Result<void> quarantine(ChunkRow const& row);

  Result<void> put_detail(DatastreamId stream, std::uint32_t arrival, std::int64_t time,
                          ObservationDetail const& detail);
  Result<void> put_superseded(DatastreamId stream, SupersededValue const& old);
  Result<void> erase_side_rows(DatastreamId stream, std::int64_t from, std::int64_t to);
  Result<void> erase_detail(DatastreamId stream, std::uint32_t arrival);

 private:
  ChunkWriter() = default;
  Result<void> prepare();
  Result<void> each_stream(std::function<void(StreamRow const&)> const& take);
  Result<void> write_streams_anew(std::span<StreamRow const> rows);
  Result<StreamRow> stream_row(Statement const& at);
  Result<StreamRow> rebuild_once(DatastreamId id);
  Result<StreamRow> rebuild_stream(DatastreamId id);
  Result<void> mark_latest(StreamRow& row);
  Result<void> put_summary(ChunkRow const& row, Columns const& columns, int decimals);
  Result<void> write_piece(Piece const& piece, std::uint64_t moments_body);
  Result<void> put_body(std::int64_t id, std::string_view bytes);
  Result<void> release_moments(std::uint64_t body);

  Database db_;
  std::optional<ChunkReader> reader_;
  std::int64_t next_body_ = 1;
  bool stream_pages_damaged_ = false;     ///< found while streams are loaded, with ...
  std::int64_t last_sound_stream_ = 0;    ///< ... the last one before the first damage ...
  std::map<std::int64_t, StreamRow> rebuilt_;  ///< ... and those made from their chunks
  Statement put_chunk_, drop_chunk_, put_body_, drop_body_, users_, release_, quarantine_, stream_, detail_,
      superseded_, drop_details_, drop_superseded_, drop_detail_;
};

}  // namespace madang::storage
