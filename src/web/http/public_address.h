// Where clients find this server: the one place that decides what a link begins with, whether the client's side is
// TLS, and whose address a request came from. A setting says it, else a trusted proxy, else the request's own Host.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "web/http/http.h"

namespace madang::web {

struct Head;

/// "https://city.example:8443/madang" taken apart.
struct BaseAddress {
  bool secure = false;
  std::string host;    ///< with its port, if one was given
  std::string prefix;  ///< "/madang"; empty: none. No slash at its end.

  [[nodiscard]] std::string text() const { return (secure ? "https://" : "http://") + host + prefix; }
};
/// kInvalid: not http:// or https://, no host, a query, or something that no path of ours may hold.
Result<BaseAddress> parse_base_address(std::string_view text);

/// The proxies whose X-Forwarded-* fields are believed. Anybody can send such fields, so nobody's are by default.
class TrustedProxies {
 public:
  /// Addresses and networks, "127.0.0.1, ::1, 10.0.0.0/8"; at most kTrustedProxiesMax. kInvalid names the wrong one.
  static Result<TrustedProxies> parse(std::string_view text);
  [[nodiscard]] bool trusts(std::string_view address) const;
  [[nodiscard]] bool empty() const { return networks_.empty(); }

 private:
  struct Network {
    std::array<std::uint8_t, 16> bytes;  ///< IPv4 as ::ffff:a.b.c.d
    int bits;
  };
  std::vector<Network> networks_;
};

/// Immutable, so thread-safe.
class PublicAddress {
 public:
  PublicAddress() = default;
  /// An empty base address: clients are told what they or their proxy said.
  static Result<PublicAddress> of(std::string_view base_address, std::string_view trusted_proxies);

  /// Fills remote_address, secure, base and prefix of a request whose peer is known, and takes the prefix off raw_path.
  void resolve(Head& head) const;
  /// A proxy speaks, but nobody has said that it may be believed.
  [[nodiscard]] bool is_forwarded_by_a_stranger(Head const& head) const;

 private:
  [[nodiscard]] std::optional<BaseAddress> as_forwarded(Head const& head) const;

  std::optional<BaseAddress> base_;
  TrustedProxies proxies_;
};

/// Letters, digits and ".-_:[]" only: what may be printed into a link without escapes.
bool is_plain_host(std::string_view host);
/// One slash between parts and none at the end, as clients mean it that join addresses without care.
void tidy_path(std::string& raw_path);
/// Puts the prefix before every address of this server in a page and in Location. Twice is the same as once.
void prepend_prefix(Response& response, std::string_view prefix);

}  // namespace madang::web
