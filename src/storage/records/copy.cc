#include "storage/records/copy.h"

#include <fcntl.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <deque>
#include <filesystem>
#include <vector>

#include "core/text.h"
#include "storage/records/limits.h"

namespace madang::storage {
namespace {

constexpr int kRowsPerFetch = 5000;

struct CopiedTable {
  struct Column {
    std::string name;
    std::string type;
  };
  std::string name;
  std::vector<Column> columns;
};

/// One value of a row on its way, of the type its column was declared with.
struct Cell {
  explicit Cell(std::string const& type) : is_text(type == "TEXT" || type == "BYTEA"), is_real(type == "DOUBLE PRECISION") {}

  void take_from(soci::statement& statement) {
    if (is_text) statement.exchange(soci::into(text, indicator));
    else if (is_real) statement.exchange(soci::into(real, indicator));
    else statement.exchange(soci::into(integer, indicator));
  }
  void give_to(soci::statement& statement) {
    if (is_text) statement.exchange(soci::use(text, indicator));
    else if (is_real) statement.exchange(soci::use(real, indicator));
    else statement.exchange(soci::use(integer, indicator));
  }

  bool is_text;
  bool is_real;
  std::string text;
  double real = 0;
  long long integer = 0;
  soci::indicator indicator = soci::i_ok;
};

/// In the order they were made, so that a referenced table comes before the one that refers to it.
std::vector<CopiedTable> tables_of(soci::session& sqlite) {
  std::vector<CopiedTable> tables;
  soci::rowset<std::string> const names = (sqlite.prepare
      << "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid");
  for (auto const& name : names) tables.push_back({name, {}});
  for (auto& table : tables) {
    CopiedTable::Column column;
    soci::statement columns = (sqlite.prepare
        << "SELECT name, type FROM pragma_table_info('" + table.name + "') ORDER BY cid",
        soci::into(column.name), soci::into(column.type));
    columns.execute();
    while (columns.fetch()) table.columns.push_back(column);
  }
  return tables;
}

std::string column_list(CopiedTable const& table, std::string_view prefix) {
  std::string list;
  for (auto const& column : table.columns) {
    if (!list.empty()) list += ", ";
    list += prefix;
    list += column.name;
  }
  return list;
}

/// PostgreSQL would hand over a whole table at once; a cursor keeps memory small.
void copy_rows(soci::session& from, Records::Engine engine, soci::session& to, CopiedTable const& table) {
  std::deque<Cell> cells;
  for (auto const& column : table.columns) cells.emplace_back(column.type);
  soci::statement insert(to);
  for (auto& cell : cells) cell.give_to(insert);
  insert.alloc();
  insert.prepare("INSERT INTO " + table.name + " (" + column_list(table, "") + ") VALUES (" +
                 column_list(table, ":") + ")");
  insert.define_and_bind();

  auto const query = "SELECT " + column_list(table, "") + " FROM " + table.name;
  auto const copy_batch = [&](std::string const& sql) {
    soci::statement select(from);
    for (auto& cell : cells) cell.take_from(select);
    select.alloc();
    select.prepare(sql);
    select.define_and_bind();
    select.execute();
    std::size_t rows = 0;
    for (; select.fetch(); ++rows) insert.execute(true);
    return rows;
  };
  if (engine == Records::Engine::kSqlite) {
    copy_batch(query);
    return;
  }
  from << "DECLARE copied_rows CURSOR FOR " + query;
  while (copy_batch("FETCH FORWARD " + std::to_string(kRowsPerFetch) + " FROM copied_rows") > 0) continue;
  from << "CLOSE copied_rows";
}

/// Makes the tables by running again the statements that made them there.
void replay_migrations(soci::session& from, soci::session& to) {
  std::string statements;
  soci::statement steps =
      (from.prepare << "SELECT statements FROM migration ORDER BY sequence", soci::into(statements));
  steps.execute();
  while (steps.fetch()) run_statements(to, statements);
}

/// Both sides are inside a transaction. The table list is read from the side that is SQLite.
void copy_everything(soci::session& from, Records::Engine from_engine, soci::session& to, bool tables_from_target) {
  for (auto const table : kOwnTables) to << std::string{table};
  replay_migrations(from, to);
  // A migration may have filled tables by itself; the rows that come over are the truth.
  auto const tables = tables_of(tables_from_target ? to : from);
  for (auto table = tables.rbegin(); table != tables.rend(); ++table) to << "DELETE FROM " + table->name;
  for (auto const& table : tables) copy_rows(from, from_engine, to, table);
}

Result<void> check_copy(soci::session& sqlite, std::string const& path) {
  std::string verdict;
  sqlite << "PRAGMA integrity_check(1)", soci::into(verdict);
  if (verdict != "ok") return fail(Code::kCorrupt, path + ": " + verdict);
  return {};
}

void sync_path(std::string const& path, int flags) {
  int const file = ::open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) return;
  ::fsync(file);
  ::close(file);
}

void sync_file_and_folder(std::string const& path) {
  sync_path(path, O_RDONLY);
  auto const folder = std::filesystem::absolute(path).parent_path();
  sync_path(folder.string(), O_RDONLY | O_DIRECTORY);
}

std::unique_ptr<soci::session> open_plain(std::string const& path) {
  return std::make_unique<soci::session>(soci::sqlite3, "dbname=\"" + path + "\"");
}

/// Removes a half-made file unless it was renamed to its place.
struct Partial {
  std::string path;
  ~Partial() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    std::filesystem::remove(path + "-journal", ignored);
  }
};

void copy_postgresql(soci::session& from, std::string const& path) {
  auto const to = open_plain(path);
  from << "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
  try {
    from << "SET LOCAL idle_in_transaction_session_timeout TO 0";  // what is written here may take longer than what is read there
    *to << "BEGIN IMMEDIATE";
    copy_everything(from, Records::Engine::kPostgresql, *to, true);
    *to << "COMMIT";
  } catch (std::exception const&) {
    from << "ROLLBACK";
    throw;
  }
  from << "COMMIT";
}

Result<void> restore_sqlite(std::string const& path, std::string const& to) {
  if (std::filesystem::exists(to)) return fail(Code::kConflict, "restore: " + to + " exists already");
  Partial const partial{to + ".partial"};
  std::filesystem::copy_file(path, partial.path, std::filesystem::copy_options::overwrite_existing);
  sync_path(partial.path, O_RDONLY);
  std::filesystem::rename(partial.path, to);
  sync_file_and_folder(to);
  return {};
}

Result<void> restore_postgresql(soci::session& from, std::string const& conninfo) {
  auto const to = open_postgresql(conninfo, kCallMax);
  long long tables = 0;
  *to << "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema()", soci::into(tables);
  if (tables > 0) {
    return fail(Code::kConflict, "restore: the database holds " + std::to_string(tables) + " tables already");
  }
  *to << "BEGIN";
  copy_everything(from, Records::Engine::kSqlite, *to, false);
  *to << "COMMIT";  // an exception on the way drops the session, and PostgreSQL undoes everything
  return {};
}

}  // namespace

void run_statements(soci::session& session, std::string_view sql) {
  for (auto const statement : split(sql, ';')) {
    auto const text = trim(statement);
    if (!text.empty()) session << std::string{text};
  }
}

Result<void> write_copy(soci::session& from, Records::Engine engine, std::string const& path) {
  if (std::filesystem::exists(path)) return fail(Code::kConflict, "backup: " + path + " exists already");
  if (path.find('"') != std::string::npos) {
    return fail(Code::kInvalid, "backup: a quotation mark cannot be part of the path " + path);
  }
  Partial const partial{path + ".partial"};
  std::filesystem::remove(partial.path);
  if (engine == Records::Engine::kSqlite) {
    from << "VACUUM INTO :path", soci::use(partial.path, "path");
  } else {
    copy_postgresql(from, partial.path);
  }
  MADANG_CHECK(check_copy(*open_plain(partial.path), partial.path));
  sync_path(partial.path, O_RDONLY);
  std::filesystem::rename(partial.path, path);
  sync_file_and_folder(path);
  return {};
}

Result<void> read_copy(std::string const& path, Address const& to) {
  if (!std::filesystem::exists(path)) return fail(Code::kNotFound, "restore: " + path + " does not exist");
  auto const from = open_plain(path);
  MADANG_CHECK(check_copy(*from, path));
  if (to.engine == Records::Engine::kSqlite) return restore_sqlite(path, to.target);
  return restore_postgresql(*from, to.target);
}

}  // namespace madang::storage
