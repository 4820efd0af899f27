// What a person sees who followed a wrong link; programs get the same refusal as JSON.
#pragma once

#include "city/model.h"
#include "runtime/messages.h"
#include "web/http/http.h"

namespace madang::app {

web::Response missing_page(runtime::Messages const& messages, city::Name const& city, web::Request const& request);

}  // namespace madang::app
