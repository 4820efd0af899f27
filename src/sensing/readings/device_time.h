// Times as devices write them. RFC 3339 wants more than many firmwares give: `+0900`, a space for the T, no seconds, no zone, a
// number of seconds or milliseconds since 1970.
#pragma once

#include <string_view>

#include "core/error.h"
#include "core/time.h"
#include "sensing/import/local_time.h"

namespace madang::sensing {

/// "2026-11-24T05:30:00Z", also with t, a space, z, "UTC", +0900, +09, '/' between the numbers of the date, a comma before the
/// fraction, without seconds, as 20261124T053000; or digits alone: since 1970. `zone` counts where the text names none; null:
/// kInvalid. A time outside the years that can be stored is no error here: a clock that was never set says 0001 or 1900.
Result<Instant> read_device_time(std::string_view text, Zone const* zone);

/// Since 1970 in seconds, milli-, micro- or nanoseconds: their size tells which, for every time from 1973 to 5138.
Result<Instant> device_time_of_number(double number);

}  // namespace madang::sensing
