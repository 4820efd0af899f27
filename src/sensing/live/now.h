// What the city measures at this moment, or at a moment of the past: the one query behind the control room's API
// and the public page, so that both show the same number.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "city/city.h"
#include "city/words.h"
#include "core/quality.h"
#include "runtime/clock.h"
#include "runtime/shipped.h"
#include "sensing/reporting.h"
#include "storage/observations/store.h"

namespace madang::sensing {

class Ingest;

/// How the city calls itself and which zone its clocks show.
struct CityIdentity {
  city::Name name = city::in_every_language(runtime::shipped_messages(), "city.unnamed");
  std::string zone = "Asia/Seoul";
  std::string licence = {};  ///< of the data, as exports name it; empty: none is stated
};

/// The newest value of one station. Silent stations and those that were never heard of have none; nor has one whose
/// device said that it has no value, or sent none that is a number.
struct StationValue {
  ThingId thing;
  DatastreamId datastream;
  std::optional<double> value;
  Instant time;                 ///< of what the device sent; 0 where nothing is shown
  QualityFlag flag = QualityFlag::kMissing;
  ReportState state = ReportState::kNeverHeard;
  /// What the device sent in the place of a value, as JSON: -999, or a text. Empty: there is a value, or nothing came.
  std::string sent = {};
};

/// The middle of the values of reporting stations in one Area of level 1 that are not suspect and not failed.
struct AreaNow {
  AreaId area;
  std::string code;
  city::Name name;
  std::optional<double> median;  ///< none without such a value
  std::size_t count = 0;         ///< stations behind the median

  friend bool operator==(AreaNow const& a, AreaNow const& b) {
    return a.area == b.area && a.median == b.median && a.count == b.count;
  }
};

/// One quantity over the whole city. Directions have a vector mean in the place of the median.
struct QuantityNow {
  std::string channel;
  city::Name name;
  std::string unit;  ///< symbol: "µg/m³"
  int decimals = 1;
  double scale_min = 0, scale_max = 0;  ///< ends of the colour scale
  Instant at;                           ///< the moment asked about
  std::optional<double> median;         ///< of the city, by the same rule as an Area's
  std::size_t count = 0;
  std::optional<Instant> time;          ///< of the newest value among those behind the median
  std::vector<AreaNow> areas;           ///< every Area of level 1, by code
  std::vector<StationValue> values;     ///< of every station that has this quantity
  ReportCounts stations;
  std::vector<city::Name> notices;      ///< sentences that must stand beside these numbers; each once
  bool simulated = false;               ///< some of the stations are simulated
};

struct CityNow {
  CityIdentity identity;
  Instant now;
  bool simulated = false;            ///< some of the stations are
  std::size_t stations = 0;
  std::size_t simulated_stations = 0;
  std::vector<city::Name> notices;
  /// Of main_channels() those that some station has, in this order.
  std::vector<QuantityNow> quantities;
};

/// What matters to most people, in the order of the public page; the wall turns through these.
std::span<std::string_view const> main_channels();

/// Thread-safe. The newest values come from memory; a moment of the past is read from the store.
class NowView {
 public:
  struct Needs {
    city::City& city;
    storage::ObservationStore& store;
    Ingest& ingest;
    runtime::Clock const& clock;
    CityIdentity identity = {};
    /// What quantities are called.
    runtime::Messages const& messages = runtime::shipped_messages();
  };

  /// Reads the newest value of every Datastream, then listens to `ingest`: start it before the first submission.
  static Result<std::shared_ptr<NowView>> start(Needs needs);
  virtual ~NowView() = default;

  [[nodiscard]] virtual CityNow city_now() const = 0;
  /// A message of this Thing came from which nothing could be stored.
  virtual void mark_spoke(ThingId thing, Instant when) = 0;
  /// Stations with at least one fitted Datastream; each reports with the best of its channels.
  [[nodiscard]] virtual ReportCounts report_counts() const = 0;
  /// With `at` the newest values at or before it, at most seven days old.
  /// kNotFound: no station has this channel.
  [[nodiscard]] virtual Result<QuantityNow> quantity(std::string_view channel,
                                                     std::optional<Instant> at = std::nullopt) const = 0;
};

}  // namespace madang::sensing
