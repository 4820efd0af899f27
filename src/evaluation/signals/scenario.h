// Simulations to run, as SUMO's configuration files name them: a net, routes, and a window of time.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/time.h"

namespace madang::evaluation::signals {

struct Scenario {
  std::string name;  ///< of the configuration file, without its ending
  std::filesystem::path config;
  std::filesystem::path net;
  std::vector<std::filesystem::path> routes;
  std::vector<std::filesystem::path> additional;
  Millis begin{0};
  Millis end{0};
  std::set<std::string> bus_types;  ///< ids of the vehicle types whose class is a bus

  [[nodiscard]] Millis length() const { return end - begin; }
};

/// Files are named as seen from the configuration's folder. kNotFound, kInvalid and kLimit name file and line.
Result<Scenario> read_scenario(std::filesystem::path const& config);

/// Each *.sumocfg of the folder and of the folders in it, by name; of some names only those, each of which must be there.
Result<std::vector<Scenario>> find_scenarios(std::filesystem::path const& folder, std::vector<std::string> const& only);

}  // namespace madang::evaluation::signals
