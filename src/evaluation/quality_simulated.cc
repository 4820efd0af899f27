// A clean simulated city, faults put into it, and what the rules make of both.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "core/error.h"
#include "evaluation/quality.h"
#include "evaluation/quality_score.h"
#include "sensing/quantities.h"
#include "simulation/simulation.h"

namespace madang::evaluation {
namespace {

using simulation::kChannelCount;
using Steady = std::chrono::steady_clock;

constexpr Millis kStep = std::chrono::minutes{2};
constexpr Millis kCheckEvery = std::chrono::minutes{10};
constexpr int kQuietDays = 3;
constexpr std::size_t kPerFault = 12;
/// An arbitrary Monday; seeds differ in weather, not in date.
constexpr Instant kBegin{std::chrono::sys_days{std::chrono::year{2026} / 4 / 6}};

class SimulatedRun {
 public:
  SimulatedRun(std::uint64_t seed, SimulatedQualityOptions const& options)
      : seed_(seed), options_(options), plan_(simulation::make_city_plan({.seed = seed, .nodes = options.nodes})),
        readings_(plan_, {.happenings = false, .faults = false}),
        injections_(plan_injections(seed, options.nodes, std::min(kPerFault, options.nodes / (2 * kFaults)),
                                    {kBegin + std::chrono::days{kQuietDays}, kBegin + std::chrono::days{options.days}})),
        score_(seed, injections_, options.nodes, kStep) {
    auto const quantities = sensing::city_node_quantities();
    for (std::size_t n = 0; n < options.nodes; ++n)
      for (std::size_t c = 0; c < kChannelCount; ++c)
        engine_.plan({stream_id(n, c), ThingId{static_cast<std::int64_t>(n + 1)}, std::string{quantities[c].channel}, kStep,
                      plan_.nodes[n].position, quantities[c].valid_min, quantities[c].valid_max, true});
    engine_.find_neighbours();
  }

  QualityScore& run() {
    auto const end = kBegin + std::chrono::days{options_.days};
    for (auto step = kBegin; step < end; step += kStep) {
      make(step);
      auto const began = Steady::now();
      engine_.judge(batch_);
      judging_ += Steady::now() - began;
      score_.take(engine_.take_revisions());
      for (auto const& [node, first] : sent_)
        score_.take(node, when_of(node, step), std::span{batch_}.subspan(first, kChannelCount));
      if ((step - kBegin) % kCheckEvery == Millis{0}) look_for_silence(step + kStep);
    }
    score_.finish();
    return score_;
  }

  [[nodiscard]] double nanoseconds_a_value() const {
    return std::chrono::duration<double, std::nano>(judging_).count() / static_cast<double>(engine_.counts().judged);
  }

 private:
  [[nodiscard]] Instant when_of(std::size_t node, Instant step) const {
    return step + kStep * static_cast<std::int64_t>(node) / static_cast<std::int64_t>(options_.nodes);
  }

  void make(Instant step) {
    batch_.clear();
    sent_.clear();
    simulation::Reading reading;
    for (std::size_t n = 0; n < options_.nodes; ++n) {
      auto const when = when_of(n, step);
      auto* injection = score_.injection_of(n);
      bool const broken_now = injection != nullptr && injection->when.contains(when);
      if (broken_now && injection->fault == Fault::kDropout) continue;
      if (!readings_.read(n, when, reading)) continue;
      sent_.emplace_back(n, batch_.size());
      auto const clock = broken_now && injection->fault == Fault::kClock ? Millis{static_cast<std::int64_t>(injection->size)} : Millis{0};
      for (std::size_t c = 0; c < kChannelCount; ++c) {
        double value = reading.value(static_cast<simulation::Channel>(c));
        if (broken_now && injection->channel == c && is_touched(seed_, *injection, when)) value = broken(*injection, value, when);
        batch_.push_back({stream_id(n, c), when + clock, value, when + std::chrono::seconds{2}, {}});
      }
    }
  }

  void look_for_silence(Instant now) {
    sensing::CheckUp check_up;
    engine_.check_up(now, 0, engine_.size(), check_up);
    for (auto const& f : sensing::by_device(check_up))
      if (!f.stream && (f.ailment == sensing::Ailment::kLate || f.ailment == sensing::Ailment::kSilent))
        score_.take_silence(static_cast<std::size_t>(f.thing.value() - 1), now);
  }

  std::uint64_t seed_;
  SimulatedQualityOptions const& options_;
  simulation::CityPlan plan_;
  simulation::Readings readings_;
  std::vector<Injection> injections_;
  QualityScore score_;
  sensing::QualityEngine engine_;
  std::vector<storage::Observation> batch_;
  std::vector<std::pair<std::size_t, std::size_t>> sent_;  ///< node, its first value in the batch
  Steady::duration judging_{};
};

void add(FaultScore& sum, FaultScore const& one) {
  sum.faults += one.faults;
  sum.found += one.found;
  sum.named += one.named;
  sum.alarms += one.alarms;
  sum.right += one.right;
  sum.delays.insert(sum.delays.end(), one.delays.begin(), one.delays.end());
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 1 : static_cast<double>(part) / static_cast<double>(whole);
}

double median(std::vector<double>& values) {
  if (values.empty()) return 0;
  auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

void add_rows(QualityTable& table, Fault fault, FaultScore& score) {
  bool const held = fault != Fault::kDrift && fault != Fault::kClock;
  auto const floor = [held](double limit) { return held ? std::optional{limit} : std::nullopt; };
  auto const name = std::string{name_of(fault)};
  table.rows.push_back({fmt::format("{}: precision ({} of {} alarms)", name, score.right, score.alarms), "",
                        share(score.right, score.alarms), floor(0.95)});
  table.rows.push_back({fmt::format("  recall ({} of {} faults)", score.found, score.faults), "",
                        share(score.found, score.faults), floor(0.9)});
  table.rows.push_back({"  recall under its own name", "", share(score.named, score.faults)});
  table.rows.push_back({"  delay, median", "min", median(score.delays)});
}

}  // namespace

QualityTable evaluate_injected_faults(SimulatedQualityOptions const& options, Tell const& tell) {
  QualityTable table;
  std::array<FaultScore, kFaults> sum;
  std::array<std::uint64_t, sensing::kQualityTests> on_clean{};
  std::uint64_t clean = 0;
  double nanoseconds = 0;
  for (auto const seed : options.seeds) {
    SimulatedRun run(seed, options);
    auto const& score = run.run();
    for (std::size_t k = 0; k < kFaults; ++k) add(sum[k], score.of[k]);
    for (std::size_t t = 0; t < on_clean.size(); ++t) on_clean[t] += score.on_clean[t];
    clean += score.clean_values;
    nanoseconds = std::max(nanoseconds, run.nanoseconds_a_value());
    tell(fmt::format("  seed {}: {} values, {:.0f} ns a value", seed, score.values, run.nanoseconds_a_value()));
    for (auto const& note : score.notes) tell("    " + note);
  }
  for (std::size_t k = 0; k < kFaults; ++k) add_rows(table, static_cast<Fault>(k), sum[k]);
  for (std::size_t t = 1; t < on_clean.size(); ++t)
    if (on_clean[t] > 0)
      table.rows.push_back({fmt::format("on devices without a fault: {}", sensing::name_of(static_cast<sensing::QualityTest>(t))),
                            "per million", 1e6 * share(on_clean[t], clean)});
  table.rows.push_back({"judging one value, slowest seed", "ns", nanoseconds, std::nullopt, 200.0});
  return table;
}

}  // namespace madang::evaluation
