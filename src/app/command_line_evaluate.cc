// The command line of evaluations: detectors held against ground truth.
#include <CLI/CLI.hpp>

#include "app/command_line_parts.h"
#include "evaluation/evaluation.h"

namespace madang::app {

void add_evaluations(CLI::App& app, Invocation& call) {
  auto* evaluate = app.add_subcommand("evaluate", "Hold the detectors against ground truth");
  evaluate->require_subcommand(1);
  (void)call;
}

}  // namespace madang::app
