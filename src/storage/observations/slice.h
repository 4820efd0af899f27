// One slice: some Datastreams' hot values written into chunks in one transaction, with the late values,
// deletions and retention that concern those chunks.
#pragma once

#include <vector>

#include "storage/observations/chunk_writer.h"
#include "storage/observations/parts.h"

namespace madang::storage {

/// A Datastream's part in a slice, as it stood when the slice began.
struct SliceStream {
  StreamRow row;  ///< becomes what the file says after the slice
  std::uint32_t disturbed = 0;  ///< the stream's count then
  std::vector<HotValue> taken;
  std::uint32_t over_chunk = 0;  ///< of these
  std::map<std::uint32_t, ObservationDetail> details;
  std::vector<SupersededValue> superseded;
  std::vector<Tombstone> tombstones;
};

StreamRow row_of(StreamState const& stream, std::uint64_t rolled_sequence, std::int64_t rolled_until);
/// Copies what is to be written: hot values before `until`, and all else that waits. Under hot.mutex (shared).
SliceStream take(StreamState const& stream, std::int64_t until, std::uint64_t applied);
/// After the commit: drops from memory what the chunks have now. How many hot values went.
std::size_t finish(HotTier& hot, StreamState& stream, SliceStream const& slice) MADANG_REQUIRES(hot.mutex);

class SliceWriter {
 public:
  SliceWriter(ChunkWriter& writer, std::size_t chunk_values) : writer_(writer), chunk_values_(chunk_values) {}

  /// One transaction, durable when it returns. `now` decides what retention lets go.
  Result<void> write(std::vector<SliceStream>& streams, Instant now);

 private:
  Result<void> write_stream(SliceStream& s, Instant now);
  Result<void> write_side_rows(SliceStream const& s);
  Result<void> let_go(SliceStream& s, std::int64_t horizon);
  Result<void> merge_rows(SliceStream& s, std::vector<ChunkRow> const& rows);
  /// Old values of `row` and new ones into one, without what was deleted.
  Result<void> merge(SliceStream& s, ChunkRow const& row, std::span<HotValue const> fresh);
  Result<void> supersede(SliceStream const& s, std::size_t row);
  /// `body`: of the chunk that the first piece takes the place of, or 0.
  void emit(SliceStream& s, Columns const& columns, bool has_details, std::int64_t body);
  void emit(SliceStream& s, std::span<HotValue const> fresh);
  void forget(SliceStream& s, ChunkRow const& row);

  ChunkWriter& writer_;
  std::size_t chunk_values_;
  std::vector<Piece> pieces_;
  Columns old_;
  Columns merged_;
};

}  // namespace madang::storage
