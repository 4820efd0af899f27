// The one moment that a picture of the evidence shows: when it was worst, and what every stream said then. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "situations/model.h"

namespace madang::situations {

/// What a mark on the map stands for.
enum class Role : std::uint8_t { kCause = 0, kNeighbour = 1, kOther = 2 };
Role role_of(EvidenceStream const& stream);
/// The city's median: it belongs to no place.
bool is_of_the_city(EvidenceStream const& stream);

/// One stream at the moment.
struct Shown {
  EvidenceStream const* stream = nullptr;
  EvidenceValue const* value = nullptr;  ///< nullptr: none near the moment
  bool leading = false;                  ///< of the quantity that the moment is about: its values can be compared

  [[nodiscard]] bool has_expected() const;
  /// How far from what was expected, in the unit; where nothing was, the value itself; 0 without a value.
  [[nodiscard]] double excess() const;
  [[nodiscard]] bool is_doubtful() const;
};

struct EvidenceMoment {
  std::optional<Instant> at;    ///< nullopt: there are no values
  Shown worst;                  ///< of the cause's leading channel; without a stream when there are no values
  std::vector<Shown> streams;   ///< of places, in the order of the evidence; points into the evidence
  std::optional<Shown> city;    ///< of the quantity of `worst`
};
/// The highest value of the cause's leading channel at or after `since`, as the facts of a Situation say it too.
EvidenceMoment worst_moment(Evidence const& evidence, Instant since);

}  // namespace madang::situations
