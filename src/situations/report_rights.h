// Who may report what by hand: a right in one Area publishes nothing of another.
#pragma once

#include "city/city.h"
#include "core/error.h"
#include "situations/model.h"
#include "web/http/http.h"

namespace madang::situations {

/// In the Area that the signal names, and where its place lies. The Area of one that names none is derived before.
[[nodiscard]] bool may_report(web::Principal const& who, Signal const& signal, city::City const& city);

/// Who may not report in the whole city tells of his own ground: place and radius touch the Area, and reach no farther than the
/// largest Area does in which he may. kInvalid: the sentence names the field.
Result<void> check_reach(web::Principal const& who, Signal const& signal, city::City const& city);

}  // namespace madang::situations
