// `madang serve`: the composition root. Opens everything in order, waits for a signal, closes in reverse.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "app/serve/settings.h"

namespace madang::app {

struct ServeOptions {
  std::filesystem::path data_directory = "madang-data";
  ServeSettings settings;
};

/// Prints the addresses to standard output, one a line, then "ready". Returns the exit status after SIGTERM or SIGINT.
int serve(ServeOptions const& options);

}  // namespace madang::app
