// What stands in an entry instead of personal data: SHA-256(salt || data), with 32 random bytes of salt. Without the salt
// nobody can try names until one fits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/journal/journal.h"
#include "storage/journal/merkle.h"

namespace madang::storage::journal {

/// 32 random bytes in base64.
std::string new_salt();
/// Nothing: the salt is no such text.
std::optional<Hash> commitment_of(std::string_view salt, std::string_view data);
/// kCorrupt: the entry is no JSON of ours, or one of its openings does not open what the entry commits to.
Result<void> check_openings(std::string_view leaf, std::int64_t position, std::vector<Opening> const& openings);
/// How many commitments an entry holds; 0 where it cannot be read.
std::size_t commitment_count(std::string_view leaf);

}  // namespace madang::storage::journal
