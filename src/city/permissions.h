// What routes about parties, roles and the registry ask for.
#pragma once

#include "web/http/permission.h"

namespace madang::city {

inline constexpr web::Permission kSeeParties{"parties.see"};
inline constexpr web::Permission kChangeParties{"parties.change"};
inline constexpr web::Permission kGiveRoles{"roles.give"};
inline constexpr web::Permission kChangeRoles{"roles.change"};
inline constexpr web::Permission kSeeRegistryHistory{"registry_history.see"};
inline constexpr web::Permission kChangeRegistry{"registry.change"};

}  // namespace madang::city
