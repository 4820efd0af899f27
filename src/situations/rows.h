// Rows of the tables of Situations, how they are read and written in the SQL that SQLite and PostgreSQL share, and what
// they mean. Only store.cc includes it.
#pragma once

#include <soci/soci.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "situations/model.h"

namespace madang::situations::rows {

using Number = long long;
using Text = std::string;

/// The end of what has not ended, so that one index answers "alive since": below 2^53, far after every Instant.
inline constexpr Number kNever = 9'007'199'254'740'991;

struct SituationRow {
  Number id = 0, version = 0;
  Text source, cause, kind;
  Number state = 0, severity = 0, severity_max = 0, is_public = 0, silenced = 0;
  Number raised_at = 0, updated_at = 0, words_at = 0, seen_at = 0, told_at = 0;
  Number clear_since = 0, eased_since = 0, acknowledged_at = 0, escalated_at = 0, ended_at = kNever;
  Number escalation = 0, assignee = 0, ended_by = 0;
  Text assignee_name, end_reason, signal, evidence, told;

  static constexpr std::string_view kTable = "situation";
  template <typename Visit>
  void columns(Visit visit) {
    visit("id", id), visit("version", version), visit("source", source), visit("cause", cause), visit("kind", kind);
    visit("state", state), visit("severity", severity), visit("severity_max", severity_max);
    visit("is_public", is_public), visit("silenced", silenced), visit("raised_at", raised_at);
    visit("updated_at", updated_at), visit("seen_at", seen_at), visit("told_at", told_at);
    visit("clear_since", clear_since), visit("eased_since", eased_since), visit("acknowledged_at", acknowledged_at);
    visit("escalated_at", escalated_at), visit("ended_at", ended_at), visit("escalation", escalation);
    visit("assignee", assignee), visit("assignee_name", assignee_name), visit("end_reason", end_reason);
    visit("signal", signal), visit("evidence", evidence), visit("ended_by", ended_by), visit("told", told), visit("words_at", words_at);
  }
};

/// A Situation as it was shown with the newest line of that moment; of the evidence only which Things were the cause.
struct PastRow : SituationRow {
  static constexpr std::string_view kTable = "situation_past";
};

struct EntryRow {
  Number situation = 0, number = 0, at = 0, kind = 0, actor = 0;
  Text actor_name, words, changes;

  static constexpr std::string_view kTable = "situation_entry";
  template <typename Visit>
  void columns(Visit visit) {
    visit("situation", situation), visit("number", number), visit("at", at), visit("kind", kind);
    visit("actor", actor), visit("actor_name", actor_name), visit("words", words), visit("changes", changes);
  }
};

struct SilenceRow {
  Number id = 0;
  Text kind, source;
  Number area = 0, from_at = 0, until_at = 0;
  Text reason;
  Number actor = 0;
  Text actor_name;

  static constexpr std::string_view kTable = "situation_silence";
  template <typename Visit>
  void columns(Visit visit) {
    visit("id", id), visit("kind", kind), visit("source", source), visit("area", area), visit("from_at", from_at);
    visit("until_at", until_at), visit("reason", reason), visit("actor", actor), visit("actor_name", actor_name);
  }
};

/// Numbers that a question is asked with, by the names that stand in its SQL.
using Places = std::vector<std::pair<Text, Number>>;

/// Calls `each(Row&)` for every row. Throws what SOCI throws.
template <typename Row, typename Each>
void read_rows(soci::session& sql, Text const& condition, Places places, Each each) {
  Row row;
  Text query = "SELECT ";
  soci::statement statement(sql);
  row.columns([&](char const* name, auto& field) {
    query += (query.size() > 7 ? ", " : "") + Text{name};
    statement.exchange(soci::into(field));
  });
  query += " FROM " + Text{Row::kTable} + " " + condition;
  for (auto& [name, number] : places) statement.exchange(soci::use(number, name));
  statement.alloc();
  statement.prepare(query);
  statement.define_and_bind();
  statement.execute();
  while (statement.fetch()) each(row);
}

template <typename Row>
void execute_with(soci::session& sql, Text const& query, Row& row) {
  soci::statement statement(sql);
  row.columns([&](char const* name, auto& field) { statement.exchange(soci::use(field, name)); });
  statement.alloc();
  statement.prepare(query);
  statement.define_and_bind();
  statement.execute(true);
}

template <typename Row>
void insert(soci::session& sql, Row& row) {
  Text names;
  Text places;
  row.columns([&](char const* name, auto&) {
    names += (names.empty() ? "" : ", ") + Text{name};
    places += (places.empty() ? ":" : ", :") + Text{name};
  });
  execute_with(sql, "INSERT INTO " + Text{Row::kTable} + " (" + names + ") VALUES (" + places + ")", row);
}

inline void update(soci::session& sql, SituationRow& row) {
  Text changes;
  row.columns([&](std::string_view name, auto&) {
    if (name != "id") changes += (changes.empty() ? "" : ", ") + Text{name} + " = :" + Text{name};
  });
  execute_with(sql, "UPDATE situation SET " + changes + " WHERE id = :id", row);
}

SituationRow row_of(Situation const& s);
PastRow past_row_of(Situation const& s);
EntryRow row_of(Entry const& e);
SilenceRow row_of(Silence const& s);
/// kCorrupt
Result<Situation> situation_of(SituationRow& row);
Entry entry_of(EntryRow& row);
Silence silence_of(SilenceRow const& row);

}  // namespace madang::situations::rows
