// madang evaluate signals and madang evaluate kernel, on the command line.
#pragma once

#include "modules/commands.h"

namespace CLI {
class App;
}

namespace madang::app {

void add_signals(CLI::App& evaluate, modules::Invocation& call);
void add_kernel(CLI::App& evaluate, modules::Invocation& call);

}  // namespace madang::app
