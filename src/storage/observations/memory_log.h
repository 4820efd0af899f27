// A log of readings in memory: what a cluster's log does, for tests of everything that stands on one.
#pragma once

#include <list>
#include <vector>

#include "runtime/mutex.h"
#include "storage/observations/reading_log.h"

namespace madang::storage {

/// Thread-safe. Entries are numbered from 1 and stay as long as the log; several may follow.
class MemoryLog final : public ReadingLog {
 public:
  Result<Appended> append(Batch const& batch) override;
  Result<std::unique_ptr<Following>> follow(Position after, Apply apply) override;
  Position end() override;

 private:
  class One;

  runtime::Mutex mutex_;
  std::vector<Batch> entries_ MADANG_GUARDED_BY(mutex_);
  std::list<Apply> followers_ MADANG_GUARDED_BY(mutex_);  ///< who follows longest stands first
};

}  // namespace madang::storage
