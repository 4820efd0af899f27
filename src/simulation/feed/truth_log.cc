#include "simulation/feed/truth_log.h"

#include <cmath>
#include <string>

namespace madang::simulation {

Instant TimeScale::simulated(Instant sent) const {
  return anchor + Millis{std::llround(static_cast<double>((sent - anchor).count()) * speed)};
}

Instant TimeScale::sent(Instant simulated) const {
  // The past was loaded in its own time.
  if (simulated <= anchor) return simulated;
  return anchor + Millis{std::llround(static_cast<double>((simulated - anchor).count()) / speed)};
}

Result<TruthLog> TruthLog::open(std::string const& file, CityPlan const& plan, TimeScale scale, Interval past,
                                std::vector<Happening> staged) {
  std::FILE* const opened = std::fopen(file.c_str(), "a");
  if (opened == nullptr) return fail(Code::kUnavailable, file + ": cannot be written");
  TruthLog log(opened, plan, scale, std::move(staged));
  MADANG_CHECK(log.write(past, false));
  return log;
}

Result<void> TruthLog::advance(Instant until) {
  Instant const simulated = scale_.simulated(until);
  if (simulated <= written_to_) return {};
  return write({written_to_, simulated}, true);
}

Result<void> TruthLog::write(Interval simulated, bool only_new) {
  for (auto truth : truth_of(*plan_, simulated, staged_)) {
    if (only_new && truth.when.from < simulated.from) continue;
    truth.when = {scale_.sent(truth.when.from), scale_.sent(truth.when.to)};
    auto const line = json_line(truth);
    if (std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size()) {
      return fail(Code::kFull, "the truth file cannot be written on");
    }
  }
  if (std::fflush(file_.get()) != 0) return fail(Code::kFull, "the truth file cannot be written on");
  written_to_ = simulated.to;
  return {};
}

}  // namespace madang::simulation
