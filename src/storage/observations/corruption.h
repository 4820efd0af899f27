// Chunks found with a wrong checksum: each is logged once with its place, counted, and left out of answers.
#pragma once

#include <set>
#include <string_view>
#include <utility>

#include "core/id.h"
#include "runtime/mutex.h"

namespace madang::storage {

/// Thread-safe.
class CorruptionList {
 public:
  /// `first` is the time of the chunk's first value, `body` the number of its bytes in the file.
  void report(DatastreamId stream, std::int64_t first, std::int64_t body, std::string_view what);
  /// Known from before: counted, not logged again.
  void remember(DatastreamId stream, std::int64_t first);
  [[nodiscard]] bool knows(DatastreamId stream, std::int64_t first) const;
  [[nodiscard]] std::uint64_t count() const;

 private:
  mutable runtime::Mutex mutex_;
  std::set<std::pair<std::int64_t, std::int64_t>> places_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace madang::storage
