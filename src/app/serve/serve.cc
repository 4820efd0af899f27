#include "app/serve/serve.h"

#include <fmt/format.h>
#include <sodium.h>

#include <csignal>
#include <cstdio>
#include <optional>

#include "app/commands/notice_options.h"
#include "app/serve/administration_routes.h"
#include "app/serve/control_room_routes.h"
#include "app/serve/local_access.h"
#include "app/serve/login_pages.h"
#include "app/serve/missing_page.h"
#include "app/serve/operations_routes.h"
#include "city/operators.h"
#include "embedded_control_room.h"
#include "embedded_locales.h"
#include "opendata/sensorthings/sensorthings.h"
#include "runtime/jobs.h"
#include "runtime/log.h"
#include "runtime/messages.h"
#include "sensing/indices/indices_routes.h"
#include "sensing/live/now.h"
#include "sensing/live/public_page.h"
#include "sensing/means.h"
#include "sensing/quality/quality.h"
#include "sensing/quality/station_health.h"
#include "sensing/readings/broker.h"
#include "sensing/sensing.h"
#include "sensing/warning/warning.h"
#include "situations/alerts.h"
#include "situations/situations.h"
#include "storage/observations/chunk_store.h"
#include "storage/records/records.h"
#include "web/http/server.h"

namespace madang::app {
namespace {

/// SIGTERM and SIGINT are taken by sigwait alone; every thread started later inherits the mask.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

void warn_of_open_doors(HostPort const& where, std::string_view what, bool tls) {
  if (is_loopback(where.host) || tls) return;
  runtime::log_warning("app", "listening_without_tls",
                       {{"what", what}, {"host", where.host},
                        {"advice", "passwords and keys travel in clear; set tls.certificate_file and tls.private_key_file"}});
}

sensing::warning::EarlyWarning::Options warning_options(ServeSettings const& settings) {
  return {.zone = settings.city_zone,
          .alarms_per_day = settings.warning_alarms_per_day,
          .history = std::chrono::days{settings.warning_history_days}};
}

/// Members open from top to bottom and close from bottom to top.
struct CityServer {
  ServeSettings settings;
  runtime::SystemClock clock;
  runtime::Metrics metrics;
  std::atomic<bool> ready = false;
  std::optional<runtime::DataDirectory> directory;
  std::optional<runtime::Messages> messages;
  std::unique_ptr<storage::Records> records;
  std::unique_ptr<city::City> city;
  std::unique_ptr<city::Rights> rights;
  std::unique_ptr<LocalAuthenticator> authenticator;
  std::unique_ptr<storage::ChunkStore> store;
  std::unique_ptr<situations::Situations> situations;
  std::unique_ptr<situations::Alerts> alerts;
  std::unique_ptr<situations::notices::Subscribers> subscribers;
  std::unique_ptr<situations::notices::Notices> notices;
  std::shared_ptr<sensing::QualityControl> quality;
  std::unique_ptr<sensing::Ingest> ingest;
  std::unique_ptr<sensing::warning::RuleStore> warning_rules;
  std::unique_ptr<sensing::warning::EarlyWarning> warning;
  std::shared_ptr<sensing::NowView> now;
  std::unique_ptr<sensing::indices::IndicesView> indices;
  std::unique_ptr<web::mqtt::ListenerHandler> devices;
  std::unique_ptr<web::mqtt::Listener> listener;
  std::unique_ptr<sensing::Broker> broker;
  std::unique_ptr<web::Server> server;
  std::optional<runtime::Jobs> jobs;
  std::unique_ptr<web::Server> local_server;
  std::string mqtt_address;
  LocalServer local;

  Result<void> open(std::filesystem::path const& path) {
    MADANG_TRY(auto held, runtime::DataDirectory::open(path));
    directory.emplace(std::move(held));
    MADANG_TRY(local.key, local_key(*directory));
    MADANG_TRY(auto loaded, runtime::Messages::load(embedded_locales(), settings.city_zone));
    messages.emplace(std::move(loaded));
    MADANG_TRY(records, storage::Records::open(records_address_of(settings, path), clock));
    MADANG_TRY(city, city::City::open(*records, clock));
    MADANG_TRY(rights, city::Rights::open(*records, clock));
    authenticator = std::make_unique<LocalAuthenticator>(*rights, local.key);
    storage::ChunkStore::Options store_options;
    store_options.folder = (path / "observations").string();
    store_options.clock = &clock;
    MADANG_TRY(store, storage::ChunkStore::open(store_options));
    measure_store(metrics, *store);
    MADANG_CHECK(open_situations());
    return open_sensing();
  }

  Result<void> open_situations() {
    situations::Situations::Options const options{
        .keep_firing = std::chrono::seconds{settings.keep_firing_s},
        .escalate_after = std::chrono::seconds{settings.escalate_after_s},
        .escalations_max = static_cast<int>(settings.escalations_max)};
    MADANG_TRY(situations, situations::Situations::open(
                               {.records = *records, .city = *city, .clock = clock, .metrics = metrics}, options));
    MADANG_TRY(alerts, situations::Alerts::open(
                           {.records = *records, .situations = *situations, .city = *city, .messages = *messages}, publisher()));
    return open_notices();
  }

  Result<void> open_notices() {
    MADANG_TRY(subscribers, situations::notices::Subscribers::open(
                                {.records = *records, .city = *city, .messages = *messages, .clock = clock},
                                subscriber_options(settings)));
    MADANG_TRY(auto const options, notice_options(settings));
    MADANG_TRY(notices, situations::notices::Notices::start({.records = *records,
                                                             .situations = *situations,
                                                             .city = *city,
                                                             .messages = *messages,
                                                             .clock = clock,
                                                             .metrics = metrics,
                                                             .publisher = publisher()},
                                                            options));
    return {};
  }

  Result<void> open_sensing() {
    MADANG_CHECK(sensing::keep_averaging(*city, *store));
    MADANG_TRY(quality, sensing::QualityControl::start(
                            {.city = *city, .store = *store, .clock = clock, .metrics = metrics, .messages = *messages}));
    ingest = sensing::Ingest::start(
        *store, clock, metrics,
        {.observations_waiting_max = static_cast<std::size_t>(settings.observations_waiting_max),
         .judge = [q = quality](storage::Batch& batch) { q->judge(batch); }});
    sensing::CityIdentity const identity{.name = city_name(), .zone = settings.city_zone, .licence = settings.public_licence};
    MADANG_TRY(now, sensing::NowView::start(
                        {.city = *city, .store = *store, .ingest = *ingest, .clock = clock, .identity = identity}));
    MADANG_TRY(auto const shown, index_settings_of(settings));
    MADANG_TRY(indices, sensing::indices::IndicesView::start({.city = *city, .store = *store, .clock = clock, .now = now,
                                                              .identity = identity, .settings = shown}));
    return open_warning();
  }

  Result<void> open_warning() {
    warning_rules = std::make_unique<sensing::warning::RuleStore>(*records);
    MADANG_CHECK(warning_rules->open(clock.now()));
    MADANG_TRY(auto rules, warning_rules->newest());
    MADANG_TRY(warning, sensing::warning::EarlyWarning::start({.city = *city,
                                                               .store = *store,
                                                               .ingest = *ingest,
                                                               .situations = *situations,
                                                               .messages = *messages,
                                                               .clock = clock,
                                                               .metrics = metrics,
                                                               .quality = quality.get()},
                                                              std::move(rules), warning_options(settings)));
    return {};
  }

  [[nodiscard]] city::Name city_name() const {
    return {{{"en", settings.city_name_en}, {"ko", settings.city_name_ko}}};
  }
  [[nodiscard]] situations::Publisher publisher() const {
    return {.city = city_name(),
            .zone = settings.city_zone,
            .base_address = settings.public_base_address,
            .sender = settings.cap_sender};
  }

  /// Once: whatever number of doors there is, behind them stand the same hubs, counters and caches.
  web::Routes routes() {
    web::Routes r = operations_routes(metrics, ready);
    r.append(administration_routes({.city = *city, .records = *records, .store = *store, .directory = *directory, .ingest = *ingest, .clock = clock}));
    r.append(control_room_routes(embedded_control_room()));
    r.append(login_routes(*rights, *messages));
    r.append(city::operator_routes(*records));
    r.append(sensing::public_routes({.now = *now,
                                     .city = *city,
                                     .messages = *messages,
                                     .situations = situations.get(),
                                     .indices = indices.get()}));
    r.append(sensing::indices::routes({.indices = *indices, .messages = *messages}));
    r.append(sensing::health_routes(
        {.health = *quality, .now = now, .city = *city, .messages = *messages, .clock = clock}));
    r.append(sensing::api_routes({.city = *city,
                                  .store = *store,
                                  .ingest = *ingest,
                                  .clock = clock,
                                  .metrics = metrics,
                                  .now = now,
                                  .messages = &*messages}));
    r.append(sensing::warning::rule_routes({.store = *warning_rules,
                                            .warning = *warning,
                                            .messages = *messages,
                                            .clock = clock,
                                            .alarms_per_day = settings.warning_alarms_per_day}));
    r.append(situations::routes({.situations = *situations,
                                 .alerts = *alerts,
                                 .city = *city,
                                 .records = *records,
                                 .messages = *messages,
                                 .clock = clock,
                                 .publisher = publisher()}));
    r.append(situations::notices::routes({.subscribers = *subscribers, .notices = *notices, .city = *city}));
    r.append(opendata::sensorthings_routes(
        {.city = *city, .store = *store, .ingest = *ingest, .clock = clock, .messages = &*messages}));
    return r;
  }

  Result<void> listen() {
    MADANG_TRY(auto const mqtt, parse_host_port(settings.mqtt_listen));
    MADANG_TRY(auto const http, parse_host_port(settings.http_listen));
    bool const tls = !settings.certificate_file.empty();
    if (tls == settings.private_key_file.empty()) {
      return fail(Code::kInvalid, "tls.certificate_file and tls.private_key_file: one of them is missing");
    }
    warn_of_open_doors(mqtt, "mqtt", tls);
    warn_of_open_doors(http, "http", tls);
    devices = sensing::mqtt_handler(*city, *authenticator, *ingest, clock, &metrics);
    web::mqtt::ListenerOptions const device_options{.host = mqtt.host,
                                                    .port = mqtt.port,
                                                    .certificate_file = settings.certificate_file,
                                                    .private_key_file = settings.private_key_file,
                                                    .client_ca_file = settings.mqtt_client_ca_file,
                                                    .threads = static_cast<std::size_t>(settings.mqtt_threads)};
    MADANG_TRY(listener, web::mqtt::Listener::start(device_options, *devices, clock, metrics));
    if (!settings.broker_mapping_file.empty()) {
      MADANG_TRY(broker, sensing::Broker::start(settings.broker_mapping_file, *city, *ingest, clock, metrics));
    }
    web::ServerOptions options;
    options.host = http.host;
    options.port = http.port;
    options.certificate_file = settings.certificate_file;
    options.private_key_file = settings.private_key_file;
    options.threads = static_cast<std::size_t>(settings.http_threads);
    options.budget.requests_per_second = settings.public_requests_per_second;
    options.budget.burst = settings.public_requests_per_second * 10;
    options.base_address = settings.public_base_address;
    options.trusted_proxies = settings.trusted_proxies;
    options.missing_page = [this](web::Request const& request) {
      return missing_page(*messages, city_name(), request);
    };
    auto const all = routes();
    MADANG_TRY(server, web::Server::start(options, all, *authenticator, clock, metrics));
    jobs.emplace(metrics);
    jobs->every(std::chrono::seconds{1}, "situations", [this] { return situations->tick(); });
    jobs->every(std::chrono::seconds{5}, "quality", [this] { return quality->settle(); });
    jobs->every(std::chrono::seconds{30}, "stations", [this] { return measure_stations(); });
    jobs->every(std::chrono::seconds{60}, "averaging", [this] { return sensing::keep_averaging(*city, *store); });
    mqtt_address = fmt::format("{}:{}", mqtt.host, listener->port());
    local.http = server->address();
    local.mqtt = mqtt_address;
    if (tls) MADANG_CHECK(open_local_door(all));
    return write_local_server(*directory, local);
  }

  Result<void> measure_stations() {
    auto const counts = now->report_counts();
    auto const show = [this](std::string const& state, std::size_t stations) {
      metrics.gauge("madang_sensing_stations", "stations by whether they report", {{"state", state}})
          .Set(static_cast<double>(stations));
    };
    show("reporting", counts.reporting);
    show("late", counts.late);
    show("silent", counts.silent);
    show("never_heard", counts.never_heard);
    return {};
  }

  /// The command line speaks no TLS: where the doors do, it has one of its own on a free port of the loopback.
  Result<void> open_local_door(web::Routes const& all) {
    web::ServerOptions options;
    options.threads = 1;
    MADANG_TRY(local_server, web::Server::start(options, all, *authenticator, clock, metrics));
    local.http = local_server->address();
    local.mqtt.clear();
    return {};
  }

  /// No new work, finish what runs, then everything is durable and can be left in any order.
  void close() {
    ready = false;
    if (jobs) jobs->stop();
    if (broker) broker->stop();
    if (listener) listener->stop();
    if (local_server) local_server->stop();
    if (server) server->stop();
    if (ingest) ingest->stop();
    if (warning) warning->stop();
    if (notices) notices->stop();
  }
};

int refuse(Error const& error) {
  fmt::print(stderr, "madang serve: {}\n", error.sentence);
  return error.code == Code::kConflict ? 3 : 1;
}

}  // namespace

int serve(ServeOptions const& options) {
  if (sodium_init() < 0) return refuse({Code::kInternal, "the cryptographic library cannot be started"});
  auto const signals = block_stop_signals();
  auto const level = log_level_of(options.settings.log_level);
  if (!level) return refuse(level.error());
  runtime::set_log_level(*level);

  CityServer server;
  server.settings = options.settings;
  if (auto const opened = server.open(options.data_directory); !opened) return refuse(opened.error());
  if (auto const listening = server.listen(); !listening) {
    server.close();
    return refuse(listening.error());
  }
  server.ready = true;
  fmt::print("http {}\nmqtt {}\nready\n", server.server->address(), server.mqtt_address);
  std::fflush(stdout);
  runtime::log_info("app", "ready", {{"http", server.server->address()}, {"mqtt", server.mqtt_address},
                                     {"data", options.data_directory.string()}});
  int signal = 0;
  sigwait(&signals, &signal);
  runtime::log_info("app", "stopping", {{"signal", signal}});
  server.close();
  runtime::log_info("app", "stopped");
  return 0;
}

}  // namespace madang::app
