// A time in a column that is never NULL: what never was, or has not come, is kNever. So one index answers "alive since".
#pragma once

#include <cstdint>
#include <optional>

#include "storage/records/rows.h"

namespace madang::situations {

/// Below 2^53, far after every Instant.
inline constexpr std::int64_t kNever = 9'007'199'254'740'991;

struct OptionalInstant {
  std::optional<Instant> at;
};

}  // namespace madang::situations

namespace madang::storage {

template <>
struct Stored<situations::OptionalInstant> {
  static constexpr auto kType = ColumnType::kWhole;
  static Result<Value> of(situations::OptionalInstant const& time) {
    return Value{time.at ? std::int64_t{millis_of(*time.at)} : situations::kNever};
  }
  static Result<situations::OptionalInstant> to(Value const& value) {
    auto const millis = std::get<std::int64_t>(value);
    return situations::OptionalInstant{millis == situations::kNever ? std::nullopt : std::optional{instant_of_millis(millis)}};
  }
};

}  // namespace madang::storage
