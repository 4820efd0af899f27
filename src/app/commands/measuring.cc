#include "app/commands/measuring.h"

#include "app/commands/command_line_parts.h"

namespace madang::app {

modules::Module measuring_module(std::shared_ptr<sensing::Domain> sensing) {
  modules::Module module;
  module.name = "measuring";
  module.commands = {{modules::HelpSection::kMeasure, add_benches},
                     {modules::HelpSection::kMeasure, [sensing](CLI::App& app, modules::Invocation& call) {
                        add_evaluations(app, call, sensing->settings);
                      }}};
  return module;
}

}  // namespace madang::app
