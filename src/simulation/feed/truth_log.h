// Writes ground truth into a file while the city lives: each line once, soon after its happening begins.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "simulation/truth.h"

namespace madang::simulation {

/// At `speed` the simulated moment s is sent at anchor + (s - anchor) / speed; truth is written in sent time.
struct TimeScale {
  Instant anchor;
  double speed = 1;

  [[nodiscard]] Instant simulated(Instant sent) const;
  [[nodiscard]] Instant sent(Instant simulated) const;
};

class TruthLog {
 public:
  /// Appends to the file; first all that overlaps [from, now). kUnavailable: it cannot be written.
  static Result<TruthLog> open(std::string const& file, CityPlan const& plan, TimeScale scale, Interval past,
                               std::vector<Happening> staged = {});
  /// All that begins before `until` (sent time) and is not written yet.
  Result<void> advance(Instant until);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  TruthLog(std::FILE* file, CityPlan const& plan, TimeScale scale, std::vector<Happening> staged)
      : file_(file), plan_(&plan), scale_(scale), staged_(std::move(staged)) {}
  Result<void> write(Interval simulated, bool only_new);

  std::unique_ptr<std::FILE, Close> file_;
  CityPlan const* plan_;
  TimeScale scale_;
  std::vector<Happening> staged_;
  Instant written_to_;  ///< simulated time
};

}  // namespace madang::simulation
