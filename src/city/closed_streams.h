// Datastreams that take no more readings, since they are being deleted or are gone: readings that were on their way when that
// began are not stored under a number that nobody has any more.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <unordered_set>
#include <vector>

#include "core/id.h"
#include "runtime/shared_mutex.h"

namespace madang::city {

/// Thread-safe.
class ClosedStreams {
 public:
  /// Whoever appends readings has one from before it looks until they are stored: meanwhile nothing is closed.
  class Passage {
   public:
    explicit Passage(ClosedStreams const& of) : of_(of), lock_(of.mutex_) {}
    [[nodiscard]] bool any() const { return !of_.closed_.empty(); }
    [[nodiscard]] bool is_closed(DatastreamId stream) const { return of_.closed_.contains(stream); }

   private:
    ClosedStreams const& of_;
    std::shared_lock<runtime::SharedMutex> lock_;
  };

  /// Waits for passages under way: what was on its way before is stored afterwards, and nothing more comes.
  void close(std::span<DatastreamId const> streams);
  /// What was closed since the last end and is not gone is open again. The oldest that are gone are forgotten beyond
  /// kClosedStreamsKept: nothing is on its way to them any more.
  void end(std::function<bool(DatastreamId)> const& is_gone);

 private:
  mutable runtime::SharedMutex mutex_;  ///< guards closed_ and gone_
  std::unordered_set<DatastreamId> closed_;
  std::deque<DatastreamId> gone_;
  std::mutex closing_mutex_;  ///< guards closing_: most writes delete nothing, and wait for no passage to find that
  std::vector<DatastreamId> closing_;
};

}  // namespace madang::city
