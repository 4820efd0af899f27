// What a server knows of Situations without asking the records: the open ones as they are shown, and by cause those that somebody ended.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <unordered_set>
#include <vector>

#include "runtime/snapshot.h"
#include "situations/settled.h"
#include "situations/situations.h"

namespace madang::situations {

using OpenOnes = std::vector<SituationPtr>;  ///< by id

/// nullptr: not among them.
[[nodiscard]] SituationPtr find_in(OpenOnes const& open, SituationId id);

/// Any thread reads open() and settled(). All else, and every change, is for whoever holds the turn to change Situations.
class Known {
 public:
  [[nodiscard]] std::shared_ptr<OpenOnes const> open() const { return open_.read(); }
  [[nodiscard]] Settled& settled() { return settled_; }
  [[nodiscard]] Settled const& settled() const { return settled_; }

  /// The open Situation of that cause; nullptr: there is none.
  [[nodiscard]] SituationPtr find(Cause const& cause) const;
  [[nodiscard]] std::size_t size() const { return by_cause_.size(); }
  /// Of one that nobody has raised yet.
  [[nodiscard]] SituationId next_id() const { return SituationId{last_id_ + 1}; }

  /// Readers see these instead of what they were.
  void show(std::span<SituationPtr const> fresh, Instant now);
  /// It stands in memory alone, and in no line of the records.
  void mark_unsaved(SituationId id) { unsaved_.insert(id); }
  void mark_saved(SituationId id) { unsaved_.erase(id); }
  [[nodiscard]] bool is_unsaved(SituationId id) const { return unsaved_.contains(id); }

  enum class Reading { kAll, kChanges };
  /// What the records say counts, whoever wrote it. `written`: by id, as newer_of() gave them; `last_id`: the highest there is.
  void merge(std::span<SituationPtr const> written, std::int64_t last_id, Reading reading, Instant now);
  /// Values that were reported here and are not saved yet are newer than what stands in the records on top of the same line.
  [[nodiscard]] SituationPtr newer_of(Situation&& stored) const;
  /// The newest line of it that this server has told its listeners.
  [[nodiscard]] std::int64_t notified_version(Situation const& s) const;

 private:
  bool put(OpenOnes& open, SituationPtr const& s);

  runtime::Snapshot<OpenOnes> open_;
  Settled settled_;
  std::map<Cause, SituationId> by_cause_;
  std::unordered_set<SituationId> unsaved_;
  std::int64_t last_id_ = 0;
};

}  // namespace madang::situations
