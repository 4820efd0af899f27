#include "evaluation/signals/signals_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

namespace madang::evaluation::signals {
namespace {

std::vector<SeedOutcome> those_that_ran(SteeringOutcome const& row) {
  std::vector<SeedOutcome> ran;
  std::ranges::copy_if(row.seeds, std::back_inserter(ran), [](SeedOutcome const& seed) { return seed.fault.empty(); });
  return ran;
}

template <typename Of>
Spread spread_over(std::vector<SeedOutcome> const& seeds, Of const& of) {
  std::vector<double> values;
  std::ranges::transform(seeds, std::back_inserter(values), of);
  return spread_of(std::move(values));
}

std::string in_seconds(double value) { return std::isnan(value) ? "-" : fmt::format("{:.2f}", value); }

std::string mean_over(std::vector<SeedOutcome> const& seeds, int digits, double (*of)(SeedOutcome const&)) {
  auto const mean = spread_over(seeds, of).mean;
  return std::isnan(mean) ? "-" : fmt::format("{:.{}f}", mean, digits);
}

/// Of one run; buses are not in every scenario.
double bus_delay(SeedOutcome const& seed) { return seed.score.buses.vehicles > 0 ? seed.score.buses.delay : std::nan(""); }
double bus_waiting(SeedOutcome const& seed) { return seed.score.buses.vehicles > 0 ? seed.score.buses.waiting : std::nan(""); }

void append_row(std::string& text, SteeringOutcome const& row) {
  auto const ran = those_that_ran(row);
  auto const delay = spread_over(ran, [](SeedOutcome const& seed) { return seed.score.all.delay; });
  auto const gridlocked = std::ranges::count_if(ran, [](SeedOutcome const& seed) { return is_gridlocked(seed.standing); });
  fmt::format_to(
      std::back_inserter(text), "{:<28}{:>10}{:>8}{:>10}{:>10}{:>7}{:>9}{:>8}{:>10}{:>10}{:>10}{:>9}{:>9}{:>9}{:>9}\n", row.name, in_seconds(delay.mean),
      in_seconds(delay.deviation), in_seconds(delay.median), in_seconds(delay.p90), fmt::format("{}/{}", gridlocked, ran.size()),
      mean_over(ran, 2, [](SeedOutcome const& seed) { return seed.score.all.waiting; }),
      mean_over(ran, 2, [](SeedOutcome const& seed) { return seed.score.all.stops; }), mean_over(ran, 2, bus_delay), mean_over(ran, 2, bus_waiting),
      mean_over(ran, 1, [](SeedOutcome const& seed) { return static_cast<double>(seed.score.completed); }),
      mean_over(ran, 1, [](SeedOutcome const& seed) { return static_cast<double>(seed.score.inserted); }),
      mean_over(ran, 1, [](SeedOutcome const& seed) { return static_cast<double>(seed.score.never); }),
      mean_over(ran, 2, [](SeedOutcome const& seed) { return seed.wall_seconds; }),
      mean_over(ran, 3, [](SeedOutcome const& seed) { return seed.steering_seconds; }));
}

void append_seeds(std::string& text, SteeringOutcome const& row) {
  fmt::format_to(std::back_inserter(text), "  {:<26}", row.name);
  for (auto const& seed : row.seeds) {
    auto const mark = seed.fault.empty() && is_gridlocked(seed.standing) ? "!" : "";
    fmt::format_to(std::back_inserter(text), " {}:{}{}", seed.seed, seed.fault.empty() ? in_seconds(seed.score.all.delay) : "failed", mark);
  }
  text += '\n';
}

}  // namespace

std::string scenario_table(Scenario const& scenario, std::vector<SteeringOutcome> const& rows) {
  auto text = fmt::format("\n{}: {:.0f} to {:.0f} s\n", scenario.name, static_cast<double>(scenario.begin.count()) / 1000,
                          static_cast<double>(scenario.end.count()) / 1000);
  fmt::format_to(std::back_inserter(text), "{:<28}{:>10}{:>8}{:>10}{:>10}{:>7}{:>9}{:>8}{:>10}{:>10}{:>10}{:>9}{:>9}{:>9}{:>9}\n", "delay, s",
                 "mean", "+-", "median", "p90", "locked", "waiting", "stops", "bus delay", "bus wait", "completed", "inserted", "never", "wall s",
                 "steering");
  for (auto const& row : rows) append_row(text, row);
  text += "  each seed's delay, ! gridlocked\n";
  for (auto const& row : rows) append_seeds(text, row);
  for (auto const& row : rows) {
    for (auto const& seed : row.seeds) {
      if (!seed.fault.empty()) fmt::format_to(std::back_inserter(text), "  {} seed {} failed: {}\n", row.name, seed.seed, seed.fault);
    }
  }
  return text;
}

}  // namespace madang::evaluation::signals
