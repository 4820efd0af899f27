#include "situations/store.h"

#include <soci/soci.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string>

#include "runtime/refusal.h"
#include "situations/acts.h"
#include "situations/journal_acts.h"
#include "situations/codec.h"
#include "situations/limits.h"
#include "situations/past.h"
#include "situations/rows.h"
#include "storage/journal/journal.h"
#include "storage/records/transactions.h"

namespace madang::situations {
namespace {

using namespace rows;

constexpr std::array kSituationMigrations = {
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
    storage::Migration{"2026-11 find what was open at a moment by an index alone",
                       "DROP INDEX situation_ended;"
                       "CREATE INDEX situation_alive ON situation (ended_at, raised_at, id)"},
    storage::Migration{"2026-11 write every time that never was alike",  // as OptionalInstant does
                       "UPDATE situation SET words_at = 9007199254740991 WHERE words_at = 0;"
                       "UPDATE situation SET clear_since = 9007199254740991 WHERE clear_since = 0;"
                       "UPDATE situation SET eased_since = 9007199254740991 WHERE eased_since = 0;"
                       "UPDATE situation SET acknowledged_at = 9007199254740991 WHERE acknowledged_at = 0;"
                       "UPDATE situation SET escalated_at = 9007199254740991 WHERE escalated_at = 0;"
                       "UPDATE situation_past SET words_at = 9007199254740991 WHERE words_at = 0;"
                       "UPDATE situation_past SET clear_since = 9007199254740991 WHERE clear_since = 0;"
                       "UPDATE situation_past SET eased_since = 9007199254740991 WHERE eased_since = 0;"
                       "UPDATE situation_past SET acknowledged_at = 9007199254740991 WHERE acknowledged_at = 0;"
                       "UPDATE situation_past SET escalated_at = 9007199254740991 WHERE escalated_at = 0"},
    storage::Migration{"2026-12 count the writes of situations and silences, so that each server learns of the others'",
                       "CREATE TABLE situation_version (id BIGINT NOT NULL PRIMARY KEY, version BIGINT NOT NULL);"
                       "INSERT INTO situation_version (id, version) VALUES (1, 0);"
                       "ALTER TABLE situation ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;"
                       "CREATE INDEX situation_changed ON situation (changed)"},
};

/// Every row, or the first thing that cannot be read.
template <typename Table>
Result<std::vector<Situation>> read_situations(soci::session& sql, Table const& table, storage::Search const& search) {
  std::vector<Situation> all;
  std::optional<Error> failure;
  MADANG_CHECK(storage::for_each(sql, table, search, [&](SituationRow&& row) {
    auto const id = row.id.value();
    auto situation = situation_of(std::move(row));
    if (situation)
      all.push_back(*std::move(situation));
    else if (!failure)
      failure = Error{situation.error().code, "situation " + std::to_string(id) + ": " + situation.error().sentence};
  }));
  if (failure) return fail(*failure);
  return all;
}

std::unexpected<Error> overtaken(SituationId id) {
  return runtime::refuse(Code::kConflict, "refusal.situation.overtaken", {{"id", std::to_string(id.value())}});
}

std::int64_t version_in(soci::session& sql) {
  long long version = 0;
  sql << "SELECT version FROM situation_version WHERE id = 1", soci::into(version);
  return version;
}

/// Who writes next waits here until this transaction has ended: so no number ever becomes visible behind a higher one.
std::int64_t number_write(soci::session& sql) {
  sql << "UPDATE situation_version SET version = version + 1 WHERE id = 1";
  return version_in(sql);
}

/// On top of the line that the step knows, and of no other. kConflict: another program has written one.
Result<void> save_row(soci::session& sql, Step const& step, std::int64_t number) {
  auto const& s = step.situation;
  auto row = row_of(s);
  row.changed = number;
  if (step.entries.empty()) {
    auto const saved = storage::update(sql, kFresh, row);
    if (!saved && saved.error().code == Code::kNotFound) return overtaken(s.id);
    return saved;
  }
  auto const known = step.entries.front().number - 1;
  if (known == 0) return storage::insert(sql, kSituations, row);
  MADANG_TRY(auto const claimed, storage::execute(sql, "UPDATE situation SET version = :next WHERE id = :id AND version = :known",
                                                  {{"next", s.version}, {"id", s.id}, {"known", known}}));
  if (claimed == 0) return overtaken(s.id);
  return storage::update(sql, kSituations, row);
}

std::int64_t last_id_in(soci::session& sql) {
  long long id = 0;
  sql << "SELECT COALESCE(MAX(id), 0) FROM situation", soci::into(id);
  return id;
}

Result<std::vector<Silence>> silences_in(soci::session& sql, Instant now) {
  std::vector<Silence> all;
  MADANG_CHECK(storage::for_each(sql, kSilences, {"WHERE until_at > :now ORDER BY id", {{"now", now}}},
                                 [&](SilenceRow&& row) { all.push_back(silence_of(std::move(row))); }));
  return all;
}

Result<std::int64_t> next_silence_id(soci::session& sql) {
  long long id = 0;
  sql << "SELECT COALESCE(MAX(id), 0) + 1 FROM situation_silence", soci::into(id);
  return id;
}

}  // namespace

Result<void> Store::migrate() {
  MADANG_CHECK(storage::journal::migrate(records_));
  return records_.migrate("situations", kSituationMigrations);
}

Result<Stored> Store::load(Instant since, Instant now) {
  Stored all;
  auto const read = [&](soci::session& sql) -> Result<void> {
    all.version = version_in(sql);
    all.last_id = last_id_in(sql);
    MADANG_TRY(all.silences, silences_in(sql, now));
    MADANG_TRY(all.situations, read_situations(sql, kSituations,
                                               {"WHERE state <= 3 OR (state = 5 AND ended_at >= :dismissed)"
                                                " OR (state = 4 AND ended_by = 2 AND clear_since = :never AND seen_at >= :seen) ORDER BY id",
                                                {{"dismissed", since}, {"never", kNever}, {"seen", since}}}));
    return {};
  };
  MADANG_CHECK(storage::snapshot(records_, read));
  return all;
}

Result<std::int64_t> Store::version() {
  std::int64_t version = 0;
  auto const read = [&](soci::session& sql) -> Result<void> {
    version = version_in(sql);
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return version;
}

Result<std::optional<Stored>> Store::written_since(std::int64_t version, Instant now) {
  Stored all;
  auto const read = [&](soci::session& sql) -> Result<void> {
    all.version = version_in(sql);
    all.last_id = last_id_in(sql);
    MADANG_TRY(all.silences, silences_in(sql, now));
    MADANG_TRY(all.situations, read_situations(sql, kSituations, {"WHERE changed > :version ORDER BY id LIMIT :most",
                                                                  {{"version", version}, {"most", kReadAnewMax + 1}}}));
    return {};
  };
  MADANG_CHECK(storage::snapshot(records_, read));
  if (all.situations.size() > kReadAnewMax) return std::nullopt;
  return all;
}

Result<std::vector<Entry>> Store::lines(std::span<LinesOf const> wanted) {
  std::vector<Entry> entries;
  for (std::size_t from = 0; from < wanted.size(); from += kAskedTogether) {
    std::string any_of;
    for (auto const& lines : wanted.subspan(from, std::min(kAskedTogether, wanted.size() - from))) {
      auto const after = std::max(lines.after, lines.upto - kCaughtUpLinesMax);
      any_of += (any_of.empty() ? "(situation = " : " OR (situation = ") + std::to_string(lines.situation.value()) + " AND number > " +
                std::to_string(after) + " AND number <= " + std::to_string(lines.upto) + ")";
    }
    auto const read = [&](soci::session& sql) -> Result<void> {
      return storage::for_each(sql, kEntries, {"WHERE " + any_of + " ORDER BY situation, number", {}},
                               [&](EntryRow&& row) { entries.push_back(entry_of(std::move(row))); });
    };
    MADANG_CHECK(records_.read(read));
  }
  std::ranges::stable_sort(entries, {}, [](Entry const& line) { return std::pair{line.situation, line.number}; });
  return entries;
}

Result<std::vector<Situation>> Store::list(ListQuery const& query) {
  storage::Search search{"WHERE id < :before", {{"before", query.before ? query.before->value() : kNever}}};
  if (query.public_only) search.condition += " AND is_public = 1 AND silenced = 0";
  if (query.when) {
    search.condition += " AND raised_at < :until AND ended_at >= :since";
    search.values.emplace_back("until", query.when->to);
    search.values.emplace_back("since", query.when->from);
  }
  search.condition += " ORDER BY id DESC LIMIT :most";
  search.values.emplace_back("most", std::min(query.limit, kListMax));
  std::vector<Situation> all;
  auto const read = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(all, read_situations(sql, kSituations, search));
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return all;
}

Result<Situation> Store::find(SituationId id) {
  std::vector<Situation> found;
  auto const read = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(found, read_situations(sql, kSituations, {"WHERE id = :id", {{"id", id}}}));
    return {};
  };
  MADANG_CHECK(records_.read(read));
  if (found.empty()) return runtime::refuse(Code::kNotFound, "refusal.situation.none", {{"id", std::to_string(id.value())}});
  return std::move(found.front());
}

Result<std::vector<Situation>> Store::find_some(std::span<SituationId const> ids) {
  std::vector<Situation> all;
  for (std::size_t from = 0; from < ids.size(); from += kAskedTogether) {
    std::string listed;
    for (auto const id : ids.subspan(from, std::min(kAskedTogether, ids.size() - from)))
      listed += (listed.empty() ? "" : ", ") + std::to_string(id.value());
    auto const read = [&](soci::session& sql) -> Result<void> {
      MADANG_TRY(auto some, read_situations(sql, kSituations, {"WHERE id IN (" + listed + ") ORDER BY id", {}}));
      std::ranges::move(some, std::back_inserter(all));
      return {};
    };
    MADANG_CHECK(records_.read(read));
  }
  std::ranges::sort(all, {}, &Situation::id);
  return all;
}

Result<std::vector<Entry>> Store::timeline(SituationId id) {
  std::vector<Entry> entries;
  auto const read = [&](soci::session& sql) -> Result<void> {
    // How it began and how it ends, whatever was written between.
    constexpr auto kHalf = kTimelineMax / 2;
    return storage::for_each(sql, kEntries,
                             {"WHERE situation = :id AND (number <= :oldest OR number > (SELECT MAX(newest.number)"
                              " FROM situation_entry newest WHERE newest.situation = :same) - :newest) ORDER BY number",
                              {{"id", id}, {"oldest", kHalf}, {"same", id}, {"newest", kHalf}}},
                             [&](EntryRow&& row) { entries.push_back(entry_of(std::move(row))); });
  };
  MADANG_CHECK(records_.read(read));
  return entries;
}

Result<std::vector<Situation>> Store::shown_at(Instant at) {
  std::vector<Situation> all;
  auto const read = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(all, read_situations(sql, kPast,
                                    // One search for each that was open, not for each of its lines.
                                    {"WHERE state <= 3 AND (id, version) IN (SELECT alive.id, (SELECT MAX(line.version)"
                                     " FROM situation_past line WHERE line.id = alive.id AND line.updated_at <= :moment)"
                                     " FROM situation alive WHERE alive.raised_at <= :raised AND alive.ended_at > :ended)",
                                     {{"moment", at}, {"raised", at}, {"ended", at}}}));
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return all;
}

Result<std::vector<Situation>> Store::open_by_timeline_at(Instant at) {
  std::vector<Situation> today;
  auto const read = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(today, read_situations(sql, kSituations,
                                      {"WHERE raised_at <= :raised AND ended_at > :ended AND NOT EXISTS (SELECT 1"
                                       " FROM situation_past WHERE situation_past.id = situation.id"
                                       " AND situation_past.updated_at <= :moment)",
                                       {{"raised", at}, {"ended", at}, {"moment", at}}}));
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

Result<std::int64_t> Store::save(std::span<Step const> steps, std::int64_t known,
                                 std::function<Result<void>(soci::session&)> const& within) {
  MADANG_ASSERT(!steps.empty());
  std::int64_t number = 0;
  auto const write = [&](soci::session& sql) -> Result<void> {
    number = number_write(sql);
    if (number != known + 1) return overtaken(steps.front().situation.id);
    for (auto const& step : steps) {
      MADANG_CHECK(save_row(sql, step, number));
      for (auto const& entry : step.entries) MADANG_CHECK(storage::insert(sql, kEntries, row_of(entry)));
      if (!step.entries.empty()) MADANG_CHECK(storage::insert(sql, kPast, past_row_of(step.situation)));
    }
    MADANG_CHECK(within(sql));
    return record_acts(sql, steps);
  };
  MADANG_CHECK(records_.transaction(write));
  return number;
}

Result<std::int64_t> Store::add(Silence& silence, Instant now) {
  std::int64_t number = 0;
  auto const write = [&](soci::session& sql) -> Result<void> {
    number = number_write(sql);
    MADANG_TRY(silence.id, next_silence_id(sql));
    MADANG_CHECK(storage::insert(sql, kSilences, row_of(silence)));
    return record_act(sql, {now, {silence.by, silence.by_name}}, "silence_begun", "silence", silence.id, {{"reason", silence.reason}});
  };
  MADANG_CHECK(records_.transaction(write));
  return number;
}

Result<std::int64_t> Store::end_silence(std::int64_t id, Actor const& by, Instant now) {
  std::int64_t number = 0;
  auto const write = [&](soci::session& sql) -> Result<void> {
    number = number_write(sql);
    MADANG_TRY(auto const ended, storage::execute(sql, "UPDATE situation_silence SET until_at = :now WHERE id = :id AND until_at > :same",
                                                  {{"now", now}, {"id", id}, {"same", now}}));
    if (ended == 0) return runtime::refuse(Code::kNotFound, "refusal.silence.none", {{"id", std::to_string(id)}});
    return record_act(sql, {now, by}, "silence_ended", "silence", id);
  };
  MADANG_CHECK(records_.transaction(write));
  return number;
}

}  // namespace madang::situations
