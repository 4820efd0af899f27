// The registry as live views need it: stations with their place, and for each channel who measures it. Shared by all readers;
// what changes in the registry is written into a copy, which shares with the one before all that stayed.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "city/city.h"
#include "core/blocks.h"
#include "runtime/mutex.h"
#include "sensing/sentinels.h"
#include "sensing/units.h"

namespace madang::sensing {

struct Station {
  city::ThingPtr thing;
  std::optional<LatLon> point;
  AreaId area;      ///< the smallest that holds it; 0: none
  AreaId district;  ///< its Area of level 1; 0: none
  std::vector<city::DatastreamPtr> datastreams;  ///< those with a channel, fitted or not
};

/// One fitted Datastream and where it belongs.
struct StreamRef {
  std::size_t station = 0;  ///< index into StationIndex::stations
  DatastreamId datastream;
  ThingId thing;
  Millis interval{0};       ///< expected; never 0
  /// Numbers by which this device says that it has no value.
  Sentinels sentinels = {};
  UnitConversion unit = {};  ///< from the Datastream's unit to that of its channel in the index
  /// The symbol of its unit where that is none of its channel's; nullptr: it is one.
  std::shared_ptr<std::string const> foreign_unit = {};
};

struct StationIndex {
  city::ChangeCursor version = 0;
  Blocks<std::shared_ptr<Station const>> stations;  ///< those in service, as they came
  std::vector<city::AreaPtr> districts;  ///< Areas of level 1, by code
  using Channels = std::map<std::string, Blocks<StreamRef>, std::less<>>;
  /// Those whose values can stand beside one another: maps, medians, indices and warnings ask here.
  Channels by_channel;
  /// Those whose unit is none of their channel's. They are heard of, listed and counted among the stations; a value of
  /// theirs never stands beside the others'.
  Channels foreign_by_channel;
  /// In which each channel of the above is shown: the table's unit, else that of its first Datastream.
  std::map<std::string, city::Unit, std::less<>> unit_of;
  /// The sentences that must stand beside a channel's values, each once.
  std::map<std::string, std::vector<city::Name>, std::less<>> notices_of;
  std::map<std::string, std::vector<std::string>, std::less<>> sources_of;  ///< of a channel's values, each once
  SentinelSets sentinels;
  /// Where a fitted Datastream stands in by_channel or foreign_by_channel.
  struct Place {
    std::uint32_t channel = UINT32_MAX;  ///< in `channels`; UINT32_MAX: nowhere
    std::uint32_t index = 0;
    bool foreign = false;
  };
  std::vector<std::string> channels;     ///< as they came
  Blocks<Place> places;                  ///< by Datastream id
  Blocks<std::uint32_t> station_numbers; ///< by Thing id; UINT32_MAX: none

  [[nodiscard]] Station const* station(ThingId thing) const;
  /// nullptr when no station has this channel in a unit that can be compared.
  [[nodiscard]] Blocks<StreamRef> const* streams(std::string_view channel) const;
  /// Those of this channel in units that are none of it.
  [[nodiscard]] Blocks<StreamRef> const& foreign_streams(std::string_view channel) const;
  /// All fitted Datastreams, in parts of one channel each.
  [[nodiscard]] std::vector<Blocks<StreamRef> const*> all_streams() const;
  /// nullptr: not fitted, or its unit is none of its channel's.
  [[nodiscard]] StreamRef const* stream(DatastreamId id) const;
  /// Also one in a foreign unit. nullptr: not fitted.
  [[nodiscard]] StreamRef const* placed(DatastreamId id) const;
  /// The same; nullptr: not fitted.
  [[nodiscard]] std::string const* channel_of(DatastreamId id) const;
};

std::shared_ptr<StationIndex const> build_station_index(city::City const& city);
/// The same as of now, from one that was right before `changes`. What takes something away from the index builds it anew.
std::shared_ptr<StationIndex const> next_station_index(city::City const& city, StationIndex const& before, city::Changes const& changes);

/// Thread-safe.
class StationDirectory {
 public:
  explicit StationDirectory(city::City const& city) : city_(city) {}
  /// As of now: one comparison of cursors when nothing has changed.
  [[nodiscard]] std::shared_ptr<StationIndex const> read() const;

 private:
  city::City const& city_;
  mutable runtime::Mutex mutex_;
  mutable std::shared_ptr<StationIndex const> index_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace madang::sensing
