// Alarms of the quality rules beside the faults that were really there.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/quality.h"
#include "sensing/quality/tests.h"
#include "simulation/simulation.h"
#include "storage/observations/observation.h"

namespace madang::evaluation {

/// Of one kind of fault. Spikes and sentinels are counted value by value, the others by episode. Index 0: smaller than the
/// size around which the kind is drawn, 1: from there on, or without such a size.
struct FaultScore {
  std::array<std::uint64_t, 2> faults{};
  std::array<std::uint64_t, 2> found{};  ///< flagged by any rule
  std::array<std::uint64_t, 2> named{};  ///< flagged by the rule of that name
  std::uint64_t alarms = 0;       ///< of the rule of that name
  std::uint64_t right = 0;        ///< among them where such a fault was
  std::vector<double> delays;     ///< minutes until the first flag
};

class QualityScore {
 public:
  /// What an opinion has become since, and whether a reading is one that a fault touches.
  struct Needs {
    std::function<Quality(DatastreamId, Instant)> stored;
    std::function<bool(simulation::Fault const&, Instant)> touched;
  };
  QualityScore(std::span<simulation::Fault const> faults, std::size_t nodes, Needs needs);

  /// A value as it was judged when it came; `when` by a clock that is right.
  void count_value(std::size_t node, std::size_t channel, Instant when, storage::Observation const& o);
  /// Opinions that waited for the next values are final by now.
  void settle(Instant now);
  /// The device is on the work list as silent.
  void count_silence(std::size_t node, Instant when);
  void finish();

  std::array<FaultScore, simulation::kFaultKinds> of;
  /// Episodes that no rule found, and alarms where no such fault was; the first few.
  std::vector<std::string> notes;
  std::uint64_t values = 0;
  std::uint64_t clean_values = 0;
  std::array<std::uint64_t, sensing::kQualityTests> on_clean{};  ///< flagged by this test on devices without a fault

 private:
  struct Waiting {
    DatastreamId stream;
    Instant stored_at;  ///< its phenomenon time
    Instant when;
    std::size_t node = 0, channel = 0;
  };
  struct Found {
    bool any = false, named = false;
  };
  [[nodiscard]] int fault_of_node(std::size_t node) const { return of_node_[node]; }
  void judge_touched(simulation::Fault const& truth, Quality q);
  void count_flag(Waiting const& v, Quality q);
  void find(std::size_t node, std::size_t channel, Instant when, sensing::QualityTest test);
  void alarm(std::size_t node, std::size_t channel, Instant when, simulation::FaultKind named);
  void note(std::string text);

  std::span<simulation::Fault const> faults_;
  Needs needs_;
  std::vector<int> of_node_;
  std::vector<Found> found_;
  std::unordered_map<std::uint64_t, Instant> quiet_;  ///< alarm -> last flagged
  std::vector<Waiting> waiting_;                      ///< for the next values' opinion, oldest first
  std::map<std::string, int> note_counts_;
};

}  // namespace madang::evaluation
