// Reads a whole journal and says whether it is what it was, or where it is not; and checks exported proofs, which need nothing but
// the proof and a public key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "storage/journal/checkpoint.h"
#include "storage/records/records.h"

namespace madang::storage::journal {

struct VerifyOptions {
  std::optional<Verifier> trusted;  ///< where there are heads, one must be of this key; none: any known signer's count
  std::string remembered;           ///< a head that was signed and kept elsewhere; empty: none
};

struct Report {
  std::string origin;
  std::int64_t entries = 0;
  std::int64_t heads = 0;
  std::int64_t signed_entries = 0;  ///< covered by a head that is signed with the trusted key
  std::int64_t commitments = 0;
  std::int64_t erased = 0;          ///< commitments that nothing opens any more
  std::string root;
  std::vector<std::string> signers;
};

/// Every entry, opening, node and head, while others write. kCorrupt: the sentence names the first fault's place.
Result<Report> verify(Records& records, VerifyOptions const& options);

/// How much of an entry a proof shows.
enum class Shown : std::uint8_t {
  kEverything,  ///< also what opens its commitments: personal
  kLeaf,
  kHash,      ///< for somebody who has the leaf from elsewhere
};

/// One entry and why it belongs to the newest signed tree, or why one signed tree grew from another: text for a file.
/// kNotFound: no such entry or head, or none signed yet.
Result<std::string> export_entry(Records& records, std::int64_t position, Shown shown = Shown::kEverything);
Result<std::string> export_growth(Records& records, std::int64_t from_size);
/// The newest head: a signed note. kNotFound: none was signed yet.
Result<std::string> newest_checkpoint(Records& records);

struct ProofReport {
  Checkpoint checkpoint;              ///< the tree that the proof leads to
  std::optional<Checkpoint> earlier;  ///< of a proof of growth
  std::string leaf;                   ///< of a proof of one entry; empty where it shows the hash alone
  std::string verifier;               ///< whose signature was checked
};

/// kInvalid, kLimit: not a proof; kCorrupt: it proves nothing, and why. Without a trusted key the signatures are checked with the
/// key that came with the proof, which the reader then has to compare.
Result<ProofReport> check_proof(std::string_view text, std::optional<Verifier> const& trusted);

}  // namespace madang::storage::journal
