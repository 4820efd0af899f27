// What the files of the command line share; nobody else includes it.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "app/serve/settings.h"

namespace CLI {
class App;
}

namespace madang::app {

/// One run of the program: the options that many commands have, and what became of it.
struct Invocation {
  std::filesystem::path data = "madang-data";
  std::string config;
  int status = 0;

  void add_data_and_config(CLI::App& sub);
  void on(CLI::App& sub, std::function<int()> run);
  [[nodiscard]] int with_settings(std::function<int(ServeSettings)> const& run) const;
};

/// import, replay, simulate.
void add_feeds(CLI::App& app, Invocation& call);
/// subscribers add|list|remove|test.
void add_subscribers(CLI::App& app, Invocation& call);
/// bench store|ingest|http.
void add_benches(CLI::App& app, Invocation& call);
/// evaluate ...: detectors held against ground truth.
void add_evaluations(CLI::App& app, Invocation& call);

}  // namespace madang::app
