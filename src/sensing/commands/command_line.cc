// madang import sdot|csv|areas, madang quality rerun|calibrate.
#include <CLI/CLI.hpp>
#include <functional>
#include <memory>

#include "sensing/commands/import_commands.h"
#include "sensing/commands/quality_commands.h"

namespace madang::sensing {
namespace {

void add_import_command(CLI::App& parent, modules::Invocation& call, std::string const& name, std::string const& sentence,
                        std::function<std::function<int(ImportCommandOptions const&)>(CLI::App&)> const& define) {
  auto* sub = parent.add_subcommand(name, sentence);
  auto options = std::make_shared<ImportCommandOptions>();
  sub->add_option("files", options->files, "What to import")->required();
  sub->add_option("--rejects", options->rejects_file, "Where bad rows go; none: DATA/FILE.NUMBER.rejects.csv for each file");
  call.on_data<ImportCommandOptions>(*sub, options, define(*sub));
}

}  // namespace

void add_import(CLI::App& app, modules::Invocation& call) {
  auto* import = app.add_subcommand("import", "Bring in files; through the running server when one holds the data");
  import->require_subcommand(1);
  import->footer("Example:\n  madang import sdot --data city S-DoT_NATURE_*.csv");
  add_import_command(*import, call, "sdot", "Seoul's S-DoT: hourly and daily CSV, plain or .gz, and device packets",
                     [](CLI::App& sub) {
                       auto positions = std::make_shared<std::string>();
                       sub.add_option("--positions", *positions, "CSV of serial, latitude, longitude");
                       auto keep_all = std::make_shared<bool>(false);
                       sub.add_flag("--keep-all", *keep_all, "Also store -999 and channels that are not fitted, for quality rules to judge");
                       sub.footer("Example:\n  madang import sdot --data city --positions positions.csv S-DoT_NATURE_*.csv");
                       return [positions, keep_all](ImportCommandOptions const& o) { return run_import_sdot(o, *positions, *keep_all); };
                     });
  add_import_command(*import, call, "csv", "Any sensor CSV, by a mapping file (docs/import.md)", [](CLI::App& sub) {
    auto mapping = std::make_shared<std::string>();
    sub.add_option("--mapping", *mapping, "TOML: which column is what")->required();
    sub.footer("Example:\n  madang import csv --data city --mapping mapping.toml readings.csv");
    return [mapping](ImportCommandOptions const& o) { return run_import_csv(o, *mapping); };
  });
  add_import_command(*import, call, "areas", "Districts and neighbourhoods from GeoJSON", [](CLI::App& sub) {
    auto level = std::make_shared<int>(1);
    sub.add_option("--level", *level, "1: districts, 2: neighbourhoods inside them")->capture_default_str()->check(CLI::Range(1, 9));
    sub.footer("Example:\n  madang import areas --data city --level 1 districts.geojson");
    return [level](ImportCommandOptions const& o) { return run_import_areas(o, *level); };
  });
}

void add_quality(CLI::App& app, modules::Invocation& call) {
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
    sub->footer("Example:\n  " + example);
    call.on_data<QualityOptions>(*sub, options, command);
  };
  add("rerun", "Judge history again with the rules of this version; values stay as they are",
      "madang quality rerun --data city --from 2026-11-01T00:00:00+09:00 --channel pm25", run_quality_rerun);
  add("calibrate", "Write calibrated values as Datastreams of their own, fitted on the hours from --from to --to",
      "madang quality calibrate --data city --channel pm25", run_quality_calibrate);
}

}  // namespace madang::sensing
