// Collections of Observations: a range of one Datastream or of all, filtered and ordered, within kScanMax.
#pragma once

#include <functional>
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
  std::optional<PagePosition> next;  ///< behind which the next page begins, where there is one order of one Datastream
};

/// What must hold besides $filter; empty: nothing.
using ObservationCondition = std::function<bool(storage::StoredObservation const&)>;

/// Without $orderby: by Datastream, then phenomenonTime. Pages of one Datastream in order of time stay true while
/// others come in. kLimit: more than kScanMax observations would have to be read;
/// the sentence says how to ask for less.
Result<ObservationPage> read_observations(storage::ObservationStore& store, std::vector<DatastreamId> const& streams,
                                          QueryOptions const& options, ObservationCondition const& condition = {});

}  // namespace madang::opendata
