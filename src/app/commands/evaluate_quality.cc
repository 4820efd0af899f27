#include "app/commands/evaluate_quality.h"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>

#include "app/bench/machine.h"
#include "app/bench/report.h"
#include "sensing/commands/offline_city.h"
#include "core/json_writer.h"
#include "evaluation/quality.h"
#include "runtime/clock.h"
#include "sensing/quality/tests.h"

namespace madang::app {
namespace {

void say(std::string const& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

BenchReport report_of(evaluation::QualityTable const& table) {
  using Floor = BenchReport::Floor;
  BenchReport report;
  for (auto const& row : table.rows) {
    auto const floor = row.at_least ? Floor::kAtLeast : row.at_most ? Floor::kAtMost : Floor::kNone;
    report.add(row.name, row.unit, row.value, floor, row.at_least.value_or(row.at_most.value_or(0)));
  }
  return report;
}

std::string seeds_text(std::vector<std::uint64_t> const& seeds) { return fmt::format("{}", fmt::join(seeds, ", ")); }

class Evaluation {
 public:
  explicit Evaluation(EvaluateQualityOptions const& options) : options_(options) {}

  Result<bool> run() {
    say(fmt::format("{}\nrule set version {}", describe(this_machine()), sensing::kRuleVersion));
    out_.begin_object().field("evaluate", "quality").field("machine", describe(this_machine())).key("tables").begin_array();
    if (options_.only != "simulated") MADANG_CHECK(real());
    if (options_.only != "real") MADANG_CHECK(simulated());
    out_.end_array().end_object();
    return kept_;
  }

  [[nodiscard]] std::string const& json() const { return out_.text(); }

 private:
  void show(evaluation::QualityTable const& table, bool held) {
    auto const report = report_of(table);
    bool const kept = report.print(table.title);
    if (held) kept_ = kept_ && kept;
    out_.begin_object().field("title", table.title).field("held", held).key("results");
    report.write(out_);
    out_.end_object();
  }

  Result<void> real() {
    runtime::SystemClock const clock;
    sensing::OfflineCity offline;
    MADANG_CHECK(offline.open(options_.data_directory, options_.settings, clock, sensing::OfflineCity::Use::kRead));
    say(fmt::format("\nthe network in {}", options_.data_directory.string()));
    MADANG_TRY(auto const found, evaluation::evaluate_real_quality(*offline.city, *offline.store, say));
    for (auto const& table : found.tables) show(table, true);
    return {};
  }

  /// Rules are tuned on even seeds; odd ones are reported, and never looked at while something is tuned.
  Result<void> simulated() {
    evaluation::SimulatedQualityOptions simulated{.seeds = {}, .nodes = options_.nodes, .days = options_.days};
    bool const development = options_.development;
    auto const first = options_.first / 2 * 2 + (development ? 0 : 1);
    for (std::uint64_t n = 0; n < options_.seeds; ++n) simulated.seeds.push_back(first + 2 * n);
    say(fmt::format("\nfaults drawn around what must be found, on the real path: {} stations, {} days at 2 minutes, {} seeds {}",
                    options_.nodes, options_.days, development ? "development" : "reported", seeds_text(simulated.seeds)));
    MADANG_TRY(auto table, evaluation::evaluate_injected_faults(simulated, say));
    table.title = fmt::format("drawn faults, seeds {}{}", seeds_text(simulated.seeds),
                              development ? " (DEVELOPMENT: not to be reported)" : " (not used for tuning)");
    show(table, true);
    return {};
  }

  EvaluateQualityOptions const& options_;
  JsonWriter out_;
  bool kept_ = true;
};

}  // namespace

int evaluate_quality(EvaluateQualityOptions const& options) {
  Evaluation evaluation(options);
  auto const kept = evaluation.run();
  if (!kept) {
    fmt::print(stderr, "madang evaluate quality: {}\n", kept.error().sentence);
    return 2;
  }
  if (!options.json_path.empty()) {
    std::ofstream out(options.json_path);
    out << evaluation.json() << '\n';
    if (!out.flush()) return 2;
  }
  return *kept ? 0 : 1;
}

}  // namespace madang::app
