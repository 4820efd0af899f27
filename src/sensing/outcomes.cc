#include "sensing/outcomes.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "core/text.h"

namespace madang::sensing {
namespace {

constexpr std::array<std::pair<std::string_view, std::size_t Outcomes::*>, 4> kOutcomeNames{
    {{"stored", &Outcomes::stored}, {"repeated", &Outcomes::repeated}, {"superseded", &Outcomes::superseded}, {"refused", &Outcomes::refused}}};

}  // namespace

std::string format_outcomes(Outcomes const& outcomes) {
  std::string out;
  for (auto const& [name, count] : kOutcomeNames) out += fmt::format("{}{}={}", out.empty() ? "" : ", ", name, outcomes.*count);
  return out;
}

std::optional<Outcomes> parse_outcomes(std::string_view text) {
  Outcomes out;
  std::size_t found = 0;
  for (auto const item : split(text, ',')) {
    auto const entry = trim(item);
    auto const equals = entry.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    auto const number = parse_int(entry.substr(equals + 1));
    if (!number || *number < 0) return std::nullopt;
    for (auto const& [name, count] : kOutcomeNames) {
      if (name != entry.substr(0, equals)) continue;
      out.*count = static_cast<std::size_t>(*number);
      ++found;
    }
  }
  return found == kOutcomeNames.size() ? std::optional(out) : std::nullopt;
}

}  // namespace madang::sensing
