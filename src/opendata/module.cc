#include "opendata/module.h"

#include "modules/api_document.h"
#include "opendata/sensorthings/sensorthings.h"

namespace madang::opendata {

modules::Module opendata_module(std::shared_ptr<city::Domain> city, std::shared_ptr<sensing::Domain> sensing) {
  modules::Module module;
  module.name = "opendata";
  module.api = modules::api_of("opendata");
  module.open = [city, sensing](modules::Ground const& ground) -> Result<modules::Opened> {
    modules::Opened opened;
    auto service = sensorthings_service({.city = *city->services->city,
                                         .store = ground.store,
                                         .ingest = *sensing->services->ingest,
                                         .clock = ground.clock,
                                         .messages = &ground.messages,
                                         .unstored = sensing->services->unstored_messages.get(),
                                         .metrics = &ground.metrics});
    opened.routes = std::move(service.routes);
    opened.stop = std::move(service.stop);
    return opened;
  };
  return module;
}

}  // namespace madang::opendata
