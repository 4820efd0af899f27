#include "storage/records/sessions.h"

#include <poll.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/socket.h>

#include <cstring>

#include "storage/records/limits.h"

namespace madang::storage {
namespace {

Code code_of_sqlite(int result) {
  switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Code::kOverloaded;
    case SQLITE_FULL: return Code::kFull;
    case SQLITE_CONSTRAINT: return Code::kConflict;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Code::kCorrupt;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_IOERR: return Code::kUnavailable;
    default: return Code::kInternal;
  }
}

/// SQLSTATE classes: PostgreSQL 15, appendix A.
Code code_of_sqlstate(std::string_view state) {
  if (state.starts_with("23") || state == "40001" || state == "40P01") return Code::kConflict;
  if (state == "53100") return Code::kFull;
  if (state.starts_with("53") || state == "55P03") return Code::kOverloaded;
  if (state.starts_with("08") || state.starts_with("57P")) return Code::kUnavailable;
  if (state.starts_with("XX001") || state.starts_with("XX002")) return Code::kCorrupt;
  return Code::kInternal;
}

/// libpq's connection of a session; none: it is SQLite's. By name, since SOCI's libraries hide type information.
PGconn* connection_of(soci::session& session) {
  if (session.get_backend_name() != "postgresql") return nullptr;
  return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

/// With an end to every try, where the text itself names none.
std::string with_connect_timeout(std::string const& conninfo) {
  auto* const options = PQconninfoParse(conninfo.c_str(), nullptr);
  bool named = options == nullptr;  // cannot be read: libpq says why when it connects
  for (auto const* each = options; each && each->keyword; ++each) {
    if (each->val && std::strcmp(each->keyword, "connect_timeout") == 0) named = true;
  }
  PQconninfoFree(options);
  if (named) return conninfo;
  auto const seconds = std::to_string(kConnectMax.count() / 1'000);
  if (!conninfo.starts_with("postgres")) return conninfo + " connect_timeout=" + seconds;
  return conninfo + (conninfo.find('?') == std::string::npos ? "?" : "&") + "connect_timeout=" + seconds;
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
  constexpr std::string_view kSqlite = "sqlite:";
  constexpr std::string_view kPostgresql = "postgresql:";
  if (text.starts_with(kSqlite)) {
    std::string path{text.substr(kSqlite.size())};
    if (path.empty()) return fail(Code::kInvalid, "records: \"sqlite:\" needs a path after the colon");
    if (path.find('"') != std::string::npos) {
      return fail(Code::kInvalid, "records: a quotation mark cannot be part of the path " + path);
    }
    return Address{Records::Engine::kSqlite, std::move(path)};
  }
  if (text.starts_with(kPostgresql)) {
    auto const rest = text.substr(kPostgresql.size());
    if (rest.empty()) return fail(Code::kInvalid, "records: \"postgresql:\" needs libpq's connection text after it");
    return Address{Records::Engine::kPostgresql, std::string{rest.starts_with("//") ? text : rest}};
  }
  return fail(Code::kInvalid,
              "records: \"" + std::string{text} + "\" starts neither with \"sqlite:\" nor with \"postgresql:\"");
}

std::unique_ptr<soci::session> open_sqlite(std::string const& path, Millis busy_wait) {
  auto session = std::make_unique<soci::session>(soci::sqlite3, "dbname=\"" + path + "\"");
  // In this order: the first statement that touches the file may already have to wait.
  *session << "PRAGMA busy_timeout = " + std::to_string(busy_wait.count());
  *session << "PRAGMA journal_mode = WAL";
  *session << "PRAGMA synchronous = FULL";
  *session << "PRAGMA foreign_keys = ON";
  *session << "PRAGMA secure_delete = ON";  // what the journal erases is overwritten in the file
  return session;
}

std::unique_ptr<soci::session> open_postgresql(std::string const& conninfo, Millis lock_wait) {
  auto session = std::make_unique<soci::session>(soci::postgresql, with_connect_timeout(conninfo));
  *session << "SET client_min_messages TO WARNING";
  *session << "SET lock_timeout TO " + std::to_string(lock_wait.count());
  // Who stopped or vanished in the middle of a transaction holds its locks no longer than any call may take.
  *session << "SET idle_in_transaction_session_timeout TO " + std::to_string(kCallMax.count());
  // Whose client has given up is not worked for any longer.
  *session << "SET client_connection_check_interval TO 2000";
  return session;
}

bool is_alive(soci::session& session) {
  auto* const connection = connection_of(session);
  if (!connection) return true;
  // Nobody has asked anything: what can be read is a farewell.
  pollfd look{.fd = PQsocket(connection), .events = POLLIN, .revents = 0};
  return PQstatus(connection) == CONNECTION_OK && ::poll(&look, 1, 0) == 0;
}

std::function<void()> interrupter(soci::session& session) {
  if (auto* const connection = connection_of(session)) {
    return [connection] { ::shutdown(PQsocket(connection), SHUT_RDWR); };
  }
  auto* const file = static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
  return [file] { sqlite_api::sqlite3_interrupt(file); };
}

bool lost_against_another(std::exception const& exception) {
  auto const* const error = dynamic_cast<soci::postgresql_soci_error const*>(&exception);
  return error && (error->sqlstate() == "40001" || error->sqlstate() == "40P01");
}

Error error_of(std::exception const& exception, std::string_view doing) {
  auto code = Code::kInternal;
  if (auto const* sqlite = dynamic_cast<soci::sqlite3_soci_error const*>(&exception)) {
    code = code_of_sqlite(sqlite->result());
  } else if (auto const* postgresql = dynamic_cast<soci::postgresql_soci_error const*>(&exception)) {
    auto const category = postgresql->get_error_category();
    code = category == soci::soci_error::connection_error ? Code::kUnavailable
                                                          : code_of_sqlstate(postgresql->sqlstate());
  } else if (std::string_view{exception.what()}.starts_with("Cannot establish connection")) {
    code = Code::kUnavailable;  // SOCI has no type of its own for this
  }
  std::string what = exception.what();
  // libpq ends its sentences with a line break.
  while (!what.empty() && (what.back() == '\n' || what.back() == ' ')) what.pop_back();
  return Error{code, std::string{doing} + ": " + what};
}

}  // namespace madang::storage
