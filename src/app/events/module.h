// How far the handlers of events are, and their dead letters: for operators.
#pragma once

#include "modules/module.h"

namespace madang::app {

modules::Module events_module();

}  // namespace madang::app
