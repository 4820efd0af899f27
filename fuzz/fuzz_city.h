// A registry of one Thing in memory, for fuzz targets that need Datastreams to decode for: no database, no clock.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "city/city.h"

namespace madang::fuzz {

/// Knows Thing 1 (serial "N1") with Datastream 1 "pm25" and 2 "temperature" of Sensor 1; refuses every write.
class FuzzCity final : public city::City {
 public:
  FuzzCity() {
    auto thing = std::make_shared<city::Thing>();
    thing->id = ThingId{1};
    thing->serial = "N1";
    thing_ = thing;
    auto sensor = std::make_shared<city::Sensor>();
    sensor->id = SensorId{1};
    sensor->channels = {{"pm25", 1, 0, 0, 1500, {-999}, true}, {"temperature", 1, 0, -50, 80, {}, true}};
    sensor_ = sensor;
    auto all = std::make_shared<std::vector<city::DatastreamPtr>>();
    for (auto const& channel : sensor->channels) {
      auto d = std::make_shared<city::Datastream>();
      d->id = DatastreamId{static_cast<std::int64_t>(all->size()) + 1};
      d->thing = ThingId{1};
      d->sensor = SensorId{1};
      d->channel = channel.name;
      all->push_back(d);
    }
    datastreams_ = all;
  }

  using City::write;
  Result<void> write(std::function<Result<void>(city::Writer&)> const&, std::string const&) override { return refused(); }
  Result<city::HistoryPage> history_before(city::EntryKind, std::int64_t, std::int64_t) const override { return refused(); }
  [[nodiscard]] Result<std::vector<city::DeletedDatastream>> deleted_datastreams_of(ThingId) const override {
    return std::vector<city::DeletedDatastream>{};
  }
  using City::import_areas;
  Result<city::AreasImported> import_areas(std::string_view, city::AreaImport const&) override { return refused(); }

  [[nodiscard]] city::ThingPtr thing(ThingId id) const override { return id == ThingId{1} ? thing_ : nullptr; }
  [[nodiscard]] city::ThingPtr thing_of_serial(std::string_view serial) const override {
    return serial == "N1" ? thing_ : nullptr;
  }
  [[nodiscard]] city::LocationPtr location(LocationId) const override { return nullptr; }
  [[nodiscard]] city::SensorPtr sensor(SensorId id) const override { return id == SensorId{1} ? sensor_ : nullptr; }
  [[nodiscard]] city::ObservedPropertyPtr observed_property(ObservedPropertyId) const override { return nullptr; }
  [[nodiscard]] city::DatastreamPtr datastream(DatastreamId id) const override {
    for (auto const& d : *datastreams_) {
      if (d->id == id) return d;
    }
    return nullptr;
  }
  [[nodiscard]] city::FeaturePtr feature(FeatureId) const override { return nullptr; }
  [[nodiscard]] city::AreaPtr area(AreaId) const override { return nullptr; }
  [[nodiscard]] city::SensorPtr sensor_named(std::string_view) const override { return nullptr; }
  [[nodiscard]] city::ObservedPropertyPtr observed_property_defined(std::string_view) const override { return nullptr; }
  [[nodiscard]] city::DatastreamsPtr datastreams_of_serial(std::string_view serial) const override {
    static auto const none = std::make_shared<std::vector<city::DatastreamPtr> const>();
    return serial == "N1" ? datastreams_ : none;
  }
  [[nodiscard]] std::vector<city::DatastreamPtr> datastreams_of(ThingId) const override { return *datastreams_; }
  [[nodiscard]] std::vector<city::LocationPtr> locations_of(ThingId) const override { return {}; }
  [[nodiscard]] std::vector<city::ThingPtr> things_of(LocationId) const override { return {}; }
  [[nodiscard]] std::vector<city::AreaPtr> areas() const override { return {}; }
  [[nodiscard]] AreaId area_at(LatLon) const override { return {}; }
  [[nodiscard]] city::Page<city::Thing> things(city::PageOptions const&) const override { return {}; }
  [[nodiscard]] city::Page<city::Location> locations(city::PageOptions const&) const override { return {}; }
  [[nodiscard]] city::Page<city::Sensor> sensors(city::PageOptions const&) const override { return {}; }
  [[nodiscard]] city::Page<city::ObservedProperty> observed_properties(city::PageOptions const&) const override { return {}; }
  [[nodiscard]] city::Page<city::Datastream> datastreams(city::PageOptions const&) const override { return {}; }
  [[nodiscard]] city::Page<city::FeatureOfInterest> features(city::PageOptions const&) const override { return {}; }
  [[nodiscard]] city::ChangeCursor change_cursor() const override { return 1; }
  [[nodiscard]] city::Changes changes_since(city::ChangeCursor cursor) const override {
    return {.changes = {}, .cursor = 1, .read_all_anew = cursor == 0};
  }
  Result<void> refresh() override { return {}; }
  [[nodiscard]] city::ClosedStreams& closed_streams() const override { return closed_streams_; }

 private:
  static std::unexpected<Error> refused() { return fail(Code::kUnsupported, "this registry is only read"); }

  mutable city::ClosedStreams closed_streams_;
  city::ThingPtr thing_;
  city::SensorPtr sensor_;
  city::DatastreamsPtr datastreams_;
};

}  // namespace madang::fuzz
