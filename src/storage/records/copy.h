// The portable copy of the records: one SQLite file with the tables of every migration and all their rows,
// whichever engine they came from or go to.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "core/error.h"
#include "storage/records/sessions.h"

namespace madang::storage {

/// Which steps have run; `statements` makes a copy independent of the program that wrote it.
inline constexpr std::string_view kMigrationTable =
    "CREATE TABLE IF NOT EXISTS migration (sequence BIGINT NOT NULL PRIMARY KEY, module TEXT NOT NULL,"
    " step BIGINT NOT NULL, sentence TEXT NOT NULL, statements TEXT NOT NULL, applied_at BIGINT NOT NULL,"
    " UNIQUE (module, step))";
/// Which ids have been given (take_ids), and what each process committed last. In every copy too.
inline constexpr std::array kOwnTables{
    kMigrationTable,
    std::string_view{"CREATE TABLE IF NOT EXISTS record_number (name TEXT NOT NULL PRIMARY KEY, next BIGINT NOT NULL)"},
    std::string_view{"CREATE TABLE IF NOT EXISTS record_commit (instance TEXT NOT NULL PRIMARY KEY, number BIGINT NOT NULL,"
                     " at BIGINT NOT NULL)"}};

/// Splits at ';' and runs each statement.
void run_statements(soci::session& session, std::string_view sql);

/// Writes beside the path first and renames at the end: a copy that is there is whole, synced and checked.
Result<void> write_copy(soci::session& from, Records::Engine engine, std::string const& path);
Result<void> read_copy(std::string const& path, Address const& to);

}  // namespace madang::storage
