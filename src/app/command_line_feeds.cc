// The command line of everything that brings readings: import, replay, simulate.
#include <CLI/CLI.hpp>

#include "app/command_line_parts.h"

namespace madang::app {

void add_feeds(CLI::App&, Invocation&) {}
void add_benches(CLI::App&, Invocation&) {}

}  // namespace madang::app
