// What is kept of Situations: SQL through SOCI in the subset of SQLite and PostgreSQL. One transaction per change.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "situations/rules.h"
#include "storage/records/records.h"

namespace madang::situations {

/// What was read at one moment.
struct Stored {
  std::int64_t version = 0;  ///< the number of the newest write in it; every write of Situations and silences has the next one
  std::int64_t last_id = 0;
  std::vector<Situation> situations;  ///< by id
  std::vector<Silence> silences;      ///< all that are not over
};

/// The lines of one Situation behind `after`, up to `upto`.
struct LinesOf {
  SituationId situation;
  std::int64_t after = 0;
  std::int64_t upto = 0;
};

/// Thread-safe as far as Records is. Several servers may write: the number of a write orders what they do.
class Store {
 public:
  explicit Store(storage::Records& records) : records_(records) {}

  Result<void> migrate();

  /// Those that are open, and those that somebody ended by hand and that were dismissed or seen at or after `since`.
  Result<Stored> load(Instant since, Instant now);
  /// The number of the newest write, whoever made it.
  Result<std::int64_t> version();
  /// What was written behind that number, whatever became of it; none: more than kReadAnewMax Situations, and who reads all reads less.
  Result<std::optional<Stored>> written_since(std::int64_t version, Instant now);
  /// Of each the newest kCaughtUpLinesMax, by Situation and number.
  Result<std::vector<Entry>> lines(std::span<LinesOf const> wanted);
  /// Newest first; `open_only` is the memory's business and is ignored.
  Result<std::vector<Situation>> list(ListQuery const& query);
  /// kNotFound
  Result<Situation> find(SituationId id);
  /// Those of these that there are, by id.
  Result<std::vector<Situation>> find_some(std::span<SituationId const> ids);
  Result<std::vector<Entry>> timeline(SituationId id);
  /// Those that were open at `at`, each as it was shown with its newest line before.
  Result<std::vector<Situation>> shown_at(Instant at);
  /// Those of which was not yet kept what was shown, as their timelines say (past.h).
  Result<std::vector<Situation>> open_by_timeline_at(Instant at);

  /// Situations and their lines, then `within` in the same transaction: all or nothing. Of a step without lines only how the cause is
  /// seen to stand. Gives the write its number. kConflict: anything was written behind `known`, on which the steps are made, so that
  /// nobody raises what another server has silenced; or another program has written a line of one of them, or has taken its id or cause.
  Result<std::int64_t> save(std::span<Step const> steps, std::int64_t known, std::function<Result<void>(soci::session&)> const& within);

  /// Gives it an id, and the write its number.
  /// Done by whom the silence names, at `now`.
  Result<std::int64_t> add(Silence& silence, Instant now);
  /// The number of the write. kNotFound: unknown, or over already.
  Result<std::int64_t> end_silence(std::int64_t id, Actor const& by, Instant now);

 private:
  storage::Records& records_;
};

}  // namespace madang::situations
