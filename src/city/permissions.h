// What routes about parties ask for.
#pragma once

#include "web/http/permission.h"

namespace madang::city {

inline constexpr web::Permission kSeeParties{"parties.see"};

}  // namespace madang::city
