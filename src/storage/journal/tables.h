// The journal's rows, read and written inside a session. Used by journal/ only; throws what SOCI throws.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "storage/journal/journal.h"
#include "storage/journal/merkle.h"

namespace madang::storage::journal {

/// Half-open.
struct Positions {
  std::int64_t from = 0;
  std::int64_t to = 0;
};

struct StoredNode {
  std::int64_t id = 0;
  std::string hash;
};

struct StoredHead {
  std::int64_t size = 0;
  std::string signer;  ///< the key's id
  std::string note;
};

/// The entry `position` completes its leaf and the nodes above it: they are numbered in that order, without gaps.
std::int64_t first_node_of(std::int64_t position);
std::int64_t node_id(int level, std::int64_t index);

std::string origin_of(soci::session& sql);
std::int64_t size_of(soci::session& sql);
std::vector<Entry> read_entries(soci::session& sql, Positions which);
std::vector<StoredNode> read_nodes(soci::session& sql, Positions ids);
/// Of trees that are larger than `from` and not larger than `to`.
std::vector<StoredHead> read_heads(soci::session& sql, Positions sizes);
std::optional<StoredHead> newest_head(soci::session& sql);
std::optional<StoredHead> head_of_size(soci::session& sql, std::int64_t size);
std::vector<std::string> read_signers(soci::session& sql);
/// Remembers the head and, the first time, the public key that it is checked with.
void write_head(soci::session& sql, StoredHead const& head, std::string const& verifier);

/// Hashes as they are stored. kCorrupt: one is missing or no hash.
NodeOf stored_nodes(soci::session& sql);

}  // namespace madang::storage::journal
