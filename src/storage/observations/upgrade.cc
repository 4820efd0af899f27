#include "storage/observations/upgrade.h"

#include <vector>

#include "runtime/log.h"
#include "storage/observations/codec/checksum.h"
#include "storage/observations/codec/chunk_codec.h"
#include "storage/observations/layers.h"
#include "storage/observations/limits.h"

namespace madang::storage {
namespace {

constexpr std::int64_t kRowsPerStep = 64;
constexpr int kStepsPerCheckpoint = 16;

/// Layers of format 2, by is_old_layer; the same rule as renumbered().
constexpr char const* kOld = " >= 2097152 AND stream < 4294967296 ";
constexpr char const* kNew = "(stream & 2097151) | ((stream >> 21) << 32)";
static_assert(is_old_layer(2'097'152) && !is_old_layer(2'097'151) && is_old_layer(4'294'967'295) && !is_old_layer(4'294'967'296));

std::string text_of(Bytes bytes) { return {reinterpret_cast<char const*>(bytes.data()), bytes.size()}; }

/// It ends its table: what lay there was lost before.
void report_damage(std::string_view table, Error const& error) {
  runtime::log_error("storage", "upgrade_meets_damaged_page", {{"table", table}, {"why", error.sentence}});
}

Result<bool> next(Statement& rows, std::string_view table) {
  auto const more = rows.step();
  if (more || more.error().code != Code::kCorrupt) return more;
  report_damage(table, more.error());
  return false;
}

/// Moves some chunks of layers under their new numbers, sealed for them. How many.
Result<std::size_t> move_chunks(Database& db) {
  struct Row {
    DatastreamId stream;
    std::int64_t first;
    std::int64_t body;
    std::string summary;
  };
  std::vector<Row> some;
  MADANG_TRY(auto rows, db.prepare(std::string("SELECT stream, first, body, summary FROM chunk WHERE stream") + kOld + "LIMIT ?1"));
  rows.bind(1, kRowsPerStep);
  for (;;) {
    MADANG_TRY(bool const more, next(rows, "chunk"));
    if (!more) break;
    some.push_back({DatastreamId{rows.integer(0)}, rows.integer(1), rows.integer(2), text_of(rows.blob(3))});
  }
  MADANG_TRY(auto find, db.prepare("SELECT bytes FROM body WHERE id = ?1"));
  MADANG_TRY(auto put_body, db.prepare("UPDATE body SET bytes = ?2 WHERE id = ?1"));
  MADANG_TRY(auto put, db.prepare("INSERT OR REPLACE INTO chunk (stream, first, body, summary) VALUES (?1, ?2, ?3, ?4)"));
  MADANG_TRY(auto drop, db.prepare("DELETE FROM chunk WHERE stream = ?1 AND first = ?2"));
  MADANG_TRY(auto transaction, Transaction::begin(db));
  for (auto const& row : some) {
    DatastreamId const to{renumbered(row.stream.value())};
    find.bind(1, row.body);
    MADANG_TRY(bool const found, next(find, "body"));
    auto const body = found ? renumbered_body(find.blob(0), row.stream, to) : std::string();
    find.reset();
    if (found) {
      put_body.bind(1, row.body).bind(2, body);
      MADANG_CHECK(put_body.run());
    }
    auto const summary = renumbered_summary(bytes_of(row.summary), row.stream, to, row.first);
    put.bind(1, to.value()).bind(2, row.first).bind(3, row.body).bind(4, summary);
    MADANG_CHECK(put.run());
    drop.bind(1, row.stream.value()).bind(2, row.first);
    MADANG_CHECK(drop.run());
  }
  MADANG_CHECK(transaction.commit());
  return some.size();
}

/// Rows that no seal ties to their place.
Result<std::size_t> move_rows(Database& db, std::string const& table, std::string const& key) {
  auto const keys = "(stream, " + key + ")";
  MADANG_TRY(auto move, db.prepare("UPDATE OR REPLACE " + table + " SET stream = " + kNew + " WHERE " + keys + " IN (SELECT stream, " +
                                   key + " FROM " + table + " WHERE stream" + kOld + "LIMIT ?1)"));
  move.bind(1, kRowsPerStep);
  auto const done = move.run();
  if (!done && done.error().code == Code::kCorrupt) {
    report_damage(table, done.error());
    return 0;
  }
  MADANG_CHECK(done);
  return static_cast<std::size_t>(db.changes());
}

Result<std::size_t> move_states(Database& db) {
  std::vector<std::pair<std::int64_t, std::string>> some;
  MADANG_TRY(auto rows, db.prepare("SELECT id AS stream, state FROM stream WHERE id >= 2097152 AND id < 4294967296 LIMIT ?1"));
  rows.bind(1, kRowsPerStep);
  for (;;) {
    MADANG_TRY(bool const more, next(rows, "stream"));
    if (!more) break;
    some.emplace_back(rows.integer(0), text_of(rows.blob(1)));
  }
  MADANG_TRY(auto put, db.prepare("INSERT OR REPLACE INTO stream (id, state) VALUES (?1, ?2)"));
  MADANG_TRY(auto drop, db.prepare("DELETE FROM stream WHERE id = ?1"));
  MADANG_TRY(auto transaction, Transaction::begin(db));
  for (auto const& [id, state] : some) {
    auto const to = renumbered(id);
    auto const moved = resealed(bytes_of(state), static_cast<std::uint64_t>(id), static_cast<std::uint64_t>(to));
    put.bind(1, to).bind(2, moved);
    MADANG_CHECK(put.run());
    drop.bind(1, id);
    MADANG_CHECK(drop.run());
  }
  MADANG_CHECK(transaction.commit());
  return some.size();
}

/// What a layer knows of itself goes last: as long as it stands under the old number, not all of the layer has been moved.
Result<std::size_t> move_some(Database& db) {
  MADANG_TRY(std::size_t moved, move_chunks(db));
  for (auto const& [table, key] : {std::pair{"detail", "arrival"}, {"superseded", "arrival"}, {"quarantine", "first"}}) {
    if (moved > 0) return moved;
    MADANG_TRY(moved, move_rows(db, table, key));
  }
  return moved > 0 ? Result<std::size_t>(moved) : move_states(db);
}

/// Before anything is changed.
Result<void> check_numbers(Database& db) {
  MADANG_TRY(auto rows, db.prepare("SELECT id, state FROM stream"));
  for (;;) {
    MADANG_TRY(bool const more, next(rows, "stream"));
    if (!more) return {};
    ByteReader in(unseal(rows.blob(1), static_cast<std::uint64_t>(rows.integer(0))));
    (void)in.u8();
    auto const next_arrival = in.varint();
    if (in.ok() && next_arrival > std::uint64_t{kArrivalMax} + 1)
      return fail(too_many_numbers(DatastreamId{rows.integer(0) & ((std::int64_t{1} << kOldDatastreamBits) - 1)}));
  }
}

Result<void> begin(Database& db, std::string const& folder, std::int64_t version) {
  MADANG_CHECK(check_numbers(db));
  runtime::log_warning("storage", "format_upgrade_begins",
                       {{"folder", folder}, {"from", version}, {"to", kChunkFormat},
                        {"note", "an older madang cannot open it afterwards; a backup of before can be. Ids of observations change this once"}});
  MADANG_TRY(auto transaction, Transaction::begin(db));
  MADANG_CHECK(db.run("CREATE TABLE upgrade (from_format INTEGER NOT NULL); INSERT INTO upgrade VALUES (" +
                      std::to_string(version) + "); PRAGMA user_version = 3;"));
  return transaction.commit();
}

}  // namespace

Error too_many_numbers(DatastreamId stream) {
  return {Code::kUnsupported, "datastream " + std::to_string(stream.value()) + ": more than " + std::to_string(kArrivalMax + 1) +
                                  " observations were numbered in an older format, and ids have no room for them; the version that "
                                  "wrote them can export them"};
}

Result<void> upgrade_chunk_file(Database& db, std::string const& folder, std::int64_t version) {
  if (version < kChunkFormat) MADANG_CHECK(begin(db, folder, version));
  MADANG_TRY(auto const under_way, db.number("SELECT count(*) FROM sqlite_master WHERE name = 'upgrade'"));
  if (under_way == 0) return {};
  MADANG_TRY(auto const from, db.number("SELECT from_format FROM upgrade"));
  std::size_t moved = 0;
  for (int step = 1;; ++step) {
    MADANG_TRY(std::size_t const some, move_some(db));
    if (some == 0) break;
    moved += some;
    if (step % kStepsPerCheckpoint == 0) MADANG_CHECK(db.checkpoint());
  }
  MADANG_CHECK(db.run("DROP TABLE upgrade"));
  runtime::log_info("storage", "format_upgraded",
                    {{"folder", folder}, {"from", from}, {"to", kChunkFormat}, {"rows", moved},
                     {"note", from == 1 ? "chunks are written anew in the background; killed meanwhile, it goes on at the next start"
                                        : "done"}});
  return {};
}

}  // namespace madang::storage
