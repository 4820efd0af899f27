// `madang doctor`: looks at the machine, the ports, the disk, the clock and the files of TLS, and at what waits in a running server, and says how to mend what is wrong.
#pragma once

#include <filesystem>

#include "app/serve/settings.h"

namespace madang::app {

/// 0 when nothing stands in the way of `madang serve`, 1 otherwise.
int run_doctor(std::filesystem::path const& data_directory, DoorSettings const& settings);

}  // namespace madang::app
