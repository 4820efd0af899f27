// Many rows through SOCI with static types: one prepared statement, columns bound as vectors. For store.cc files
// of the rooms above; pulls in SOCI, so never include it from a header. Column types: long long, double, std::string.
#pragma once

#include <soci/soci.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace madang::storage {

inline constexpr std::size_t kBulkRows = 500;

/// Collects rows and inserts them 500 at a time; call flush() at the end. Throws what SOCI throws.
template <typename... Columns>
class BulkInsert {
 public:
  /// `columns`: "id, name, ..." in the order of the template arguments.
  BulkInsert(soci::session& session, std::string const& table, std::string const& columns) : session_(session) {
    std::string places;
    for (std::size_t i = 0; i < sizeof...(Columns); ++i) places += (i == 0 ? ":c" : ", :c") + std::to_string(i);
    sql_ = "INSERT INTO " + table + " (" + columns + ") VALUES (" + places + ")";
  }

  void add(Columns... values) {
    add_each(std::index_sequence_for<Columns...>{}, std::move(values)...);
    if (++rows_ == kBulkRows) flush();
  }

  void flush() {
    if (rows_ == 0) return;
    // SOCI's PostgreSQL side keeps the first rows when a statement with bound vectors is executed again.
    soci::statement statement(session_);
    std::apply([&](auto&... column) { (statement.exchange(soci::use(column)), ...); }, columns_);
    statement.alloc();
    statement.prepare(sql_);
    statement.define_and_bind();
    statement.execute(true);
    std::apply([](auto&... column) { (column.clear(), ...); }, columns_);
    rows_ = 0;
  }

 private:
  template <std::size_t... I>
  void add_each(std::index_sequence<I...>, Columns&&... values) {
    (std::get<I>(columns_).push_back(std::move(values)), ...);
  }

  soci::session& session_;
  std::string sql_;
  std::tuple<std::vector<Columns>...> columns_;
  std::size_t rows_ = 0;
};

/// Calls `each(Columns&...)` for every row; no column may be NULL. Throws what SOCI throws.
template <typename... Columns, typename Each>
void read_rows(soci::session& session, std::string const& query, Each each) {
  std::tuple<std::vector<Columns>...> columns{std::vector<Columns>(kBulkRows)...};
  soci::statement statement(session);
  std::apply([&](auto&... column) { (statement.exchange(soci::into(column)), ...); }, columns);
  statement.alloc();
  statement.prepare(query);
  statement.define_and_bind();
  for (bool more = statement.execute(true); more; more = statement.fetch()) {
    auto const rows = std::get<0>(columns).size();
    for (std::size_t i = 0; i < rows; ++i) std::apply([&](auto&... column) { each(column[i]...); }, columns);
    std::apply([](auto&... column) { (column.resize(kBulkRows), ...); }, columns);
  }
}

}  // namespace madang::storage
