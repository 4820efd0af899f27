#include "app/modules.h"

#include "app/commands/measuring.h"
#include "app/events/module.h"
#include "app/journal/module.h"
#include "app/serve/module.h"
#include "opendata/module.h"
#include "simulation/module.h"

namespace madang::app {

std::vector<modules::Module> all_modules() {
  auto const city = std::make_shared<city::Domain>();
  auto const situations = std::make_shared<situations::Domain>();
  auto const sensing = std::make_shared<sensing::Domain>();
  return {
      journal_module(),
      events_module(),
      city::city_module(city),
      situations::situations_module(situations, city),
      sensing::sensing_module(sensing, city, situations),
      opendata::opendata_module(city, sensing),
      simulation::simulation_module(),
      server_module(city),
      measuring_module(sensing),
  };
}

}  // namespace madang::app
