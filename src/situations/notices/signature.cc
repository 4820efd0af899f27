#include "situations/notices/signature.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

namespace madang::situations::notices {
namespace {

unsigned char const* bytes_of(std::string_view text) { return reinterpret_cast<unsigned char const*>(text.data()); }

}  // namespace

std::string signature_of(std::string_view secret, Instant at, std::string_view body) {
  auto const time = std::to_string(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
  crypto_auth_hmacsha256_state state{};
  crypto_auth_hmacsha256_init(&state, bytes_of(secret), secret.size());
  auto const signed_head = time + ".";
  crypto_auth_hmacsha256_update(&state, bytes_of(signed_head), signed_head.size());
  crypto_auth_hmacsha256_update(&state, bytes_of(body), body.size());
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> mac{};
  crypto_auth_hmacsha256_final(&state, mac.data());
  std::array<char, mac.size() * 2 + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), mac.data(), mac.size());
  return fmt::format("t={},v1={}", time, hex.data());
}

std::string new_secret() {
  constexpr auto kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::array<unsigned char, 32> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, sodium_base64_ENCODED_LEN(32, kVariant)> text{};
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  return fmt::format("whsec_{}", text.data());
}

}  // namespace madang::situations::notices
