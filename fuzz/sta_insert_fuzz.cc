// Bodies of entity posts with everything nested in them, and patches of entities: planned, never stored.
#include <cstdint>
#include <string_view>

#include "fuzz_city.h"
#include "opendata/sensorthings/deep_insert.h"
#include "opendata/sensorthings/entity_edits.h"

namespace {

using namespace madang;

/// Gives ids and keeps nothing but how many there are.
class FuzzWriter final : public city::Writer {
 public:
  explicit FuzzWriter(city::City const& city) : city_(city) {}
  using Writer::add;
  Result<ThingId> add(city::Thing) override { return ThingId{1}; }
  Result<LocationId> add(city::Location) override { return LocationId{1}; }
  Result<void> place(ThingId, LocationId) override { return {}; }
  Result<SensorId> add(city::Sensor) override { return SensorId{1}; }
  Result<SensorId> share(city::Sensor) override { return SensorId{1}; }
  Result<ObservedPropertyId> add(city::ObservedProperty) override { return ObservedPropertyId{1}; }
  Result<ObservedPropertyId> share(city::ObservedProperty) override { return ObservedPropertyId{1}; }
  Result<FeatureId> add(city::FeatureOfInterest) override { return FeatureId{1}; }
  Result<FeatureId> share(city::FeatureOfInterest) override { return FeatureId{1}; }
  Result<DatastreamId> add(ThingId, city::NewDatastream) override { return DatastreamId{1}; }
  Result<void> edit(city::Thing) override { return {}; }
  Result<void> edit(city::Location) override { return {}; }
  Result<void> edit(city::Sensor) override { return {}; }
  Result<void> edit(city::ObservedProperty) override { return {}; }
  Result<void> edit(city::FeatureOfInterest) override { return {}; }
  Result<void> edit(city::Datastream) override { return {}; }
  Result<void> move(ThingId, std::vector<LocationId> const&) override { return {}; }
  Result<void> retire(ThingId) override { return {}; }
  Result<void> give_back(ThingId) override { return {}; }
  Result<void> remove(ThingId) override { return {}; }
  Result<void> remove(LocationId) override { return {}; }
  Result<void> remove(SensorId) override { return {}; }
  Result<void> remove(ObservedPropertyId) override { return {}; }
  Result<void> remove(DatastreamId) override { return {}; }
  [[nodiscard]] city::LocationPtr location(LocationId id) const override { return city_.location(id); }
  [[nodiscard]] city::ObservedPropertyPtr observed_property(ObservedPropertyId id) const override { return city_.observed_property(id); }
  [[nodiscard]] city::ThingPtr thing(ThingId id) const override { return city_.thing(id); }
  [[nodiscard]] city::SensorPtr sensor(SensorId id) const override { return city_.sensor(id); }
  [[nodiscard]] city::DatastreamPtr datastream(DatastreamId id) const override { return city_.datastream(id); }
  [[nodiscard]] city::FeaturePtr feature(FeatureId id) const override { return city_.feature(id); }

 private:
  city::City const& city_;
};

}  // namespace

/// The first byte chooses the kind of entity, and its highest bit whether it is made or patched.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size == 0) return 0;
  static fuzz::FuzzCity const city;
  static opendata::StreamPlans plans(city);
  web::Principal const who;
  opendata::PostContext const context{plans, who, instant_of_millis(1'800'000'000'000)};
  simdjson::dom::parser parser;
  auto const body = opendata::parse_body(parser, {reinterpret_cast<char const*>(data) + 1, size - 1});
  if (!body) return 0;
  FuzzWriter writer(city);
  if ((data[0] & 0x80) != 0) {
    auto const patched = static_cast<opendata::EntityKind>((data[0] & 0x7f) % opendata::kEntityKinds);
    (void)opendata::plan_patch({city, who}, writer, {patched, 1}, {reinterpret_cast<char const*>(data) + 1, size - 1});
    return 0;
  }
  opendata::DeepInsert insertion(writer, context);
  auto const kind = static_cast<opendata::EntityKind>(data[0] % opendata::kEntityKinds);
  auto const made = insertion.insert(*body, kind, {});
  auto const batch = insertion.take_batch();
  if (made && kind == opendata::EntityKind::kObservation) MADANG_ASSERT(made->observation < batch.observations.size());
  for (auto const& [index, detail] : batch.details) MADANG_ASSERT(index < batch.observations.size());
  return 0;
}
