// The journal: what was done, append-only, under a Merkle tree (RFC 9162). An event is written in the transaction of the act
// that it records, so neither exists without the other. Personal data never stand in an entry: it holds a salted commitment,
// and what opens it lies beside and can be destroyed while every proof stays. Bytes: docs/formats/journal.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "storage/records/records.h"

namespace madang::storage::journal {

/// What only those may know who may see personal data: a name, a reason in somebody's words.
struct Secret {
  std::string name;  ///< what it is, such as "actor"; once per event, never personal itself
  std::string data;  ///< UTF-8 without a zero byte
};

struct Event {
  Instant at;
  std::string kind;           ///< such as "key_created"; small letters, digits and '_'
  std::string facts = "{}";   ///< a JSON object without personal data; stands in the journal for ever
  std::vector<Secret> secrets = {};
};

/// Before the first append. May be called by each module that writes.
Result<void> migrate(Records& records);

/// Writes the event inside the open transaction and gives its position: 0, 1, 2, ... without gaps. Last in a transaction,
/// because from here on it holds the journal's lock until it ends. kInvalid, kLimit: the event; throws what SOCI throws.
Result<std::int64_t> append(soci::session& transaction, Event const& event);

/// Destroys what opens a commitment and records that, in the open transaction: the proof stays, the data are gone.
/// Backups made before still hold them. kNotFound: there is no such opening (any more).
Result<void> erase(soci::session& transaction, std::int64_t position, std::string_view name, Instant now);

/// What opens a commitment.
struct Opening {
  std::string name;
  std::string salt;  ///< 32 bytes in base64
  std::string data;
};

struct Entry {
  std::int64_t position = 0;
  std::string leaf;  ///< the bytes that are hashed, a JSON object
  std::vector<Opening> openings;
};

/// The name of this journal, given once.
Result<std::string> origin(Records& records);
Result<std::int64_t> entry_count(Records& records);
/// At most `limit` entries from a position on, in order.
Result<std::vector<Entry>> entries(Records& records, std::int64_t from, std::int64_t limit);
/// The same without what opens them, which is not even read.
Result<std::vector<Entry>> leaves(Records& records, std::int64_t from, std::int64_t limit);

}  // namespace madang::storage::journal
