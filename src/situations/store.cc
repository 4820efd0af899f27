#include "situations/store.h"

#include <soci/soci.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "situations/acts.h"
#include "situations/journal_acts.h"
#include "situations/codec.h"
#include "situations/limits.h"
#include "situations/past.h"
#include "situations/rows.h"
#include "storage/journal/journal.h"

namespace madang::situations {
namespace {

using namespace rows;

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
    storage::Migration{
        "2026-11 keep what was shown of a situation with each change",
        "CREATE TABLE situation_past (id BIGINT NOT NULL REFERENCES situation (id), version BIGINT NOT NULL, source TEXT NOT NULL,"
        " cause TEXT NOT NULL, kind TEXT NOT NULL, state SMALLINT NOT NULL, severity SMALLINT NOT NULL,"
        " severity_max SMALLINT NOT NULL, is_public SMALLINT NOT NULL, silenced SMALLINT NOT NULL,"
        " raised_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, told_at BIGINT NOT NULL,"
        " clear_since BIGINT NOT NULL, eased_since BIGINT NOT NULL, acknowledged_at BIGINT NOT NULL,"
        " escalated_at BIGINT NOT NULL, ended_at BIGINT NOT NULL, escalation BIGINT NOT NULL, assignee BIGINT NOT NULL,"
        " assignee_name TEXT NOT NULL, end_reason TEXT NOT NULL, signal TEXT NOT NULL, evidence TEXT NOT NULL,"
        " ended_by SMALLINT NOT NULL, told TEXT NOT NULL, PRIMARY KEY (id, version))"},
    storage::Migration{"2026-11 say when the words of a situation were last changed",
                       "ALTER TABLE situation ADD COLUMN words_at BIGINT NOT NULL DEFAULT 0;"
                       "ALTER TABLE situation_past ADD COLUMN words_at BIGINT NOT NULL DEFAULT 0"},
};

/// Every row, or the first thing that cannot be read.
template <typename Row = SituationRow>
Result<std::vector<Situation>> read_situations(soci::session& sql, Text const& condition, Places places) {
  std::vector<Situation> all;
  std::optional<Error> failure;
  read_rows<Row>(sql, condition, std::move(places), [&](Row& row) {
    auto situation = situation_of(row);
    if (situation)
      all.push_back(*std::move(situation));
    else if (!failure)
      failure = Error{situation.error().code, "situation " + std::to_string(row.id) + ": " + situation.error().sentence};
  });
  if (failure) return fail(*failure);
  return all;
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
                        {{"id", id.value()}, {"most", static_cast<Number>(kTimelineMax)}},
                        [&](EntryRow& row) { entries.push_back(entry_of(row)); });
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return entries;
}

Result<std::vector<Situation>> Store::shown_at(Instant at) {
  std::vector<Situation> all;
  auto const moment = millis_of(at);
  auto const read = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(all, read_situations<PastRow>(sql,
                                             "WHERE state <= 3 AND id IN (SELECT id FROM situation WHERE raised_at <= :raised"
                                             " AND ended_at > :ended) AND version = (SELECT MAX(newest.version)"
                                             " FROM situation_past newest WHERE newest.id = situation_past.id"
                                             " AND newest.updated_at <= :moment)",
                                             {{"raised", moment}, {"ended", moment}, {"moment", moment}}));
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return all;
}

Result<std::vector<Situation>> Store::told_at(Instant at) {
  std::vector<Situation> today;
  auto const moment = millis_of(at);
  auto const read = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(today, read_situations(sql,
                                      "WHERE raised_at <= :raised AND ended_at > :ended AND NOT EXISTS (SELECT 1"
                                      " FROM situation_past WHERE situation_past.id = situation.id"
                                      " AND situation_past.updated_at <= :moment)",
                                      {{"raised", moment}, {"ended", moment}, {"moment", moment}}));
    return {};
  };
  MADANG_CHECK(records_.read(read));
  std::vector<Situation> all;
  for (auto const& s : today) {
    MADANG_TRY(auto const lines, timeline(s.id));
    if (auto then = as_told(s, lines, at)) all.push_back(*std::move(then));
  }
  return all;
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
      if (step.entries.empty()) continue;
      auto shown = past_row_of(step.situation);
      insert(sql, shown);
    }
    MADANG_CHECK(within(sql));
    return record_acts(sql, steps);
  };
  return records_.transaction(write);
}

Result<std::vector<Silence>> Store::silences(Instant now) {
  std::vector<Silence> all;
  auto const read = [&](soci::session& sql) -> Result<void> {
    read_rows<SilenceRow>(sql, "WHERE until_at > :now ORDER BY id", {{"now", millis_of(now)}}, [&](SilenceRow& row) { all.push_back(silence_of(row)); });
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return all;
}

Result<Silence> Store::add(Silence silence, Instant now) {
  auto const write = [&](soci::session& sql) -> Result<void> {
    silence.id = next_silence_id(sql);
    auto row = row_of(silence);
    insert(sql, row);
    return record_act(sql, {now, {silence.by, silence.by_name}}, "silence_begun", "silence", silence.id, {{"reason", silence.reason}});
  };
  MADANG_CHECK(records_.transaction(write));
  return silence;
}

Result<void> Store::end_silence(std::int64_t id, Actor const& by, Instant now) {
  auto const write = [&](soci::session& sql) -> Result<void> {
    Number const number = id;
    Number const moment = millis_of(now);
    Number count = 0;
    sql << "SELECT COUNT(*) FROM situation_silence WHERE id = :id AND until_at > :now", soci::use(number, "id"),
        soci::use(moment, "now"), soci::into(count);
    if (count == 0) return fail(Code::kNotFound, "there is no silence " + std::to_string(id) + " that lasts");
    sql << "UPDATE situation_silence SET until_at = :now WHERE id = :id", soci::use(moment, "now"),
        soci::use(number, "id");
    return record_act(sql, {now, by}, "silence_ended", "silence", id);
  };
  return records_.transaction(write);
}

}  // namespace madang::situations
