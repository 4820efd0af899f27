#include "app/commands/evaluate_signals.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>

#include "app/bench/machine.h"
#include "evaluation/signals/adaptive.h"
#include "evaluation/signals/evaluate_signals.h"
#include "mobility/signals/proof.h"

namespace madang::app {
namespace {

namespace signals = evaluation::signals;

/// The protocol of published comparisons (yellow of 3 s, least green of 7 s, no all-red) with decisions each second and each ten, and
/// times as a city would set them.
std::vector<std::pair<std::string, signals::MakeSteering>> steerings(double dead_share) {
  signals::AdaptiveOptions each_second;
  each_second.dead_share = dead_share;
  auto each_ten = each_second;
  each_ten.decide_every = 10;
  auto safe = each_second;
  safe.times.green_min = Millis{10'000};
  safe.times.all_red = Millis{2'000};
  safe.times.red_max = Millis{90'000};
  return {{"Madang, each second", signals::adaptive(each_second)},
          {"Madang, each 10 s", signals::adaptive(each_ten)},
          {"Madang, real safety times", signals::adaptive(safe)}};
}

int prove(std::uint64_t seed, std::uint64_t steps) {
  auto const begin = std::chrono::steady_clock::now();
  auto const report = mobility::signals::prove_safety(seed, steps);
  auto const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  fmt::print("{}\n", describe(this_machine()));
  fmt::print("{} steps of {} random plans, seed {}, in {:.1f} s: {} greens, {} steps forced, {} restarts, {} times flashing, {} clock jumps; "
             "the longest wait is {:.0f} % of its bound\n",
             report.steps, report.plans, report.seed, seconds, report.greens, report.forced, report.restarts, report.flashes, report.jumps,
             100 * report.wait_most);
  if (report.fault) {
    fmt::print("BROKEN: {}\n", *report.fault);
    return 1;
  }
  fmt::print("no conflict, no minimum and no intergreen was broken\n");
  return 0;
}

}  // namespace

void add_signals(CLI::App& evaluate, modules::Invocation& call) {
  auto* sub = evaluate.add_subcommand("signals", "Signals steered from detectors alone, in SUMO, beside fixed and actuated plans");
  auto options = std::make_shared<signals::SignalsOptions>();
  auto dead = std::make_shared<double>(0);
  sub->add_option("--scenarios", options->scenarios, "Folder whose folders hold a *.sumocfg each")->required();
  sub->add_option("--seeds", options->seeds, "Runs of each, from the first seed on")->capture_default_str()->check(CLI::Range(1, 1'000));
  sub->add_option("--first", options->first_seed, "First seed")->capture_default_str();
  sub->add_option("--only", options->only, "Names of scenarios")->delimiter(',');
  sub->add_option("--dead", *dead, "Share of the detectors that say nothing")->capture_default_str()->check(CLI::Range(0.0, 1.0));
  sub->add_option("--threads", options->threads, "Simulations at once")->capture_default_str()->check(CLI::Range(1, 64));
  sub->footer("Example:\n  madang evaluate signals --scenarios my-scenarios --seeds 20");
  call.on(*sub, [options, dead] {
    options->machine = describe(this_machine());
    return signals::evaluate_signals(*options, steerings(*dead));
  });
}

void add_kernel(CLI::App& evaluate, modules::Invocation& call) {
  auto* sub = evaluate.add_subcommand("kernel", "The safety kernel of signals under random plans, wishes, clocks and restarts");
  auto steps = std::make_shared<std::uint64_t>(10'000'000);
  auto seed = std::make_shared<std::uint64_t>(1);
  sub->add_option("--steps", *steps, "Steps of all plans together")->capture_default_str()->check(CLI::Range(1ULL, 10'000'000'000ULL));
  sub->add_option("--seed", *seed, "What is drawn follows from it")->capture_default_str();
  sub->footer("Example:\n  madang evaluate kernel --steps 100000000");
  call.on(*sub, [steps, seed] { return prove(*seed, *steps); });
}

}  // namespace madang::app
