#include "simulation/replay/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "core/json_writer.h"
#include "simulation/feed/limits.h"
#include "simulation/feed/progress.h"
#include "simulation/feed/texts.h"
#include "simulation/replay/copies.h"

namespace madang::simulation {
namespace {

/// Which Sensor and which ObservedProperty a source's Datastream has, as ids of the target.
struct Links {
  std::unordered_map<std::int64_t, std::int64_t> sensor;
  std::unordered_map<std::int64_t, std::int64_t> property;
};

using Copy = Result<std::string> (*)(std::string const&);

/// Copies the entities of one set that are absent by name, and says which source Datastream belongs to which copy.
Result<std::unordered_map<std::int64_t, std::int64_t>> copy_set(SensorthingsClient& source, SensorthingsClient& target,
                                                                std::string const& set, std::string const& suffix,
                                                                Copy copy) {
  std::unordered_map<std::int64_t, std::int64_t> of_stream;
  MADANG_TRY(auto const present, target.ids_by(set, "name"));
  MADANG_TRY(auto const originals, source.all(set));
  for (auto const& [id, json] : originals) {
    auto const name = field_of(json, "name");
    if (!suffix.empty() && name.ends_with(suffix)) continue;
    std::int64_t copied = 0;
    if (auto const found = present.find(name + suffix); found != present.end()) {
      copied = found->second;
    } else {
      MADANG_TRY(auto const text, copy(json));
      MADANG_TRY(copied, target.add(set, text));
    }
    MADANG_TRY(auto const streams, source.all(fmt::format("{}({})/Datastreams", set, id)));
    for (auto const& [stream, stream_json] : streams) of_stream.emplace(stream, copied);
  }
  return of_stream;
}

Result<std::string> copy_of(ReplayDevice const& device, SensorthingsClient& source, Links const& links,
                            ReplayTargetOptions const& options) {
  ThingCopy copy{.json = device.thing.json, .serial = options.prefix + device.thing.serial, .locations = {},
                 .streams = {}, .speed = options.speed};
  MADANG_TRY(auto const locations, source.all(fmt::format("Things({})/Locations", device.thing.id)));
  for (auto const& [id, json] : locations) copy.locations.push_back(json);
  for (auto const& stream : device.streams) {
    auto const sensor = links.sensor.find(stream.id);
    auto const property = links.property.find(stream.id);
    if (sensor == links.sensor.end() || property == links.property.end()) {
      return fail(Code::kInvalid, fmt::format("Datastream {} of the source has no Sensor or ObservedProperty", stream.id));
    }
    copy.streams.push_back({stream.json, sensor->second, property->second});
  }
  return thing_copy(copy);
}

/// Ids of the target's Things in the order of `devices`.
Result<std::vector<std::int64_t>> register_copies(std::vector<ReplayDevice> const& devices, SensorthingsClient& source,
                                                  SensorthingsClient& target, ReplayTargetOptions const& options,
                                                  runtime::Clock const& clock, std::atomic<bool> const& stop) {
  std::unordered_map<std::string, RemoteThing> present;
  MADANG_TRY(auto const things, target.things());
  for (auto const& thing : things) present.emplace(thing.serial, thing);
  std::optional<Links> links;
  std::vector<std::int64_t> ids;
  Progress progress(clock, "stations", "stations", devices.size());
  for (auto const& device : devices) {
    if (stop) return fail(Code::kUnavailable, "stopped while stations were registered");
    progress.show(ids.size());
    auto const serial = options.prefix + device.thing.serial;
    if (auto const found = present.find(serial); found != present.end()) {
      bool const marked = found->second.json.find("\"simulated\":true") != std::string::npos;
      if (!marked) return fail(Code::kConflict, serial + ": exists on the target and is not marked as simulated");
      ids.push_back(found->second.id);
      continue;
    }
    if (!links) {
      links.emplace();
      MADANG_TRY(links->sensor, copy_set(source, target, "Sensors", kReplayedSuffix, sensor_copy));
      MADANG_TRY(links->property, copy_set(source, target, "ObservedProperties", "", observed_property_copy));
    }
    MADANG_TRY(auto const text, copy_of(device, source, *links, options));
    MADANG_TRY(auto const id, target.add("Things", text));
    ids.push_back(id);
  }
  progress.finish(ids.size());
  return ids;
}

class MqttTarget final : public ReplayTarget {
 public:
  MqttTarget(std::vector<ReplayDevice> const& devices, std::string prefix, std::unique_ptr<DeviceConnections> connections)
      : devices_(devices), prefix_(std::move(prefix)), connections_(std::move(connections)) {}

  Result<void> send(Instant sent, std::span<ReplayValue const> values) override {
    auto const& device = devices_[values.front().device];
    JsonWriter json;
    json.begin_object().field("time", format_instant(sent));
    for (auto const& v : values) json.field(device.streams[v.stream].channel, v.value);
    json.end_object();
    connections_->send(values.front().device, device_topic(prefix_ + device.thing.serial), json.take());
    return {};
  }
  Result<void> flush() override { return {}; }
  Result<void> finish() override {
    connections_->finish();
    return {};
  }
  SinkCounts counts() override { return connections_->counts(); }

 private:
  std::vector<ReplayDevice> const& devices_;
  std::string prefix_;
  std::unique_ptr<DeviceConnections> connections_;
};

class HttpTarget final : public ReplayTarget {
 public:
  HttpTarget(std::vector<ReplayDevice> const& devices, SensorthingsClient server, std::vector<std::int64_t> things)
      : devices_(devices), server_(std::move(server)), things_(std::move(things)), streams_(devices.size()) {}

  Result<void> send(Instant sent, std::span<ReplayValue const> values) override {
    auto const device = values.front().device;
    if (streams_[device].empty()) MADANG_CHECK(find_streams(device));
    auto const time = format_instant(sent);
    for (auto const& v : values) {
      json_.begin_object().key("Datastream").begin_object().field("@iot.id", streams_[device][v.stream]).end_object();
      json_.key("components").begin_array().value("phenomenonTime").value("result").end_array();
      json_.key("dataArray").begin_array().begin_array().value(time).value(v.value).end_array().end_array();
      json_.end_object();
    }
    values_ += values.size();
    ++collected_;
    return values_ >= kValuesPerBodyMax ? flush() : Result<void>{};
  }

  Result<void> flush() override {
    if (collected_ == 0) return {};
    json_.end_array();
    MADANG_TRY(auto const refused, server_.create_observations(json_.take()));
    counts_.sent += collected_;
    counts_.refused += refused;
    counts_.acknowledged += collected_;
    collected_ = values_ = 0;
    json_ = {};
    json_.begin_array();
    return {};
  }
  Result<void> finish() override { return flush(); }
  SinkCounts counts() override { return counts_; }

 private:
  Result<void> find_streams(std::uint32_t device) {
    MADANG_TRY(auto const found, server_.streams_of(things_[device]));
    for (auto const& wanted : devices_[device].streams) {
      auto const same = std::ranges::find(found, wanted.channel, &RemoteStream::channel);
      if (same == found.end()) return fail(Code::kNotFound, "the target's copy has no channel " + wanted.channel);
      streams_[device].push_back(same->id);
    }
    return {};
  }

  std::vector<ReplayDevice> const& devices_;
  SensorthingsClient server_;
  std::vector<std::int64_t> things_;
  std::vector<std::vector<std::int64_t>> streams_;
  JsonWriter json_ = std::move(JsonWriter{}.begin_array());
  std::size_t collected_ = 0;
  std::size_t values_ = 0;
  SinkCounts counts_;
};

}  // namespace

Result<std::unique_ptr<ReplayTarget>> open_replay_target(std::vector<ReplayDevice> const& devices,
                                                         SensorthingsClient& source,
                                                         ReplayTargetOptions const& options,
                                                         runtime::Clock const& clock, std::atomic<bool> const& stop) {
  MADANG_TRY(auto server, SensorthingsClient::to(options.server, stop));
  MADANG_TRY(auto things, register_copies(devices, source, server, options, clock, stop));
  if (options.mqtt.empty()) return std::make_unique<HttpTarget>(devices, std::move(server), std::move(things));
  MADANG_TRY(auto connections,
             DeviceConnections::open({.address = options.mqtt, .key = options.server.key, .client_id = "madang-replay",
                                      .connections = devices.size() / kThingsPerConnection + 1}, stop));
  return std::make_unique<MqttTarget>(devices, options.prefix, std::move(connections));
}

}  // namespace madang::simulation
