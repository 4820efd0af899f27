// What the files of the program's own commands share; nobody else includes it.
#pragma once

#include "app/serve/settings.h"
#include "modules/commands.h"
#include "sensing/settings.h"

namespace CLI {
class App;
}

namespace madang::app {

using modules::Invocation;

// The settings outlive the command line.
void add_serve(CLI::App& app, Invocation& call, DoorSettings& doors);
/// backup, restore.
void add_backup(CLI::App& app, Invocation& call);
void add_config(CLI::App& app, Invocation& call);
/// api: the document that /api/openapi.yaml serves.
void add_api(CLI::App& app, Invocation& call);
void add_doctor(CLI::App& app, Invocation& call, DoorSettings const& doors);
/// bench store|ingest|http|registry.
void add_benches(CLI::App& app, Invocation& call);
/// evaluate ...: detectors held against ground truth.
void add_evaluations(CLI::App& app, Invocation& call, sensing::Settings const& sensing);

}  // namespace madang::app
