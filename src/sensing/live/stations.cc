#include "sensing/live/stations.h"

#include <algorithm>
#include <limits>

#include "sensing/limits.h"
#include "sensing/quantities.h"
#include "sensing/rules.h"

namespace madang::sensing {
namespace {

/// The Area of level 1 above (or at) this one; the top where the publisher numbers its levels otherwise.
AreaId district_of(city::City const& city, AreaId area) {
  // A parent has a smaller level, so the climb ends; the bound guards against a registry that says otherwise.
  for (int step = 0; step < 16 && area; ++step) {
    auto const found = city.area(area);
    if (found == nullptr || found->level <= 1 || !found->parent) return area;
    area = found->parent;
  }
  return area;
}

Station make_station(city::City const& city, city::ThingPtr thing) {
  Station station{std::move(thing), std::nullopt, {}, {}, {}};
  for (auto const& location : city.locations_of(station.thing->id)) {
    if (!location->point) continue;
    station.point = location->point;
    station.area = location->area;
    break;
  }
  station.district = district_of(city, station.area);
  for (auto const& d : city.datastreams_of(station.thing->id)) {
    if (!d->channel.empty()) station.datastreams.push_back(d);
  }
  return station;
}

void add_notice(std::vector<city::Name>& notices, city::Sensor const* sensor) {
  if (sensor == nullptr || sensor->notice.by_language.empty()) return;
  auto const same = [sensor](city::Name const& n) { return n.by_language == sensor->notice.by_language; };
  if (std::ranges::none_of(notices, same)) notices.push_back(sensor->notice);
}

void add_source(std::vector<std::string>& sources, city::Sensor const* sensor) {
  if (sensor == nullptr || sensor->source.empty() || sources.size() >= kSourcesShownMax) return;
  if (std::ranges::find(sources, sensor->source) == sources.end()) sources.push_back(sensor->source);
}

bool is_fitted(city::Sensor const* sensor, city::Datastream const& d) {
  if (sensor == nullptr) return d.fitted;
  auto const missing = [&d](city::Channel const& c) { return c.name == d.channel && !c.fitted; };
  return d.fitted && std::ranges::none_of(sensor->channels, missing);
}

/// Of a unit that means nothing here: what its owner calls it.
std::string const& shown_symbol(city::Unit const& unit) {
  if (!unit.symbol.empty()) return unit.symbol;
  return unit.name.empty() ? unit.definition : unit.name;
}

/// How its values become those of its channel. A channel beyond the table is in the unit of its first Datastream.
std::optional<UnitConversion> unit_in(StationIndex& index, city::Datastream const& d) {
  auto const* info = quantity(d.channel);
  if (info != nullptr) {
    index.unit_of.try_emplace(d.channel, city::Unit{std::string(info->unit_name), std::string(info->unit_symbol), std::string(info->unit_definition)});
    return to_quantity(d.channel, d.unit);
  }
  auto const [first, made] = index.unit_of.try_emplace(d.channel, d.unit);
  if (made || first->second == d.unit) return UnitConversion{};
  return conversion(d.unit, first->second);
}

void add_streams(city::City const& city, StationIndex& index, Station const& station, std::size_t number) {
  for (auto const& d : station.datastreams) {
    auto const sensor = city.sensor(d->sensor);
    if (!is_fitted(sensor.get(), *d)) continue;
    auto const unit = unit_in(index, *d);
    auto const interval = d->interval.count() > 0 ? d->interval : kIntervalDefault;
    auto const entry = (unit ? index.by_channel : index.foreign_by_channel).try_emplace(d->channel).first;
    index.place_of[d->id] = {&entry->first, &entry->second, entry->second.size()};
    auto const sentinels = index.sentinels.share(channel_rules(sensor.get(), *d).sentinels);
    entry->second.push_back({number, d->id, station.thing->id, interval, sentinels, unit.value_or(UnitConversion{}), {}});
    if (!unit) {
      entry->second.back().foreign_unit = std::make_shared<std::string const>(shown_symbol(d->unit));
      continue;
    }
    add_notice(index.notices_of[d->channel], sensor.get());
    add_source(index.sources_of[d->channel], sensor.get());
  }
}

}  // namespace

Station const* StationIndex::station(ThingId thing) const {
  auto const found = station_of.find(thing);
  return found == station_of.end() ? nullptr : &stations[found->second];
}

std::vector<StreamRef> const* StationIndex::streams(std::string_view channel) const {
  auto const found = by_channel.find(channel);
  return found == by_channel.end() ? nullptr : &found->second;
}

std::span<StreamRef const> StationIndex::foreign_streams(std::string_view channel) const {
  auto const found = foreign_by_channel.find(channel);
  return found == foreign_by_channel.end() ? std::span<StreamRef const>{} : std::span<StreamRef const>{found->second};
}

std::vector<std::span<StreamRef const>> StationIndex::all_streams() const {
  std::vector<std::span<StreamRef const>> all;
  for (auto const* channels : {&by_channel, &foreign_by_channel})
    for (auto const& [channel, streams] : *channels) all.emplace_back(streams);
  return all;
}

StreamRef const* StationIndex::stream(DatastreamId id) const {
  auto const place = place_of.find(id);
  if (place == place_of.end()) return nullptr;
  auto const& ref = place->second.stream();
  return ref.foreign_unit == nullptr ? &ref : nullptr;
}

std::shared_ptr<StationIndex const> build_station_index(city::City const& city) {
  auto index = std::make_shared<StationIndex>();
  // The version is read first: a write in between only means that the index is built once more.
  index->version = city.version();
  auto const things = city.things({.top = std::numeric_limits<std::size_t>::max(), .skip = 0, .descending = false});
  for (auto const& thing : things.entities) {
    auto station = make_station(city, thing);
    if (station.datastreams.empty()) continue;
    auto const number = index->stations.size();
    add_streams(city, *index, station, number);
    index->station_of[thing->id] = number;
    index->stations.push_back(std::move(station));
  }
  for (auto const& area : city.areas()) {
    if (area->level == 1) index->districts.push_back(area);
  }
  return index;
}

std::shared_ptr<StationIndex const> StationDirectory::read() const {
  // Building under the lock keeps a crowd of readers from building the same index side by side.
  std::scoped_lock const lock(mutex_);
  if (index_ == nullptr || index_->version != city_.version()) index_ = build_station_index(city_);
  return index_;
}

}  // namespace madang::sensing
