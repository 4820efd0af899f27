// Bodies of entity posts with everything nested in them: planned, never stored.
#include <cstdint>
#include <string_view>

#include "fuzz_city.h"
#include "opendata/sensorthings/deep_insert.h"

namespace {

using namespace madang;

/// Gives ids and keeps nothing but how many there are.
class FuzzWriter final : public city::Writer {
 public:
  explicit FuzzWriter(city::City const& city) : city_(city) {}
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
  [[nodiscard]] city::ThingPtr thing(ThingId id) const override { return city_.thing(id); }
  [[nodiscard]] city::SensorPtr sensor(SensorId id) const override { return city_.sensor(id); }
  [[nodiscard]] city::DatastreamPtr datastream(DatastreamId id) const override { return city_.datastream(id); }
  [[nodiscard]] city::FeaturePtr feature(FeatureId id) const override { return city_.feature(id); }

 private:
  city::City const& city_;
};

}  // namespace

/// The first byte chooses the kind of entity.
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
  opendata::DeepInsert insertion(writer, context);
  auto const kind = static_cast<opendata::EntityKind>(data[0] % opendata::kEntityKinds);
  auto const made = insertion.insert(*body, kind, {});
  auto const batch = insertion.take_batch();
  if (made && kind == opendata::EntityKind::kObservation) MADANG_ASSERT(made->observation < batch.observations.size());
  for (auto const& [index, detail] : batch.details) MADANG_ASSERT(index < batch.observations.size());
  return 0;
}
