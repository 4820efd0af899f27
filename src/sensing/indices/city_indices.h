// The indices of the city and of its districts at this moment: the one query behind /api/v1/indices and the public page,
// so that both show the same class. Computed once a minute from the last full hours.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "city/city.h"
#include "runtime/clock.h"
#include "sensing/indices/indices.h"
#include "sensing/live/now.h"
#include "storage/observations/store.h"

namespace madang::sensing::indices {

/// Which indices a city shows: the settings indices.*.
struct IndexSettings {
  AirScale air = AirScale::kCai;
  NoiseZone noise_zone = NoiseZone::kGeneralB;  ///< of Things without the property "noiseZone"
  CrowdBands crowd;
};

/// The last full hour against the standard: each station against that of its own zone.
struct NoiseNow {
  SoundLevel leq;            ///< the middle of the stations
  std::size_t stations = 0;
  std::size_t above = 0;     ///< those that passed their standard
};
struct HeatNow {
  Temperature perceived;
  HeatLevel level = HeatLevel::kNone;
};

/// Of the city (area 0) or of a district.
struct PlaceIndices {
  AreaId area;
  std::string code;
  city::Name name;
  AirAnswer air;
  std::optional<NoiseNow> noise;
  std::optional<HeatNow> heat;
};

struct CrowdNow {
  ThingId thing;
  city::Name name;
  CrowdDensity density;
  Instant at;                ///< when so many were counted
  CrowdState state;
};

struct CityIndices {
  CityIdentity identity;
  Instant now;
  Interval hour;               ///< the last full one
  IndexSettings settings;
  bool simulated = false;
  bool official = false;       ///< every input of the air index comes from a reference instrument
  std::vector<city::Name> notices;  ///< of the sensors behind the air index; each once
  DayPart part = DayPart::kDay;     ///< of that hour
  SoundLevel noise_limit;           ///< the standard of the city's usual zone for that part
  HeatAdvisory advisory = HeatAdvisory::kNone;
  PlaceIndices city;
  std::vector<PlaceIndices> areas;  ///< of level 1, by code
  std::vector<CrowdNow> crowds;     ///< densest first
  bool crowds_simulated = false;    ///< whoever counts people is simulated, whatever else is real
};

/// Thread-safe.
class IndicesView {
 public:
  struct Needs {
    city::City const& city;
    storage::ObservationStore& store;
    runtime::Clock const& clock;
    std::shared_ptr<NowView> now;
    CityIdentity identity;
    IndexSettings settings;
  };
  /// kInvalid: the identity names no time zone.
  static Result<std::unique_ptr<IndicesView>> start(Needs needs);
  virtual ~IndicesView() = default;

  /// At most kIndicesAgeMax old.
  virtual Result<std::shared_ptr<CityIndices const>> read() = 0;
};

}  // namespace madang::sensing::indices
