#include "app/commands/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "app/commands/backup_commands.h"
#include "app/commands/command_line_parts.h"
#include "app/commands/doctor.h"
#include "app/commands/quality_commands.h"
#include "app/commands/rights_commands.h"
#include "app/serve/serve.h"
#include "runtime/log.h"

namespace madang::app {
namespace {

void add_serve(CLI::App& app, Invocation& call) {
  auto* serve_command = app.add_subcommand("serve", "Run the server of a city");
  auto options = std::make_shared<std::pair<std::string, std::string>>();
  serve_command->add_option("--listen", options->first, "HTTP address; port 0 takes a free one, which is printed")->take_last();
  serve_command->add_option("--mqtt", options->second, "MQTT address; port 0 takes a free one, which is printed")->take_last();
  call.add_data_and_config(*serve_command);
  serve_command->footer("Examples:\n  madang serve --data city\n  madang serve --data city --listen 127.0.0.1:0 --mqtt 127.0.0.1:0");
  call.on(*serve_command, [&call, options] {
    return call.with_settings([&](ServeSettings settings) {
      if (!options->first.empty()) settings.http_listen = options->first;
      if (!options->second.empty()) settings.mqtt_listen = options->second;
      return serve({.data_directory = call.data, .settings = settings});
    });
  });
}

using RightsCommand = int (*)(RightsOptions const&);

void add_rights_command(CLI::App& parent, Invocation& call, std::string const& name, std::string const& sentence,
                        RightsCommand command, std::function<void(CLI::App&, RightsOptions&)> const& add_options) {
  auto options = std::make_shared<RightsOptions>();
  auto* sub = parent.add_subcommand(name, sentence);
  add_options(*sub, *options);
  call.add_data_and_config(*sub);
  call.on(*sub, [&call, options, command] {
    return call.with_settings([&](ServeSettings const& settings) {
      options->data_directory = call.data;
      options->settings = settings;
      return command(*options);
    });
  });
}

void add_keys(CLI::App& app, Invocation& call) {
  auto* keys = app.add_subcommand("keys", "Keys with which devices write; works while the server runs");
  keys->require_subcommand(1);
  keys->footer("Example:\n  madang keys create --data city --name pole-7 --thing POLE-7");
  auto name = [](CLI::App& sub, RightsOptions& o) { sub.add_option("--name", o.name, "What the key is called")->required(); };
  add_rights_command(*keys, call, "create", "Make a key; it is the last word printed", create_key,
                     [&](CLI::App& sub, RightsOptions& o) {
                       name(sub, o);
                       sub.add_option("--thing", o.things, "Serial it may write; may be repeated; none: all");
                       sub.footer("Example:\n  madang keys create --data city --name pole-7 --thing POLE-7");
                     });
  add_rights_command(*keys, call, "list", "All keys, without their text", list_keys, [](CLI::App& sub, RightsOptions&) {
    sub.footer("Example:\n  madang keys list --data city");
  });
  add_rights_command(*keys, call, "revoke", "End a key; a running server knows within 2 s", revoke_key,
                     [&](CLI::App& sub, RightsOptions& o) {
                       name(sub, o);
                       sub.footer("Example:\n  madang keys revoke --data city --name pole-7");
                     });
}

void add_operators(CLI::App& app, Invocation& call) {
  auto* operators = app.add_subcommand("operator", "People who sign in to the control room");
  operators->require_subcommand(1);
  operators->footer("Example:\n  madang operator create --data city --login kim");
  auto login = [](CLI::App& sub, RightsOptions& o) {
    sub.add_option("--login", o.name, "What the operator types to sign in")->required();
    sub.add_option("--password", o.password, "At least 10 characters; none: one is made and printed once");
  };
  add_rights_command(*operators, call, "create", "Add an operator", create_operator, [&](CLI::App& sub, RightsOptions& o) {
    login(sub, o);
    sub.add_flag("--if-none", o.only_if_none, "Do nothing when there is an operator already");
    sub.footer("Example:\n  madang operator create --data city --login kim");
  });
  add_rights_command(*operators, call, "reset", "Give an operator a new password", reset_operator,
                     [&](CLI::App& sub, RightsOptions& o) {
                       login(sub, o);
                       sub.footer("Example:\n  madang operator reset --data city --login kim");
                     });
}

void add_quality(CLI::App& app, Invocation& call) {
  auto* quality = app.add_subcommand("quality", "Quality flags of stored values");
  quality->require_subcommand(1);
  auto add = [&](std::string const& name, std::string const& sentence, std::string const& example, int (*command)(QualityOptions const&)) {
    auto options = std::make_shared<QualityOptions>();
    auto* sub = quality->add_subcommand(name, sentence);
    bool const calibrates = name == "calibrate";
    auto* channel = sub->add_option("--channel", options->channel, calibrates ? "Which channel, such as pm25" : "Only this channel, such as pm25; none: all");
    if (calibrates) {
      channel->required();
      sub->add_option("--name", options->name, "Of the new channel; none: CHANNEL_calibrated");
      sub->add_option("--reference", options->reference, "Serial of the station to follow; none: the city's median");
    }
    sub->add_option("--from", options->from, "First moment, RFC 3339; none: the beginning");
    sub->add_option("--to", options->to, "Moment after the last, RFC 3339; none: the end");
    call.add_data_and_config(*sub);
    sub->footer("Example:\n  " + example);
    call.on(*sub, [&call, options, command] {
      return call.with_settings([&](ServeSettings const& settings) {
        options->data_directory = call.data;
        options->settings = settings;
        return command(*options);
      });
    });
  };
  add("rerun", "Judge history again with the rules of this version; values stay as they are",
      "madang quality rerun --data city --from 2026-11-01T00:00:00+09:00 --channel pm25", run_quality_rerun);
  add("calibrate", "Write calibrated values as Datastreams of their own, fitted on the hours from --from to --to",
      "madang quality calibrate --data city --channel pm25", run_quality_calibrate);
}

void add_backup(CLI::App& app, Invocation& call) {
  auto add = [&](std::string const& name, std::string const& sentence, std::string const& example, int (*command)(BackupOptions const&)) {
    auto options = std::make_shared<BackupOptions>();
    auto* sub = app.add_subcommand(name, sentence);
    sub->add_option("folder", options->folder, "The backup's folder")->required();
    call.add_data_and_config(*sub);
    sub->footer("Example:\n  " + example);
    call.on(*sub, [&call, options, command] {
      return call.with_settings([&](ServeSettings const& settings) {
        options->data_directory = call.data;
        options->settings = settings;
        return command(*options);
      });
    });
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
  call.on(*config, [explain] {
    ServeSettings settings;
    fmt::print("{}", settings.declare().explain());
    return 0;
  });
}

void add_doctor(CLI::App& app, Invocation& call) {
  auto* doctor = app.add_subcommand("doctor", "Look at machine, ports, disk and clock, and say how to mend them");
  call.add_data_and_config(*doctor);
  doctor->footer("Example:\n  madang doctor --data city");
  call.on(*doctor, [&call] {
    return call.with_settings([&](ServeSettings const& settings) { return run_doctor(call.data, settings); });
  });
}

}  // namespace

void Invocation::add_data_and_config(CLI::App& sub) {
  sub.add_option("--data", data, "The data directory")->capture_default_str();
  sub.add_option("--config", config, "A TOML file; none: DATA/madang.toml when there is one");
}

void Invocation::on(CLI::App& sub, std::function<int()> run) {
  sub.final_callback([this, run = std::move(run)] { status = run(); });
}

int Invocation::with_settings(std::function<int(ServeSettings)> const& run) const {
  auto settings = read_settings(config, data);
  if (settings) return run(*std::move(settings));
  fmt::print(stderr, "madang: {}\n", settings.error().sentence);
  return 2;
}

int run_command_line(int argc, char** argv) {
  CLI::App app{"Madang: one server that a city runs to sense itself"};
  app.set_version_flag("--version", "madang " MADANG_VERSION);
  app.require_subcommand(1);
  app.footer("Start with:  madang serve --data city     and, in another window:  madang simulate");
  // Commands speak in sentences of their own; only the server logs, at the level it is told.
  runtime::set_log_level(runtime::LogLevel::kWarning);
  Invocation call;
  add_serve(app, call);
  add_feeds(app, call);
  add_keys(app, call);
  add_operators(app, call);
  add_subscribers(app, call);
  add_quality(app, call);
  add_backup(app, call);
  add_config(app, call);
  add_doctor(app, call);
  add_benches(app, call);
  add_evaluations(app, call);
  try {
    app.parse(argc, argv);
  } catch (CLI::ParseError const& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return call.status;
}

}  // namespace madang::app
