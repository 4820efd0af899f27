#include "sensing/module.h"

#include "embedded_locales.h"
#include "modules/api_document.h"
#include "sensing/commands/import_commands.h"
#include "sensing/commands/quality_commands.h"
#include "sensing/indices/indices_routes.h"
#include "sensing/live/city_view.h"
#include "sensing/live/public_page.h"
#include "sensing/means.h"
#include "sensing/permissions.h"
#include "sensing/quality/administration_routes.h"
#include "sensing/quality/station_health.h"
#include "sensing/unit_words.h"

namespace madang::sensing {
namespace {

/// Everything that opening needs; lives as long as opening takes.
struct Opening {
  Services& mine;
  Settings const& settings;
  city::City& city;
  city::Name name;
  situations::Situations& situations;
  modules::Ground const& ground;

  Result<void> services() {
    MADANG_CHECK(keep_averaging(city, ground.store));
    MADANG_TRY(mine.quality, QualityControl::start({.city = city,
                                                    .store = ground.store,
                                                    .clock = ground.clock,
                                                    .metrics = ground.metrics,
                                                    .messages = ground.messages,
                                                    .records = &ground.records}));
    mine.unknown_devices = std::make_unique<UnknownDevices>(ground.clock, ground.metrics);
    mine.unstored_messages = std::make_unique<UnstoredMessages>(city, ground.metrics);
    mine.ingest = Ingest::start(ground.store, ground.clock, ground.metrics,
                                {.observations_waiting_max = static_cast<std::size_t>(settings.observations_waiting_max),
                                 .judge = [q = mine.quality](storage::Batch& batch) { q->judge(batch); },
                                 .closed = &city.closed_streams()});
    CityIdentity const identity{
        .name = name, .zone = ground.settings.zone, .licence = settings.public_licence};
    MADANG_TRY(mine.now, NowView::start({.city = city,
                                         .store = ground.store,
                                         .ingest = *mine.ingest,
                                         .clock = ground.clock,
                                         .identity = identity,
                                         .messages = ground.messages}));
    mine.ingest->listen([&unstored = *mine.unstored_messages](std::span<storage::StoredObservation const> stored) { unstored.clear(stored); });
    mine.unstored_messages->listen([now = mine.now](ThingId thing, Instant when) { now->mark_spoke(thing, when); });
    MADANG_TRY(auto const shown, settings.shown_indices());
    MADANG_TRY(mine.indices, indices::IndicesView::start({.city = city,
                                                          .store = ground.store,
                                                          .clock = ground.clock,
                                                          .now = mine.now,
                                                          .identity = identity,
                                                          .settings = shown}));
    return early_warning();
  }

  Result<void> early_warning() {
    mine.warning_rules = std::make_unique<warning::RuleStore>(ground.records);
    MADANG_CHECK(mine.warning_rules->open(ground.clock.now()));
    MADANG_TRY(auto rules, mine.warning_rules->newest());
    MADANG_TRY(mine.warning, warning::EarlyWarning::start({.city = city,
                                                           .store = ground.store,
                                                           .ingest = *mine.ingest,
                                                           .situations = situations,
                                                           .messages = ground.messages,
                                                           .clock = ground.clock,
                                                           .metrics = ground.metrics,
                                                           .quality = mine.quality.get(),
                                                           .stations = [view = std::dynamic_pointer_cast<CityView>(mine.now)] { return view->stations(); }},
                                                          std::move(rules), settings.early_warning(ground.settings.zone)));
    return {};
  }

  [[nodiscard]] web::Routes routes() const {
    web::Routes r = public_routes({.now = *mine.now,
                                   .city = city,
                                   .messages = ground.messages,
                                   .situations = &situations,
                                   .indices = mine.indices.get(),
                                   .navigation = &ground.navigation});
    r.append(indices::routes({.indices = *mine.indices, .messages = ground.messages}));
    r.append(health_routes({.health = *mine.quality,
                            .now = mine.now,
                            .city = city,
                            .messages = ground.messages,
                            .clock = ground.clock,
                            .unstored = mine.unstored_messages.get(),
                            .navigation = &ground.navigation}));
    r.append(api_routes({.city = city,
                         .store = ground.store,
                         .ingest = *mine.ingest,
                         .clock = ground.clock,
                         .events = ground.events,
                         .now = mine.now,
                         .messages = &ground.messages,
                         .unstored = mine.unstored_messages.get()}));
    r.append(warning::rule_routes({.store = *mine.warning_rules,
                                   .warning = *mine.warning,
                                   .messages = ground.messages,
                                   .clock = ground.clock,
                                   .alarms_per_day = settings.warning_alarms_per_day}));
    r.append(administration_routes(
        {.city = city, .store = ground.store, .ingest = *mine.ingest, .clock = ground.clock}));
    r.append(unknown_device_routes(*mine.unknown_devices, city));
    return r;
  }
};

Result<void> measure_stations(NowView const& now, runtime::Metrics& metrics) {
  auto const counts = now.report_counts();
  auto const show = [&metrics](std::string const& state, std::size_t stations) {
    metrics.gauge("madang_sensing_stations", "stations by whether they report", {{"state", state}})
        .Set(static_cast<double>(stations));
  };
  show("reporting", counts.reporting);
  show("late", counts.late);
  show("silent", counts.silent);
  show("never_heard", counts.never_heard);
  return {};
}

std::vector<modules::Job> jobs_of(Services& mine, city::City& city, modules::Ground const& ground) {
  using std::chrono::seconds;
  return {{seconds{5}, "quality", [&mine] { return mine.quality->settle(); }},
          {seconds{30}, "stations", [&mine, &city, &metrics = ground.metrics] {
             mine.unknown_devices->recount(city);
             return measure_stations(*mine.now, metrics);
           }},
          {seconds{60}, "averaging", [&city, &store = ground.store] { return keep_averaging(city, store); }}};
}

Result<modules::Opened> open(Domain& domain, city::Domain const& known, situations::Situations& situations,
                             modules::Ground const& ground) {
  auto& mine = domain.services.emplace();
  auto& city = *known.services->city;
  Opening opening{.mine = mine,
                  .settings = domain.settings,
                  .city = city,
                  .name = known.city_name(),
                  .situations = situations,
                  .ground = ground};
  MADANG_CHECK(opening.services());
  modules::Opened opened;
  opened.routes = opening.routes();
  opened.jobs = jobs_of(mine, city, ground);
  opened.topics = device_topics({.city = city,
                                 .ingest = *mine.ingest,
                                 .clock = ground.clock,
                                 .metrics = &ground.metrics,
                                 .unknown = mine.unknown_devices.get(),
                                 .unstored = mine.unstored_messages.get()});
  opened.start = [&mine, &file = domain.settings.broker_mapping_file, &city, &clock = ground.clock,
                  &metrics = ground.metrics]() -> Result<void> {
    if (file.empty()) return {};
    MADANG_TRY(mine.broker, Broker::start(file, city, *mine.ingest, clock, metrics, mine.unknown_devices.get(),
                                            mine.unstored_messages.get()));
    return {};
  };
  opened.stop = [&mine] {
    if (mine.broker) mine.broker->stop();
  };
  opened.finish = [&mine] {
    mine.ingest->stop();
    mine.warning->stop();
  };
  return opened;
}

}  // namespace

modules::Module sensing_module(std::shared_ptr<Domain> mine, std::shared_ptr<city::Domain> city,
                               std::shared_ptr<situations::Domain> situations) {
  city->units = unit_book();
  modules::Module module;
  module.name = "sensing";
  module.texts = runtime::texts_of(embedded_locales(), "sensing");
  module.api = modules::api_of("sensing");
  module.settings = [mine](runtime::Settings& settings) { mine->settings.declare(settings); };
  module.permissions = {{kChangeRules, "permission.rules.change", {modules::kOperator}},
                        {kSeeDevices, "permission.devices.see", {modules::kOperator, modules::kReader}}};
  module.pages = {{.path = "/", .words = "public.page", .rank = 10}, {.path = "/health", .words = "stations_page.page", .rank = 30}};
  module.commands = {{modules::HelpSection::kFeeds, add_import}, {modules::HelpSection::kData, add_quality}};
  module.open = [mine, city, situations](modules::Ground const& ground) {
    return open(*mine, *city, *situations->services->situations, ground);
  };
  module.close = [mine] { mine->services.reset(); };
  return module;
}

}  // namespace madang::sensing
