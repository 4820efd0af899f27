// For tests: a small city on a fresh SQLite file, with an in-memory store and an ingest in front of it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <initializer_list>
#include <random>
#include <string>

#include "city/city.h"
#include "runtime/clock.h"
#include "runtime/metrics.h"
#include "sensing/quantities.h"
#include "sensing/sensing.h"
#include "storage/observations/memory_store.h"
#include "storage/records/records.h"

namespace madang::sensing {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "madang-test-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(TemporaryFolder const&) = delete;
  TemporaryFolder& operator=(TemporaryFolder const&) = delete;
  [[nodiscard]] std::filesystem::path const& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

template <typename T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().sentence;
    std::abort();
  }
  return *std::move(result);
}

/// Two districts side by side: west of 127.0 and east of it.
inline constexpr std::string_view kTwoDistricts = R"({"type":"FeatureCollection","features":[
  {"type":"Feature","properties":{"code":"W","name":"West"},"geometry":{"type":"Polygon","coordinates":
    [[[126.9,37.5],[127.0,37.5],[127.0,37.6],[126.9,37.6],[126.9,37.5]]]}},
  {"type":"Feature","properties":{"code":"E","name":"East"},"geometry":{"type":"Polygon","coordinates":
    [[[127.0,37.5],[127.1,37.5],[127.1,37.6],[127.0,37.6],[127.0,37.5]]]}}]})";
inline constexpr LatLon kWest{37.55, 126.95};
inline constexpr LatLon kEast{37.55, 127.05};

struct TestCity {
  TemporaryFolder folder;
  runtime::ManualClock clock{parse_instant("2026-11-24T05:30:00Z").value()};
  runtime::Metrics metrics;
  std::unique_ptr<storage::Records> records =
      must(storage::Records::open("sqlite:" + (folder.path() / "records.db").string(), clock));
  std::unique_ptr<city::City> city = must(city::City::open(*records, clock));
  storage::MemoryStore store{clock, [this](DatastreamId id) {
                               auto const datastream = city->datastream(id);
                               return datastream == nullptr ? FeatureId{} : datastream->default_feature;
                             }};
  std::unique_ptr<Ingest> ingest = Ingest::start(store, clock, metrics, {});

  static city::NewThing station(std::string serial, LatLon point, std::initializer_list<std::string_view> channels) {
    city::NewThing thing;
    thing.thing.serial = serial;
    thing.thing.name.by_language = {{"en", "Station " + serial}, {"ko", "측정소 " + serial}};
    city::Location location;
    location.name = thing.thing.name;
    location.point = point;
    thing.locations.push_back(location);
    for (auto const channel : channels) thing.datastreams.push_back(datastream(channel));
    return thing;
  }

  static city::NewDatastream datastream(std::string_view channel) {
    auto const* info = quantity(channel);
    city::NewDatastream d;
    d.datastream.channel = channel;
    d.datastream.name.by_language = {{"en", std::string(channel)}};
    d.datastream.observation_type = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement";
    d.datastream.interval = std::chrono::minutes{2};
    d.sensor.name.by_language = {{"en", "Test node"}};
    d.sensor.model = "test-node";
    d.sensor.notice.by_language = {{"en", "Not official."}, {"ko", "공식 자료가 아닙니다."}};
    for (std::string_view const name : {"pm25", "noise", "temperature"}) {
      auto const* known = quantity(name);
      d.sensor.channels.push_back({std::string(name), 1, 0, known->valid_min, known->valid_max, {-999}, true});
    }
    d.observed_property.name.by_language = {{"en", std::string(channel)}};
    d.observed_property.definition = "urn:test:" + std::string(channel);
    if (info != nullptr) d.datastream.unit = {std::string(info->unit_name), std::string(info->unit_symbol), ""};
    return d;
  }

  ThingId add(std::string serial, LatLon point, std::initializer_list<std::string_view> channels) {
    return must(city->add_thing(station(std::move(serial), point, channels)));
  }

  DatastreamId stream(std::string_view serial, std::string_view channel) const {
    auto const streams = city->datastreams_of_serial(serial);
    for (auto const& d : *streams) {
      if (d->channel == channel) return d->id;
    }
    return {};
  }

  void put(DatastreamId id, Instant when, double value, QualityFlag flag = QualityFlag::kGood) {
    storage::Batch batch;
    batch.observations.push_back({id, when, value, when, {flag, 0, 1}});
    auto const stored = ingest->submit_and_wait(batch);
    ASSERT_TRUE(stored.has_value());
  }
};

}  // namespace madang::sensing
