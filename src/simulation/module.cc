#include "simulation/module.h"

#include "embedded_locales.h"
#include "simulation/commands/replay.h"
#include "simulation/commands/simulate.h"

namespace madang::simulation {

modules::Module simulation_module() {
  modules::Module module;
  module.name = "simulation";
  module.texts = runtime::texts_of(embedded_locales(), "simulation");
  module.commands = {{modules::HelpSection::kFeeds, add_simulate}, {modules::HelpSection::kFeeds, add_replay}};
  return module;
}

}  // namespace madang::simulation
