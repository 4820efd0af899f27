// A rule set from outside: what is accepted is sound and reads back the same.
#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "sensing/warning/rules.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace madang::sensing::warning;
  auto const set = rule_set_of_json({reinterpret_cast<char const*>(data), size});
  if (!set) return 0;
  MADANG_ASSERT(check(*set).has_value());
  auto const again = rule_set_of_json(json_of(*set));
  MADANG_ASSERT(again.has_value() && again->rules == set->rules);
  return 0;
}
