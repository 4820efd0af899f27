// What routes of situations ask for.
#pragma once

#include "web/http/permission.h"

namespace madang::situations {

/// Also those that are not public, with evidence, people and their words.
inline constexpr web::Permission kSeeSituations{"situations.see"};
inline constexpr web::Permission kWorkSituations{"situations.work"};
inline constexpr web::Permission kReportSituations{"situations.report"};
inline constexpr web::Permission kSilence{"situations.silence"};
/// Their addresses are personal.
inline constexpr web::Permission kSeeSubscribers{"subscribers.see"};
inline constexpr web::Permission kChangeSubscribers{"subscribers.change"};

}  // namespace madang::situations
