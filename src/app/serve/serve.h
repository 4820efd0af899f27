// `madang serve`: opens what the modules bring, the doors to it, waits for a signal, closes in reverse.
#pragma once

#include <filesystem>

#include "app/serve/settings.h"
#include "modules/program.h"

namespace madang::app {

/// Prints the addresses to standard output, one a line, then "ready". Returns the exit status after SIGTERM or SIGINT.
int serve(modules::Program& program, std::filesystem::path const& data_directory, DoorSettings const& doors);

}  // namespace madang::app
