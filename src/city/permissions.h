// What routes about parties and the registry ask for.
#pragma once

#include "web/http/permission.h"

namespace madang::city {

inline constexpr web::Permission kSeeParties{"parties.see"};
inline constexpr web::Permission kSeeRegistryHistory{"registry_history.see"};
inline constexpr web::Permission kChangeRegistry{"registry.change"};

}  // namespace madang::city
