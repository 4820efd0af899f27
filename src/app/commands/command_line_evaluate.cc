// The command line of evaluations: detectors held against ground truth.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <functional>
#include <memory>

#include "app/bench/machine.h"
#include "app/commands/command_line_parts.h"
#include "app/commands/evaluate_quality.h"
#include "app/commands/evaluate_signals.h"
#include "core/text.h"
#include "evaluation/evaluation.h"
#include "modules/city_directory.h"

namespace madang::app {
namespace {

evaluation::StoredOptions stored_options(Invocation const& call, modules::GroundSettings const& settings, sensing::Settings const& sensing) {
  return {.data = call.data,
          .records_address = modules::records_address_of(settings, call.data),
          .rules_file = {},
          .zone = settings.zone,
          .alarms_per_day = sensing.warning_alarms_per_day};
}

/// Runs with the settings of a city that is there.
int with_city(Invocation const& call, std::function<int(modules::GroundSettings const&)> const& run) {
  return call.with_settings([&](modules::GroundSettings const& settings) {
    auto const found = modules::find_city(settings, call.data, modules::CityNeed::kThere);
    if (found) return run(settings);
    fmt::print(stderr, "madang evaluate: {}\n", found.error().sentence);
    return 1;
  });
}

/// "3" or "1..8".
bool read_seeds(std::string const& text, evaluation::WarningOptions& into) {
  auto const dots = text.find("..");
  auto const first = parse_int(text.substr(0, dots));
  auto const last = dots == std::string::npos ? first : parse_int(text.substr(dots + 2));
  if (!first || !last || *first < 0 || *last < *first) return false;
  into.first_seed = static_cast<std::uint64_t>(*first);
  into.last_seed = static_cast<std::uint64_t>(*last);
  return true;
}

void add_warning(CLI::App& evaluate, Invocation& call, sensing::Settings const& sensing) {
  auto* sub = evaluate.add_subcommand("warning", "Early warning: drawn plumes, noise, crowds and faults in a simulated city, or "
                                                 "the alarms on stored history");
  auto options = std::make_shared<evaluation::WarningOptions>();
  auto seeds = std::make_shared<std::string>("101..104");
  sub->add_option("--seeds", *seeds, "Cities to draw; even ones are for development and tune the simple rules, odd ones are reported")->capture_default_str();
  sub->add_option("--days", options->days, "Days of each city (with --data: the last so many)")->capture_default_str();
  sub->add_option("--stations", options->stations, "Stations of each city")->capture_default_str();
  sub->add_option("--alarms", options->alarms_per_day, "False alarms a day allowed")->capture_default_str();
  sub->add_option("--threshold", options->fixed_threshold, "Of all detectors, instead of what follows from the alarms allowed");
  sub->add_option("--late", options->late_share, "Share of the stations behind gateways that deliver each 3 min, 15 min or hour")->check(CLI::Range(0.0, 1.0))->capture_default_str();
  sub->add_option("--restarts", options->restarts, "So often the server stops and starts again, on its real store")->check(CLI::Range(0, 20))->capture_default_str();
  sub->add_option("--channels", options->channels, "Only these, for a quick look while rules are made")->delimiter(',');
  sub->add_flag("--notes", options->notes, "List what was missed and what was made up");
  sub->add_option("--threads", options->threads, "Cities played at the same time")->capture_default_str();
  auto* data = sub->add_option("--data", call.data, "Data directory: run over what is stored instead, and list the alarms");
  sub->add_option("--config", call.config, "Configuration file of that data directory");
  auto truth_file = std::make_shared<std::string>();
  auto* truth = sub->add_option("--truth", *truth_file, "Truth file of the simulate that fed that directory: score its Situations")->needs(data);
  sub->footer("Examples:\n  madang evaluate warning --seeds 101..108\n  madang evaluate warning --data madang-data --days 7\n"
              "  madang evaluate warning --data city --truth truth.jsonl");
  call.on(*sub, [&call, &sensing, options, seeds, data, sub, truth, truth_file] {
    options->machine = describe(this_machine());
    if (data->count() > 0) {
      return with_city(call, [&](modules::GroundSettings const& settings) {
        if (truth->count() > 0) return evaluation::evaluate_truth({call.data, modules::records_address_of(settings, call.data), *truth_file, false});
        auto stored = stored_options(call, settings, sensing);
        stored.days = sub->count("--days") > 0 ? options->days : 0;
        return evaluation::evaluate_stored(stored);
      });
    }
    if (!read_seeds(*seeds, *options)) {
      fmt::print(stderr, "madang evaluate warning: --seeds: FIRST..LAST expected\n");
      return 1;
    }
    return evaluation::evaluate_warning(*options);
  });
}

void add_rule(CLI::App& evaluate, Invocation& call, sensing::Settings const& sensing) {
  auto* sub = evaluate.add_subcommand("rule", "Try changed warning rules on stored history beside the live ones");
  auto file = std::make_shared<std::string>();
  auto days = std::make_shared<double>(0);
  call.add_data_and_config(*sub);
  sub->add_option("--rules", *file, "JSON file {\"note\":..., \"rules\":[...]}, as GET /api/v1/rules gives them")->required();
  sub->add_option("--days", *days, "Only the last so many days");
  sub->footer("Example:\n  madang evaluate rule --data madang-data --rules changed.json --days 14");
  call.on(*sub, [&call, &sensing, file, days] {
    return with_city(call, [&](modules::GroundSettings const& settings) {
      auto stored = stored_options(call, settings, sensing);
      stored.rules_file = *file;
      stored.days = *days;
      return evaluation::evaluate_stored(stored);
    });
  });
}

void add_quality(CLI::App& parent, Invocation& call) {
  auto* sub = parent.add_subcommand("quality", "Quality rules: the faults of an imported network, and injected ones");
  auto options = std::make_shared<EvaluateQualityOptions>();
  sub->add_option("--seeds", options->seeds, "Simulated cities")->capture_default_str()->check(CLI::Range(1, 1'000));
  sub->add_option("--first", options->first, "First seed; odd ones are reported")->capture_default_str()->check(CLI::Range(1, 1'000'000));
  sub->add_flag("--development", options->development, "Even seeds, on which rules are tuned");
  sub->add_option("--nodes", options->nodes, "Stations of each, 17 quantities each")->capture_default_str()->check(CLI::Range(60, 20'000));
  sub->add_option("--days", options->days, "Days of each, the first four without faults")->capture_default_str()->check(CLI::Range(5, 365));
  sub->add_option("--only", options->only, "real or simulated")->check(CLI::IsMember({"real", "simulated"}));
  sub->add_option("--json", options->json_path, "Write the numbers here as well");
  auto* truth = sub->add_option("--truth", options->truth, "Score the stored flags of a directory fed by madang simulate by its truth file");
  call.add_data_and_config(*sub);
  sub->footer("Example:\n  mkdir network\n  madang import sdot --data network --keep-all --positions positions.csv S-DoT_*.csv\n"
              "  madang evaluate quality --data network");
  call.on(*sub, [&call, options, truth] {
    return call.with_settings([&](modules::GroundSettings const& settings) {
      if (truth->count() > 0)
        return with_city(call, [&](auto const&) { return evaluation::evaluate_truth({call.data, modules::records_address_of(settings, call.data), options->truth, true}); });
      options->data_directory = call.data;
      options->settings = settings;
      return evaluate_quality(*options);
    });
  });
}

}  // namespace

void add_evaluations(CLI::App& app, Invocation& call, sensing::Settings const& sensing) {
  auto* evaluate = app.add_subcommand("evaluate", "Hold detectors against ground truth, and signals against others");
  evaluate->require_subcommand(1);
  add_warning(*evaluate, call, sensing);
  add_rule(*evaluate, call, sensing);
  add_quality(*evaluate, call);
  add_signals(*evaluate, call);
  add_kernel(*evaluate, call);
}

}  // namespace madang::app
