// Random texts, their hashes, and passwords, through libsodium. Thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/error.h"

namespace madang::city {

/// 256 random bits as base64url, 43 characters.
std::string random_token();
inline constexpr std::size_t kTokenLength = 43;
/// BLAKE2b-256 as lower-case hex; enough for texts that are random themselves.
std::string hash_of_token(std::string_view token);
/// The 32 bytes of such a hash; zeros where it is none.
std::array<unsigned char, 32> bytes_of_hash(std::string_view hex);
/// Another secret that follows from the token, so that it need not be stored.
std::string derived_token(std::string_view token, std::string_view purpose);

/// argon2id with libsodium's interactive limits (2 passes over 64 MiB, about 50 ms). kOverloaded: no memory.
Result<std::string> hash_of_password(std::string_view password);
bool password_matches(std::string_view password, std::string const& hash);
/// As much work as password_matches, so that an unknown login takes as long as a wrong password.
void pretend_to_check(std::string_view password);

}  // namespace madang::city
