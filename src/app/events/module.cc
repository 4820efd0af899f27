#include "app/events/module.h"

#include "app/events/routes.h"
#include "modules/api_document.h"
#include "storage/journal/journal.h"

namespace madang::app {

modules::Module events_module() {
  modules::Module module;
  module.name = "event_desk";
  module.api = modules::api_of("app/events");
  module.permissions = {{kSeeEvents, "permission.events.see", {modules::kOperator, modules::kReader}},
                        {kWorkEvents, "permission.events.work", {modules::kOperator}}};
  module.open = [](modules::Ground const& ground) -> Result<modules::Opened> {
    MADANG_CHECK(storage::journal::migrate(ground.records));
    modules::Opened opened;
    opened.routes = event_routes({.records = ground.records, .clock = ground.clock});
    return opened;
  };
  return module;
}

}  // namespace madang::app
