// A simulated city in which things happen and devices break, and what the quality rules make of both on the real path.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "core/error.h"
#include "evaluation/play.h"
#include "evaluation/quality.h"
#include "evaluation/quality_score.h"

namespace madang::evaluation {
namespace {

using simulation::FaultKind;

constexpr int kQuietDays = 4;          // the drift test wants to know four days
constexpr std::size_t kPerFault = 12;
constexpr std::int64_t kCheckEvery = 5;  // steps
// Of a city of 400: what happens there must not be taken for a fault.
constexpr std::array<double, kEventClasses> kUnfaultyPerDay{4, 3, 3, 2, 4, 3};
constexpr double kOfStations = 400;

std::vector<simulation::Channel> all_channels() {
  std::vector<simulation::Channel> all;
  for (std::size_t c = 0; c < simulation::kChannelCount; ++c) all.push_back(static_cast<simulation::Channel>(c));
  return all;
}

class Watching final : public Play::Observer {
 public:
  explicit Watching(Play& play)
      : score(play.faults(), play.plan().nodes.size(),
              {.stored = [&play](DatastreamId stream, Instant when) { return play.path().stored_quality(stream, when); },
               .touched = [&play](simulation::Fault const& f, Instant when) { return play.readings().is_touched(f, when); }}) {}

  void value(std::size_t node, std::size_t channel, Instant when, storage::StoredObservation const& o) override {
    score.count_value(node, channel, when, o);
  }
  void step(Play& play, Instant end) override {
    score.settle(end);
    if (++steps_ % kCheckEvery != 0) return;
    for (auto const& item : play.path().work_list()) {
      bool const silent = item.ailment == sensing::Ailment::kLate || item.ailment == sensing::Ailment::kSilent;
      if (!silent || item.datastream) continue;
      if (auto const node = play.path().node_of(item.thing)) score.count_silence(*node, end);
    }
  }

  QualityScore score;

 private:
  std::int64_t steps_ = 0;
};

template <typename Counts>
void add_counts(Counts& sum, Counts const& one) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += one[i];
}

void add(FaultScore& sum, FaultScore const& one) {
  add_counts(sum.faults, one.faults);
  add_counts(sum.found, one.found);
  add_counts(sum.named, one.named);
  sum.alarms += one.alarms;
  sum.right += one.right;
  sum.delays.insert(sum.delays.end(), one.delays.begin(), one.delays.end());
}

double share_of_all(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 1 : static_cast<double>(part) / static_cast<double>(whole);
}

double median_in_place(std::vector<double>& values) {
  if (values.empty()) return 0;
  auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

struct FaultFloors {
  std::optional<double> precision, recall;
};
FaultFloors floors_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::kClock:
    case FaultKind::kJump: return {};
    case FaultKind::kDrift: return {0.85, 0.8};
    default: return {0.95, 0.9};
  }
}

void add_rows(QualityTable& table, FaultKind kind, FaultScore& s) {
  auto const floors = floors_of(kind);
  auto const name = std::string{simulation::name_of(kind)};
  // No rule speaks of a jump by this name: it is told as a rate, a neighbour, a drift.
  if (kind != FaultKind::kJump) {
    table.rows.push_back({fmt::format("{}: precision ({} of {} alarms)", name, s.right, s.alarms), "", share_of_all(s.right, s.alarms), floors.precision});
  }
  table.rows.push_back({fmt::format("{}recall from its size on ({} of {} faults)", kind == FaultKind::kJump ? name + ": " : "  ", s.found[1], s.faults[1]),
                        "", share_of_all(s.found[1], s.faults[1]), floors.recall});
  if (s.faults[0] > 0)
    table.rows.push_back({fmt::format("  recall of smaller ones ({} of {})", s.found[0], s.faults[0]), "", share_of_all(s.found[0], s.faults[0])});
  table.rows.push_back({"  recall under its own name, from its size on", "", share_of_all(s.named[1], s.faults[1])});
  table.rows.push_back({"  delay, median", "min", median_in_place(s.delays)});
}

}  // namespace

Result<QualityTable> evaluate_injected_faults(SimulatedQualityOptions const& options, ReportProgress const& report_progress) {
  QualityTable table;
  std::array<FaultScore, simulation::kFaultKinds> sum;
  std::array<std::uint64_t, sensing::kQualityTests> on_clean{};
  std::uint64_t clean = 0;
  EventValues events;
  Tally warned;
  for (auto const seed : options.seeds) {
    auto const began = std::chrono::steady_clock::now();
    auto per_day = kUnfaultyPerDay;
    for (double& rate : per_day) rate *= static_cast<double>(options.nodes) / kOfStations;
    MADANG_TRY(auto const play, Play::prepare({.seed = seed,
                                               .days = static_cast<double>(options.days),
                                               .quiet_days = static_cast<double>(std::min(kQuietDays, options.days / 2)),
                                               .stations = options.nodes,
                                               .faults = std::min(kPerFault * simulation::kFaultKinds, options.nodes / 2),
                                               .events_per_day = per_day,
                                               .channels = all_channels()}));
    Watching watching(*play);
    MADANG_CHECK(play->run(&watching));
    auto& score = watching.score;
    score.finish();
    for (std::size_t k = 0; k < simulation::kFaultKinds; ++k) add(sum[k], score.of[k]);
    for (std::size_t t = 0; t < on_clean.size(); ++t) on_clean[t] += score.on_clean[t];
    clean += score.clean_values;
    events.values += play->event_values().values;
    events.kept_back += play->event_values().kept_back;
    warned.add(play->ours());
    report_progress(fmt::format("  seed {}: {} values in {:.0f} s", seed, score.values,
                     std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count()));
    for (auto const& note : score.notes) report_progress("    " + note);
  }
  for (std::size_t k = 0; k < simulation::kFaultKinds; ++k) add_rows(table, static_cast<FaultKind>(k), sum[k]);
  for (std::size_t t = 1; t < on_clean.size(); ++t)
    if (on_clean[t] > 0)
      table.rows.push_back({fmt::format("on devices without a fault: {}", sensing::name_of(static_cast<sensing::QualityTest>(t))),
                            "per million", 1e6 * share_of_all(on_clean[t], clean)});
  table.rows.push_back({fmt::format("values of events marked when they came ({} of {})", events.kept_back, events.values), "",
                        share_of_all(events.kept_back, events.values)});
  table.rows.push_back({"situations at broken devices, a day of one city", "", warned.at_broken_devices / std::max(1.0, warned.days)});
  return table;
}

}  // namespace madang::evaluation
