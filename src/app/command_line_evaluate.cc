// The command line of evaluations: detectors held against ground truth.
#include <CLI/CLI.hpp>

#include "app/command_line_parts.h"
#include "app/evaluate_quality.h"
#include "evaluation/evaluation.h"

namespace madang::app {
namespace {

void add_quality(CLI::App& parent, Invocation& call) {
  auto* sub = parent.add_subcommand("quality", "Quality rules: the faults of an imported network, and injected ones");
  auto options = std::make_shared<EvaluateQualityOptions>();
  sub->add_option("--seeds", options->seeds, "Simulated cities; the first half is for tuning, the second half is held to the floors")
      ->capture_default_str()->check(CLI::Range(2, 1'000));
  sub->add_option("--nodes", options->nodes, "Stations of each, 17 quantities each")->capture_default_str()->check(CLI::Range(60, 20'000));
  sub->add_option("--days", options->days, "Days of each, the first three without faults")->capture_default_str()->check(CLI::Range(5, 365));
  sub->add_option("--only", options->only, "real or simulated")->check(CLI::IsMember({"real", "simulated"}));
  sub->add_option("--json", options->json_path, "Write the numbers here as well");
  call.add_data_and_config(*sub);
  sub->footer("Example:\n  madang import sdot --data network --keep-all --positions positions.csv S-DoT_*.csv\n"
              "  madang evaluate quality --data network");
  call.on(*sub, [&call, options] {
    return call.with_settings([&](ServeSettings const& settings) {
      options->data_directory = call.data;
      options->settings = settings;
      return evaluate_quality(*options);
    });
  });
}

}  // namespace

void add_evaluations(CLI::App& app, Invocation& call) {
  auto* evaluate = app.add_subcommand("evaluate", "Hold the detectors against ground truth");
  evaluate->require_subcommand(1);
  add_quality(*evaluate, call);
}

}  // namespace madang::app
