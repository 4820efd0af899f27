// The newest value of many Datastreams at once: by phenomenonTime, and the newest whose time can be believed.
#include <algorithm>

#include "storage/observations/layers.h"
#include "storage/observations/limits.h"
#include "storage/observations/range_reader.h"

namespace madang::storage {
namespace {

constexpr std::size_t kStreamsPerLook = 64;

}  // namespace

Result<std::vector<StoredObservation>> RangeReader::latest(std::span<DatastreamId const> ids) {
  std::vector<StoredObservation> out(ids.size());
  std::vector<std::pair<std::size_t, DatastreamId>> cold_details;
  {
    runtime::ReadLock const lock(parts_.hot.mutex);
    auto const now = parts_.now();
    for (std::size_t i = 0; i < ids.size(); ++i) {
      out[i].datastream = ids[i];
      StreamState const* stream = parts_.hot.find(ids[i]);
      if (stream == nullptr || ids[i].value() > kDatastreamMax) continue;
      auto const* latest = stream->latest();
      if (stream->has_layers)
        for (auto const slot : stream->extras->layers) {
          auto const& layer = parts_.hot.streams[slot];
          if (layer.latest() == nullptr || (latest != nullptr && layer.latest()->time < latest->time)) continue;
          latest = layer.latest();
          stream = &layer;
        }
      if (latest == nullptr || (stream->keep > 0 && latest->time < stream->horizon(now))) continue;
      fill_observation(out[i], ids[i], *latest);
      if (!latest->has_detail) continue;
      if (auto const* const detail = stream->detail_of(*latest))
        out[i].detail = *detail;
      else
        cold_details.emplace_back(i, stream->id);
    }
  }
  if (cold_details.empty()) return out;
  MADANG_TRY(auto reader, parts_.readers.borrow());
  for (auto const& [i, layer] : cold_details) {
    auto const arrival = arrival_of(out[i].id);
    MADANG_TRY(auto details, reader->details(layer, arrival, arrival));
    if (!details.empty()) out[i].detail = std::move(details.front().second);
  }
  return out;
}

Result<std::vector<Newest>> RangeReader::newest(std::span<DatastreamId const> ids, Trust const& trust) {
  std::vector<Newest> out(ids.size());
  std::vector<std::pair<std::size_t, DatastreamId>> from_chunks;
  for (std::size_t at = 0; at < ids.size(); at += kStreamsPerLook) {
    runtime::ReadLock const lock(parts_.hot.mutex);
    auto const now = parts_.now();
    for (std::size_t i = at; i < std::min(ids.size(), at + kStreamsPerLook); ++i) {
      out[i].trusted.datastream = ids[i];
      if (ids[i].value() > kDatastreamMax) continue;
      for (auto const layer : parts_.hot.with_layers(ids[i]))
        if (!newest_in_memory(*parts_.hot.find(layer), trust, out[i], now)) from_chunks.emplace_back(i, layer);
    }
  }
  for (auto const& [i, layer] : from_chunks) MADANG_CHECK(newest_in_chunks(layer, trust, out[i]));
  return out;
}

bool RangeReader::newest_in_memory(StreamState const& stream, Trust const& trust, Newest& to, Instant now) const {
  std::int64_t arrived = stream.arrived;
  for (auto const& v : stream.hot) arrived = std::max(arrived, sign_of_life_at(v));
  if (arrived != kTimeMin) to.arrived = std::max(to.arrived.value_or(kInstantMin), instant_of_millis(arrived));
  auto const offer = [&](HotValue const& v) {
    StoredObservation o;
    fill_observation(o, stream.id, v);
    if (!trust.holds(o) || v.time < stream.horizon(now)) return false;
    // A detail that memory does not hold is found where chunks are read.
    auto const* const detail = stream.detail_of(v);
    if (v.has_detail && detail == nullptr) return false;
    if (detail != nullptr) o.detail = *detail;
    if (!to.trusted.id || to.trusted.phenomenon_time <= o.phenomenon_time) to.trusted = std::move(o);
    return true;
  };
  std::size_t const look_at = std::min(stream.hot.size(), kTrustLookBack);
  std::int64_t found = kTimeMin;
  for (std::size_t i = 0; i < look_at && found == kTimeMin; ++i) {
    auto const& v = stream.hot[stream.hot.size() - 1 - i];
    if (offer(v)) found = v.time;
  }
  if (stream.chunks == 0 || stream.chunks_newest <= found) return true;
  bool const plain = stream.has_remembered && stream.remembered.time == stream.chunks_newest && !stream.erased(stream.remembered.time) &&
                     stream.find_hot(stream.remembered.time) == nullptr;
  return plain && offer(stream.remembered);
}

Result<void> RangeReader::newest_in_chunks(DatastreamId layer, Trust const& trust, Newest& to) {
  constexpr std::size_t kPage = 100;
  Interval when{kInstantMin, kInstantMax};
  for (std::size_t looked = 0; looked < kTrustLookBack; looked += kPage) {
    if (to.trusted.id) when.from = to.trusted.phenomenon_time + Millis{1};
    if (when.from >= when.to) return {};
    MADANG_TRY(auto page, read_layer(layer, when, {.limit = kPage, .descending = true}));
    auto const found = std::ranges::find_if(page, [&trust](auto const& o) { return trust.holds(o); });
    if (found != page.end()) {
      to.trusted = std::move(*found);
      return {};
    }
    if (page.size() < kPage) return {};
    when.to = page.back().phenomenon_time;
  }
  return {};
}

}  // namespace madang::storage
