// The command line: what a person types becomes options of one function each. --help everywhere, with examples.
#pragma once

#include <vector>

#include "modules/module.h"

namespace madang::app {

/// Returns the exit status: 0 done, 1 failed, 2 the command line itself is wrong, 3 the data directory is in use.
int run_command_line(int argc, char** argv, std::vector<modules::Module> modules);

}  // namespace madang::app
