// Whether something was ever measured: then it is retired, and never deleted.
#include <fmt/format.h>

#include "city/module.h"

namespace madang::city {

Result<void> check_never_measured(storage::ObservationStore& store, std::vector<DatastreamId> const& streams) {
  MADANG_TRY(auto const latest, store.latest(streams));
  for (std::size_t i = 0; i < latest.size(); ++i) {
    if (!latest[i].id) continue;
    return fail(Code::kConflict, fmt::format("Datastream {} has readings, which are kept: retire its Thing instead", streams[i].value()));
  }
  return {};
}

Result<void> check_never_measured(City const& city, storage::ObservationStore& store, ThingId thing) {
  std::vector<DatastreamId> streams;
  for (auto const& datastream : city.datastreams_of(thing)) streams.push_back(datastream->id);
  return check_never_measured(store, streams);
}

}  // namespace madang::city
