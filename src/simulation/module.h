// The simulated city as a module: it has commands only, since it reaches a server through its public doors.
#pragma once

#include "modules/module.h"

namespace madang::simulation {

modules::Module simulation_module();

}  // namespace madang::simulation
