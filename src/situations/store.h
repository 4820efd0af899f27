// What is kept of Situations: SQL through SOCI in the subset of SQLite and PostgreSQL. One transaction per change.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "situations/rules.h"
#include "storage/records/records.h"

namespace madang::situations {

/// Thread-safe as far as Records is.
class Store {
 public:
  explicit Store(storage::Records& records) : records_(records) {}

  Result<void> migrate();

  /// Those that are open, and those that somebody ended by hand and that were dismissed or seen at or after `since`.
  Result<std::vector<Situation>> load(Instant since);
  Result<std::int64_t> last_id();
  /// Newest first; `open_only` is the memory's business and is ignored.
  Result<std::vector<Situation>> list(ListQuery const& query);
  /// kNotFound
  Result<Situation> find(SituationId id);
  Result<std::vector<Entry>> timeline(SituationId id);
  /// Those that were open at `at`, each as it was shown with its newest line before.
  Result<std::vector<Situation>> shown_at(Instant at);
  /// Those of which was not yet kept what was shown, as their timelines say (past.h).
  Result<std::vector<Situation>> told_at(Instant at);

  /// Situations and their lines, then `within` in the same transaction: all or nothing. Of a step without lines only how the cause is
  /// seen to stand. kConflict: another program has written a line of one of them, or has taken its id or cause.
  Result<void> save(std::span<Step const> steps, std::function<Result<void>(soci::session&)> const& within);

  Result<std::vector<Silence>> silences(Instant now);  ///< those that are not over
  /// Gives it an id.
  /// Done by whom the silence names, at `now`.
  Result<Silence> add(Silence silence, Instant now);
  /// kNotFound: unknown, or over already.
  Result<void> end_silence(std::int64_t id, Actor const& by, Instant now);

 private:
  storage::Records& records_;
};

}  // namespace madang::situations
