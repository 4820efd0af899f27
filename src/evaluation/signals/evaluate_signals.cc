#include "evaluation/signals/evaluate_signals.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <thread>
#include <utility>

#include "evaluation/signals/limits.h"
#include "evaluation/signals/scenario.h"
#include "evaluation/signals/signals_table.h"
#include "evaluation/signals/sumo_run.h"
#include "mobility/traci/sumo_process.h"

namespace madang::evaluation::signals {
namespace {

constexpr int kNotThere = 2;

struct Contender {
  std::string name;
  RunOrder order;
};

Result<void> check_options(SignalsOptions const& o) {
  if (o.seeds == 0 || o.seeds > kSeedsMax) return fail(Code::kLimit, fmt::format("seeds: {} is not between 1 and {}", o.seeds, kSeedsMax));
  if (o.threads == 0 || o.threads > kThreadsMax) {
    return fail(Code::kLimit, fmt::format("threads: {} is not between 1 and {}", o.threads, kThreadsMax));
  }
  return {};
}

std::vector<Contender> contenders(std::filesystem::path const& sumo, std::vector<std::pair<std::string, MakeSteering>> const& steerings) {
  std::vector<Contender> all = {
      {"fixed, of the net", {.sumo = sumo, .program = SignalProgram::kOfTheNet}},
      {"actuated, of SUMO", {.sumo = sumo, .program = SignalProgram::kActuated}},
  };
  for (auto const& [name, make] : steerings) all.push_back({name, {.sumo = sumo, .program = SignalProgram::kSteered, .make = make}});
  return all;
}

SeedOutcome run_seed(Scenario const& scenario, RunOrder order, std::uint64_t seed) {
  order.seed = seed;
  SeedOutcome outcome{.seed = seed};
  auto const run = run_sumo(scenario, order);
  if (!run) {
    outcome.fault = run.error().sentence;
    return outcome;
  }
  outcome.score = score_trips(run->trips, scenario.bus_types);
  outcome.standing = run->standing;
  outcome.wall_seconds = run->wall_seconds;
  outcome.steering_seconds = run->steering_seconds;
  return outcome;
}

/// Each run has a place of its own in the rows, so that threads share nothing but the number of the next run.
std::vector<SteeringOutcome> run_all(Scenario const& scenario, std::vector<Contender> const& all, SignalsOptions const& o) {
  std::vector<SteeringOutcome> rows;
  for (auto const& contender : all) rows.push_back({contender.name, std::vector<SeedOutcome>(o.seeds)});
  std::atomic<std::size_t> next{0};
  auto const runs = all.size() * o.seeds;
  auto const work = [&] {
    for (auto run = next++; run < runs; run = next++) {
      auto const row = run / o.seeds;
      auto const seed = run % o.seeds;
      rows[row].seeds[seed] = run_seed(scenario, all[row].order, o.first_seed + seed);
    }
  };
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < std::min<std::size_t>(o.threads, runs); ++i) threads.emplace_back(work);
  work();
  threads.clear();
  return rows;
}

bool any_failed(std::vector<SteeringOutcome> const& rows) {
  return std::ranges::any_of(rows, [](SteeringOutcome const& row) {
    return std::ranges::any_of(row.seeds, [](SeedOutcome const& seed) { return !seed.fault.empty(); });
  });
}

int refuse_to_run(Error const& error) {
  fmt::print(stderr, "madang evaluate signals: {}\n", error.sentence);
  return kNotThere;
}

}  // namespace

int evaluate_signals(SignalsOptions const& o, std::vector<std::pair<std::string, MakeSteering>> const& steerings) {
  if (auto const checked = check_options(o); !checked) return refuse_to_run(checked.error());
  auto const sumo = mobility::traci::find_sumo();
  if (!sumo) return refuse_to_run(sumo.error());
  auto const version = sumo_version(*sumo);
  if (!version) return refuse_to_run(version.error());
  auto const scenarios = find_scenarios(o.scenarios, o.only);
  if (!scenarios) return refuse_to_run(scenarios.error());

  fmt::print("signals in SUMO {}: seeds {}..{}, {} at once; {}\n", *version, o.first_seed, o.first_seed + o.seeds - 1, o.threads, o.machine);
  fmt::print("delay: (timeLoss + departDelay) of all vehicles that wanted to depart before the end; steps of 1 s, no teleports\n");
  auto const all = contenders(*sumo, steerings);
  bool failed = false;
  for (auto const& scenario : *scenarios) {
    auto const rows = run_all(scenario, all, o);
    fmt::print("{}", scenario_table(scenario, rows));
    std::fflush(stdout);
    failed = failed || any_failed(rows);
  }
  return failed ? 1 : 0;
}

}  // namespace madang::evaluation::signals
