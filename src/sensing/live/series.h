// History for charts: one Datastream's values, or the whole city's means, in as many points as a page can show.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "city/city.h"
#include "core/quality.h"
#include "core/time.h"
#include "sensing/live/stations.h"
#include "sensing/quantities.h"
#include "storage/observations/store.h"

namespace madang::sensing {

struct SeriesPoint {
  Instant time;  ///< of the observation, or the bucket's start
  double value = 0;
  double min = 0;
  double max = 0;
  QualityFlag flag = QualityFlag::kUnknown;  ///< kMissing: the numbers above are none
  Quality quality = {};  ///< of a single observation; of a bucket only the flag above counts
  std::optional<Instant> end = {};  ///< of a single observation of an interval; a bucket ends a step after its start
  std::string text = {};  ///< of a single observation that is no number
};

struct SeriesAnswer {
  DatastreamId datastream;
  std::string channel;
  std::string unit;
  int decimals = 2;
  Millis step{0};  ///< zero: single observations
  std::vector<SeriesPoint> points;  ///< ascending; a gap has no points
  bool takes_words = false;  ///< its texts are its readings
};

struct SeriesQuery {
  city::DatastreamPtr datastream;
  Interval when;
  std::size_t points = 600;  ///< at most about this many
  bool each_word = false;    ///< of a Datastream that takes words every single one, for a bucket holds none
  std::optional<Tick> deadline = {};  ///< as in storage::ReadOptions
};

/// In another unit: every number that is one.
void convert(SeriesAnswer& answer, UnitConversion const& conversion, std::string_view unit);

/// Up to `points` observations are given one by one, more as buckets: means by the quantity's own rule (energy for dB,
/// vector for degrees) of the values that count, else of all with the worst flag. Ranges of more than kSeriesRawMax
/// observations come from roll-ups, which hold the sums that the same means need. Texts are no points. kUnavailable: the deadline;
/// kLimit: what single observations say beside their numbers is more than kSeriesDetailBytesMax.
Result<SeriesAnswer> read_series(storage::ObservationStore& store, SeriesQuery const& query);

struct MediansAnswer {
  std::string property;
  std::string unit;
  int decimals = 2;
  Millis step{0};
  std::vector<SeriesPoint> points;  ///< value is the mean of all stations' values, by the quantity's own rule
};

struct MediansQuery {
  std::string_view property;
  Interval when;
  std::string_view unit = {};         ///< how values of a quantity that the table does not know are averaged
  std::optional<Tick> deadline = {};  ///< as in storage::ReadOptions
};

/// The city's course of one quantity.
Result<MediansAnswer> read_medians(storage::ObservationStore& store, Blocks<StreamRef> const& streams, MediansQuery const& query);

/// The smallest length of the ladder 1 s ... 30 days that cuts `span` into at most `points` buckets.
Millis bucket_step(Millis span, std::size_t points);

}  // namespace madang::sensing
