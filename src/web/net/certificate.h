// Whom a client certificate that was checked is for, and until when.
#pragma once

#include <optional>
#include <string>

#include "core/time.h"

namespace madang::web::net {

struct Certificate {
  std::string name = {};  ///< its common name; empty: there is none
  std::optional<Instant> ends_at = std::nullopt;
};

}  // namespace madang::web::net
