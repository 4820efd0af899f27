// Alarms of the rules beside the faults that were really there.
#pragma once

#include <array>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "evaluation/injection.h"
#include "sensing/quality/engine.h"

namespace madang::evaluation {

/// Of one kind of fault. Spikes and sentinels are counted value by value, the others by episode.
struct FaultScore {
  std::uint64_t faults = 0;
  std::uint64_t found = 0;        ///< flagged by any rule
  std::uint64_t named = 0;        ///< flagged by the rule of that name
  std::uint64_t alarms = 0;       ///< of the rule of that name
  std::uint64_t right = 0;        ///< among them where such a fault was
  std::vector<double> delays;     ///< minutes until the first flag
};

class QualityScore {
 public:
  QualityScore(std::uint64_t seed, std::vector<Injection>& injections, std::size_t nodes, Millis step);

  [[nodiscard]] Injection* injection_of(std::size_t node);
  /// Judged values of one step of one node (all its channels); `when` by a clock that is right.
  void take(std::size_t node, Instant when, std::span<storage::Observation const> values);
  void take(std::vector<sensing::Revision> const& revisions);
  /// The device is on the work list as silent.
  void take_silence(std::size_t node, Instant when);
  void finish();

  std::array<FaultScore, kFaults> of;
  /// Episodes that no rule found, and alarms where no such fault was; the first few.
  std::vector<std::string> notes;
  std::uint64_t values = 0;
  std::uint64_t clean_values = 0;
  std::array<std::uint64_t, sensing::kQualityTests> on_clean{};  ///< flagged by this test on devices without a fault

 private:
  struct Pending {
    Instant when;
    std::size_t node = 0;
    std::size_t channel = 0;
  };
  void flagged(std::size_t node, std::size_t channel, Instant when, sensing::QualityTest test);
  void flagged_value(DatastreamId stream, Instant when, Injection const* truth, bool touched, Fault named);
  void alarm(std::size_t node, std::size_t channel, Instant when, Fault named);
  void settle(Pending const& pending);
  void take_burst(sensing::Revision const& revision);
  void note(std::string text);

  std::uint64_t seed_;
  Millis step_;
  std::vector<Injection>& injections_;
  std::vector<int> of_node_;
  std::vector<std::array<bool, 2>> detected_;          ///< by injection: by any rule, by name
  std::unordered_map<std::uint64_t, Instant> quiet_;   ///< alarm -> last flagged
  std::set<std::pair<std::int64_t, Instant>> counted_;  ///< flagged values that were touched, each once
  std::unordered_map<std::int64_t, Pending> pending_;  ///< by Datastream: jumps that wait for the next value
};

[[nodiscard]] inline DatastreamId stream_id(std::size_t node, std::size_t channel) {
  return DatastreamId{static_cast<std::int64_t>(node * simulation::kChannelCount + channel + 1)};
}

}  // namespace madang::evaluation
