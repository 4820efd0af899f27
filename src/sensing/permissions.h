// What routes of sensing ask for.
#pragma once

#include "web/http/permission.h"

namespace madang::sensing {

inline constexpr web::Permission kChangeRules{"rules.change"};
/// Serials, what ails a station, devices that nobody registered.
inline constexpr web::Permission kSeeDevices{"devices.see"};

}  // namespace madang::sensing
