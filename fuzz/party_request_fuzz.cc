// Bodies of the API of parties and roles. No crash; what is accepted keeps what the rest relies on.
#include <cstdint>
#include <string_view>

#include "city/party_json.h"

namespace city = madang::city;

namespace {

void need(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text{reinterpret_cast<char const*>(data), size};
  (void)city::parse_party(text);
  if (auto const give = city::parse_give(text)) need(!give->role.empty() && give->area.value() >= 0);
  if (auto const party = city::parse_member(text)) need(party->value() > 0);
  if (auto const role = city::parse_role(text)) need(role->permissions.size() <= 256);
  return 0;
}
