#include "sensing/quality/station_health.h"

#include <unordered_map>

#include "sensing/limits.h"
#include "sensing/live/api_json.h"
#include "sensing/live/city_view.h"

namespace madang::sensing {
namespace {

/// Things of which the work list says that the whole device is away.
std::unordered_map<ThingId, Ailment> away(std::vector<WorkItem> const& items) {
  std::unordered_map<ThingId, Ailment> out;
  for (auto const& item : items) {
    bool const silent = item.ailment == Ailment::kSilent || item.ailment == Ailment::kOutOfService ||
                        item.ailment == Ailment::kNeverHeard;
    if (silent && !item.datastream) out.insert_or_assign(item.thing, item.ailment);
  }
  return out;
}

/// A station whose every channel is taken as not fitted measures nothing that could be missed.
std::vector<bool> measuring(StationIndex const& index) {
  std::vector<bool> out(index.stations.size(), false);
  for (auto const& [channel, streams] : index.by_channel)
    for (auto const& ref : streams) out[ref.station] = true;
  return out;
}

void count_station(StationHealth& out, AreaHealth* area, Ailment const* trouble) {
  ++out.stations.total;
  if (area != nullptr) ++area->stations;
  if (trouble == nullptr) {
    ++out.stations.reporting;
    if (area != nullptr) ++area->reporting;
    return;
  }
  ++(*trouble == Ailment::kSilent ? out.stations.silent : out.stations.out_of_service);
}

}  // namespace

StationHealth station_health(HealthNeeds const& needs) {
  auto const view = std::dynamic_pointer_cast<CityView>(needs.now);
  MADANG_ASSERT(view != nullptr);
  auto const index = view->stations();
  auto const items = needs.health.work_list();
  auto const troubles = away(items);
  auto const measures = measuring(*index);
  StationHealth out;
  out.now = needs.clock.now();
  std::unordered_map<AreaId, std::size_t> place;
  for (auto const& district : index->districts) {
    place[district->id] = out.areas.size();
    out.areas.push_back({district->id, district->name, 0, 0});
  }
  for (std::size_t i = 0; i < index->stations.size(); ++i) {
    if (!measures[i]) continue;
    auto const& station = index->stations[i];
    auto const trouble = troubles.find(station.thing->id);
    auto const area = place.find(station.district);
    count_station(out, area == place.end() ? nullptr : &out.areas[area->second],
                  trouble == troubles.end() ? nullptr : &trouble->second);
  }
  for (auto const& item : items) {
    ++out.ailments[item.ailment];
    if (out.work.size() >= kWorkLinesMax) continue;
    auto const thing = needs.city.thing(item.thing);
    if (thing != nullptr) out.work.push_back({item, thing->serial, thing->name});
  }
  return out;
}

std::string station_health_json(StationHealth const& health, bool with_work) {
  JsonWriter w;
  w.begin_object().field("now", millis_of(health.now)).key("stations").begin_object();
  w.field("total", health.stations.total).field("reporting", health.stations.reporting);
  w.field("silent", health.stations.silent).field("out_of_service", health.stations.out_of_service).end_object();
  w.key("ailments").begin_object();
  for (auto const& [ailment, count] : health.ailments) w.field(name_of(ailment), count);
  w.end_object().key("areas").begin_array();
  for (auto const& area : health.areas) {
    w.begin_object().field("area", area.area.value()).key("name");
    write_name(w, area.name);
    w.field("stations", area.stations).field("reporting", area.reporting).end_object();
  }
  w.end_array();
  if (with_work) {
    w.key("work").begin_array();
    for (auto const& line : health.work) {
      w.begin_object().field("thing", line.item.thing.value()).field("serial", line.serial).key("name");
      write_name(w, line.name);
      w.key("channel");
      if (line.item.channel.empty()) {
        w.null();
      } else {
        w.value(line.item.channel);
      }
      w.field("ailment", name_of(line.item.ailment)).field("since", millis_of(line.item.since)).key("reason");
      write_name(w, line.item.reason);
      w.field("share", rounded(line.item.share, 1)).end_object();
    }
    w.end_array();
  }
  w.end_object();
  return w.take();
}

}  // namespace madang::sensing
