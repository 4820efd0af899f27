// Datastreams that take no more readings, since they are being deleted or are gone: readings that were on their way when that
// began are not stored under a number that nobody has any more.
#pragma once

#include <deque>
#include <functional>
#include <span>
#include <unordered_set>
#include <vector>

#include "core/id.h"
#include "runtime/mutex.h"
#include "runtime/shared_mutex.h"

namespace madang::city {

/// Thread-safe.
class ClosedStreams {
 public:
  /// Whoever appends readings has one from before it looks until they are stored: meanwhile nothing is closed.
  class Passage {
   public:
    explicit Passage(ClosedStreams const& of) : of_(of), lock_(of.mutex_) {}
    [[nodiscard]] bool any() const { return !closed().empty(); }
    [[nodiscard]] bool is_closed(DatastreamId stream) const { return closed().contains(stream); }

   private:
    /// It holds the lock for its whole life, which clang does not see.
    [[nodiscard]] std::unordered_set<DatastreamId> const& closed() const MADANG_UNCHECKED { return of_.closed_; }

    ClosedStreams const& of_;
    runtime::ReadLock lock_;
  };

  /// Waits for passages under way: what was on its way before is stored afterwards, and nothing more comes.
  void close(std::span<DatastreamId const> streams);
  /// What was closed since the last end and is not gone is open again. The oldest that are gone are forgotten beyond
  /// kClosedStreamsKept: nothing is on its way to them any more.
  void end(std::function<bool(DatastreamId)> const& is_gone);

 private:
  mutable runtime::SharedMutex mutex_;
  std::unordered_set<DatastreamId> closed_ MADANG_GUARDED_BY(mutex_);
  std::deque<DatastreamId> gone_ MADANG_GUARDED_BY(mutex_);
  runtime::Mutex closing_mutex_;  ///< most writes delete nothing, and wait for no passage to find that
  std::vector<DatastreamId> closing_ MADANG_GUARDED_BY(closing_mutex_);
};

}  // namespace madang::city
