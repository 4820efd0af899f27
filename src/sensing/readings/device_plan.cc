#include "sensing/readings/device_plan.h"

#include "core/json_input.h"

namespace madang::sensing {
namespace {

bool ignores_unknown_channels(std::string const& properties) {
  simdjson::dom::parser parser;
  bool ignores = false;
  auto const found = parser.parse(properties)["ignoreUnknownChannels"].get(ignores);
  return found == simdjson::SUCCESS && ignores;
}

}  // namespace

PlannedChannel const* DevicePlan::find(std::string_view name, std::size_t& hint) const {
  for (std::size_t step = 0; step < channels.size(); ++step, ++hint) {
    if (hint >= channels.size()) hint = 0;
    if (channels[hint].name == name) return &channels[hint++];
  }
  return nullptr;
}

bool DevicePlan::add(PlannedChannel const& channel, double value, Instant time, Instant received_at,
                     storage::Batch& batch) {
  if (is_no_value(channel.rules, value)) return false;
  batch.observations.push_back({channel.datastream, time, value, received_at,
                                judge(channel.rules, value, time, received_at)});
  return true;
}

std::shared_ptr<DevicePlan const> make_plan(city::City const& city, std::string_view serial) {
  auto const thing = city.thing_of_serial(serial);
  if (thing == nullptr) return nullptr;
  auto plan = std::make_shared<DevicePlan>();
  plan->serial = thing->serial;
  plan->ignore_unknown = ignores_unknown_channels(thing->properties);
  auto const datastreams = city.datastreams_of_serial(serial);
  plan->channels.reserve(datastreams->size());
  for (auto const& d : *datastreams) {
    if (d->channel.empty()) continue;
    plan->channels.push_back({d->channel, d->id, channel_rules(city.sensor(d->sensor).get(), *d)});
  }
  return plan;
}

}  // namespace madang::sensing
