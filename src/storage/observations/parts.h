// What the parts of ChunkStore share. Locks are taken in this order: writer_mutex, slice_mutex, hot.mutex.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>

#include "runtime/clock.h"
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
  std::mutex writer_mutex;                    ///< one append, deletion or retention at a time, with its fsync
  std::mutex slice_mutex;                     ///< one change of the chunks at a time
  std::atomic<std::uint64_t> trim_below = 0;  ///< log rows before this one are needed no more

  std::atomic<bool> renewing = false;         ///< some chunk may be older than what its Datastream asks for

  bool upgrade_open = false;                  ///< set at the start: damage keeps rows of format 2 under their old numbers

  [[nodiscard]] Instant now() const { return options.clock->now(); }
  /// What retention takes away for good counts from here. Replicas that follow one log must take away the same, though one
  /// catches up after days and sees another time on its clock: there it is the time that the log itself tells. Under hot.mutex.
  [[nodiscard]] Instant retention_now() const {
    return log->position() ? std::min(now(), instant_of_millis(hot.heard)) : now();
  }
};

}  // namespace madang::storage
