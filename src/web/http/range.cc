// Parts of a body (RFC 9110, section 14): what a client asks for that goes on with half a file.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/text.h"
#include "web/http/fields.h"
#include "web/http/http.h"

namespace madang::web {
namespace {

struct Part {
  std::size_t first = 0;
  std::size_t size = 0;  ///< 0: none of the body lies in it
};

/// Nothing: no single range of bytes, which is answered by the whole.
std::optional<Part> part_of(std::string_view field, std::size_t whole) {
  constexpr std::string_view kUnit = "bytes=";
  if (!field.starts_with(kUnit)) return std::nullopt;
  auto const range = trim(field.substr(kUnit.size()));
  auto const dash = range.find('-');
  if (dash == std::string_view::npos || range.contains(',')) return std::nullopt;
  auto const from = range.substr(0, dash);
  auto const to = range.substr(dash + 1);
  auto const number = [](std::string_view text) -> std::optional<std::size_t> {
    if (text.empty() || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
    auto const value = parse_int(text);
    if (!value) return std::nullopt;
    return static_cast<std::size_t>(*value);
  };
  if (from.empty()) {  // the last so many
    auto const count = number(to);
    if (!count) return std::nullopt;
    auto const size = std::min(*count, whole);
    return Part{whole - size, size};
  }
  auto const first = number(from);
  if (!first) return std::nullopt;
  if (*first >= whole) return Part{};
  if (to.empty()) return Part{*first, whole - *first};
  auto const last = number(to);
  if (!last || *last < *first) return std::nullopt;
  return Part{*first, std::min(*last, whole - 1) - *first + 1};
}

}  // namespace

Response with_range(Request const& request, Response response) {
  if (response.status != 200 || response.content || (request.method != Method::kGet && request.method != Method::kHead)) return response;
  response.headers.emplace_back("accept-ranges", "bytes");
  // Our entity tags are weak, and a weak one never proves that half a file goes on as it began.
  if (request.method != Method::kGet || !request.header("if-range").empty()) return response;
  bool const fixed = !response.static_body.empty();
  auto const whole = fixed ? response.static_body.size() : response.body.size();
  auto const part = part_of(request.header("range"), whole);
  if (!part) return response;
  if (part->size == 0) {
    auto refusal = error_response({Code::kInvalid, fmt::format("range: the body has {} bytes", whole)});
    refusal.status = 416;
    refusal.headers.emplace_back("content-range", fmt::format("bytes */{}", whole));
    return refusal;
  }
  response.status = 206;
  response.headers.emplace_back("content-range", fmt::format("bytes {}-{}/{}", part->first, part->first + part->size - 1, whole));
  if (fixed)
    response.static_body = response.static_body.substr(part->first, part->size);
  else
    response.body = response.body.substr(part->first, part->size);
  return response;
}

}  // namespace madang::web
