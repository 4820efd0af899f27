// A log of readings in memory: what a cluster's log does, for tests of everything that stands on one.
#pragma once

#include <list>
#include <mutex>
#include <vector>

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

  std::mutex mutex_;
  std::vector<Batch> entries_;
  std::list<Apply> followers_;  ///< who follows longest stands first
};

}  // namespace madang::storage
