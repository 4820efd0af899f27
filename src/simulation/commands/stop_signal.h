// Ctrl-C and SIGTERM end a command of the simulated city where it stands, not in the middle of a message.
#pragma once

#include <atomic>

namespace madang::simulation {

/// False again, and from now on true once SIGINT or SIGTERM came; SIGPIPE is ignored. Of the whole process.
std::atomic<bool>& stop_on_signals();

}  // namespace madang::simulation
