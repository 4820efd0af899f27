#include <array>

#include "sensing/quality/health.h"

namespace madang::sensing {

std::string_view name_of(Ailment ailment) {
  constexpr std::array<std::string_view, 9> kNames{"",           "out_of_service", "silent", "stuck",  "drifting",
                                                   "not_fitted", "out_of_range",   "clock",  "suspect"};
  auto const index = static_cast<std::size_t>(ailment);
  return index < kNames.size() ? kNames[index] : "";
}

}  // namespace madang::sensing
