// Until when a read may take. The store looks at it in all that it walks; whatever else goes through many looks at it in its loop.
#pragma once

#include <optional>

#include "core/error.h"
#include "runtime/awaited.h"
#include "runtime/clock.h"

namespace madang::opendata {

struct Deadline {
  runtime::Clock const& clock;
  Tick at;
};

inline Result<void> check(std::optional<Deadline> const& deadline) {
  if (runtime::Awaited::by_nobody()) return fail(Code::kUnavailable, "nobody waits for the answer any more");
  if (!deadline || deadline->clock.tick() < deadline->at) return {};
  return fail(Code::kUnavailable, "the answer was not ready before its deadline");
}

}  // namespace madang::opendata
