// Collections of Observations: a range of one Datastream or of all, filtered and ordered, within kScanMax.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "city/city.h"
#include "core/error.h"
#include "opendata/sensorthings/deadline.h"
#include "opendata/sensorthings/query_options.h"
#include "storage/observations/store.h"

namespace madang::opendata {

struct ObservationPage {
  std::vector<storage::StoredObservation> observations;
  std::optional<std::size_t> count;  ///< of all matches; only when asked for
  bool more = false;
  std::optional<PagePosition> next;  ///< of its last, where there is one order of one Datastream: behind it the next page begins
};

/// What must hold besides $filter; empty: nothing.
using ObservationCondition = std::function<bool(storage::StoredObservation const&)>;

struct ObservationSource {
  storage::ObservationStore& store;
  std::vector<DatastreamId> streams;
  ObservationCondition condition = {};
  std::optional<Deadline> deadline = {};  ///< by the store's clock

  [[nodiscard]] std::optional<Tick> until() const { return deadline ? std::optional(deadline->at) : std::nullopt; }
};

/// Without $orderby: by Datastream, then phenomenonTime. Pages of one Datastream in order of time stay true while
/// others come in. A page ends early where its texts and JSON come to more than kPageBytesMax. kLimit: more than kScanMax
/// observations would have to be read, or too much text held; the sentence says how to ask for less. kUnavailable: the deadline.
Result<ObservationPage> read_observations(ObservationSource const& source, QueryOptions const& options);

}  // namespace madang::opendata
