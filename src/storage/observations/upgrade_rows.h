// Rows of a table by their key, in batches, also past pages that SQLite calls damaged.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <vector>

#include "storage/observations/sqlite.h"

namespace madang::storage {

struct RowKey {
  std::int64_t stream = 0;
  std::int64_t at = 0;
  auto operator<=>(RowKey const&) const = default;
};

/// Between two keys that are not among them.
struct RowRange {
  RowKey above;
  RowKey below;
  static RowRange of_streams(std::int64_t first, std::int64_t last) {
    return {{first - 1, std::numeric_limits<std::int64_t>::max()}, {last + 1, std::numeric_limits<std::int64_t>::min()}};
  }
};

/// A table and what its key is made of; `at` of a table with a key of one column is "0".
struct KeyedTable {
  char const* name;
  char const* stream;
  char const* at;
};

/// Gives `work` all keys of the range, some at a time; it may change or delete those rows. False: a page is damaged, which is
/// logged. Then they are read from both ends; where that meets damage too, what lies between is looked for stream by stream,
/// among those that `known` gives. Only rows of one stream between two damaged pages of it are not found.
class RowWalk {
 public:
  using Work = std::function<Result<void>(std::vector<RowKey> const&)>;
  using Known = std::function<Result<std::set<std::int64_t>>()>;

  static Result<RowWalk> over(Database& db, KeyedTable const& table);
  Result<bool> run(RowRange range, Work const& work, Known const& known = {});

 private:
  explicit RowWalk(KeyedTable const& table) : table_(table) {}
  Result<std::optional<Error>> read(bool up, RowRange& range, Work const& work);
  void log_damage(RowKey const& behind, bool up, Error const& error) const;

  KeyedTable table_;
  Statement up_;
  Statement down_;
};

}  // namespace madang::storage
