#include "sensing/live/stations.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

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

/// nullopt: it is in no channel.
std::optional<StreamRef> ref_of(city::City const& city, StationIndex& index, city::Datastream const& d, std::size_t station) {
  auto const sensor = city.sensor(d.sensor);
  if (!is_fitted(sensor.get(), d)) return std::nullopt;
  auto const unit = unit_in(index, d);
  auto const interval = d.interval.count() > 0 ? d.interval : kIntervalDefault;
  auto const sentinels = index.sentinels.share(channel_rules(sensor.get(), d).sentinels);
  StreamRef ref{station, d.id, d.thing, interval, sentinels, unit.value_or(UnitConversion{}), {}};
  if (!unit) {
    ref.foreign_unit = std::make_shared<std::string const>(shown_symbol(d.unit));
    return ref;
  }
  add_notice(index.notices_of[d.channel], sensor.get());
  add_source(index.sources_of[d.channel], sensor.get());
  return ref;
}

void add_stream(StationIndex& index, city::Datastream const& d, StreamRef const& ref) {
  auto number = std::ranges::find(index.channels, d.channel) - index.channels.begin();
  if (number == std::ssize(index.channels)) index.channels.push_back(d.channel);
  bool const foreign = ref.foreign_unit != nullptr;
  auto& streams = (foreign ? index.foreign_by_channel : index.by_channel)[d.channel];
  auto const id = static_cast<std::size_t>(d.id.value());
  index.places.grow(id + 1, {});
  index.places.set(id, {static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(streams.size()), foreign});
  streams.push_back(ref);
}

void add_station(city::City const& city, StationIndex& index, Station station) {
  auto const number = index.stations.size();
  for (auto const& d : station.datastreams) {
    if (auto const ref = ref_of(city, index, *d, number)) add_stream(index, *d, *ref);
  }
  auto const id = static_cast<std::size_t>(station.thing->id.value());
  index.station_numbers.grow(id + 1, UINT32_MAX);
  index.station_numbers.set(id, static_cast<std::uint32_t>(number));
  index.stations.push_back(std::make_shared<Station const>(std::move(station)));
}

/// Whether all that the index says of this Datastream is replaced where its new self is written into its place.
bool can_stand_in(city::Datastream const& before, city::Datastream const& now) {
  bool const unit_leads = quantity(now.channel) == nullptr && before.unit != now.unit;
  return before.channel == now.channel && before.sensor == now.sensor && !unit_leads;
}

/// False: something would have to be taken out of the index.
bool renew_station(city::City const& city, StationIndex& index, Station const& before, Station station, std::size_t number) {
  for (auto const& old : before.datastreams) {
    auto const now = std::ranges::find(station.datastreams, old->id, [](auto const& d) { return d->id; });
    if (now == station.datastreams.end() || !can_stand_in(*old, **now)) return false;
  }
  for (auto const& d : station.datastreams) {
    auto const* placed = index.placed(d->id);
    auto const ref = ref_of(city, index, *d, number);
    if (placed == nullptr && ref) add_stream(index, *d, *ref);
    if (placed == nullptr) continue;
    bool const foreign = placed->foreign_unit != nullptr;
    if (!ref || foreign != (ref->foreign_unit != nullptr)) return false;
    auto& streams = (foreign ? index.foreign_by_channel : index.by_channel)[d->channel];
    streams.set(index.places[static_cast<std::size_t>(d->id.value())].index, *ref);
  }
  index.stations.set(number, std::make_shared<Station const>(std::move(station)));
  return true;
}

/// False: the index must be built anew.
bool apply(city::City const& city, StationIndex& index, city::Changes const& changes) {
  if (changes.read_all_anew) return false;
  std::set<ThingId> touched;
  for (auto const& change : changes.changes) {
    // Districts are everybody's; a Sensor's notice may be gone from a channel.
    if (change.kind == city::EntryKind::kArea) return false;
    if (change.kind == city::EntryKind::kSensor && change.act != city::Act::kMade) return false;
    if (change.thing) touched.insert(change.thing);
  }
  for (auto const id : touched) {
    auto thing = city.thing(id);
    auto const* known = index.station(id);
    bool const in_service = thing != nullptr && !thing->retired_at;
    if (!in_service && known != nullptr) return false;
    if (!in_service) continue;
    auto station = make_station(city, std::move(thing));
    if (known == nullptr) {
      if (!station.datastreams.empty()) add_station(city, index, std::move(station));
      continue;
    }
    if (!renew_station(city, index, *known, std::move(station), index.station_numbers[static_cast<std::size_t>(id.value())])) return false;
  }
  return true;
}

}  // namespace

Station const* StationIndex::station(ThingId thing) const {
  auto const id = static_cast<std::size_t>(thing.value());
  auto const number = id < station_numbers.size() ? station_numbers[id] : UINT32_MAX;
  return number == UINT32_MAX ? nullptr : stations[number].get();
}

Blocks<StreamRef> const* StationIndex::streams(std::string_view channel) const {
  auto const found = by_channel.find(channel);
  return found == by_channel.end() ? nullptr : &found->second;
}

Blocks<StreamRef> const& StationIndex::foreign_streams(std::string_view channel) const {
  static Blocks<StreamRef> const kNone;
  auto const found = foreign_by_channel.find(channel);
  return found == foreign_by_channel.end() ? kNone : found->second;
}

std::vector<Blocks<StreamRef> const*> StationIndex::all_streams() const {
  std::vector<Blocks<StreamRef> const*> all;
  for (auto const* some : {&by_channel, &foreign_by_channel})
    for (auto const& [channel, streams] : *some) all.push_back(&streams);
  return all;
}

std::string const* StationIndex::channel_of(DatastreamId id) const {
  auto const at = static_cast<std::size_t>(id.value());
  if (at >= places.size() || places[at].channel == UINT32_MAX) return nullptr;
  return &channels[places[at].channel];
}

StreamRef const* StationIndex::placed(DatastreamId id) const {
  auto const* channel = channel_of(id);
  if (channel == nullptr) return nullptr;
  auto const& place = places[static_cast<std::size_t>(id.value())];
  return &(place.foreign ? foreign_by_channel : by_channel).find(*channel)->second[place.index];
}

StreamRef const* StationIndex::stream(DatastreamId id) const {
  auto const* ref = placed(id);
  return ref == nullptr || ref->foreign_unit != nullptr ? nullptr : ref;
}

std::shared_ptr<StationIndex const> build_station_index(city::City const& city) {
  auto index = std::make_shared<StationIndex>();
  // The cursor is read first: a write in between only means that its changes are applied once more.
  index->version = city.change_cursor();
  auto const things = city.things({.top = std::numeric_limits<std::size_t>::max(), .skip = 0, .descending = false});
  for (auto const& thing : things.entities) {
    if (thing->retired_at) continue;
    auto station = make_station(city, thing);
    if (!station.datastreams.empty()) add_station(city, *index, std::move(station));
  }
  for (auto const& area : city.areas()) {
    if (area->level == 1) index->districts.push_back(area);
  }
  return index;
}

std::shared_ptr<StationIndex const> next_station_index(city::City const& city, StationIndex const& before, city::Changes const& changes) {
  auto next = std::make_shared<StationIndex>(before);
  next->version = changes.cursor;
  return apply(city, *next, changes) ? next : build_station_index(city);
}

std::shared_ptr<StationIndex const> StationDirectory::read() const {
  // Building under the lock keeps a crowd of readers from building the same index side by side.
  runtime::Lock const lock(mutex_);
  if (index_ == nullptr) index_ = build_station_index(city_);
  if (index_->version != city_.change_cursor()) index_ = next_station_index(city_, *index_, city_.changes_since(index_->version));
  return index_;
}

}  // namespace madang::sensing
