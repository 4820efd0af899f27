// The command line as modules see it: what a command is, and what one run of the program knows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "modules/ground.h"

namespace CLI {
class App;
}

namespace madang::modules {

class Program;

/// One run of the program: the options that many commands have, and what became of it.
struct Invocation {
  Program& program;
  std::filesystem::path data = "madang-data";
  std::string config = {};
  int status = 0;

  void add_data(CLI::App& sub);
  void add_data_and_config(CLI::App& sub);
  void on(CLI::App& sub, std::function<int()> run);
  /// Reads the configuration file into the settings of every module, then runs; a wrong file ends with 2.
  [[nodiscard]] int with_settings(std::function<int(GroundSettings const&)> const& run) const;
};

/// Where a command stands in --help.
enum class Shelf : std::uint8_t { kServe, kFeeds, kRights, kData, kCare, kMeasure };

struct Command {
  Shelf shelf = Shelf::kData;
  std::function<void(CLI::App& app, Invocation& call)> add;
};

}  // namespace madang::modules
