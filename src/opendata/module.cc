#include "opendata/module.h"

#include "opendata/sensorthings/sensorthings.h"

namespace madang::opendata {

modules::Module opendata_module(std::shared_ptr<city::Domain> city, std::shared_ptr<sensing::Domain> sensing) {
  modules::Module module;
  module.name = "opendata";
  module.open = [city, sensing](modules::Ground const& ground) -> Result<modules::Opened> {
    modules::Opened opened;
    opened.routes = sensorthings_routes({.city = *city->services->city,
                                         .store = ground.store,
                                         .ingest = *sensing->services->ingest,
                                         .clock = ground.clock,
                                         .messages = &ground.messages,
                                         .unstored = sensing->services->unstored_messages.get()});
    return opened;
  };
  return module;
}

}  // namespace madang::opendata
