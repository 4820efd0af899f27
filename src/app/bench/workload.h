// The workload of `madang bench store`: nodes with 17 quantities each, a reading every two minutes.
// Values are mean-reverting random walks in the steps that real simple sensors report (particulates 1 ug/m3,
// temperature and noise 0.1, humidity 1 %, gases 0.001 ppm, ...), with measurement noise; one node in fifty has
// a wind or globe sensor at all, the others report 0 for ever, as the published city data does. Each value has its
// own time jitter of -250 to +250 ms around its node's moment; one in a hundred comes late by 2 minutes to 12
// hours (log-uniform). A gateway delivers every two minutes: that is the received-at of what it brings.
#pragma once

#include <cstdint>
#include <vector>

#include "storage/observations/observation.h"

namespace madang::app {

class BenchWorkload {
 public:
  static constexpr std::int64_t kQuantities = 17;
  static constexpr std::int64_t kNoise = 8;  ///< the quantity that is a level: its roll-ups keep energies
  static constexpr std::int64_t kStepMillis = 120'000;

  struct Options {
    std::int64_t nodes = 1'176;
    std::uint64_t seed = 1;
    bool shared_message = false;  ///< the 17 channels of a node share one time, and come late together
    bool unrounded = false;       ///< arbitrary doubles instead of decimal steps
  };
  explicit BenchWorkload(Options options);

  /// Fills `batch` with the next `count` values in order of arrival.
  void next(std::size_t count, storage::Batch& batch);
  [[nodiscard]] std::int64_t streams() const { return options_.nodes * kQuantities; }
  /// Streams are numbered from 1, a node's quantities next to each other.
  [[nodiscard]] static DatastreamId stream_of(std::int64_t node, std::int64_t quantity) {
    return DatastreamId{node * kQuantities + quantity + 1};
  }
  [[nodiscard]] Instant begin() const;
  /// All values before this time have been given out, but for late ones.
  [[nodiscard]] Instant reached() const;

 private:
  struct Walk {
    float level = 0;
    float usual = 0;
  };

  std::uint64_t random();
  double normal();  ///< about; standard deviation 1
  double value(std::int64_t index, std::int64_t quantity);
  void emit_node(std::vector<storage::Observation>& out);
  void next_step();

  Options const options_;
  std::uint64_t state_;
  std::int64_t step_ = 0;
  std::int64_t node_ = 0;
  std::vector<Walk> walks_;
  std::vector<std::vector<storage::Observation>> late_;  ///< ring by the step in which they come
  std::vector<storage::Observation> ready_;
  std::size_t ready_at_ = 0;
};

}  // namespace madang::app
