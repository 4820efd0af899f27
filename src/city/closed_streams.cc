#include "city/closed_streams.h"

#include "city/limits.h"

namespace madang::city {

void ClosedStreams::close(std::span<DatastreamId const> streams) {
  runtime::WriteLock const lock(mutex_);
  runtime::Lock const closing(closing_mutex_);
  for (auto const stream : streams) {
    if (closed_.insert(stream).second) closing_.push_back(stream);
  }
}

void ClosedStreams::end(std::function<bool(DatastreamId)> const& is_gone) {
  std::vector<DatastreamId> ended;
  {
    runtime::Lock const closing(closing_mutex_);
    ended.swap(closing_);
  }
  if (ended.empty()) return;
  runtime::WriteLock const lock(mutex_);
  for (auto const stream : ended) {
    if (is_gone(stream)) {
      gone_.push_back(stream);
    } else {
      closed_.erase(stream);
    }
  }
  for (; gone_.size() > kClosedStreamsKept; gone_.pop_front()) closed_.erase(gone_.front());
}

}  // namespace madang::city
