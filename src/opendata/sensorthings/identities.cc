#include "opendata/sensorthings/identities.h"

#include <algorithm>
#include <functional>

namespace madang::opendata {

storage::ObservationDetail const& detail_of(storage::Batch const& batch, std::uint32_t index) {
  static storage::ObservationDetail const kNone;
  auto const at = std::ranges::lower_bound(batch.details, index, {}, [](auto const& detail) { return detail.first; });
  return at != batch.details.end() && at->first == index ? at->second : kNone;
}

std::size_t Identities::KeyHash::operator()(Key const& key) const {
  auto const hash = std::hash<std::int64_t>{};
  auto sum = hash(millis_of(key.from));
  if (key.to) sum = sum * 31 + hash(millis_of(*key.to));
  return sum * 31 + hash(key.feature.value());
}

Identities::Key Identities::key_of(storage::Observation const& observation, storage::ObservationDetail const& detail) {
  return {observation.phenomenon_time, detail.phenomenon_end, detail.feature};
}

void Identities::index(OfStream& stream, DatastreamId id, storage::Batch const& before) {
  stream.indexed = true;
  for (std::uint32_t i = 0; i < before.observations.size(); ++i) {
    auto const& o = before.observations[i];
    if (o.datastream == id) stream.places.emplace(key_of(o, detail_of(before, i)), i);
  }
}

std::optional<std::uint32_t> Identities::add(storage::Observation const& observation,
                                             storage::ObservationDetail const& detail, storage::Batch const& before) {
  auto& stream = streams_[observation.datastream];
  bool const grows = !stream.any || observation.phenomenon_time > stream.newest;
  stream.any = true;
  stream.newest = std::max(stream.newest, observation.phenomenon_time);
  if (grows && !stream.indexed) return std::nullopt;
  if (!stream.indexed) index(stream, observation.datastream, before);
  auto const place = static_cast<std::uint32_t>(before.observations.size());
  auto const [found, fresh] = stream.places.emplace(key_of(observation, detail), place);
  return fresh ? std::nullopt : std::optional(found->second);
}

}  // namespace madang::opendata
