// The journal's rows, read and written inside a session. Used by journal/ only; throws what SOCI throws. kCorrupt: a row that this
// program could not have written.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "storage/journal/journal.h"
#include "storage/journal/merkle.h"
#include "storage/records/rows.h"

namespace madang::storage::journal {

/// Half-open.
struct Positions {
  std::int64_t from = 0;
  std::int64_t to = 0;
};

struct StoredEntry {
  std::int64_t position = 0;
  std::string leaf;
};

struct StoredOpening {
  std::int64_t position = 0;
  std::string name;
  std::string salt;
  std::string data;
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

/// The one row of a journal: its name and how many entries it has.
struct State {
  std::int64_t id = 1;
  std::string origin;
  std::int64_t size = 0;
};

struct StoredSigner {
  std::string id;
  std::string verifier;
};

inline constexpr auto kStates = table<State>("journal_state", key("id", &State::id), column("origin", &State::origin),
                                             column("size", &State::size));
inline constexpr auto kEntries = table<StoredEntry>("journal_entry", key("position", &StoredEntry::position),
                                                    column("leaf", &StoredEntry::leaf));
inline constexpr auto kOpenings =
    table<StoredOpening>("journal_opening", key("position", &StoredOpening::position), key("name", &StoredOpening::name),
                         column("salt", &StoredOpening::salt), column("data", &StoredOpening::data));
inline constexpr auto kNodes = table<StoredNode>("journal_node", key("id", &StoredNode::id), column("hash", &StoredNode::hash));
inline constexpr auto kHeads = table<StoredHead>("journal_head", key("size", &StoredHead::size), key("signer", &StoredHead::signer),
                                                 column("note", &StoredHead::note));
inline constexpr auto kSigners = table<StoredSigner>("journal_signer", key("id", &StoredSigner::id),
                                                     column("verifier", &StoredSigner::verifier));

Result<State> read_state(soci::session& sql);
/// Without what opens them.
Result<std::vector<Entry>> read_leaves(soci::session& sql, Positions which);
/// With what opens them.
Result<std::vector<Entry>> read_entries(soci::session& sql, Positions which);
Result<std::vector<StoredNode>> read_nodes(soci::session& sql, Positions ids);
/// Of trees that are larger than `from` and not larger than `to`.
Result<std::vector<StoredHead>> read_heads(soci::session& sql, Positions sizes);
Result<std::optional<StoredHead>> newest_head(soci::session& sql);
Result<std::optional<StoredHead>> head_of_size(soci::session& sql, std::int64_t size);
/// Remembers the head and, the first time, the public key that it is checked with.
Result<void> write_head(soci::session& sql, StoredHead const& head, std::string const& verifier);

/// Hashes as they are stored. kCorrupt: one is missing or no hash.
NodeOf stored_nodes(soci::session& sql);

}  // namespace madang::storage::journal
