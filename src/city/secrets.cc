#include "city/secrets.h"

#include <sodium.h>

#include <array>

#include "runtime/refusal.h"

namespace madang::city {
namespace {

using Bytes32 = std::array<unsigned char, 32>;

void start_sodium() {
  static int const kStarted = sodium_init();
  MADANG_ASSERT(kStarted >= 0);
}

std::string base64url(Bytes32 const& bytes) {
  constexpr auto kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_ENCODED_LEN(32, kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();  // the zero that ends C's texts
  return text;
}

Bytes32 blake2b(std::string_view text, std::string_view key) {
  Bytes32 hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<unsigned char const*>(text.data()), text.size(),
                     reinterpret_cast<unsigned char const*>(key.data()), key.size());
  return hash;
}

}  // namespace

std::string random_token() {
  start_sodium();
  Bytes32 bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  return base64url(bytes);
}

std::string hash_of_token(std::string_view token) {
  start_sodium();
  auto const hash = blake2b(token, {});
  std::string hex(hash.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  hex.pop_back();
  return hex;
}

std::array<unsigned char, 32> bytes_of_hash(std::string_view hex) {
  Bytes32 bytes{};
  std::size_t length = 0;
  if (sodium_hex2bin(bytes.data(), bytes.size(), hex.data(), hex.size(), nullptr, &length, nullptr) != 0 || length != bytes.size()) return {};
  return bytes;
}

std::string derived_token(std::string_view token, std::string_view purpose) {
  start_sodium();
  return base64url(blake2b(token, purpose));
}

Result<std::string> hash_of_password(std::string_view password) {
  start_sodium();
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str(hash.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
    return runtime::refuse_field(Code::kOverloaded, "password", "refusal.password.memory");
  }
  return std::string{hash.data()};
}

bool password_matches(std::string_view password, std::string const& hash) {
  start_sodium();
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

void pretend_to_check(std::string_view password) {
  static Result<std::string> const kNobody = hash_of_password(random_token());
  if (kNobody) password_matches(password, *kNobody);
}

}  // namespace madang::city
