#include "simulation/feed/registration.h"

#include <fmt/format.h>

#include <algorithm>

#include "sensing/quantities.h"
#include "simulation/feed/entities.h"
#include "simulation/feed/progress.h"

namespace madang::simulation {
namespace {

struct Shared {
  std::int64_t sensor = 0;
  std::vector<std::int64_t> properties;
};

Result<Shared> shared_entities(SensorthingsClient& server) {
  Shared shared;
  MADANG_TRY(auto const sensors, server.ids_by("Sensors", "name"));
  if (auto const found = sensors.find(sensor_name()); found != sensors.end()) {
    shared.sensor = found->second;
  } else {
    MADANG_TRY(shared.sensor, server.add("Sensors", sensor_json()));
  }
  MADANG_TRY(auto const properties, server.ids_by("ObservedProperties", "definition"));
  for (auto const& quantity : sensing::city_node_quantities()) {
    auto const found = properties.find(std::string(quantity.definition));
    if (found != properties.end()) {
      shared.properties.push_back(found->second);
      continue;
    }
    MADANG_TRY(auto const id, server.add("ObservedProperties", observed_property_json(quantity)));
    shared.properties.push_back(id);
  }
  return shared;
}

bool is_empty_collection(std::string const& geojson) { return geojson.find("\"Feature\"") == std::string::npos; }

}  // namespace

Result<Registration> register_city(SensorthingsClient& server, CityPlan const& plan, Millis interval,
                                   runtime::Clock const& clock, std::atomic<bool> const& stop) {
  MADANG_TRY(auto const shared, shared_entities(server));
  MADANG_TRY(auto const present, server.things());
  std::unordered_map<std::string, std::int64_t> by_serial;
  for (auto const& thing : present) by_serial.emplace(thing.serial, thing.id);

  Registration done;
  Progress progress(clock, "stations", "stations", plan.nodes.size());
  for (auto const& node : plan.nodes) {
    if (stop) return fail(Code::kUnavailable, "stopped while stations were registered");
    if (auto const found = by_serial.find(node.serial); found != by_serial.end()) {
      done.things.push_back(found->second);
      continue;
    }
    MADANG_TRY(auto const id, server.add("Things", thing_json(node, {shared.sensor, shared.properties}, interval)));
    done.things.push_back(id);
    ++done.made;
    progress.show(done.things.size());
  }
  progress.finish(done.things.size());
  return done;
}

Result<StreamIds> stream_ids(SensorthingsClient& server, std::int64_t thing) {
  MADANG_TRY(auto const streams, server.streams_of(thing));
  StreamIds ids{};
  auto const quantities = sensing::city_node_quantities();
  for (auto const& stream : streams) {
    auto const found = std::ranges::find(quantities, stream.channel, &sensing::QuantityInfo::channel);
    if (found != quantities.end()) ids[static_cast<std::size_t>(found - quantities.begin())] = stream.id;
  }
  return ids;
}

Result<bool> send_map(SensorthingsClient& server, CityPlan const& plan) {
  MADANG_TRY(auto const areas, server.send("GET", "/api/v1/areas", ""));
  MADANG_TRY(auto const basemap, server.send("GET", "/api/v1/basemap", ""));
  auto const post = [&](std::string const& target, std::string const& body) -> Result<bool> {
    MADANG_TRY(auto const response, server.send("POST", target, body));
    if (response.status == 401 || response.status == 403) return false;
    if (response.status / 100 == 2) return true;
    return fail(Code::kInvalid, fmt::format("{}: the server answers {}: {}", target, response.status, response.body));
  };
  if (areas.status == 200 && is_empty_collection(areas.body)) {
    for (int const level : {1, 2}) {
      MADANG_TRY(auto const allowed, post(fmt::format("/api/v1/areas?level={}", level), areas_geojson(plan, level)));
      if (!allowed) return false;
    }
  }
  if (basemap.status == 200 && is_empty_collection(basemap.body)) return post("/api/v1/basemap", basemap_geojson(plan));
  return true;
}

}  // namespace madang::simulation
