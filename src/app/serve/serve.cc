#include "app/serve/serve.h"

#include <fmt/format.h>
#include <sodium.h>

#include <csignal>
#include <cstdio>
#include <optional>

#include "modules/local_access.h"
#include "runtime/jobs.h"
#include "runtime/log.h"
#include "web/http/server.h"
#include "web/mqtt/topics.h"

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

/// Members open from top to bottom and close from bottom to top.
struct CityServer {
  explicit CityServer(DoorSettings const& settings) : doors(settings) {}

  DoorSettings const& doors;
  runtime::SystemClock clock;
  runtime::Metrics metrics;
  std::atomic<bool> ready = false;
  std::unique_ptr<modules::OpenProgram> program;
  std::unique_ptr<modules::LocalAuthenticator> authenticator;
  std::unique_ptr<web::mqtt::ListenerHandler> devices;
  std::unique_ptr<web::mqtt::Listener> listener;
  std::unique_ptr<web::Server> server;
  std::optional<runtime::Jobs> jobs;
  std::unique_ptr<web::Server> local_server;
  std::string mqtt_address;
  modules::LocalServer local;

  Result<void> open(modules::Program& parts, std::filesystem::path const& path) {
    MADANG_TRY(program, modules::OpenProgram::open(parts, path, clock, metrics, ready));
    MADANG_TRY(local.key, modules::local_key(program->directory()));
    authenticator = std::make_unique<modules::LocalAuthenticator>(program->authenticator(), local.key);
    return {};
  }

  Result<void> listen(std::string const& base_address) {
    MADANG_TRY(auto const mqtt, parse_host_port(doors.mqtt_listen));
    MADANG_TRY(auto const http, parse_host_port(doors.http_listen));
    bool const tls = !doors.certificate_file.empty();
    if (tls == doors.private_key_file.empty()) {
      return fail(Code::kInvalid, "tls.certificate_file and tls.private_key_file: one of them is missing");
    }
    warn_of_open_doors(mqtt, "mqtt", tls);
    warn_of_open_doors(http, "http", tls);
    MADANG_CHECK(open_devices_door(mqtt));
    MADANG_CHECK(program->start());
    auto const routes = program->take_routes();
    MADANG_TRY(server, web::Server::start(http_options(http, base_address), routes, *authenticator, clock, metrics));
    local.http = server->address();
    local.mqtt = mqtt_address;
    if (tls) MADANG_CHECK(open_local_door(routes));
    MADANG_CHECK(write_local_server(program->directory(), local));
    jobs.emplace(metrics);
    program->add_jobs(*jobs);
    return {};
  }

  Result<void> open_devices_door(HostPort const& where) {
    devices = web::mqtt::handler_of(program->topics(), *authenticator);
    web::mqtt::ListenerOptions const options{.host = where.host,
                                             .port = where.port,
                                             .certificate_file = doors.certificate_file,
                                             .private_key_file = doors.private_key_file,
                                             .client_ca_file = doors.mqtt_client_ca_file,
                                             .threads = static_cast<std::size_t>(doors.mqtt_threads)};
    MADANG_TRY(listener, web::mqtt::Listener::start(options, *devices, clock, metrics));
    program->outlet().open_to(*listener);
    mqtt_address = fmt::format("{}:{}", where.host, listener->port());
    return {};
  }

  [[nodiscard]] web::ServerOptions http_options(HostPort const& where, std::string const& base_address) const {
    web::ServerOptions options;
    options.host = where.host;
    options.port = where.port;
    options.certificate_file = doors.certificate_file;
    options.private_key_file = doors.private_key_file;
    options.threads = static_cast<std::size_t>(doors.http_threads);
    options.budget.requests_per_second = doors.public_requests_per_second;
    options.budget.burst = doors.public_requests_per_second * 10;
    options.base_address = base_address;
    options.trusted_proxies = doors.trusted_proxies;
    options.missing_page = program->missing_page();
    options.refused_page = program->refused_page();
    options.denied_page = program->denied_page();
    options.denied = program->denial();
    return options;
  }

  /// The command line speaks no TLS: where the doors do, it has one of its own on a free port of the loopback.
  Result<void> open_local_door(web::Routes const& routes) {
    web::ServerOptions options;
    options.threads = 1;
    options.denied = program->denial();
    MADANG_TRY(local_server, web::Server::start(options, routes, *authenticator, clock, metrics));
    local.http = local_server->address();
    local.mqtt.clear();
    return {};
  }

  /// No new work, finish what runs, then everything is durable and can be left in any order.
  void close() {
    ready = false;
    if (jobs) jobs->stop();
    program->stop();
    program->outlet().shut();
    if (listener) listener->stop();
    if (local_server) local_server->stop();
    if (server) server->stop();
    program->finish();
  }
};

int refuse(Error const& error) {
  fmt::print(stderr, "madang serve: {}\n", error.sentence);
  return error.code == Code::kConflict ? 3 : 1;
}

/// Until a signal; when it returns, all is closed and the data directory is let go.
int run_until_stopped(modules::Program& program, std::filesystem::path const& data_directory, DoorSettings const& doors, sigset_t const& signals) {
  CityServer server(doors);
  if (auto const opened = server.open(program, data_directory); !opened) return refuse(opened.error());
  if (auto const listening = server.listen(program.ground().base_address); !listening) {
    server.close();
    return refuse(listening.error());
  }
  server.ready = true;
  fmt::print("http {}\nmqtt {}\nready\n", server.server->address(), server.mqtt_address);
  std::fflush(stdout);
  runtime::log_info("app", "ready", {{"http", server.server->address()}, {"mqtt", server.mqtt_address},
                                     {"data", data_directory.string()}});
  int signal = 0;
  sigwait(&signals, &signal);
  runtime::log_info("app", "stopping", {{"signal", signal}});
  server.close();
  return 0;
}

}  // namespace

int serve(modules::Program& program, std::filesystem::path const& data_directory, DoorSettings const& doors) {
  if (sodium_init() < 0) return refuse({Code::kInternal, "the cryptographic library cannot be started"});
  auto const signals = block_stop_signals();
  auto const level = log_level_of(doors.log_level);
  if (!level) return refuse(level.error());
  runtime::set_log_level(*level);
  int const status = run_until_stopped(program, data_directory, doors, signals);
  // The last word: whoever waits for it may start the next server on the same data directory.
  if (status == 0) runtime::log_info("app", "stopped");
  return status;
}

}  // namespace madang::app
