// The command line as modules see it: what a command is, and what one run of the program knows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>

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
  /// For a command on a data directory: gives it --data and --config, and `run` its options with both filled in.
  template <typename Options>
  void on_data(CLI::App& sub, std::shared_ptr<Options> options, std::function<int(Options const&)> run) {
    add_data_and_config(sub);
    on(sub, [this, options = std::move(options), run = std::move(run)] {
      return with_settings([&](GroundSettings const& settings) {
        options->data_directory = data;
        options->settings = settings;
        return run(*options);
      });
    });
  }
};

/// Where a command stands in --help.
enum class HelpSection : std::uint8_t { kServe, kFeeds, kRights, kData, kCare, kMeasure };

struct Command {
  HelpSection section = HelpSection::kData;
  std::function<void(CLI::App& app, Invocation& call)> add;
};

}  // namespace madang::modules
