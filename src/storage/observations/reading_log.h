// Between who takes readings in and the stores that keep them stands the order in which all replicas of a store take the same
// batches: equal stores that follow one log give equal ids and values. On one machine nothing stands between (LocalLog).
#pragma once

#include <functional>
#include <memory>

#include "runtime/mutex.h"
#include "storage/observations/store.h"

namespace madang::storage {

/// Thread-safe. All logs pass tests/contract/reading_log_test.cc.
class ReadingLog {
 public:
  /// Takes an entry into a store, as ObservationStore::append does; called in the log's order, one entry at a time. A refusal
  /// for what the entry holds (kInvalid, kLimit) is an outcome like others, the same at all who follow. Any other error (a full
  /// disk) ends the following: it begins again from what the store has applied.
  using Apply = std::function<Result<Appended>(Batch const& batch, Position position)>;

  /// Ends with its destruction; no call is under way after it.
  class Following {
   public:
    virtual ~Following() = default;
  };

  virtual ~ReadingLog() = default;

  /// Durable when it returns, and taken in by who follows longest, whose answer it is. kUnavailable, and nothing is kept: nobody
  /// follows.
  virtual Result<Appended> append(Batch const& batch) = 0;
  /// From now on `apply` gets every entry after `after`: those that stand already before this returns, then each as it comes.
  virtual Result<std::unique_ptr<Following>> follow(Position after, Apply apply) = 0;
  /// Of the last entry; 0 where entries have no positions.
  virtual Position end() = 0;
};

/// No log at all: one store follows, and what it has made durable is the log. Entries have no positions and cannot be read again.
class LocalLog final : public ReadingLog {
 public:
  Result<Appended> append(Batch const& batch) override;
  /// kUnsupported: another follows already.
  Result<std::unique_ptr<Following>> follow(Position after, Apply apply) override;
  Position end() override { return {}; }

 private:
  class One;

  runtime::Mutex mutex_;
  Apply apply_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace madang::storage
