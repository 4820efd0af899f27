// Calibrated values: another Datastream beside the raw one, with how it was made in its properties. Raw values stay.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "city/city.h"
#include "core/error.h"
#include "sensing/quality/constants.h"
#include "storage/observations/store.h"

namespace madang::sensing {

/// Raw = offset + gain * what the reference says, from hourly means.
struct Coefficients {
  double offset = 0;
  double gain = 1;
  double r2 = 0;             ///< of the hours used
  std::size_t hours = 0;     ///< used; outliers beyond about three deviations are left out
  [[nodiscard]] double calibrated(double raw) const { return (raw - offset) / gain; }
};

/// Additive quantities get an offset, proportional ones a gain, dust a line. nullopt: fewer than 72
/// hours, or the two have too little in common for a line.
std::optional<Coefficients> fit(std::span<std::pair<double, double> const> reference_and_raw, Follows follows);

struct CalibrationOptions {
  std::string channel = {};                     ///< "pm25"
  std::string name = {};                        ///< of the new channel; empty: CHANNEL_calibrated
  std::string reference = {};                   ///< serial of the station to follow; empty: the city's median, of real and of simulated stations apart
  Interval learn{kInstantMin, kInstantMax};     ///< hours to fit on
};
struct CalibrationSummary {
  std::string reference;                        ///< in words
  std::size_t stations = 0;
  std::size_t made = 0;                         ///< new Datastreams
  std::size_t continued = 0;                    ///< that existed: their own coefficients are kept
  std::size_t unfit = 0;                        ///< too few hours, or too little in common
  std::size_t values = 0;                       ///< written
  double spread_before = 0;                     ///< mean distance of hourly means from the reference
  double spread_after = 0;
};
/// Makes batches durable.
using AppendBatch = std::function<Result<void>(storage::Batch)>;

/// Nothing real is fitted to what is simulated, nor the other way round. Failed and missing values have no calibrated twin; suspect ones keep their flag. A second run adds what is new.
/// kNotFound: no station has the channel, or the reference does not.
Result<CalibrationSummary> calibrate(city::City& city, storage::ObservationStore& store, AppendBatch const& append,
                                     Instant now, CalibrationOptions const& options);

}  // namespace madang::sensing
