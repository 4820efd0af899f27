// `madang doctor`: looks at the machine, the ports, the disk, the clock and the files of TLS, and at what waits in a running server, and says how to mend what is wrong.
#pragma once

#include <filesystem>

#include "app/serve/settings.h"
#include "modules/ground.h"

namespace madang::app {

struct DoctorOptions {
  std::filesystem::path data_directory;
  bool named = false;  ///< by --data: it is meant to be there
};

/// 0 when nothing stands in the way of `madang serve`, 1 otherwise.
int run_doctor(DoctorOptions const& options, modules::GroundSettings const& ground, DoorSettings const& settings);

}  // namespace madang::app
