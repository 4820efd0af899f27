// Collections of Observations: a range of one Datastream or of all, filtered and ordered, within kScanMax.
#pragma once

#include <optional>
#include <vector>

#include "city/city.h"
#include "core/error.h"
#include "opendata/sensorthings/query_options.h"
#include "storage/observations/store.h"

namespace madang::opendata {

struct ObservationPage {
  std::vector<storage::StoredObservation> observations;
  std::optional<std::size_t> count;  ///< of all matches; only when asked for
  bool more = false;
};

/// Without $orderby: by Datastream, then phenomenonTime. kLimit: more than kScanMax observations would have to be read;
/// the sentence says how to ask for less.
Result<ObservationPage> read_observations(storage::ObservationStore& store, std::vector<DatastreamId> const& streams,
                                          QueryOptions const& options);

}  // namespace madang::opendata
