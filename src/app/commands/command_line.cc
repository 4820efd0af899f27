#include "app/commands/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>

#include "app/commands/backup_commands.h"
#include "app/commands/command_line_parts.h"
#include "app/commands/doctor.h"
#include "app/serve/serve.h"
#include "modules/program.h"
#include "runtime/log.h"

namespace madang::app {

void add_serve(CLI::App& app, Invocation& call, DoorSettings& doors) {
  auto* serve_command = app.add_subcommand("serve", "Run the server of a city");
  auto options = std::make_shared<std::pair<std::string, std::string>>();
  serve_command->add_option("--listen", options->first, "HTTP address; port 0 takes a free one, which is printed")->take_last();
  serve_command->add_option("--mqtt", options->second, "MQTT address; port 0 takes a free one, which is printed")->take_last();
  call.add_data_and_config(*serve_command);
  serve_command->footer("Examples:\n  madang serve --data city\n  madang serve --data city --listen 127.0.0.1:0 --mqtt 127.0.0.1:0");
  call.on(*serve_command, [&call, &doors, options] {
    return call.with_settings([&](modules::GroundSettings const&) {
      if (!options->first.empty()) doors.http_listen = options->first;
      if (!options->second.empty()) doors.mqtt_listen = options->second;
      return serve(call.program, call.data, doors);
    });
  });
}

void add_backup(CLI::App& app, Invocation& call) {
  auto add = [&](std::string const& name, std::string const& sentence, std::string const& example, int (*command)(BackupOptions const&)) {
    auto options = std::make_shared<BackupOptions>();
    auto* sub = app.add_subcommand(name, sentence);
    sub->add_option("folder", options->folder, "The backup's folder")->required();
    sub->footer("Example:\n  " + example);
    call.on_data<BackupOptions>(*sub, options, command);
  };
  add("backup", "Copy records and observations into a folder, also while the server runs",
      "madang backup --data city /backups/2026-11-24", run_backup);
  add("restore", "Fill an empty data directory from a backup", "madang restore --data city-again /backups/2026-11-24",
      run_restore);
}

void add_config(CLI::App& app, Invocation& call) {
  auto* config = app.add_subcommand("config", "The configuration file: what may stand in it");
  auto explain = std::make_shared<bool>(false);
  config->add_flag("--explain", *explain, "Print every key with sentence, unit, default and bounds")->required();
  config->footer("Example:\n  madang config --explain > city.toml");
  call.on(*config, [&call, explain] {  // what CLI11 writes to must live as long as the command
    fmt::print("{}", call.program.settings().explain());
    return 0;
  });
}

void add_api(CLI::App& app, Invocation& call) {
  auto* api = app.add_subcommand("api", "Print what programs may ask of the server, as OpenAPI 3.1");
  auto as_json = std::make_shared<bool>(false);
  api->add_flag("--json", *as_json, "As JSON; without it as YAML");
  api->footer("Example:\n  madang api > api/openapi.yaml");
  call.on(*api, [&call, as_json] {
    auto const document = call.program.api();
    if (!document) {
      fmt::print(stderr, "api: {}\n", document.error().sentence);
      return 1;
    }
    fmt::print("{}", *as_json ? document->json() + "\n" : document->yaml());
    return 0;
  });
}

void add_doctor(CLI::App& app, Invocation& call, DoorSettings const& doors) {
  auto* doctor = app.add_subcommand("doctor", "Look at machine, ports, disk, clock and files of TLS, at what a running server hears and what waits in it, and say how to mend it");
  call.add_data_and_config(*doctor);
  doctor->footer("Example:\n  madang doctor --data city");
  call.on(*doctor, [&call, &doors, doctor] {
    DoctorOptions const options{.data_directory = call.data, .named = doctor->count("--data") > 0};
    return call.with_settings([&](modules::GroundSettings const& ground) { return run_doctor(options, ground, doors); });
  });
}

int run_command_line(int argc, char** argv, std::vector<modules::Module> modules) {
  CLI::App app{"Madang: one server that a city runs to sense itself"};
  app.set_version_flag("--version", "madang " MADANG_VERSION);
  app.require_subcommand(1);
  app.footer("Start with:  madang serve --data city     and, in another window:  madang simulate");
  // Commands speak in sentences of their own; only the server logs, at the level it is told.
  runtime::set_log_level(runtime::LogLevel::kWarning);
  modules::Program program{std::move(modules)};
  Invocation call{.program = program};
  program.add_commands(app, call);
  try {
    app.parse(argc, argv);
  } catch (CLI::ParseError const& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return call.status;
}

}  // namespace madang::app
