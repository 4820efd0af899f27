// Quality rules held against ground truth: faults drawn into a simulated city, and the real faults of an imported network.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "city/city.h"
#include "core/error.h"
#include "storage/observations/store.h"

namespace madang::evaluation {

/// One number beside the floor it must keep.
struct Measured {
  std::string name;
  std::string unit;
  double value = 0;
  std::optional<double> at_least = {};
  std::optional<double> at_most = {};
};
struct QualityTable {
  std::string title;
  std::vector<Measured> rows;
};
using ReportProgress = std::function<void(std::string const&)>;

struct SimulatedQualityOptions {
  std::vector<std::uint64_t> seeds;
  std::size_t nodes = 400;
  int days = 10;          ///< the first four (at most half) without faults
};
/// All kinds of the simulator's fault model, half of each smaller than what must be found, in a city where plumes, fires,
/// leaks, noise and crowds happen; every value on the path through ingest, quality, early warning and Situations.
Result<QualityTable> evaluate_injected_faults(SimulatedQualityOptions const& options, ReportProgress const& report_progress);

struct RealQuality {
  std::vector<QualityTable> tables;
};
/// Everything that is stored, judged anew as if it came in now; nothing is changed.
Result<RealQuality> evaluate_real_quality(city::City const& city, storage::ObservationStore& store, ReportProgress const& report_progress);

}  // namespace madang::evaluation
