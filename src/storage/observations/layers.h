// Where an observation stands whose time is taken by one of another identity, or that is dated far ahead of its arrival: in
// a layer, a series of its own under a number above all Datastreams'. Log, memory and chunks treat layers as Datastreams;
// who asks for a Datastream gets them all as one.
#pragma once

#include <chrono>

#include "storage/observations/observation.h"

namespace madang::storage {

/// Above every number that format 2 gave its layers (it began them at 2^21), so that an upgrade never meets one of both kinds
/// under one number.
inline constexpr int kLayerBits = 32;
/// Layer 0 is the Datastream itself. A value dated in 2199 stands in layer 1, where it is nobody's newest: behind it every
/// true value would come late for ever.
inline constexpr std::int64_t kAheadLayer = 1;
inline constexpr std::int64_t kFirstBeside = 2;
inline constexpr Millis kAheadOfArrival = std::chrono::hours{1};

[[nodiscard]] constexpr DatastreamId layer_id(DatastreamId stream, std::int64_t layer) {
  return DatastreamId{stream.value() + (layer << kLayerBits)};
}
[[nodiscard]] constexpr DatastreamId base_of(DatastreamId id) { return DatastreamId{id.value() & kDatastreamMax}; }
[[nodiscard]] constexpr std::int64_t layer_of(DatastreamId id) { return id.value() >> kLayerBits; }

/// A stream's number in format 2, where a Datastream had 21 bits, as it is now.
inline constexpr int kOldDatastreamBits = 21;
[[nodiscard]] constexpr bool is_old_layer(std::int64_t stream) {
  return stream >= std::int64_t{1} << kOldDatastreamBits && stream < std::int64_t{1} << kLayerBits;
}
[[nodiscard]] constexpr std::int64_t renumbered(std::int64_t stream) {
  if (!is_old_layer(stream)) return stream;
  DatastreamId const base{stream & ((std::int64_t{1} << kOldDatastreamBits) - 1)};
  return layer_id(base, stream >> kOldDatastreamBits).value();
}

/// Which layer an observation belongs into when nothing else stands at its time.
[[nodiscard]] inline std::int64_t own_layer(Observation const& o) {
  bool const ahead = o.received_at != Instant{} && o.phenomenon_time > o.received_at + kAheadOfArrival;
  return ahead ? kAheadLayer : 0;
}

}  // namespace madang::storage
