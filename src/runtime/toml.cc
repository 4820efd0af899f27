#include "runtime/toml.h"

#include <fmt/format.h>

namespace madang::runtime {

Result<toml::table> parse_toml(std::string_view text, std::string_view name) {
  auto parsed = toml::parse(text);
  if (!parsed) return wrong_in_toml(name, parsed.error().source(), parsed.error().description());
  return std::move(parsed).table();
}

std::unexpected<Error> wrong_in_toml(std::string_view name, toml::source_region const& where, std::string_view sentence) {
  return fail(Code::kInvalid, fmt::format("{}:{}:{}: {}", name, where.begin.line, where.begin.column, sentence));
}

}  // namespace madang::runtime
