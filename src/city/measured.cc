// Whether something was ever measured: then it is retired, and never deleted.

#include "city/module.h"
#include "city/stores.h"
#include "runtime/refusal.h"

namespace madang::city {

Result<void> check_never_measured(City const& city, storage::ObservationStore& store, std::vector<DatastreamId> const& streams) {
  // What is on its way now is stored before it is looked for; what comes later is told that they go.
  city.closed_streams().close(streams);
  MADANG_TRY(auto const latest, store.latest(streams));
  for (std::size_t i = 0; i < latest.size(); ++i) {
    if (!latest[i].id) continue;
    return runtime::refuse(Code::kConflict, "refusal.registry.measured", {{"id", std::to_string(streams[i].value())}});
  }
  MADANG_TRY(auto const elsewhere, city.other_stores());
  if (elsewhere.empty() || streams.empty()) return {};
  return runtime::refuse(Code::kConflict, "refusal.registry.measured_elsewhere",
                         {{"count", elsewhere.size()}, {"name", elsewhere.front().name}, {"id", elsewhere.front().id}});
}

Result<void> check_never_measured(City const& city, storage::ObservationStore& store, ThingId thing) {
  std::vector<DatastreamId> streams;
  for (auto const& datastream : city.datastreams_of(thing)) streams.push_back(datastream->id);
  return check_never_measured(city, store, streams);
}

}  // namespace madang::city
