#include "storage/journal/commitment.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <sodium.h>

namespace madang::storage::journal {
namespace {

/// The members of "commitments". kCorrupt: not an entry, or one that says it stands elsewhere.
Result<simdjson::dom::object> commitments_of(std::string_view leaf, std::int64_t position) {
  thread_local simdjson::dom::parser parser;
  simdjson::dom::element entry;
  std::int64_t written = -1;
  simdjson::dom::object commitments;
  if (parser.parse(leaf.data(), leaf.size()).get(entry) != simdjson::SUCCESS ||
      entry["position"].get(written) != simdjson::SUCCESS || entry["commitments"].get(commitments) != simdjson::SUCCESS) {
    return fail(Code::kCorrupt, fmt::format("entry {}: not an entry of a journal", position));
  }
  if (written != position) return fail(Code::kCorrupt, fmt::format("entry {}: says that it is entry {}", position, written));
  return commitments;
}

}  // namespace

std::string new_salt() {
  Hash salt{};
  randombytes_buf(salt.data(), salt.size());
  return text_of(salt);
}

std::optional<Hash> commitment_of(std::string_view salt, std::string_view data) {
  auto const bytes = hash_of_text(salt);
  if (!bytes) return std::nullopt;
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, bytes->data(), bytes->size());
  crypto_hash_sha256_update(&state, reinterpret_cast<unsigned char const*>(data.data()), data.size());
  Hash hash{};
  crypto_hash_sha256_final(&state, hash.data());
  return hash;
}

Result<void> check_openings(std::string_view leaf, std::int64_t position, std::vector<Opening> const& openings) {
  MADANG_TRY(auto const commitments, commitments_of(leaf, position));
  for (auto const& opening : openings) {
    std::string_view promised;
    auto const opened = commitment_of(opening.salt, opening.data);
    if (commitments[opening.name].get(promised) != simdjson::SUCCESS || !opened || text_of(*opened) != promised) {
      return fail(Code::kCorrupt, fmt::format("entry {}: \"{}\" is not what the entry commits to", position, opening.name));
    }
  }
  return {};
}

std::size_t commitment_count(std::string_view leaf) {
  thread_local simdjson::dom::parser parser;
  simdjson::dom::object commitments;
  if (parser.parse(leaf.data(), leaf.size())["commitments"].get(commitments) != simdjson::SUCCESS) return 0;
  return commitments.size();
}

}  // namespace madang::storage::journal
