// A domain that is not Madang's: lamps. It brings one thing of each kind that a module can bring, and shows with its own
// page that all of them work.
#pragma once

#include "modules/module.h"

namespace madang::toy {

modules::Module toy_module();

}  // namespace madang::toy
