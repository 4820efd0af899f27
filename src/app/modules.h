// Which modules Madang is made of.
#pragma once

#include <vector>

#include "modules/module.h"

namespace madang::app {

/// Lower ones first. A new domain is one line here.
std::vector<modules::Module> all_modules();

}  // namespace madang::app
