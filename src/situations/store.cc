#include "situations/store.h"

#include <soci/soci.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "situations/acts.h"
#include "situations/codec.h"
#include "situations/limits.h"
#include "storage/journal/journal.h"

namespace madang::situations {
namespace {

using Number = long long;
using Text = std::string;

/// The end of what has not ended, so that one index answers "alive since": below 2^53, far after every Instant.
constexpr Number kNever = 9'007'199'254'740'991;

constexpr std::array kMigrations = {
    storage::Migration{
        "2026-11 keep situations, their timelines and silences",
        "CREATE TABLE situation (id BIGINT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, source TEXT NOT NULL,"
        " cause TEXT NOT NULL, kind TEXT NOT NULL, state SMALLINT NOT NULL, severity SMALLINT NOT NULL,"
        " severity_max SMALLINT NOT NULL, is_public SMALLINT NOT NULL, silenced SMALLINT NOT NULL,"
        " raised_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, told_at BIGINT NOT NULL,"
        " clear_since BIGINT NOT NULL, eased_since BIGINT NOT NULL, acknowledged_at BIGINT NOT NULL,"
        " escalated_at BIGINT NOT NULL, ended_at BIGINT NOT NULL, escalation BIGINT NOT NULL,"
        " assignee BIGINT NOT NULL, assignee_name TEXT NOT NULL, end_reason TEXT NOT NULL, signal TEXT NOT NULL,"
        " evidence TEXT NOT NULL);"
        "CREATE UNIQUE INDEX situation_open_cause ON situation (source, cause) WHERE state <= 3;"
        "CREATE INDEX situation_ended ON situation (ended_at);"
        "CREATE TABLE situation_entry (situation BIGINT NOT NULL REFERENCES situation (id), number BIGINT NOT NULL,"
        " at BIGINT NOT NULL, kind SMALLINT NOT NULL, actor BIGINT NOT NULL, actor_name TEXT NOT NULL,"
        " words TEXT NOT NULL, PRIMARY KEY (situation, number));"
        "CREATE TABLE situation_silence (id BIGINT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, source TEXT NOT NULL,"
        " area BIGINT NOT NULL, from_at BIGINT NOT NULL, until_at BIGINT NOT NULL, reason TEXT NOT NULL,"
        " actor BIGINT NOT NULL, actor_name TEXT NOT NULL)"},
    storage::Migration{"2026-11 say why a situation ended, and from what to what it changed",
                       "ALTER TABLE situation ADD COLUMN ended_by SMALLINT NOT NULL DEFAULT 0;"
                       "ALTER TABLE situation ADD COLUMN told TEXT NOT NULL DEFAULT '';"
                       "ALTER TABLE situation_entry ADD COLUMN changes TEXT NOT NULL DEFAULT '';"
                       // Until now whoever gave a reason was a person, and only persons dismissed.
                       "UPDATE situation SET ended_by = 2 WHERE state = 5;"
                       "UPDATE situation SET ended_by = 1 WHERE state = 4 AND clear_since > 0 AND end_reason = '';"
                       "UPDATE situation SET ended_by = 2 WHERE state = 4 AND ended_by = 0"},
};

struct SituationRow {
  Number id = 0, version = 0;
  Text source, cause, kind;
  Number state = 0, severity = 0, severity_max = 0, is_public = 0, silenced = 0;
  Number raised_at = 0, updated_at = 0, seen_at = 0, told_at = 0;
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
    visit("signal", signal), visit("evidence", evidence), visit("ended_by", ended_by), visit("told", told);
  }
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

void update(soci::session& sql, SituationRow& row) {
  Text changes;
  row.columns([&](std::string_view name, auto&) {
    if (name != "id") changes += (changes.empty() ? "" : ", ") + Text{name} + " = :" + Text{name};
  });
  execute_with(sql, "UPDATE situation SET " + changes + " WHERE id = :id", row);
}

Number millis_or_zero(std::optional<Instant> const& t) { return t ? millis_of(*t) : 0; }
std::optional<Instant> instant_or_none(Number millis) {
  if (millis == 0) return std::nullopt;
  return instant_of_millis(millis);
}

SituationRow row_of(Situation const& s) {
  SituationRow row;
  row.id = s.id.value();
  row.version = s.version;
  row.source = s.signal.source;
  row.cause = s.signal.key;
  row.kind = s.signal.kind;
  row.state = static_cast<Number>(s.state);
  row.severity = static_cast<Number>(s.signal.severity);
  row.severity_max = static_cast<Number>(s.severity_max);
  row.is_public = s.signal.is_public ? 1 : 0;
  row.silenced = s.silenced ? 1 : 0;
  row.raised_at = millis_of(s.raised_at);
  row.updated_at = millis_of(s.updated_at);
  row.seen_at = millis_of(s.seen_at);
  row.told_at = millis_of(s.told_at);
  row.clear_since = millis_or_zero(s.clear_since);
  row.eased_since = millis_or_zero(s.eased_since);
  row.acknowledged_at = millis_or_zero(s.acknowledged_at);
  row.escalated_at = millis_or_zero(s.escalated_at);
  row.ended_at = s.ended_at ? millis_of(*s.ended_at) : kNever;
  row.escalation = s.escalation;
  row.assignee = s.assignee.value();
  row.assignee_name = s.assignee_name;
  row.end_reason = s.end_reason;
  row.signal = json_of(s.signal);
  row.evidence = json_of(s.signal.evidence);
  row.ended_by = static_cast<Number>(s.ended_by);
  row.told = json_of(s.told);
  return row;
}

Result<Signal> signal_of(SituationRow& row) {
  Signal signal;
  signal.source = std::move(row.source);
  signal.key = std::move(row.cause);
  signal.kind = std::move(row.kind);
  signal.severity = static_cast<Severity>(row.severity);
  signal.is_public = row.is_public != 0;
  MADANG_CHECK(read_signal(row.signal, signal));
  MADANG_TRY(signal.evidence, evidence_of_json(row.evidence));
  return signal;
}

Result<Situation> situation_of(SituationRow& row) {
  Situation s;
  s.id = SituationId{row.id};
  s.version = row.version;
  MADANG_TRY(s.signal, signal_of(row));
  s.state = static_cast<State>(row.state);
  s.severity_max = static_cast<Severity>(row.severity_max);
  s.silenced = row.silenced != 0;
  s.raised_at = instant_of_millis(row.raised_at);
  s.updated_at = instant_of_millis(row.updated_at);
  s.seen_at = instant_of_millis(row.seen_at);
  s.told_at = instant_of_millis(row.told_at);
  s.clear_since = instant_or_none(row.clear_since);
  s.eased_since = instant_or_none(row.eased_since);
  s.acknowledged_at = instant_or_none(row.acknowledged_at);
  s.escalated_at = instant_or_none(row.escalated_at);
  if (row.ended_at != kNever) s.ended_at = instant_of_millis(row.ended_at);
  s.escalation = static_cast<int>(row.escalation);
  s.assignee = PartyId{row.assignee};
  s.assignee_name = std::move(row.assignee_name);
  s.end_reason = std::move(row.end_reason);
  s.ended_by = static_cast<End>(row.ended_by);
  s.told = row.told.empty() ? standing_of(s.signal.facts, s.signal.severity) : standing_of_json(row.told);
  return s;
}

/// Every row, or the first thing that cannot be read.
Result<std::vector<Situation>> read_situations(soci::session& sql, Text const& condition, Places places) {
  std::vector<Situation> all;
  std::optional<Error> failure;
  read_rows<SituationRow>(sql, condition, std::move(places), [&](SituationRow& row) {
    auto situation = situation_of(row);
    if (situation)
      all.push_back(*std::move(situation));
    else if (!failure)
      failure = Error{situation.error().code, "situation " + std::to_string(row.id) + ": " + situation.error().sentence};
  });
  if (failure) return fail(*failure);
  return all;
}

EntryRow row_of(Entry const& e) {
  return {e.situation.value(), e.number, millis_of(e.at), static_cast<Number>(e.kind), e.by.value(), e.by_name, e.text,
          changes_json(e)};
}

SilenceRow row_of(Silence const& s) {
  return {s.id, s.kind, s.source, s.area.value(), millis_of(s.when.from), millis_of(s.when.to), s.reason, s.by.value(),
          s.by_name};
}

Number next_silence_id(soci::session& sql) {
  Number id = 0;
  sql << "SELECT COALESCE(MAX(id), 0) + 1 FROM situation_silence", soci::into(id);
  return id;
}

}  // namespace

Result<void> Store::migrate() {
  MADANG_CHECK(storage::journal::migrate(records_));
  return records_.migrate("situations", kMigrations);
}

Result<std::vector<Situation>> Store::load(Instant since) {
  std::vector<Situation> all;
  auto const read = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(all, read_situations(sql, "WHERE state <= 3 OR (state = 5 AND ended_at >= :dismissed)"
                                    " OR (state = 4 AND ended_by = 2 AND clear_since = 0 AND seen_at >= :seen) ORDER BY id",
                                    {{"dismissed", millis_of(since)}, {"seen", millis_of(since)}}));
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return all;
}

Result<std::int64_t> Store::last_id() {
  Number id = 0;
  auto const read = [&](soci::session& sql) -> Result<void> {
    sql << "SELECT COALESCE(MAX(id), 0) FROM situation", soci::into(id);
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return id;
}

Result<std::vector<Situation>> Store::list(ListQuery const& query) {
  Text condition = "WHERE id < :before";
  Places places{{"before", query.before ? query.before->value() : kNever}};
  if (query.public_only) condition += " AND is_public = 1 AND silenced = 0";
  if (query.when) {
    condition += " AND raised_at < :until AND ended_at >= :since";
    places.emplace_back("until", millis_of(query.when->to));
    places.emplace_back("since", millis_of(query.when->from));
  }
  condition += " ORDER BY id DESC LIMIT :most";
  places.emplace_back("most", static_cast<Number>(std::min(query.limit, kListMax)));
  std::vector<Situation> all;
  auto const read = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(all, read_situations(sql, condition, places));
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return all;
}

Result<Situation> Store::find(SituationId id) {
  std::vector<Situation> found;
  auto const read = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(found, read_situations(sql, "WHERE id = :id", {{"id", id.value()}}));
    return {};
  };
  MADANG_CHECK(records_.read(read));
  if (found.empty()) return fail(Code::kNotFound, "there is no situation " + std::to_string(id.value()));
  return std::move(found.front());
}

Result<std::vector<Entry>> Store::timeline(SituationId id) {
  std::vector<Entry> entries;
  auto const read = [&](soci::session& sql) -> Result<void> {
    read_rows<EntryRow>(sql, "WHERE situation = :id ORDER BY number LIMIT :most",
                        {{"id", id.value()}, {"most", static_cast<Number>(kTimelineMax)}}, [&](EntryRow& row) {
                          Entry entry{SituationId{row.situation}, row.number, instant_of_millis(row.at),
                                      static_cast<Entry::Kind>(row.kind), PartyId{row.actor},
                                      std::move(row.actor_name), std::move(row.words)};
                          read_changes(row.changes, entry);
                          entries.push_back(std::move(entry));
                        });
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return entries;
}

Result<void> Store::save(std::span<Step const> steps, std::function<Result<void>(soci::session&)> const& within) {
  auto const write = [&](soci::session& sql) -> Result<void> {
    for (auto const& step : steps) {
      auto row = row_of(step.situation);
      bool const is_new = !step.entries.empty() && step.entries.front().number == 1;
      if (is_new)
        insert(sql, row);
      else
        update(sql, row);
      for (auto const& entry : step.entries) {
        auto line = row_of(entry);
        insert(sql, line);
      }
    }
    MADANG_CHECK(within(sql));
    return record_acts(sql, steps);
  };
  return records_.transaction(write);
}

Result<std::vector<Silence>> Store::silences(Instant now) {
  std::vector<Silence> all;
  auto const read = [&](soci::session& sql) -> Result<void> {
    read_rows<SilenceRow>(sql, "WHERE until_at > :now ORDER BY id", {{"now", millis_of(now)}}, [&](SilenceRow& row) {
      all.push_back({row.id, row.kind, row.source, AreaId{row.area},
                     {instant_of_millis(row.from_at), instant_of_millis(row.until_at)}, row.reason, PartyId{row.actor},
                     row.actor_name});
    });
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return all;
}

Result<Silence> Store::add(Silence silence) {
  auto const write = [&](soci::session& sql) -> Result<void> {
    silence.id = next_silence_id(sql);
    auto row = row_of(silence);
    insert(sql, row);
    return {};
  };
  MADANG_CHECK(records_.transaction(write));
  return silence;
}

Result<void> Store::end_silence(std::int64_t id, Instant now) {
  auto const write = [&](soci::session& sql) -> Result<void> {
    Number const number = id;
    Number const moment = millis_of(now);
    Number count = 0;
    sql << "SELECT COUNT(*) FROM situation_silence WHERE id = :id AND until_at > :now", soci::use(number, "id"),
        soci::use(moment, "now"), soci::into(count);
    if (count == 0) return fail(Code::kNotFound, "there is no silence " + std::to_string(id) + " that lasts");
    sql << "UPDATE situation_silence SET until_at = :now WHERE id = :id", soci::use(moment, "now"),
        soci::use(number, "id");
    return {};
  };
  return records_.transaction(write);
}

}  // namespace madang::situations
