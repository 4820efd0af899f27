// Rows of the tables of Situations, and what they mean. Only store.cc includes it.
#pragma once

#include <string>
#include <string_view>

#include "situations/optional_instant.h"
#include "situations/model.h"
#include "storage/records/rows.h"

namespace madang::situations {

constexpr State last_of(State) { return State::kDismissed; }
constexpr Entry::Kind last_of(Entry::Kind) { return Entry::Kind::kConfirmed; }

namespace rows {

struct SituationRow {
  SituationId id;
  std::int64_t version = 0;
  std::string source, cause, kind;
  State state = State::kFiring;
  Severity severity = Severity::kNotice, severity_max = Severity::kNotice;
  bool is_public = false, silenced = false;
  Instant raised_at, updated_at, seen_at, told_at;
  OptionalInstant words_at, clear_since, eased_since, acknowledged_at, escalated_at, ended_at;
  int escalation = 0;
  PartyId assignee;
  End ended_by = End::kNone;
  std::string assignee_name, end_reason, signal, evidence, told;
  std::int64_t changed = 0;  ///< the number of the write that changed it last; not of past ones
};

struct EntryRow {
  SituationId situation;
  std::int64_t number = 0;
  Instant at;
  Entry::Kind kind = Entry::Kind::kRaised;
  PartyId actor;
  std::string actor_name, words, changes;
};

struct SilenceRow {
  std::int64_t id = 0;
  std::string kind, source;
  AreaId area;
  Instant from_at, until_at;
  std::string reason;
  PartyId actor;
  std::string actor_name;
};

/// Of the evidence a past row keeps only which Things were the cause.
SituationRow row_of(Situation const& s);
SituationRow past_row_of(Situation const& s);
EntryRow row_of(Entry const& e);
SilenceRow row_of(Silence const& s);
/// kCorrupt
Result<Situation> situation_of(SituationRow&& row);
Entry entry_of(EntryRow&& row);
Silence silence_of(SilenceRow&& row);

/// One shape of two tables: Situations as they are, and as they were shown with each of their versions.
template <typename Version, typename... More>
constexpr auto described(std::string_view name, Version version, More... more) {
  using storage::column;
  using R = SituationRow;
  return storage::table<R>(
      name, storage::key("id", &R::id), version, column("source", &R::source), column("cause", &R::cause), column("kind", &R::kind),
      column("state", &R::state), column("severity", &R::severity), column("severity_max", &R::severity_max),
      column("is_public", &R::is_public), column("silenced", &R::silenced), column("raised_at", &R::raised_at),
      column("updated_at", &R::updated_at), column("seen_at", &R::seen_at), column("told_at", &R::told_at),
      column("clear_since", &R::clear_since), column("eased_since", &R::eased_since), column("acknowledged_at", &R::acknowledged_at),
      column("escalated_at", &R::escalated_at), column("ended_at", &R::ended_at), column("escalation", &R::escalation),
      column("assignee", &R::assignee), column("assignee_name", &R::assignee_name), column("end_reason", &R::end_reason),
      column("signal", &R::signal), column("evidence", &R::evidence), column("ended_by", &R::ended_by), column("told", &R::told),
      column("words_at", &R::words_at), more...);
}
inline constexpr auto kSituations =
    described("situation", storage::column("version", &SituationRow::version), storage::column("changed", &SituationRow::changed));
inline constexpr auto kPast = described("situation_past", storage::key("version", &SituationRow::version));

/// What changes without a line: how the cause is seen to stand. `version` says on top of which line.
inline constexpr auto kFresh = storage::table<SituationRow>(
    "situation", storage::key("id", &SituationRow::id), storage::key("version", &SituationRow::version),
    storage::column("seen_at", &SituationRow::seen_at), storage::column("clear_since", &SituationRow::clear_since),
    storage::column("eased_since", &SituationRow::eased_since), storage::column("words_at", &SituationRow::words_at),
    storage::column("signal", &SituationRow::signal), storage::column("evidence", &SituationRow::evidence),
    storage::column("changed", &SituationRow::changed));

inline constexpr auto kEntries = storage::table<EntryRow>(
    "situation_entry", storage::key("situation", &EntryRow::situation), storage::key("number", &EntryRow::number),
    storage::column("at", &EntryRow::at), storage::column("kind", &EntryRow::kind), storage::column("actor", &EntryRow::actor),
    storage::column("actor_name", &EntryRow::actor_name), storage::column("words", &EntryRow::words),
    storage::column("changes", &EntryRow::changes));

inline constexpr auto kSilences = storage::table<SilenceRow>(
    "situation_silence", storage::key("id", &SilenceRow::id), storage::column("kind", &SilenceRow::kind),
    storage::column("source", &SilenceRow::source), storage::column("area", &SilenceRow::area),
    storage::column("from_at", &SilenceRow::from_at), storage::column("until_at", &SilenceRow::until_at),
    storage::column("reason", &SilenceRow::reason), storage::column("actor", &SilenceRow::actor),
    storage::column("actor_name", &SilenceRow::actor_name));

}  // namespace rows
}  // namespace madang::situations
