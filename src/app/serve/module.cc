#include "app/serve/module.h"

#include "app/commands/command_line_parts.h"
#include "app/serve/api_routes.h"
#include "app/serve/backup_routes.h"
#include "app/serve/control_room_routes.h"
#include "app/serve/login_pages.h"
#include "app/serve/plain_pages.h"
#include "app/serve/operations_routes.h"
#include "app/serve/settings.h"
#include "embedded_control_room.h"
#include "embedded_locales.h"
#include "modules/api_document.h"
#include "web/html/page_style.h"

namespace madang::app {
namespace {

modules::Opened open(city::Domain const& city, modules::Ground const& ground) {
  measure_store(ground.metrics, ground.store, ground.clock);
  modules::Opened opened;
  opened.routes = operations_routes(ground.metrics, ground.ready, ground.permissions);
  opened.routes.append(api_routes(ground.api));
  opened.routes.append(backup_routes(ground.records, ground.store));
  opened.routes.append(control_room_routes(embedded_control_room()));
  opened.routes.append(web::page_style_routes());
  opened.routes.append(login_routes(*city.services->rights, ground.messages, ground.navigation, city.city_name()));
  PlainPages const plain{ground.messages, ground.navigation, city.city_name(), ground.permissions};
  opened.missing_page = [plain](web::Request const& request) { return plain.missing(request); };
  opened.refused_page = [plain](web::Request const& request, Error const& error) { return plain.refused(request, error); };
  opened.denied_page = [plain](web::Request const& request, web::Permission const& permission) { return plain.denied(request, permission); };
  return opened;
}

/// Those of the pages' frame and of the control room's shell too: they belong to no domain.
std::vector<runtime::EmbeddedFile> own_texts() {
  std::vector<runtime::EmbeddedFile> all;
  for (auto const* name : {"app", "control_room", "web"})
    for (auto const& file : runtime::texts_of(embedded_locales(), name)) all.push_back(file);
  return all;
}

}  // namespace

modules::Module server_module(std::shared_ptr<city::Domain> city) {
  using modules::Invocation;
  using modules::HelpSection;
  auto const doors = std::make_shared<DoorSettings>();
  modules::Module module;
  module.name = "server";
  module.texts = own_texts();
  module.api = modules::api_of("app/serve");
  module.pages = {{.path = "/control", .words = "nav.control", .rank = 40},
                  {.path = "/login", .words = "nav.sign_in", .rank = 90, .signed_out_only = true},
                  {.path = "/login", .words = "nav.account", .access = web::Access::kSignedIn, .rank = 90}};
  module.settings = [doors](runtime::Settings& settings) { doors->declare(settings); };
  module.commands = {{HelpSection::kServe, [doors](CLI::App& app, Invocation& call) { add_serve(app, call, *doors); }},
                     {HelpSection::kData, add_backup},
                     {HelpSection::kCare, add_config},
                     {HelpSection::kCare, add_api},
                     {HelpSection::kCare, [doors](CLI::App& app, Invocation& call) { add_doctor(app, call, *doors); }}};
  module.open = [city](modules::Ground const& ground) -> Result<modules::Opened> { return open(*city, ground); };
  return module;
}

}  // namespace madang::app
