#include "storage/journal/tables.h"

#include <bit>

namespace madang::storage::journal {
namespace {

Search between(std::string const& column, Positions const& which) {
  return {"WHERE " + column + " >= :first AND " + column + " < :behind", {{"first", which.from}, {"behind", which.to}}};
}

Result<std::optional<StoredHead>> first_head(soci::session& sql, Search const& search) {
  MADANG_TRY(auto heads, select(sql, kHeads, search));
  if (heads.empty()) return std::optional<StoredHead>{};
  return std::move(heads.front());
}

}  // namespace

std::int64_t first_node_of(std::int64_t position) {
  return 2 * position - std::popcount(static_cast<std::uint64_t>(position));
}

std::int64_t node_id(int level, std::int64_t index) { return first_node_of(((index + 1) << level) - 1) + level; }

Result<State> read_state(soci::session& sql) {
  MADANG_TRY(auto state, find(sql, kStates, 1));
  if (!state) return fail(Code::kCorrupt, "journal: its row in journal_state is missing");
  return *std::move(state);
}

Result<std::vector<Entry>> read_leaves(soci::session& sql, Positions which) {
  std::vector<Entry> entries;
  auto search = between("position", which);
  search.condition += " ORDER BY position";
  MADANG_CHECK(for_each(sql, kEntries, search, [&](StoredEntry&& row) { entries.push_back({row.position, std::move(row.leaf), {}}); }));
  return entries;
}

Result<std::vector<Entry>> read_entries(soci::session& sql, Positions which) {
  MADANG_TRY(auto entries, read_leaves(sql, which));
  auto search = between("position", which);
  search.condition += " ORDER BY position, name";
  std::size_t at = 0;
  MADANG_CHECK(for_each(sql, kOpenings, search, [&](StoredOpening&& row) {
    while (at < entries.size() && entries[at].position < row.position) ++at;
    if (at == entries.size() || entries[at].position != row.position) return;
    entries[at].openings.push_back({std::move(row.name), std::move(row.salt), std::move(row.data)});
  }));
  return entries;
}

Result<std::vector<StoredNode>> read_nodes(soci::session& sql, Positions ids) {
  auto search = between("id", ids);
  search.condition += " ORDER BY id";
  return select(sql, kNodes, search);
}

Result<std::vector<StoredHead>> read_heads(soci::session& sql, Positions sizes) {
  return select(sql, kHeads, {"WHERE size > :more AND size <= :last ORDER BY size, signer", {{"more", sizes.from}, {"last", sizes.to}}});
}

Result<std::optional<StoredHead>> newest_head(soci::session& sql) {
  return first_head(sql, {"ORDER BY size DESC, signer LIMIT 1"});
}

Result<std::optional<StoredHead>> head_of_size(soci::session& sql, std::int64_t size) {
  return first_head(sql, {"WHERE size = :size ORDER BY signer LIMIT 1", {{"size", size}}});
}

Result<void> write_head(soci::session& sql, StoredHead const& head, std::string const& verifier) {
  MADANG_CHECK(upsert(sql, kSigners, {head.signer, verifier}));
  return insert(sql, kHeads, head);
}

NodeOf stored_nodes(soci::session& sql) {
  return [&sql](int level, std::int64_t index) -> Result<Hash> {
    auto const id = node_id(level, index);
    MADANG_TRY(auto const node, find(sql, kNodes, id));
    auto const hash = node ? hash_of_text(node->hash) : std::nullopt;
    if (!hash) {
      return fail(Code::kCorrupt, "journal: node " + std::to_string(id) + " (level " + std::to_string(level) + ", index " +
                                      std::to_string(index) + ") " + (node ? "is no hash" : "is missing"));
    }
    return *hash;
  };
}

}  // namespace madang::storage::journal
