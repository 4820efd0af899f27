#include "storage/records/rows.h"

#include <soci/soci.h>

#include <algorithm>
#include <deque>

#include "core/json_input.h"
#include "core/text.h"

namespace madang::storage {
namespace {

/// PostgreSQL's text for bytes; kept so in SQLite too.
constexpr std::string_view kBytesStart = "\\x";
constexpr std::string_view kHex = "0123456789abcdef";

/// Many values of one column, as SOCI exchanges them.
struct Exchanged {
  Exchanged(ColumnType column_type, std::size_t rows) : type(column_type), states(rows, soci::i_ok) {
    if (type == ColumnType::kWhole) whole.resize(rows);
    if (type == ColumnType::kReal) real.resize(rows);
    if (type == ColumnType::kText) text.resize(rows);
  }

  void put(std::size_t row, Value const& value) {
    if (std::holds_alternative<std::monostate>(value)) states[row] = soci::i_null;
    else if (type == ColumnType::kWhole) whole[row] = std::get<std::int64_t>(value);
    else if (type == ColumnType::kReal) real[row] = std::get<double>(value);
    else text[row] = std::get<std::string>(value);
  }
  [[nodiscard]] Value take(std::size_t row) {
    if (states[row] == soci::i_null) return {};
    if (type == ColumnType::kWhole) return std::int64_t{whole[row]};
    if (type == ColumnType::kReal) return real[row];
    return std::move(text[row]);
  }
  void use_in(soci::statement& statement, std::string const& name) {
    if (type == ColumnType::kWhole) statement.exchange(soci::use(whole, states, name));
    else if (type == ColumnType::kReal) statement.exchange(soci::use(real, states, name));
    else statement.exchange(soci::use(text, states, name));
  }
  void take_from(soci::statement& statement) {
    if (type == ColumnType::kWhole) statement.exchange(soci::into(whole, states));
    else if (type == ColumnType::kReal) statement.exchange(soci::into(real, states));
    else statement.exchange(soci::into(text, states));
  }
  [[nodiscard]] std::size_t rows() const {
    return type == ColumnType::kWhole ? whole.size() : type == ColumnType::kReal ? real.size() : text.size();
  }
  void resize(std::size_t rows) {
    states.resize(rows);
    if (type == ColumnType::kWhole) whole.resize(rows);
    if (type == ColumnType::kReal) real.resize(rows);
    if (type == ColumnType::kText) text.resize(rows);
  }

  ColumnType type;
  std::vector<long long> whole;
  std::vector<double> real;
  std::vector<std::string> text;
  std::vector<soci::indicator> states;
};

/// One value for one place of a search.
struct Place {
  Place(std::string place_name, Value const& value) : name(std::move(place_name)) {
    if (auto const* number = std::get_if<std::int64_t>(&value)) whole = *number, type = ColumnType::kWhole;
    else if (auto const* fraction = std::get_if<double>(&value)) real = *fraction, type = ColumnType::kReal;
    else if (auto const* words = std::get_if<std::string>(&value)) text = *words;
    else state = soci::i_null;
  }
  void use_in(soci::statement& statement) {
    if (type == ColumnType::kWhole) statement.exchange(soci::use(whole, state, name));
    else if (type == ColumnType::kReal) statement.exchange(soci::use(real, state, name));
    else statement.exchange(soci::use(text, state, name));
  }

  std::string name;
  ColumnType type = ColumnType::kText;
  long long whole = 0;
  double real = 0;
  std::string text;
  soci::indicator state = soci::i_ok;
};

Result<std::deque<Place>> places_of(std::vector<Bound> const& values) {
  std::deque<Place> places;
  for (auto const& bound : values) {
    if (!bound.value) return fail(bound.value.error().code, bound.name + ": " + bound.value.error().sentence);
    places.emplace_back(bound.name, *bound.value);
  }
  return places;
}

void prepare(soci::statement& statement, std::string const& sql) {
  statement.alloc();
  statement.prepare(sql);
  statement.define_and_bind();
}

template <typename Write>
std::string joined(std::span<detail::Described const> columns, std::string_view between, Write const& write) {
  std::string text;
  for (auto const& column : columns) {
    auto const part = write(column);
    if (part.empty()) continue;
    if (!text.empty()) text += between;
    text += part;
  }
  return text;
}

std::string key_list(std::span<detail::Described const> columns, std::string_view prefix) {
  return joined(columns, ", ", [&](auto const& c) { return c.is_key ? std::string{prefix} + std::string{c.name} : std::string{}; });
}

}  // namespace

Result<std::int64_t> execute(soci::session& sql, std::string const& text, std::vector<Bound> const& values) {
  MADANG_TRY(auto places, places_of(values));
  soci::statement statement(sql);
  for (auto& place : places) place.use_in(statement);
  prepare(statement, text);
  statement.execute(true);
  return statement.get_affected_rows();
}

namespace detail {

std::unexpected<Error> not_kept(std::string_view what) { return fail(Code::kInvalid, std::string{what} + " cannot stand here"); }

Result<Value> kept_text(std::string const& text) {
  if (text.find('\0') != std::string::npos) return not_kept("a text with a zero byte");
  if (!is_utf8(text)) return not_kept("a text that is not UTF-8");
  return Value{text};
}

Result<Value> kept_json(std::string const& text) {
  if (auto fault = json_fault("value", text)) return fail(*std::move(fault));
  return kept_text(text);
}

Value kept_bytes(std::string const& bytes) {
  std::string text{kBytesStart};
  for (unsigned char const byte : bytes) {
    text += kHex[byte >> 4U];
    text += kHex[byte & 15U];
  }
  return text;
}

Result<std::string> bytes_of(std::string const& kept) {
  std::string bytes;
  if (!kept.starts_with(kBytesStart) || kept.size() % 2 != 0) return not_kept("what is no bytes");
  for (std::size_t at = kBytesStart.size(); at < kept.size(); at += 2) {
    auto const high = kHex.find(kept[at]);
    auto const low = kHex.find(kept[at + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return not_kept("what is no bytes");
    bytes += static_cast<char>(high << 4U | low);
  }
  return bytes;
}

std::string list_of_names(std::span<Described const> columns) {
  return joined(columns, ", ", [](auto const& c) { return std::string{c.name}; });
}

std::string insert_sql(std::string_view table, std::span<Described const> columns) {
  return "INSERT INTO " + std::string{table} + " (" + list_of_names(columns) + ") VALUES (" +
         joined(columns, ", ", [](auto const& c) { return ":" + std::string{c.name}; }) + ")";
}

std::string update_sql(std::string_view table, std::span<Described const> columns) {
  // A table that is all key has nothing else to write.
  auto changes = joined(columns, ", ", [](auto const& c) {
    return c.is_key ? std::string{} : std::string{c.name} + " = :" + std::string{c.name};
  });
  MADANG_ASSERT(!changes.empty());
  return "UPDATE " + std::string{table} + " SET " + changes + " WHERE " + key_condition(columns);
}

std::string upsert_sql(std::string_view table, std::span<Described const> columns) {
  auto const changes = joined(columns, ", ", [](auto const& c) {
    return c.is_key ? std::string{} : std::string{c.name} + " = excluded." + std::string{c.name};
  });
  return insert_sql(table, columns) + " ON CONFLICT (" + key_list(columns, "") + ") DO " +
         (changes.empty() ? "NOTHING" : "UPDATE SET " + changes);
}

std::string key_condition(std::span<Described const> columns) {
  auto text = joined(columns, " AND ", [](auto const& c) {
    return c.is_key ? std::string{c.name} + " = :" + std::string{c.name} : std::string{};
  });
  MADANG_ASSERT(!text.empty());
  return text;
}

std::string after_condition(std::span<Described const> columns) {
  return "(" + key_list(columns, "") + ") > (" + key_list(columns, ":") + ")";
}

std::string key_order(std::span<Described const> columns) { return key_list(columns, ""); }

Result<std::int64_t> write_rows(soci::session& sql, std::string const& text, std::span<Described const> columns,
                                std::vector<Row> const& rows) {
  std::deque<Exchanged> exchanged;
  for (auto const& column : columns) exchanged.emplace_back(column.type, rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t at = 0; at < columns.size(); ++at) exchanged[at].put(row, rows[row][at]);
  }
  // Prepared anew each time: SOCI's PostgreSQL side keeps the first rows of a statement with vectors that is executed again.
  soci::statement statement(sql);
  for (std::size_t at = 0; at < columns.size(); ++at) exchanged[at].use_in(statement, std::string{columns[at].name});
  prepare(statement, text);
  statement.execute(true);
  return statement.get_affected_rows();
}

Result<void> read_rows(soci::session& sql, std::string const& query, std::vector<Bound> const& values,
                       std::span<ColumnType const> types, std::size_t expected,
                       std::function<Result<void>(Row&)> const& each) {
  MADANG_TRY(auto places, places_of(values));
  // Fetching one row at a time takes another path through SOCI's SQLite side, which finds nothing where places are bound.
  auto const together = std::max<std::size_t>(expected, 2);
  std::deque<Exchanged> columns;
  for (auto const type : types) columns.emplace_back(type, together);
  soci::statement statement(sql);
  for (auto& column : columns) column.take_from(statement);
  for (auto& place : places) place.use_in(statement);
  prepare(statement, query);
  Row row(types.size());
  for (bool more = statement.execute(true); more; more = statement.fetch()) {
    auto const rows = columns.front().rows();
    for (std::size_t at = 0; at < rows; ++at) {
      for (std::size_t c = 0; c < columns.size(); ++c) row[c] = columns[c].take(at);
      MADANG_CHECK(each(row));
    }
    for (auto& column : columns) column.resize(together);
  }
  return {};
}

Result<void> check_table(soci::session& sql, std::string_view table, std::span<Described const> columns) {
  bool const is_sqlite = sql.get_backend_name() == "sqlite3";
  std::string const name{table};
  std::vector<std::pair<std::string, bool>> found;
  std::string const query = is_sqlite ? "SELECT name, 1 - \"notnull\" FROM pragma_table_info(:name)"
                                      : "SELECT column_name::text, CASE is_nullable WHEN 'YES' THEN 1 ELSE 0 END"
                                        " FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = :name";
  static constexpr std::array kTypes{ColumnType::kText, ColumnType::kWhole};
  MADANG_CHECK(read_rows(sql, query, {{"name", name}}, kTypes, 100, [&](Row& row) -> Result<void> {
    found.emplace_back(std::get<std::string>(row[0]), std::get<std::int64_t>(row[1]) != 0);
    return {};
  }));
  for (auto const& column : columns) {
    auto const there = std::ranges::find(found, column.name, &std::pair<std::string, bool>::first);
    auto const where = name + "." + std::string{column.name};
    if (there == found.end()) return fail(Code::kInvalid, where + " is described and does not exist");
    if (there->second != column.is_nullable) {
      return fail(Code::kInvalid, where + (there->second ? " may be NULL and is described as always there" : " is described as NULL and never is"));
    }
  }
  if (found.size() == columns.size()) return {};
  return fail(Code::kInvalid, name + " has " + std::to_string(found.size()) + " columns, " + std::to_string(columns.size()) + " are described");
}

}  // namespace detail
}  // namespace madang::storage
