#include "storage/observations/upgrade_rows.h"

#include <algorithm>
#include <string>

#include "runtime/log.h"

namespace madang::storage {
namespace {

constexpr std::int64_t kRowsPerStep = 64;

std::string query_of(KeyedTable const& table, bool up) {
  std::string const stream = table.stream;
  std::string const at = table.at;
  auto const key = "(" + stream + ", " + at + ")";
  char const* const order = up ? "" : " DESC";
  return "SELECT " + stream + ", " + at + " FROM " + table.name + " WHERE " + key + " > (?1, ?2) AND " + key + " < (?3, ?4) ORDER BY " +
         stream + order + (at == "0" ? "" : ", " + at + order) + " LIMIT ?5";
}

}  // namespace

Result<RowWalk> RowWalk::over(Database& db, KeyedTable const& table) {
  RowWalk out(table);
  MADANG_TRY(out.up_, db.prepare(query_of(table, true)));
  MADANG_TRY(out.down_, db.prepare(query_of(table, false)));
  return out;
}

/// To the end of the range or to damage, which is given back; the range is then what is left.
Result<std::optional<Error>> RowWalk::read(bool up, RowRange& range, Work const& work) {
  auto& rows = up ? up_ : down_;
  for (;;) {
    std::vector<RowKey> some;
    std::optional<Error> damage;
    rows.bind(1, range.above.stream).bind(2, range.above.at).bind(3, range.below.stream).bind(4, range.below.at).bind(5, kRowsPerStep);
    for (;;) {
      auto const more = rows.step();
      if (!more && more.error().code != Code::kCorrupt) return fail(more.error());
      if (!more) damage = more.error();
      if (!more || !*more) break;
      some.push_back({rows.integer(0), rows.integer(1)});
    }
    if (!some.empty()) {
      (up ? range.above : range.below) = some.back();
      MADANG_CHECK(work(some));
    }
    if (damage || some.size() < static_cast<std::size_t>(kRowsPerStep)) return damage;
  }
}

void RowWalk::log_damage(RowKey const& behind, bool up, Error const& error) const {
  runtime::log_error("storage", "upgrade_meets_damaged_page",
                     {{"table", table_.name}, {"read", up ? "upwards" : "downwards"}, {"behind_stream", behind.stream},
                      {"behind", behind.at}, {"why", error.sentence}});
}

Result<bool> RowWalk::run(RowRange range, Work const& work, Known const& known) {
  MADANG_TRY(auto const above, read(true, range, work));
  if (!above) return true;
  log_damage(range.above, true, *above);
  MADANG_TRY(auto const below, read(false, range, work));
  if (!below) return false;
  log_damage(range.below, false, *below);
  if (!known) return false;
  MADANG_TRY(auto const streams, known());
  for (auto const stream : streams) {
    auto between = RowRange::of_streams(stream, stream);
    between.above = std::max(between.above, range.above);
    between.below = std::min(between.below, range.below);
    if (between.above >= between.below) continue;
    MADANG_TRY(auto const damage, read(true, between, work));
    if (damage) MADANG_CHECK(read(false, between, work));
  }
  return false;
}

}  // namespace madang::storage
