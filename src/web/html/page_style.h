// The look of all pages for people: one file under a name that changes with its bytes, so that browsers keep it for good.
#pragma once

#include <string>
#include <string_view>

#include "web/http/http.h"

namespace madang::web {

struct PageStyle {
  std::string path;  ///< "/style/16 hex digits.css"
  std::string_view css;
  std::string packed;  ///< the same with gzip, made once
};
PageStyle const& page_style();

/// GET /style/{name}.
Routes page_style_routes();

}  // namespace madang::web
