// The registry as live views need it: stations with their place, and for each channel who measures it. Built anew when
// the registry has changed, shared by all readers.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "city/city.h"
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
  std::uint64_t version = 0;
  std::vector<Station> stations;  ///< by Thing id
  std::vector<city::AreaPtr> districts;  ///< Areas of level 1, by code
  using Channels = std::map<std::string, std::vector<StreamRef>, std::less<>>;
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
  std::unordered_map<ThingId, std::size_t> station_of;
  /// Channel of each fitted Datastream, and its place in by_channel or foreign_by_channel.
  struct Place {
    std::string const* channel = nullptr;
    std::vector<StreamRef> const* streams = nullptr;
    std::size_t index = 0;
    [[nodiscard]] StreamRef const& stream() const { return (*streams)[index]; }
  };
  std::unordered_map<DatastreamId, Place> place_of;

  [[nodiscard]] Station const* station(ThingId thing) const;
  /// nullptr when no station has this channel in a unit that can be compared.
  [[nodiscard]] std::vector<StreamRef> const* streams(std::string_view channel) const;
  /// Those of this channel in units that are none of it.
  [[nodiscard]] std::span<StreamRef const> foreign_streams(std::string_view channel) const;
  /// All fitted Datastreams, in parts of one channel each.
  [[nodiscard]] std::vector<std::span<StreamRef const>> all_streams() const;
  /// nullptr: not fitted, or its unit is none of its channel's.
  [[nodiscard]] StreamRef const* stream(DatastreamId id) const;
};

std::shared_ptr<StationIndex const> build_station_index(city::City const& city);

/// Thread-safe.
class StationDirectory {
 public:
  explicit StationDirectory(city::City const& city) : city_(city) {}
  /// As of now: one comparison of versions when nothing has changed.
  [[nodiscard]] std::shared_ptr<StationIndex const> read() const;

 private:
  city::City const& city_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<StationIndex const> index_;
};

}  // namespace madang::sensing
