#include <fmt/format.h>

#include "city/module.h"
#include "runtime/shipped.h"

namespace madang::city {

void Settings::declare(runtime::Settings& s) {
  for (auto const& language : runtime::shipped_messages().languages())
    s.declare(names[language], {"city.name_" + language,
                                fmt::format("What the city is called on pages in {}.", runtime::own_name_of(language)), "", 0, 0});
}

}  // namespace madang::city
