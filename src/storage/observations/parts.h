// What the parts of ChunkStore share. Locks are taken in this order: slice_mutex, writer_mutex, hot.mutex.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>

#include "runtime/clock.h"
#include "runtime/mutex.h"
#include "storage/observations/chunk_file.h"
#include "storage/observations/chunk_store.h"
#include "storage/observations/hot.h"
#include "storage/observations/log_file.h"

namespace madang::storage {

struct StoreParts {
  explicit StoreParts(ChunkStore::Options chosen)
      : options(std::move(chosen)), readers(options.folder, options.vfs, corruption) {}

  ChunkStore::Options const options;
  CorruptionList corruption;
  ReaderPool readers;
  HotTier hot;
  std::unique_ptr<LogFile> log;
  runtime::Mutex writer_mutex;                    ///< one append, deletion or retention at a time, with its fsync
  runtime::Mutex slice_mutex;                     ///< one change of the chunks at a time
  std::atomic<std::uint64_t> trim_below = 0;  ///< log rows before this one are needed no more

  std::atomic<bool> renewing = false;         ///< some chunk may be older than what its Datastream asks for

  bool upgrade_open = false;                  ///< set at the start: damage keeps rows of format 2 under their old numbers

  [[nodiscard]] Instant now() const { return options.clock->now(); }
  /// What retention takes away for good counts from here. Replicas that follow one log must take away the same, though one
  /// catches up after days and sees another time on its clock: there it is the time that the log itself tells.
  [[nodiscard]] Instant retention_now() const MADANG_REQUIRES_SHARED(hot.mutex) {
    return log->position() ? std::min(now(), instant_of_millis(hot.heard)) : now();
  }

  /// Of the log's next row. Only who holds writer_mutex counts `applied` up and adds streams, under hot.mutex too: so he alone may
  /// look at both without that, which clang does not know.
  [[nodiscard]] std::uint64_t next_sequence() const MADANG_REQUIRES(writer_mutex) MADANG_UNCHECKED { return hot.applied + 1; }
  [[nodiscard]] DatastreamId stream_in(std::uint32_t slot) const MADANG_REQUIRES(writer_mutex) MADANG_UNCHECKED {
    return hot.streams[slot].id;
  }

  /// Appender and Roller know the parts by another name than ChunkStore, which calls them with a lock held: clang does not see
  /// that it is the same one.
  void called_by_writer() const MADANG_ASSUMES(writer_mutex) {}
  void called_by_slicer() const MADANG_ASSUMES(slice_mutex) {}
  /// Before the store is handed out nobody else is here, and no lock is needed.
  void alone_at_start() const MADANG_ASSUMES(hot.mutex) {}
};

}  // namespace madang::storage
