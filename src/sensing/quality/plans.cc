#include "sensing/quality/plans.h"

#include "sensing/limits.h"
#include "sensing/rules.h"

namespace madang::sensing {
namespace {

std::optional<LatLon> place_of(city::City const& city, ThingId thing) {
  for (auto const& location : city.locations_of(thing))
    if (location->point) return location->point;
  return std::nullopt;
}

StreamPlan make_plan_at(city::City const& city, city::Thing const& thing, city::Datastream const& d, std::optional<LatLon> place) {
  auto const rules = channel_rules(city.sensor(d.sensor).get(), d);
  auto const interval = d.interval.count() > 0 ? d.interval : kIntervalDefault;
  return {d.id, d.thing, d.channel, interval, place, rules.valid_min, rules.valid_max, rules.fitted,
          rules.unit, rules.foreign, rules.sentinels, thing.simulated};
}

}  // namespace

std::optional<StreamPlan> plan_of(city::City const& city, city::Datastream const& datastream) {
  auto const thing = city.thing(datastream.thing);
  if (datastream.channel.empty() || thing == nullptr || thing->retired_at) return std::nullopt;
  return make_plan_at(city, *thing, datastream, place_of(city, datastream.thing));
}

std::vector<StreamPlan> all_plans(city::City const& city) {
  std::vector<StreamPlan> plans;
  constexpr std::size_t kPage = 1'000;
  for (std::size_t skip = 0;; skip += kPage) {
    auto const page = city.things({.top = kPage, .skip = skip, .descending = false});
    for (auto const& thing : page.entities) {
      if (thing->retired_at) continue;
      auto const place = place_of(city, thing->id);
      for (auto const& d : city.datastreams_of(thing->id))
        if (!d->channel.empty()) plans.push_back(make_plan_at(city, *thing, *d, place));
    }
    if (page.entities.size() < kPage) return plans;
  }
}

}  // namespace madang::sensing
