#include "situations/notices/targets.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>

#include "runtime/refusal.h"
#include "situations/notices/limits.h"

namespace madang::situations::notices {
namespace {

using Bytes16 = std::array<unsigned char, 16>;

/// The first `bits` bits of an address that is no place on the public Internet.
struct Block {
  Bytes16 bytes;
  int bits;
};

// IANA IPv4 Special-Purpose Address Registry (RFC 6890 and successors), with multicast (RFC 5771).
constexpr std::array<Block, 15> kClosed4{{
    {{0}, 8},              // this network
    {{10}, 8},             // private
    {{100, 64}, 10},       // shared, RFC 6598
    {{127}, 8},            // loopback
    {{169, 254}, 16},      // link-local, also where clouds keep their secrets
    {{172, 16}, 12},       // private
    {{192, 0, 0}, 24},     // protocol assignments
    {{192, 0, 2}, 24},     // documentation
    {{192, 88, 99}, 24},   // 6to4 relays, ended
    {{192, 168}, 16},      // private
    {{198, 18}, 15},       // benchmarks
    {{198, 51, 100}, 24},  // documentation
    {{203, 0, 113}, 24},   // documentation
    {{224}, 4},            // multicast
    {{240}, 4},            // reserved and broadcast
}};

// Of IPv6 only 2000::/3 is global unicast; these parts of it are not public (RFC 4380, 5180, 3849, 7343, 9637).
constexpr std::array<Block, 3> kClosed6{{
    {{0x20, 0x01, 0x00}, 23},        // protocol assignments: Teredo, ORCHID, benchmarks
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x3f, 0xff}, 20},              // documentation
}};
constexpr Block kGlobal6{{0x20}, 3};
constexpr Block kMapped4{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};    // ::ffff:a.b.c.d
constexpr Block kTranslated4{{0x00, 0x64, 0xff, 0x9b}, 96};                  // 64:ff9b::a.b.c.d, RFC 6052
constexpr Block kSixToFour{{0x20, 0x02}, 16};                                // 2002:abcd::, RFC 3056

bool lies_in(Block const& block, unsigned char const* bytes) {
  auto const whole = static_cast<std::size_t>(block.bits / 8);
  if (std::memcmp(block.bytes.data(), bytes, whole) != 0) return false;
  if (block.bits % 8 == 0) return true;
  auto const mask = static_cast<unsigned char>(0xff << (8 - block.bits % 8));
  return (block.bytes[whole] & mask) == (bytes[whole] & mask);
}

bool is_public4(unsigned char const* bytes) {
  return std::ranges::none_of(kClosed4, [&](Block const& b) { return lies_in(b, bytes); });
}

bool is_public6(unsigned char const* bytes) {
  if (lies_in(kMapped4, bytes) || lies_in(kTranslated4, bytes)) return is_public4(bytes + 12);
  if (lies_in(kSixToFour, bytes)) return is_public4(bytes + 2);
  return lies_in(kGlobal6, bytes) && std::ranges::none_of(kClosed6, [&](Block const& b) { return lies_in(b, bytes); });
}

struct UrlClose {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlClose>;

std::optional<std::string> part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK || text == nullptr) return std::nullopt;
  std::string copy{text};
  curl_free(text);
  return copy;
}

Result<Url> parsed(std::string_view text) {
  if (text.size() > kUrlMax) return runtime::refuse_field(Code::kLimit, "address", "refusal.too_long", {{"max", kUrlMax}});
  if (!std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; }))
    return runtime::refuse_field(Code::kInvalid, "address", "refusal.subscriber.url_signs");
  Url url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, std::string{text}.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
    return runtime::refuse_field(Code::kInvalid, "address", "refusal.subscriber.url");
  return url;
}

std::string host_of(CURLU* url) {
  auto host = part_of(url, CURLUPART_HOST).value_or("");
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return host;
}

bool is_address(std::string const& text) {
  in6_addr bytes{};
  return inet_pton(AF_INET, text.c_str(), &bytes) == 1 || inet_pton(AF_INET6, text.c_str(), &bytes) == 1;
}

}  // namespace

Result<void> check_url(std::string_view text) {
  MADANG_TRY(auto const url, parsed(text));
  auto const scheme = part_of(url.get(), CURLUPART_SCHEME).value_or("");
  if (scheme != "https" && scheme != "http")
    return runtime::refuse_field(Code::kInvalid, "address", "refusal.subscriber.url_scheme", {{"scheme", scheme}});
  if (host_of(url.get()).empty()) return runtime::refuse_field(Code::kInvalid, "address", "refusal.subscriber.url_host");
  if (part_of(url.get(), CURLUPART_USER) || part_of(url.get(), CURLUPART_PASSWORD))
    return runtime::refuse_field(Code::kInvalid, "address", "refusal.subscriber.url_user");
  if (part_of(url.get(), CURLUPART_FRAGMENT)) return runtime::refuse_field(Code::kInvalid, "address", "refusal.subscriber.url_fragment");
  return {};
}

Result<void> check_url_is_public(std::string_view text) {
  MADANG_TRY(auto const url, parsed(text));
  auto const host = host_of(url.get());
  if (host == "localhost" || host.ends_with(".localhost") || (is_address(host) && !is_public_address(host)))
    return runtime::refuse_field(Code::kForbidden, "address", "refusal.subscriber.url_private", {{"host", host}});
  return {};
}

bool is_public_address(sockaddr const& address) {
  if (address.sa_family == AF_INET) {
    in_addr bytes{};
    std::memcpy(&bytes, reinterpret_cast<char const*>(&address) + offsetof(sockaddr_in, sin_addr), sizeof bytes);
    return is_public4(reinterpret_cast<unsigned char const*>(&bytes));
  }
  if (address.sa_family != AF_INET6) return false;
  in6_addr bytes{};
  std::memcpy(&bytes, reinterpret_cast<char const*>(&address) + offsetof(sockaddr_in6, sin6_addr), sizeof bytes);
  return is_public6(bytes.s6_addr);
}

bool is_public_address(std::string_view text) {
  std::string const copy{text};
  in6_addr bytes{};
  if (inet_pton(AF_INET, copy.c_str(), &bytes) == 1) return is_public4(bytes.s6_addr);
  return inet_pton(AF_INET6, copy.c_str(), &bytes) == 1 && is_public6(bytes.s6_addr);
}

}  // namespace madang::situations::notices
