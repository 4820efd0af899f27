// What became of the observations of one post, as a header field says it: CreateObservations' body has room for links only.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace madang::sensing {

inline constexpr std::string_view kOutcomesHeader = "madang-outcomes";

struct Outcomes {
  std::size_t stored = 0;
  std::size_t repeated = 0;    ///< the same value was there, or stands twice in the body
  std::size_t superseded = 0;  ///< another value was there; this one counts now
  std::size_t refused = 0;

  [[nodiscard]] std::size_t sum() const { return stored + repeated + superseded + refused; }
};

/// "stored=12, repeated=3, superseded=1, refused=0"
std::string format_outcomes(Outcomes const& outcomes);
std::optional<Outcomes> parse_outcomes(std::string_view text);

}  // namespace madang::sensing
