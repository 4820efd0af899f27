#include "storage/observations/upgrade.h"

#include <functional>
#include <limits>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/log.h"
#include "storage/observations/codec/checksum.h"
#include "storage/observations/codec/chunk_codec.h"
#include "storage/observations/layers.h"
#include "storage/observations/limits.h"
#include "storage/observations/upgrade_rows.h"

namespace madang::storage {
namespace {

constexpr int kStepsPerCheckpoint = 16;
constexpr std::int64_t kOldLayersFrom = std::int64_t{1} << kOldDatastreamBits;
constexpr std::int64_t kOldLayersTo = (std::int64_t{1} << kLayerBits) - 1;
static_assert(is_old_layer(kOldLayersFrom) && !is_old_layer(kOldLayersFrom - 1) && is_old_layer(kOldLayersTo) && !is_old_layer(kOldLayersTo + 1));

constexpr std::int64_t kStreamMin = 0;
constexpr std::int64_t kStreamMax = std::numeric_limits<std::int64_t>::max() - 1;

constexpr KeyedTable kChunks{"chunk", "stream", "first"};
constexpr KeyedTable kDetails{"detail", "stream", "arrival"};
constexpr KeyedTable kSuperseded{"superseded", "stream", "arrival"};
constexpr KeyedTable kQuarantine{"quarantine", "stream", "first"};
constexpr KeyedTable kStates{"stream", "id", "0"};

std::string text_of(ByteSpan bytes) { return {reinterpret_cast<char const*>(bytes.data()), bytes.size()}; }

/// Of a row that stands on a sound page and points to another; false also where that one is damaged: what lay there was lost before.
Result<bool> find_sound(Statement& rows) {
  auto const found = rows.step();
  if (found || found.error().code != Code::kCorrupt) return found;
  return false;
}

/// How a row leaves its old place. A delete merges pages, and fails beside a damaged one; a mark in the row touches its page alone.
enum class Leaving { kDeleted, kMarked };
constexpr std::int64_t kMark = std::numeric_limits<std::int64_t>::min();

/// Puts a row under its new number. False: another stands there, which is newer.
using Move = std::move_only_function<Result<bool>(RowKey const&, Leaving)>;

/// Of a table with two more columns: a number and a blob, which is a chunk's summary and sealed, or needs no seal.
Result<Move> row_mover(Database& db, KeyedTable const& table, std::string const& number, std::string const& blob) {
  std::string const name = table.name;
  auto const here = " WHERE stream = ?1 AND " + std::string(table.at) + " = ?2";
  MADANG_TRY(auto row, db.prepare("SELECT " + number + ", " + blob + " FROM " + name + here));
  MADANG_TRY(auto put, db.prepare("INSERT OR IGNORE INTO " + name + " (stream, " + table.at + ", " + number + ", " + blob +
                                  ") VALUES (?1, ?2, ?3, ?4)"));
  MADANG_TRY(auto drop, db.prepare("DELETE FROM " + name + here));
  MADANG_TRY(auto mark, db.prepare("UPDATE " + name + " SET " + number + " = ?3" + here));
  MADANG_TRY(auto find, db.prepare("SELECT bytes FROM body WHERE id = ?1"));
  MADANG_TRY(auto put_body, db.prepare("UPDATE body SET bytes = ?2 WHERE id = ?1"));
  bool const sealed = name == kChunks.name;
  return [&db, sealed, row = std::move(row), put = std::move(put), drop = std::move(drop), mark = std::move(mark), find = std::move(find),
          put_body = std::move(put_body)](RowKey const& key, Leaving leaving) mutable -> Result<bool> {
    DatastreamId const from{key.stream};
    DatastreamId const to{renumbered(key.stream)};
    row.bind(1, key.stream).bind(2, key.at);
    ResetAtEnd const reset(row);
    MADANG_TRY(bool const stands, row.step());
    if (!stands) return true;
    if (row.integer(0) == kMark) {
      // It was moved beside a damaged page before; what is left of it goes where that page lets it.
      row.reset();
      if (leaving == Leaving::kMarked) return true;
      drop.bind(1, key.stream).bind(2, key.at);
      MADANG_CHECK(drop.run());
      return true;
    }
    auto const number_of_row = row.integer(0);
    auto const moved = sealed ? renumbered_summary(row.blob(1), from, to, key.at) : text_of(row.blob(1));
    row.reset();
    put.bind(1, to.value()).bind(2, key.at).bind(3, number_of_row).bind(4, moved);
    MADANG_CHECK(put.run());
    if (db.changes() == 0) return false;
    if (sealed) {
      find.bind(1, number_of_row);
      MADANG_TRY(bool const found, find_sound(find));
      auto const body = found ? renumbered_body(find.blob(0), from, to) : std::string();
      find.reset();
      put_body.bind(1, number_of_row).bind(2, body);
      if (found) MADANG_CHECK(put_body.run());
    }
    auto& leave = leaving == Leaving::kDeleted ? drop : mark;
    leave.bind(1, key.stream).bind(2, key.at);
    if (leaving == Leaving::kMarked) leave.bind(3, kMark);
    MADANG_CHECK(leave.run());
    return true;
  };
}

Result<Move> state_mover(Database& db) {
  MADANG_TRY(auto row, db.prepare("SELECT state FROM stream WHERE id = ?1"));
  MADANG_TRY(auto put, db.prepare("INSERT OR IGNORE INTO stream (id, state) VALUES (?1, ?2)"));
  MADANG_TRY(auto drop, db.prepare("DELETE FROM stream WHERE id = ?1"));
  return [&db, row = std::move(row), put = std::move(put), drop = std::move(drop)](RowKey const& key, Leaving) mutable -> Result<bool> {
    auto const to = renumbered(key.stream);
    row.bind(1, key.stream);
    ResetAtEnd const reset_row(row);
    MADANG_TRY(bool const stands, row.step());
    if (!stands) return true;
    auto const state = resealed(row.blob(0), static_cast<std::uint64_t>(key.stream), static_cast<std::uint64_t>(to));
    row.reset();
    put.bind(1, to).bind(2, state);
    MADANG_CHECK(put.run());
    if (db.changes() == 0) return false;
    drop.bind(1, key.stream);
    MADANG_CHECK(drop.run());
    return true;
  };
}

/// Old numbers of layers, from wherever they can be read.
Result<std::set<std::int64_t>> known_layers(Database& db) {
  std::set<std::int64_t> out;
  for (auto const& table : {kStates, kChunks}) {
    MADANG_TRY(auto walk, RowWalk::over(db, table));
    auto const note = [&out](std::vector<RowKey> const& keys) -> Result<void> {
      for (auto const& key : keys) {
        DatastreamId const id{key.stream};
        auto const old = is_old_layer(key.stream) ? key.stream : base_of(id).value() | layer_of(id) << kOldDatastreamBits;
        if (is_old_layer(old)) out.insert(old);
      }
      return {};
    };
    MADANG_CHECK(walk.run(RowRange::of_streams(kOldLayersFrom, kStreamMax), note));
  }
  return out;
}

/// Moves all that can be reached, a few rows in a transaction. What it leaves behind is counted.
class Mover {
 public:
  explicit Mover(Database& db) : db_(db) {}

  Result<void> move(KeyedTable const& table, Move one) {
    MADANG_TRY(auto walk, RowWalk::over(db_, table));
    auto const some = [&](std::vector<RowKey> const& keys) { return move_some(table, one, keys); };
    MADANG_TRY(bool const whole, walk.run(RowRange::of_streams(kOldLayersFrom, kOldLayersTo), some, [this] { return known_layers(db_); }));
    whole_ = whole_ && whole;
    return {};
  }
  [[nodiscard]] std::size_t moved() const { return moved_; }
  [[nodiscard]] std::size_t left() const { return left_; }
  /// What was moved and still has a mark under its old number, where a reader would take it for a row.
  [[nodiscard]] std::size_t marked() const { return marked_; }
  [[nodiscard]] bool all_moved() const { return whole_ && left_ == 0 && marked_ == 0; }

 private:
  Result<void> move_some(KeyedTable const& table, Move& one, std::vector<RowKey> const& keys) {
    auto const done = move_together(one, keys, Leaving::kDeleted);
    if (!done && done.error().code != Code::kCorrupt) return done;
    if (!done) {
      for (auto const& key : keys) MADANG_CHECK(move_alone(table, one, key));
    }
    return ++steps_ % kStepsPerCheckpoint == 0 ? checkpoint() : Result<void>{};
  }

  Result<void> move_together(Move& one, std::span<RowKey const> keys, Leaving leaving) {
    std::size_t moved = 0;
    MADANG_TRY(auto transaction, Transaction::begin(db_));
    for (auto const& key : keys) {
      MADANG_TRY(bool const done, one(key, leaving));
      moved += done ? 1 : 0;
    }
    MADANG_CHECK(transaction.commit());
    moved_ += moved;
    left_ += keys.size() - moved;
    if (moved < keys.size())
      runtime::log_error("storage", "upgrade_meets_newer_rows", {{"stream", keys.front().stream}, {"rows", keys.size() - moved}});
    return {};
  }

  /// A row beside a damaged page.
  Result<void> move_alone(KeyedTable const& table, Move& one, RowKey const& key) {
    for (auto const leaving : {Leaving::kDeleted, Leaving::kMarked}) {
      auto const moved = move_together(one, std::span(&key, 1), leaving);
      if (moved && leaving == Leaving::kMarked) ++marked_;
      if (moved || moved.error().code != Code::kCorrupt) return moved;
      if (leaving == Leaving::kDeleted) continue;
      ++left_;
      runtime::log_error("storage", "upgrade_leaves_row",
                         {{"table", table.name}, {"stream", key.stream}, {"key", key.at}, {"why", moved.error().sentence}});
    }
    return {};
  }

  Result<void> checkpoint() {
    MADANG_CHECK(db_.checkpoint());
    return {};
  }

  Database& db_;
  std::size_t moved_ = 0;
  std::size_t left_ = 0;
  std::size_t marked_ = 0;
  std::size_t steps_ = 0;
  bool whole_ = true;
};

/// What a layer knows of itself goes last: as long as it stands under the old number, not all of the layer has been moved.
Result<void> move_all(Database& db, Mover& mover) {
  for (auto const& table : {kChunks, kDetails, kSuperseded, kQuarantine}) {
    bool const of_chunks = std::string_view(table.at) == "first";
    MADANG_TRY(auto rows, row_mover(db, table, of_chunks ? "body" : "time", of_chunks ? "summary" : "bytes"));
    MADANG_CHECK(mover.move(table, std::move(rows)));
  }
  MADANG_TRY(auto states, state_mover(db));
  return mover.move(kStates, std::move(states));
}

/// Before anything is changed.
Result<void> check_old_numbers(Database& db) {
  MADANG_TRY(auto walk, RowWalk::over(db, kStates));
  MADANG_TRY(auto find, db.prepare("SELECT state FROM stream WHERE id = ?1"));
  auto const check = [&find](std::vector<RowKey> const& keys) -> Result<void> {
    for (auto const& key : keys) {
      find.bind(1, key.stream);
      ResetAtEnd const reset(find);
      MADANG_TRY(bool const found, find_sound(find));
      if (!found) continue;
      ByteReader in(unseal(find.blob(0), static_cast<std::uint64_t>(key.stream)));
      (void)in.u8();
      auto const next_arrival = in.varint();
      if (in.ok() && next_arrival > std::uint64_t{kArrivalMax} + 1)
        return fail(too_many_numbers(DatastreamId{key.stream & ((std::int64_t{1} << kOldDatastreamBits) - 1)}));
    }
    return {};
  };
  MADANG_CHECK(walk.run(RowRange::of_streams(kStreamMin, kStreamMax), check));
  return {};
}

Result<void> begin(Database& db, std::string const& folder, std::int64_t version) {
  MADANG_CHECK(check_old_numbers(db));
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

Result<bool> upgrade_is_open(Database& db) {
  MADANG_TRY(auto const tables, db.number("SELECT count(*) FROM sqlite_master WHERE name = 'upgrade'"));
  return tables > 0;
}

Result<void> upgrade_chunk_file(Database& db, std::string const& folder, std::int64_t version) {
  if (version < kChunkFormat) MADANG_CHECK(begin(db, folder, version));
  MADANG_TRY(bool const under_way, upgrade_is_open(db));
  if (!under_way) return {};
  MADANG_TRY(auto const from, db.number("SELECT from_format FROM upgrade"));
  Mover mover(db);
  MADANG_CHECK(move_all(db, mover));
  if (!mover.all_moved()) {
    runtime::log_error("storage", "format_upgrade_incomplete",
                       {{"folder", folder}, {"moved", mover.moved()}, {"left", mover.left()}, {"marked", mover.marked()},
                        {"note", "values behind damaged pages are not read; the next start tries again"}});
    return {};
  }
  MADANG_CHECK(db.run("DROP TABLE upgrade"));
  runtime::log_info("storage", "format_upgraded",
                    {{"folder", folder}, {"from", from}, {"to", kChunkFormat}, {"rows", mover.moved()},
                     {"note", from == 1 ? "chunks are written anew in the background; killed meanwhile, it goes on at the next start"
                                        : "done"}});
  return {};
}

}  // namespace madang::storage
