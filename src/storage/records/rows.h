// A row described once: from a struct to a table and back, and searches with bound values of every type. Knows no SOCI, so that a
// store's header may include it. Everything works inside a session that Records gave (`read`, `transaction`, `snapshot`).
//
//   struct Note { NoteId id; std::string text; std::optional<Instant> read_at; };
//   constexpr auto kNotes = table<Note>("note", key("id", &Note::id), column("text", &Note::text),
//                                       column("read_at", &Note::read_at));
//   insert(sql, kNotes, note);
//   MADANG_TRY(auto unread, select(sql, kNotes, {"WHERE read_at IS NULL AND id > :after", {{"after", last}}}));
//
// Columns: BIGINT for whole numbers, ids, instants (milliseconds UTC), durations and enums; SMALLINT for bool; DOUBLE PRECISION; TEXT
// for std::string and Json; BYTEA for Bytes. std::optional is a column that may be NULL, and NULL means absent.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.h"
#include "core/id.h"
#include "core/time.h"

namespace soci {
class session;
}

namespace madang::storage {

/// Text that is JSON. kInvalid when it is written and is none.
struct Json {
  std::string text = "{}";
  friend bool operator==(Json const&, Json const&) = default;
};

/// Any bytes.
struct Bytes {
  std::string value;
  friend bool operator==(Bytes const&, Bytes const&) = default;
};

/// What a column holds on its way: nothing, a whole number, a number, a text.
using Value = std::variant<std::monostate, std::int64_t, double, std::string>;
enum class ColumnType : std::uint8_t { kWhole, kReal, kText };

/// How a C++ type stands in a column. `of` refuses what cannot be kept, `to` what nobody could have written.
/// An enum is kept as its number and names its last one: `constexpr State last_of(State) { return State::kEnded; }`.
template <typename T>
struct Stored;

namespace detail {
std::unexpected<Error> not_kept(std::string_view what);
Result<Value> kept_text(std::string const& text);
Result<Value> kept_json(std::string const& text);
Value kept_bytes(std::string const& bytes);
Result<std::string> bytes_of(std::string const& kept);
}  // namespace detail

template <std::integral T>
  requires(!std::same_as<T, bool>)
struct Stored<T> {
  static constexpr auto kType = ColumnType::kWhole;
  static Result<Value> of(T number) {
    if (!std::in_range<std::int64_t>(number)) return detail::not_kept("a number above 2^63 - 1");
    return Value{static_cast<std::int64_t>(number)};
  }
  static Result<T> to(Value const& value) {
    auto const number = std::get<std::int64_t>(value);
    if (!std::in_range<T>(number)) return detail::not_kept("the number " + std::to_string(number));
    return static_cast<T>(number);
  }
};

template <>
struct Stored<bool> {
  static constexpr auto kType = ColumnType::kWhole;
  static Result<Value> of(bool b) { return Value{std::int64_t{b ? 1 : 0}}; }
  static Result<bool> to(Value const& value) { return std::get<std::int64_t>(value) != 0; }
};

template <>
struct Stored<double> {
  static constexpr auto kType = ColumnType::kReal;
  static Result<Value> of(double number) { return Value{number}; }
  static Result<double> to(Value const& value) { return std::get<double>(value); }
};

template <>
struct Stored<std::string> {
  static constexpr auto kType = ColumnType::kText;
  static Result<Value> of(std::string const& text) { return detail::kept_text(text); }
  static Result<std::string> to(Value const& value) { return std::get<std::string>(value); }
};

template <>
struct Stored<Json> {
  static constexpr auto kType = ColumnType::kText;
  static Result<Value> of(Json const& json) { return detail::kept_json(json.text); }
  static Result<Json> to(Value const& value) { return Json{std::get<std::string>(value)}; }
};

template <>
struct Stored<Bytes> {
  static constexpr auto kType = ColumnType::kText;
  static Result<Value> of(Bytes const& bytes) { return detail::kept_bytes(bytes.value); }
  static Result<Bytes> to(Value const& value) {
    MADANG_TRY(auto bytes, detail::bytes_of(std::get<std::string>(value)));
    return Bytes{std::move(bytes)};
  }
};

template <typename Tag>
struct Stored<Id<Tag>> {
  static constexpr auto kType = ColumnType::kWhole;
  static Result<Value> of(Id<Tag> id) { return Value{id.value()}; }
  static Result<Id<Tag>> to(Value const& value) { return Id<Tag>{std::get<std::int64_t>(value)}; }
};

template <>
struct Stored<Instant> {
  static constexpr auto kType = ColumnType::kWhole;
  static Result<Value> of(Instant t) { return Value{std::int64_t{millis_of(t)}}; }
  static Result<Instant> to(Value const& value) { return instant_of_millis(std::get<std::int64_t>(value)); }
};

template <>
struct Stored<Millis> {
  static constexpr auto kType = ColumnType::kWhole;
  static Result<Value> of(Millis length) { return Value{std::int64_t{length.count()}}; }
  static Result<Millis> to(Value const& value) { return Millis{std::get<std::int64_t>(value)}; }
};

template <typename T>
  requires std::is_enum_v<T>
struct Stored<T> {
  static constexpr auto kType = ColumnType::kWhole;
  static Result<Value> of(T word) { return Value{static_cast<std::int64_t>(word)}; }
  static Result<T> to(Value const& value) {
    auto const number = std::get<std::int64_t>(value);
    if (number < 0 || number > static_cast<std::int64_t>(last_of(T{}))) return detail::not_kept("the word number " + std::to_string(number));
    return static_cast<T>(number);
  }
};

template <typename T>
struct Stored<std::optional<T>> {
  static constexpr auto kType = Stored<T>::kType;
  static Result<Value> of(std::optional<T> const& value) {
    if (!value) return Value{};
    return Stored<T>::of(*value);
  }
  static Result<std::optional<T>> to(Value const& value) {
    if (std::holds_alternative<std::monostate>(value)) return std::optional<T>{};
    MADANG_TRY(auto read, Stored<T>::to(value));
    return std::optional<T>{std::move(read)};
  }
};

template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <typename Row, typename T>
struct Column {
  std::string_view name;
  T Row::*member;
  bool is_key = false;
};

template <typename Row, typename T>
constexpr Column<Row, T> column(std::string_view name, T Row::*member) {
  return {name, member};
}
/// Part of the primary key.
template <typename Row, typename T>
constexpr Column<Row, T> key(std::string_view name, T Row::*member) {
  static_assert(!kIsOptional<T>, "a key is never NULL");
  return {name, member, true};
}

template <typename Row, typename... Ts>
struct Table {
  std::string_view name;
  std::tuple<Column<Row, Ts>...> columns;
};

template <typename Row, typename... Ts>
constexpr Table<Row, Ts...> table(std::string_view name, Column<Row, Ts>... columns) {
  return {name, {columns...}};
}

/// A value with the name by which the SQL calls it, ":name". The error of a value that cannot be kept comes from the call.
struct Bound {
  template <typename T>
  Bound(std::string_view place, T const& bound) : name(place), value(Stored<std::decay_t<T>>::of(bound)) {}
  Bound(std::string_view place, char const* text) : Bound(place, std::string{text}) {}
  Bound(std::string_view place, std::string_view text) : Bound(place, std::string{text}) {}

  std::string name;
  Result<Value> value;
};

/// What stands behind the table's name: "WHERE id > :after ORDER BY id LIMIT 10", and the values for its places. A place stands once.
struct Search {
  std::string condition;
  std::vector<Bound> values = {};
};

/// Runs one statement; how many rows it changed. Throws what SOCI throws; kInvalid: a value cannot be kept.
Result<std::int64_t> execute(soci::session& sql, std::string const& statement, std::vector<Bound> const& values = {});

namespace detail {

struct Described {
  std::string_view name;
  ColumnType type;
  bool is_key;
  bool is_nullable;
};

using Row = std::vector<Value>;

std::string list_of_names(std::span<Described const> columns);
Result<std::int64_t> write_rows(soci::session& sql, std::string const& statement, std::span<Described const> columns,
                                std::vector<Row> const& rows);
std::string insert_sql(std::string_view table, std::span<Described const> columns);
std::string update_sql(std::string_view table, std::span<Described const> columns);
std::string upsert_sql(std::string_view table, std::span<Described const> columns);
std::string key_condition(std::span<Described const> columns);
/// "(a, b) > (:a, :b)" as both engines understand it, and the order.
std::string after_condition(std::span<Described const> columns);
std::string key_order(std::span<Described const> columns);
Result<void> read_rows(soci::session& sql, std::string const& query, std::vector<Bound> const& values,
                       std::span<ColumnType const> types, std::size_t expected,
                       std::function<Result<void>(Row&)> const& each);
Result<void> check_table(soci::session& sql, std::string_view table, std::span<Described const> columns);

template <typename R, typename... Ts>
constexpr std::array<Described, sizeof...(Ts)> describe(Table<R, Ts...> const& table) {
  return std::apply(
      [](auto const&... c) {
        return std::array<Described, sizeof...(Ts)>{Described{c.name, Stored<Ts>::kType, c.is_key, kIsOptional<Ts>}...};
      },
      table.columns);
}

template <typename R, typename... Ts>
Result<Row> values_of(Table<R, Ts...> const& table, R const& row) {
  Row values;
  values.reserve(sizeof...(Ts));
  std::optional<Error> wrong;
  auto const add = [&](auto const& c) {
    auto value = Stored<std::decay_t<decltype(row.*c.member)>>::of(row.*c.member);
    if (value) return values.push_back(*std::move(value));
    if (!wrong) wrong = Error{value.error().code, std::string{table.name} + "." + std::string{c.name} + ": " + value.error().sentence};
  };
  std::apply([&](auto const&... c) { (add(c), ...); }, table.columns);
  if (wrong) return fail(*std::move(wrong));
  return values;
}

template <typename R, typename... Ts>
Result<R> row_of(Table<R, Ts...> const& table, Row& values) {
  R row{};
  std::optional<Error> wrong;
  std::size_t at = 0;
  auto const take = [&](auto const& c) {
    using T = std::decay_t<decltype(row.*c.member)>;
    auto& value = values[at++];
    auto const refuse = [&](std::string const& why) {
      if (!wrong) wrong = Error{Code::kCorrupt, std::string{table.name} + "." + std::string{c.name} + ": " + why};
    };
    if (!kIsOptional<T> && std::holds_alternative<std::monostate>(value)) return refuse("NULL where a value is expected");
    auto read = Stored<T>::to(value);
    if (!read) return refuse(read.error().sentence);
    row.*c.member = *std::move(read);
  };
  std::apply([&](auto const&... c) { (take(c), ...); }, table.columns);
  if (wrong) return fail(*std::move(wrong));
  return row;
}

template <typename R, typename... Ts, typename... Keys>
std::vector<Bound> bound_keys(Table<R, Ts...> const& table, Keys const&... keys) {
  std::vector<Bound> bound;
  std::vector<std::string_view> names;
  for (auto const& c : describe(table))
    if (c.is_key) names.push_back(c.name);
  MADANG_ASSERT(names.size() == sizeof...(Keys));
  std::size_t at = 0;
  (bound.emplace_back(names[at++], keys), ...);
  return bound;
}

}  // namespace detail

/// kConflict: a key or a unique value is taken, a reference leads nowhere, a CHECK does not hold. kInvalid: a value cannot be kept.
template <typename R, typename... Ts>
Result<void> insert_all(soci::session& sql, Table<R, Ts...> const& table, std::span<R const> rows) {
  auto const columns = detail::describe(table);
  auto const statement = detail::insert_sql(table.name, columns);
  constexpr std::size_t kTogether = 500;
  std::vector<detail::Row> batch;
  for (auto const& row : rows) {
    MADANG_TRY(auto values, detail::values_of(table, row));
    batch.push_back(std::move(values));
    if (batch.size() < kTogether && &row != &rows.back()) continue;
    MADANG_CHECK(detail::write_rows(sql, statement, columns, batch));
    batch.clear();
  }
  return {};
}

template <typename R, typename... Ts>
Result<void> insert(soci::session& sql, Table<R, Ts...> const& table, R const& row) {
  return insert_all(sql, table, std::span<R const>{&row, 1});
}

/// Writes all columns of the row with this key. kNotFound: there is none.
template <typename R, typename... Ts>
Result<void> update(soci::session& sql, Table<R, Ts...> const& table, R const& row) {
  auto const columns = detail::describe(table);
  MADANG_TRY(auto values, detail::values_of(table, row));
  MADANG_TRY(auto const changed, detail::write_rows(sql, detail::update_sql(table.name, columns), columns, {std::move(values)}));
  if (changed == 0) return fail(Code::kNotFound, std::string{table.name} + ": there is no row with this key");
  return {};
}

/// Inserts, or writes all columns of the row that has this key.
template <typename R, typename... Ts>
Result<void> upsert(soci::session& sql, Table<R, Ts...> const& table, R const& row) {
  auto const columns = detail::describe(table);
  MADANG_TRY(auto values, detail::values_of(table, row));
  MADANG_CHECK(detail::write_rows(sql, detail::upsert_sql(table.name, columns), columns, {std::move(values)}));
  return {};
}

/// Calls `each(Row&&)` for every row found. kCorrupt: a row that this program could not have written; the sentence names the column.
template <typename R, typename... Ts, typename Each>
Result<void> for_each(soci::session& sql, Table<R, Ts...> const& table, Search const& search, Each const& each,
                      std::size_t expected = 500) {
  static constexpr std::array<ColumnType, sizeof...(Ts)> kTypes{Stored<Ts>::kType...};
  auto const columns = detail::describe(table);
  auto const query = "SELECT " + detail::list_of_names(columns) + " FROM " + std::string{table.name} + " " + search.condition;
  return detail::read_rows(sql, query, search.values, kTypes, expected, [&](detail::Row& values) -> Result<void> {
    MADANG_TRY(auto row, detail::row_of(table, values));
    each(std::move(row));
    return {};
  });
}

template <typename R, typename... Ts>
Result<std::vector<R>> select(soci::session& sql, Table<R, Ts...> const& table, Search const& search = {}) {
  std::vector<R> rows;
  MADANG_CHECK(for_each(sql, table, search, [&](R&& row) { rows.push_back(std::move(row)); }));
  return rows;
}

/// By the values of the key's columns, in their order.
template <typename R, typename... Ts, typename... Keys>
Result<std::optional<R>> find(soci::session& sql, Table<R, Ts...> const& table, Keys const&... keys) {
  std::optional<R> found;
  Search const search{"WHERE " + detail::key_condition(detail::describe(table)), detail::bound_keys(table, keys...)};
  MADANG_CHECK(for_each(sql, table, search, [&](R&& row) { found = std::move(row); }, 1));
  return found;
}

/// Whether there was such a row.
template <typename R, typename... Ts, typename... Keys>
Result<bool> erase(soci::session& sql, Table<R, Ts...> const& table, Keys const&... keys) {
  MADANG_TRY(auto const changed, execute(sql, "DELETE FROM " + std::string{table.name} + " WHERE " + detail::key_condition(detail::describe(table)),
                                         detail::bound_keys(table, keys...)));
  return changed > 0;
}

/// At most `limit` rows in the key's order, behind the row with this key or from the first one on; so many rows before cost nothing.
template <typename R, typename... Ts>
Result<std::vector<R>> first_page(soci::session& sql, Table<R, Ts...> const& table, std::size_t limit) {
  return select(sql, table, {"ORDER BY " + detail::key_order(detail::describe(table)) + " LIMIT " + std::to_string(limit)});
}
template <typename R, typename... Ts, typename... Keys>
Result<std::vector<R>> page_after(soci::session& sql, Table<R, Ts...> const& table, std::size_t limit, Keys const&... keys) {
  auto const columns = detail::describe(table);
  return select(sql, table, {"WHERE " + detail::after_condition(columns) + " ORDER BY " + detail::key_order(columns) + " LIMIT " + std::to_string(limit),
                             detail::bound_keys(table, keys...)});
}

template <typename R, typename... Ts>
Result<std::int64_t> count(soci::session& sql, Table<R, Ts...> const& table, Search const& search = {}) {
  std::int64_t rows = 0;
  static constexpr std::array kTypes{ColumnType::kWhole};
  MADANG_CHECK(detail::read_rows(sql, "SELECT COUNT(*) FROM " + std::string{table.name} + " " + search.condition, search.values, kTypes, 1,
                                 [&](detail::Row& values) -> Result<void> {
                                   rows = std::get<std::int64_t>(values.front());
                                   return {};
                                 }));
  return rows;
}

/// For tests: whether the table has these columns, NULL where the description says so and nowhere else. kInvalid names the first that differs.
template <typename R, typename... Ts>
Result<void> check_described(soci::session& sql, Table<R, Ts...> const& table) {
  return detail::check_table(sql, table.name, detail::describe(table));
}

}  // namespace madang::storage
