#include "modules/commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "modules/program.h"

namespace madang::modules {

void Invocation::add_data(CLI::App& sub) {
  sub.add_option("--data", data, "The data directory")->capture_default_str();
}

void Invocation::add_data_and_config(CLI::App& sub) {
  add_data(sub);
  sub.add_option("--config", config, "A TOML file; none: DATA/madang.toml when there is one");
}

void Invocation::on(CLI::App& sub, std::function<int()> run) {
  sub.final_callback([this, run = std::move(run)] { status = run(); });
}

int Invocation::with_settings(std::function<int(GroundSettings const&)> const& run) const {
  auto const read = program.read_settings(config, data);
  if (read) return run(program.ground());
  fmt::print(stderr, "madang: {}\n", read.error().sentence);
  return 2;
}

}  // namespace madang::modules
