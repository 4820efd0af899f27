#include "storage/journal/tables.h"

#include <bit>

#include "storage/records/bulk.h"

namespace madang::storage::journal {
namespace {

using Number = long long;
using Text = std::string;
using soci::into;
using soci::use;

Text between(std::string_view column, Positions const& which) {
  return Text{column} + " >= " + std::to_string(which.from) + " AND " + Text{column} + " < " + std::to_string(which.to);
}

std::vector<StoredHead> heads_where(soci::session& sql, Text const& condition) {
  std::vector<StoredHead> heads;
  read_rows<Number, Text, Text>(sql, "SELECT size, signer, note FROM journal_head " + condition,
                                [&](Number size, Text& signer, Text& note) {
                                  heads.push_back({size, std::move(signer), std::move(note)});
                                });
  return heads;
}

std::optional<StoredHead> first_of(std::vector<StoredHead> heads) {
  if (heads.empty()) return std::nullopt;
  return std::move(heads.front());
}

}  // namespace

std::int64_t first_node_of(std::int64_t position) {
  return 2 * position - std::popcount(static_cast<std::uint64_t>(position));
}

std::int64_t node_id(int level, std::int64_t index) { return first_node_of(((index + 1) << level) - 1) + level; }

std::string origin_of(soci::session& sql) {
  Text origin;
  sql << "SELECT origin FROM journal_state WHERE id = 1", into(origin);
  return origin;
}

std::int64_t size_of(soci::session& sql) {
  Number size = 0;
  sql << "SELECT size FROM journal_state WHERE id = 1", into(size);
  return size;
}

std::vector<Entry> read_entries(soci::session& sql, Positions which) {
  std::vector<Entry> entries;
  read_rows<Number, Text>(sql, "SELECT position, leaf FROM journal_entry WHERE " + between("position", which) + " ORDER BY position",
                          [&](Number position, Text& leaf) { entries.push_back({position, std::move(leaf), {}}); });
  std::size_t at = 0;
  read_rows<Number, Text, Text, Text>(
      sql,
      "SELECT position, name, salt, data FROM journal_opening WHERE " + between("position", which) + " ORDER BY position, name",
      [&](Number position, Text& name, Text& salt, Text& data) {
        while (at < entries.size() && entries[at].position < position) ++at;
        if (at < entries.size() && entries[at].position == position) {
          entries[at].openings.push_back({std::move(name), std::move(salt), std::move(data)});
        }
      });
  return entries;
}

std::vector<StoredNode> read_nodes(soci::session& sql, Positions ids) {
  std::vector<StoredNode> nodes;
  read_rows<Number, Text>(sql, "SELECT id, hash FROM journal_node WHERE " + between("id", ids) + " ORDER BY id",
                          [&](Number id, Text& hash) { nodes.push_back({id, std::move(hash)}); });
  return nodes;
}

std::vector<StoredHead> read_heads(soci::session& sql, Positions sizes) {
  return heads_where(sql, "WHERE size > " + std::to_string(sizes.from) + " AND size <= " + std::to_string(sizes.to) +
                              " ORDER BY size, signer");
}

std::optional<StoredHead> newest_head(soci::session& sql) {
  return first_of(heads_where(sql, "ORDER BY size DESC, signer LIMIT 1"));
}

std::optional<StoredHead> head_of_size(soci::session& sql, std::int64_t size) {
  return first_of(heads_where(sql, "WHERE size = " + std::to_string(size) + " ORDER BY signer LIMIT 1"));
}

std::vector<std::string> read_signers(soci::session& sql) {
  std::vector<std::string> verifiers;
  read_rows<Text>(sql, "SELECT verifier FROM journal_signer ORDER BY id",
                  [&](Text& verifier) { verifiers.push_back(std::move(verifier)); });
  return verifiers;
}

void write_head(soci::session& sql, StoredHead const& head, std::string const& verifier) {
  Number known = 0;
  sql << "SELECT COUNT(*) FROM journal_signer WHERE id = :id", use(head.signer, "id"), into(known);
  if (known == 0) {
    sql << "INSERT INTO journal_signer (id, verifier) VALUES (:id, :verifier)", use(head.signer, "id"), use(verifier, "verifier");
  }
  Number const size = head.size;
  sql << "INSERT INTO journal_head (size, signer, note) VALUES (:size, :signer, :note)", use(size, "size"),
      use(head.signer, "signer"), use(head.note, "note");
}

NodeOf stored_nodes(soci::session& sql) {
  return [&sql](int level, std::int64_t index) -> Result<Hash> {
    Number const id = node_id(level, index);
    Text text;
    sql << "SELECT hash FROM journal_node WHERE id = :id", use(id, "id"), into(text);
    auto const hash = sql.got_data() ? hash_of_text(text) : std::nullopt;
    if (!hash) {
      return fail(Code::kCorrupt, "journal: node " + std::to_string(id) + " (level " + std::to_string(level) + ", index " +
                                      std::to_string(index) + ") " + (sql.got_data() ? "is no hash" : "is missing"));
    }
    return *hash;
  };
}

}  // namespace madang::storage::journal
