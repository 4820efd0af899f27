// Moves hot values into chunks, slice by slice, in the background or on demand; trims and checkpoints the log.
#pragma once

#include <span>
#include <thread>

#include "runtime/mutex.h"
#include "storage/observations/parts.h"
#include "storage/observations/slice.h"

namespace madang::storage {

class Roller {
 public:
  Roller(StoreParts& parts, std::unique_ptr<ChunkWriter> writer);
  /// Stops the thread; writes nothing more.
  ~Roller();

  void start();
  void stop();
  /// Everything into chunks now, with deletions and retention.
  Result<void> settle();
  /// Gives the disk space of an empty log back and copies both WALs into their files; the end of a clean stop.
  Result<void> close_files();
  /// Called after each append: wakes the thread when there is work, waits while there is far too much of it.
  /// kFull or what else keeps chunks from being written.
  Result<void> admit();
  /// A deletion waits to be applied.
  void nudge();
  /// Remembers how Datastreams that have no values yet are averaged; durable when it returns. Called with slice_mutex.
  Result<void> save_averaging(std::span<std::int64_t const> streams, Averaging averaging);
  /// Renews every chunk whose texts or roll-up are older than what its Datastream asks for; what the thread does by and
  /// by. Each step is one transaction, and a chunk not renewed yet is answered from its values: a kill loses nothing.
  Result<void> renew_all();

 private:
  enum class Mode { kPressure, kEverything };

  void work();
  [[nodiscard]] Instant retention_now() const;
  [[nodiscard]] bool pressed() const;
  /// Values that memory holds, what was superseded weighed by its size.
  [[nodiscard]] std::uint64_t held_values() const;
  /// False when nothing was left to do.
  Result<bool> renew_some();
  Result<bool> renew_some(SliceStream& stream) MADANG_REQUIRES(parts_.slice_mutex);
  /// Takes the next Datastreams in turn, up to a slice's size. How many it looked at.
  std::size_t gather(Mode mode, std::size_t look_at_most, std::vector<SliceStream>& out) MADANG_REQUIRES(parts_.slice_mutex);
  [[nodiscard]] std::int64_t until_of(StreamState const& stream, Mode mode) const
      MADANG_REQUIRES(parts_.slice_mutex) MADANG_REQUIRES_SHARED(parts_.hot.mutex);
  /// False when there was nothing to do in a whole round.
  Result<bool> slice(Mode mode);
  Result<void> tend_log();
  Result<void> retention_round();
  Result<void> let_go(std::vector<SliceStream>& due) MADANG_REQUIRES(parts_.slice_mutex);
  void update_trim();
  void note(Result<void> const& result);

  StoreParts& parts_;
  std::unique_ptr<ChunkWriter> writer_ MADANG_POINTEE_GUARDED_BY(parts_.slice_mutex);
  SliceWriter slices_ MADANG_GUARDED_BY(parts_.slice_mutex);
  std::size_t cursor_ MADANG_GUARDED_BY(parts_.slice_mutex) = 0;
  std::uint64_t round_began_ MADANG_GUARDED_BY(parts_.slice_mutex) = 0;   ///< applied sequence when this round over all Datastreams began
  std::uint64_t round_before_ MADANG_GUARDED_BY(parts_.slice_mutex) = 0;  ///< and the one before: what is older is rolled in any case
  std::size_t since_checkpoint_ MADANG_GUARDED_BY(parts_.slice_mutex) = 0;
  std::size_t since_trim_ MADANG_GUARDED_BY(parts_.slice_mutex) = 0;
  std::size_t renew_cursor_ MADANG_GUARDED_BY(parts_.slice_mutex) = 0;
  std::uint64_t renewed_ MADANG_GUARDED_BY(parts_.slice_mutex) = 0;           ///< chunks since the last line about them
  std::int64_t renew_from_ MADANG_GUARDED_BY(parts_.slice_mutex) = kTimeMin;  ///< chunks of that Datastream before this are done

  runtime::Mutex mutex_;
  runtime::Condition wake_;
  runtime::Condition progress_;
  bool stopping_ MADANG_GUARDED_BY(mutex_) = false;
  bool nudged_ MADANG_GUARDED_BY(mutex_) = false;
  std::optional<Tick> retention_at_ MADANG_GUARDED_BY(mutex_);
  std::optional<Error> trouble_ MADANG_GUARDED_BY(mutex_);  ///< why the last slice failed
  std::thread thread_;
};

}  // namespace madang::storage
