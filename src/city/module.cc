#include "city/module.h"

#include "city/administration_routes.h"
#include "city/commands/party_commands.h"
#include "city/commands/registry_commands.h"
#include "city/commands/rights_commands.h"
#include "city/operators.h"
#include "city/party_routes.h"
#include "city/permissions.h"
#include "city/registry_routes.h"
#include "city/stores.h"
#include "city/words.h"
#include "embedded_locales.h"
#include "modules/api_document.h"
#include "runtime/shipped.h"

namespace madang::city {
namespace {

Result<modules::Opened> open(Services& mine, UnitBook const& units, modules::Ground const& ground) {
  MADANG_TRY(auto const own, store_of(ground.directory, ground.settings, ground.clock));
  MADANG_TRY(mine.city, City::open(ground.records, ground.clock, own));
  MADANG_TRY(mine.rights, Rights::open(ground.records, ground.clock, ground.permissions, &ground.metrics));
  mine.parties = std::make_unique<Parties>(Parties::Needs{.records = ground.records, .clock = ground.clock, .permissions = ground.permissions});
  modules::Opened opened;
  opened.authenticator = mine.rights.get();
  opened.default_feature = default_features_of(*mine.city);
  opened.routes = operator_routes(ground.records);
  opened.routes.append(party_routes({.parties = *mine.parties,
                                     .rights = *mine.rights,
                                     .city = *mine.city,
                                     .permissions = ground.permissions,
                                     .messages = ground.messages}));
  opened.routes.append(administration_routes({.city = *mine.city, .directory = ground.directory}));
  opened.routes.append(registry_routes({.city = *mine.city, .store = ground.store, .units = units}));
  opened.jobs = {{std::chrono::seconds{1}, "registry", [&mine] { return mine.city->refresh(); }}};
  return opened;
}

}  // namespace

Settings::Settings() {
  auto const unnamed = in_every_language(runtime::shipped_messages(), "city.unnamed");
  names.insert(unnamed.by_language.begin(), unnamed.by_language.end());
}

storage::DefaultFeature default_features_of(City const& city) {
  return [&city](DatastreamId id) {
    auto const datastream = city.datastream(id);
    return datastream == nullptr ? FeatureId{} : datastream->default_feature;
  };
}

modules::Module city_module(std::shared_ptr<Domain> mine) {
  modules::Module module;
  module.name = "city";
  module.texts = runtime::texts_of(embedded_locales(), "city");
  module.api = modules::api_of("city");
  module.permissions = {{kSeeParties, "permission.parties.see", {modules::kOperator, modules::kReader}},
                        {kSeeRegistryHistory, "permission.registry_history.see", {modules::kOperator, modules::kReader}},
                        {kChangeRegistry, "permission.registry.change", {modules::kOperator}},
                        {kChangeParties, "permission.parties.change"},
                        {kGiveRoles, "permission.roles.give"},
                        {kChangeRoles, "permission.roles.change"}};
  module.settings = [mine](runtime::Settings& settings) { mine->settings.declare(settings); };
  module.commands = {{modules::HelpSection::kRights, add_keys},
                     {modules::HelpSection::kRights, add_operators},
                     {modules::HelpSection::kRights, add_parties},
                     {modules::HelpSection::kRights, add_roles},
                     {modules::HelpSection::kData, add_registry}};
  module.open = [mine](modules::Ground const& ground) { return open(mine->services.emplace(), mine->units, ground); };
  module.close = [mine] { mine->services.reset(); };
  return module;
}

}  // namespace madang::city
