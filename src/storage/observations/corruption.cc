#include "storage/observations/corruption.h"

#include "core/time.h"
#include "runtime/log.h"

namespace madang::storage {

void CorruptionList::report(DatastreamId stream, std::int64_t first, std::int64_t body, std::string_view what) {
  {
    runtime::Lock const lock(mutex_);
    if (!places_.emplace(stream.value(), first).second) return;
  }
  runtime::log_error("storage", "corrupt_chunk",
                     {{"datastream", stream.value()},
                      {"first", format_instant(instant_of_millis(first))},
                      {"body", body},
                      {"what", what}});
}

void CorruptionList::remember(DatastreamId stream, std::int64_t first) {
  runtime::Lock const lock(mutex_);
  places_.emplace(stream.value(), first);
}

bool CorruptionList::knows(DatastreamId stream, std::int64_t first) const {
  runtime::Lock const lock(mutex_);
  return places_.contains({stream.value(), first});
}

std::uint64_t CorruptionList::count() const {
  runtime::Lock const lock(mutex_);
  return places_.size();
}

}  // namespace madang::storage
