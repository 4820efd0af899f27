#include "web/http/etag.h"

#include <fmt/format.h>

#include <cstdint>
#include <functional>

#include "core/text.h"

namespace madang::web {
namespace {

std::string_view opaque(std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; }

}  // namespace

std::string weak_etag(std::string_view bytes) {
  // libstdc++ hashes text with a fixed seed: equal in every run of the same build.
  return fmt::format("W/\"{:016x}\"", static_cast<std::uint64_t>(std::hash<std::string_view>{}(bytes)));
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) {
  if (trim(if_none_match) == "*") return true;
  for (auto const candidate : split(if_none_match, ','))
    if (auto const tag = trim(candidate); !tag.empty() && opaque(tag) == opaque(etag)) return true;
  return false;
}

}  // namespace madang::web
