// Which observations of one body are the same one: Datastream, phenomenonTime (instant or interval) and
// FeatureOfInterest. Quick where times only grow, as they nearly always do.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>

#include "storage/observations/observation.h"

namespace madang::opendata {

/// The detail of an observation of the batch; an empty one where it has none.
storage::ObservationDetail const& detail_of(storage::Batch const& batch, std::uint32_t index);

class Identities {
 public:
  /// The index of one in `before` that is the same; nullopt: it is new, and will be the next of the batch.
  std::optional<std::uint32_t> add(storage::Observation const& observation, storage::ObservationDetail const& detail,
                                   storage::Batch const& before);
  /// Whether this is the body's first of the Datastream that came without a time. One can have been made now; several
  /// cannot, and made-up times would be worse than none.
  bool is_first_untimed(DatastreamId stream) { return !std::exchange(streams_[stream].untimed, true); }

 private:
  struct Key {
    Instant from;
    std::optional<Instant> to;
    FeatureId feature;
    friend bool operator==(Key const&, Key const&) = default;
  };
  struct KeyHash {
    std::size_t operator()(Key const& key) const;
  };
  struct OfStream {
    Instant newest = kInstantMin;
    bool any = false;
    bool untimed = false;
    bool indexed = false;  ///< `places` holds all of them; else all times so far grew
    std::unordered_map<Key, std::uint32_t, KeyHash> places;
  };
  static Key key_of(storage::Observation const& observation, storage::ObservationDetail const& detail);
  static void index(OfStream& stream, DatastreamId id, storage::Batch const& before);

  std::unordered_map<DatastreamId, OfStream> streams_;
};

}  // namespace madang::opendata
