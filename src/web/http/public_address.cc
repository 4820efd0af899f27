#include "web/http/public_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"
#include "web/http/fields.h"
#include "web/http/limits.h"
#include "web/http/request_parser.h"

namespace madang::web {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

std::optional<Bytes> bytes_of_address(std::string_view text) {
  std::string const terminated{text};
  Bytes bytes{};
  if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) return bytes;
  bytes[10] = bytes[11] = 0xff;
  if (inet_pton(AF_INET, terminated.c_str(), bytes.data() + 12) == 1) return bytes;
  return std::nullopt;
}

bool shares_bits(Bytes const& a, Bytes const& b, int bits) {
  auto const whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) return false;
  if (bits % 8 == 0) return true;
  int const shift = 8 - bits % 8;
  return a[whole] >> shift == b[whole] >> shift;
}

/// All values of a field that may come more than once and hold lists, in order.
std::vector<std::string_view> list_of(Request const& request, std::string_view lower_case_name) {
  std::vector<std::string_view> items;
  for (auto const& [name, value] : request.headers) {
    if (name != lower_case_name) continue;
    for (auto const item : split(value, ',')) {
      if (items.size() == kForwardedMax) return items;
      if (auto const trimmed = trim(item); !trimmed.empty()) items.push_back(trimmed);
    }
  }
  return items;
}

/// "1.2.3.4", "1.2.3.4:5678", "[::1]:5678": some proxies write the port too.
std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) return text.substr(1, std::min(text.find(']'), text.size()) - 1);
  auto const colon = text.find(':');
  return colon == text.rfind(':') ? text.substr(0, colon) : text;
}

/// None: nothing that could stand before a path of ours.
std::optional<std::string> prefix_of(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  auto const plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("/-._~").find(c) != std::string_view::npos;
  };
  bool const fits = path.empty() || (path.starts_with('/') && path.size() <= kPrefixBytesMax &&
                                     !path.contains("//") && !path.contains("/.") && std::ranges::all_of(path, plain));
  return fits ? std::optional{std::string{path}} : std::nullopt;
}

bool has_port(std::string_view host) {
  auto const after_brackets = host.starts_with('[') ? host.find(']') : 0;
  return host.find(':', after_brackets == std::string_view::npos ? 0 : after_brackets) != std::string_view::npos;
}

bool starts_below(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/' ||
                                      path[prefix.size()] == '?' || path[prefix.size()] == '#');
}

/// An address of this server from its root: "/alerts", not "//elsewhere".
bool is_from_root(std::string_view address) { return address.starts_with('/') && !address.starts_with("//"); }

std::string page_with_prefix(std::string_view page, std::string_view prefix) {
  constexpr std::array<std::string_view, 5> kBefore{" href=\"", " src=\"", " action=\"", " formaction=\"", " poster=\""};
  std::string out;
  out.reserve(page.size() + page.size() / 32);
  for (std::size_t at = 0;;) {
    auto const quote = page.find("=\"/", at);
    if (quote == std::string_view::npos) return out.append(page.substr(at));
    auto const begin = quote + 2;
    out.append(page.substr(at, begin - at));
    at = begin;
    bool const address = std::ranges::any_of(kBefore, [&](auto before) { return page.substr(0, begin).ends_with(before); });
    auto const rest = page.substr(begin, std::min<std::size_t>(page.find('"', begin), page.size()) - begin);
    if (address && is_from_root(rest) && !starts_below(rest, prefix)) out.append(prefix);
  }
}

}  // namespace

Result<BaseAddress> parse_base_address(std::string_view text) {
  auto const wrong = [text](std::string_view why) {
    return fail(Code::kInvalid, fmt::format("\"{}\": {}; https://HOST, perhaps with a port and a path, is expected", text, why));
  };
  BaseAddress base;
  auto const colon = text.find("://");
  auto const scheme = ascii_lower(text.substr(0, colon));
  if (colon == std::string_view::npos || (scheme != "https" && scheme != "http"))
    return wrong("does not begin with https:// or http://");
  base.secure = scheme == "https";
  auto const rest = text.substr(colon + 3);
  auto const slash = std::min(rest.find('/'), rest.size());
  base.host = rest.substr(0, slash);
  if (base.host.empty() || !is_plain_host(base.host)) return wrong("has no plain host name");
  auto prefix = prefix_of(rest.substr(slash));
  if (!prefix) return wrong("its path holds more than letters, digits and -._~");
  base.prefix = *std::move(prefix);
  return base;
}

Result<TrustedProxies> TrustedProxies::parse(std::string_view text) {
  TrustedProxies out;
  for (auto const item : split(text, ',')) {
    auto const entry = trim(item);
    if (entry.empty()) continue;
    if (out.networks_.size() == kTrustedProxiesMax)
      return fail(Code::kLimit, fmt::format("more than {} proxies", kTrustedProxiesMax));
    auto const slash = entry.find('/');
    auto const bytes = bytes_of_address(entry.substr(0, slash));
    bool const four = !entry.substr(0, slash).contains(':');
    int const bits_max = four ? 32 : 128;
    auto const bits = slash == std::string_view::npos ? std::optional<std::int64_t>{bits_max} : parse_int(entry.substr(slash + 1));
    if (!bytes || !bits || *bits < 0 || *bits > bits_max)
      return fail(Code::kInvalid, fmt::format("\"{}\" is neither an address nor a network such as 10.0.0.0/8", entry));
    out.networks_.push_back({*bytes, static_cast<int>(*bits) + (four ? 96 : 0)});
  }
  return out;
}

bool TrustedProxies::trusts(std::string_view address) const {
  if (networks_.empty()) return false;
  auto const bytes = bytes_of_address(address);
  return bytes && std::ranges::any_of(networks_, [&](Network const& n) { return shares_bits(*bytes, n.bytes, n.bits); });
}

Result<PublicAddress> PublicAddress::of(std::string_view base_address, std::string_view trusted_proxies) {
  PublicAddress out;
  if (!base_address.empty()) {
    MADANG_TRY(out.base_, parse_base_address(base_address));
  }
  MADANG_TRY(out.proxies_, TrustedProxies::parse(trusted_proxies));
  return out;
}

/// What the proxy says about the client's side; nothing where it says nothing that can be a host.
std::optional<BaseAddress> PublicAddress::as_forwarded(Head const& head) const {
  auto const& request = head.request;
  auto const first = [&request](std::string_view name) {
    auto const items = list_of(request, name);
    return items.empty() ? std::string_view{} : items.front();
  };
  BaseAddress out;
  auto const scheme = ascii_lower(first("x-forwarded-proto"));
  out.secure = scheme.empty() ? request.secure : scheme == "https" || scheme == "wss";
  out.host = first("x-forwarded-host");
  if (out.host.empty() || !is_plain_host(out.host)) out.host = request.header("host");
  auto const port = parse_int(first("x-forwarded-port"));
  bool const usual = port && *port == (out.secure ? 443 : 80);
  if (port && !usual && *port > 0 && *port <= 65'535 && !out.host.empty() && !has_port(out.host))
    out.host += fmt::format(":{}", *port);
  out.prefix = prefix_of(first("x-forwarded-prefix")).value_or("");
  return out;
}

void PublicAddress::resolve(Head& head) const {
  auto& request = head.request;
  BaseAddress found{request.secure, std::string{request.header("host")}, ""};
  if (proxies_.trusts(request.remote_address)) {
    found = *as_forwarded(head);
    auto const chain = list_of(request, "x-forwarded-for");
    for (auto hop = chain.rbegin(); hop != chain.rend(); ++hop) {
      auto const address = without_port(*hop);
      if (!bytes_of_address(address)) break;
      request.remote_address = address;
      if (!proxies_.trusts(address)) break;
    }
  }
  if (base_) found = *base_;
  request.secure = request.secure || found.secure;
  request.prefix = found.prefix;
  // HTTP/1.0 needs no Host: then links begin at the root.
  request.base = found.host.empty() ? found.prefix : found.text();
  tidy_path(head.raw_path);
  if (found.prefix.empty() || !starts_below(head.raw_path, found.prefix)) return;
  head.raw_path.erase(0, found.prefix.size());
  if (head.raw_path.empty()) head.raw_path = "/";
}

bool PublicAddress::is_forwarded_by_a_stranger(Head const& head) const {
  return !head.request.header("x-forwarded-for").empty() && !proxies_.trusts(head.request.remote_address);
}

bool is_plain_host(std::string_view host) {
  auto const plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view(".-_:[]").find(c) != std::string_view::npos;
  };
  return std::ranges::all_of(host, plain);
}

void tidy_path(std::string& raw_path) {
  auto const repeats = std::ranges::unique(raw_path, [](char a, char b) { return a == '/' && b == '/'; });
  raw_path.erase(repeats.begin(), repeats.end());
  if (raw_path.size() > 1 && raw_path.ends_with('/')) raw_path.pop_back();
}

void prepend_prefix(Response& response, std::string_view prefix) {
  if (prefix.empty()) return;
  if (auto* const location = field_named(response.headers, "location"))
    if (is_from_root(*location) && !starts_below(*location, prefix)) location->insert(0, prefix);
  bool const packed = field_named(response.headers, "content-encoding") != nullptr;
  if (packed || !response.content_type.starts_with("text/html")) return;
  response.body = page_with_prefix(response.static_body.empty() ? std::string_view{response.body} : response.static_body, prefix);
  response.static_body = {};
}

}  // namespace madang::web
