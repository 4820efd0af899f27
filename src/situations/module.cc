#include "situations/module.h"

#include "embedded_locales.h"
#include "modules/api_document.h"
#include "situations/commands/subscriber_commands.h"
#include "situations/handing_back.h"
#include "situations/limits.h"
#include "situations/permissions.h"

namespace madang::situations {
namespace {

Result<void> open_services(Services& mine, Settings const& settings, city::City& city, Publisher const& publisher, modules::Ground const& ground) {
  MADANG_TRY(mine.situations, Situations::open({.records = ground.records, .city = city, .clock = ground.clock, .metrics = ground.metrics},
                                               settings.life()));
  // Before those of others, which lock more: a party's end locks it first, too.
  mine.situations->add_transaction_hook(check_assignee);
  MADANG_TRY(mine.alerts, Alerts::open({.records = ground.records, .situations = *mine.situations, .city = city, .messages = ground.messages},
                                       publisher));
  MADANG_TRY(mine.subscribers, notices::Subscribers::open(
                                   {.records = ground.records, .city = city, .messages = ground.messages, .clock = ground.clock},
                                   settings.subscribing()));
  MADANG_TRY(auto const delivery, settings.delivery());
  MADANG_TRY(mine.notices, notices::Notices::start({.records = ground.records,
                                                    .situations = *mine.situations,
                                                    .city = city,
                                                    .messages = ground.messages,
                                                    .clock = ground.clock,
                                                    .metrics = ground.metrics,
                                                    .publisher = publisher,
                                                    .leases = &ground.leases},
                                                   delivery));
  mine.retention = std::make_unique<Retention>(ground.records, ground.clock, settings.past_kept());
  return {};
}

Result<modules::Opened> open(Domain& domain, city::Domain const& known, modules::Ground const& ground) {
  auto& city = *known.services->city;
  Publisher const publisher{.city = known.city_name(),
                            .zone = ground.settings.zone,
                            .base_address = ground.settings.base_address,
                            .sender = domain.settings.cap_sender};
  auto& mine = domain.services.emplace();
  MADANG_CHECK(open_services(mine, domain.settings, city, publisher, ground));
  modules::Opened opened;
  opened.routes = routes({.situations = *mine.situations,
                          .alerts = *mine.alerts,
                          .city = city,
                          .records = ground.records,
                          .messages = ground.messages,
                          .permissions = ground.permissions,
                          .clock = ground.clock,
                          .events = ground.events,
                          .publisher = publisher,
                          .navigation = &ground.navigation});
  opened.routes.append(notices::routes({.subscribers = *mine.subscribers, .notices = *mine.notices, .city = city}));
  opened.jobs = {{std::chrono::seconds{1}, "situations", [&mine] { return mine.situations->tick(); }},
                 {kShortenEvery, "situations_past", [&mine] { return mine.retention->shorten(); }, true}};
  opened.event_handlers = {handing_back(*mine.situations)};
  opened.finish = [&mine] { mine.notices->stop(); };
  return opened;
}

std::vector<modules::DeclaredPermission> permissions() {
  using modules::kOperator;
  using modules::kReader;
  return {{kSeeSituations, "permission.situations.see", {kOperator, kReader}},
          {kWorkSituations, "permission.situations.work", {kOperator}},
          {kReportSituations, "permission.situations.report", {kOperator}},
          {kSilence, "permission.situations.silence", {kOperator}},
          {kSeeSubscribers, "permission.subscribers.see", {kOperator}},
          {kChangeSubscribers, "permission.subscribers.change", {kOperator}}};
}

}  // namespace

modules::Module situations_module(std::shared_ptr<Domain> mine, std::shared_ptr<city::Domain> city) {
  modules::Module module;
  module.name = "situations";
  module.texts = runtime::texts_of(embedded_locales(), "situations");
  module.api = modules::api_of("situations");
  module.settings = [mine](runtime::Settings& settings) { mine->settings.declare(settings); };
  module.permissions = permissions();
  module.pages = {{.path = "/alerts", .words = "alerts.page", .rank = 20},
                  {.path = "/control?view=subscribers", .words = "subscriber.view", .access = kSeeSubscribers, .rank = 50}};
  module.commands = {{modules::HelpSection::kRights, [mine](CLI::App& app, modules::Invocation& call) { add_subscribers(app, call, mine->settings); }}};
  module.open = [mine, city](modules::Ground const& ground) { return open(*mine, *city, ground); };
  module.close = [mine] { mine->services.reset(); };
  return module;
}

}  // namespace madang::situations
