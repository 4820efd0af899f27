#include "storage/observations/hot.h"

#include <algorithm>

#include "storage/observations/codec/columns.h"
#include "storage/observations/sign_of_life.h"

namespace madang::storage {
namespace {


/// std::lower_bound for series with an even pace, as nearly all are: a guess by time lands beside the place, where halving
/// would look at eight others first, each somewhere else in memory.
template <typename Iterator>
Iterator place_of(Iterator begin, Iterator end, std::int64_t t) {
  if (begin == end || begin->time >= t) return begin;
  auto last = end - 1;
  if (last->time < t) return end;
  double const share = static_cast<double>(t - begin->time) / static_cast<double>(last->time - begin->time);
  auto const guess = begin + static_cast<std::ptrdiff_t>(share * static_cast<double>(last - begin));
  std::ptrdiff_t reach = 2;
  if (guess->time < t) {
    begin = guess + 1;
    while (end - begin > reach && (begin + reach)->time < t) {
      begin += reach + 1;
      reach *= 2;
    }
    end = end - begin > reach ? begin + reach : end;
  } else {
    end = guess;
    while (end - begin > reach && (end - reach)->time >= t) {
      end -= reach;
      reach *= 2;
    }
    begin = end - begin > reach ? end - reach : begin;
  }
  return std::lower_bound(begin, end, t, earlier);
}

}  // namespace

std::int64_t sign_of_life_at(HotValue const& value) {
  return millis_of(sign_of_life_at(instant_of_millis(value.time), instant_of_millis(value.received), unpacked(value.quality)));
}

bool StreamState::erased(std::int64_t t) const {
  return extras && std::any_of(extras->tombstones.begin(), extras->tombstones.end(),
                               [t](Tombstone const& x) { return x.covers(t); });
}

HotValue const* StreamState::find_hot(std::int64_t t) const {
  auto const at = place_of(hot.begin(), hot.end(), t);
  return at != hot.end() && at->time == t ? &*at : nullptr;
}

ObservationDetail const* StreamState::detail_of(HotValue const& value) const {
  if (!value.has_detail || !extras) return nullptr;
  auto const found = extras->details.find(value.arrival);
  return found == extras->details.end() ? nullptr : &found->second;
}

StreamExtras& StreamState::extra() {
  if (!extras) extras = std::make_unique<StreamExtras>();
  return *extras;
}

void StreamState::insert(HotValue const& value, std::uint64_t sequence) {
  need(sequence);
  // Asked of `newest` first: the last value itself lies in memory not looked at lately.
  bool const later = value.time > newest;
  disturbed += later ? 0 : 1;
  newest = std::max(newest, value.time);
  if (later || hot.empty() || hot.back().time < value.time) {
    hot.push_back(value);
    over_chunk += value.over_chunk ? 1 : 0;
    return;
  }
  auto const at = place_of(hot.begin(), hot.end(), value.time);
  if (at->time != value.time) {
    hot.insert(at, value);
    over_chunk += value.over_chunk ? 1 : 0;
    return;
  }
  SupersededValue old{*at, std::nullopt};
  if (at->has_detail) {
    auto node = extra().details.extract(at->arrival);
    if (!node.empty()) old.detail = std::move(node.mapped());
  }
  bool const over = at->over_chunk;
  arrived = std::max(arrived, at->received);  // it was heard
  extra().superseded.push_back(std::move(old));
  *at = value;
  at->over_chunk = over || value.over_chunk;
  over_chunk += at->over_chunk && !over ? 1 : 0;
}

void StreamState::insert_many(std::span<HotValue const> values, std::uint64_t sequence) {
  constexpr std::size_t kFew = 16;
  std::vector<HotValue> again;  // times that are there already: superseded one by one
  if (values.size() > kFew) {
    ++disturbed;
    need(sequence);
    std::size_t const before = hot.size();
    for (auto const& value : values) {
      bool const twice = hot.size() > before && hot.back().time == value.time;
      auto const end = hot.begin() + static_cast<std::ptrdiff_t>(before);
      auto const old = std::lower_bound(hot.begin(), end, value.time, earlier);
      if (twice || (old != end && old->time == value.time)) {
        again.push_back(value);
        continue;
      }
      hot.push_back(value);
      over_chunk += value.over_chunk ? 1 : 0;
      newest = std::max(newest, value.time);
    }
    std::inplace_merge(hot.begin(), hot.begin() + static_cast<std::ptrdiff_t>(before), hot.end(),
                       [](HotValue const& a, HotValue const& b) { return a.time < b.time; });
    values = again;
  }
  for (auto const& value : values) insert(value, sequence);
}

StreamState::Erased StreamState::erase_hot(std::int64_t from, std::int64_t to) {
  auto const first = std::lower_bound(hot.begin(), hot.end(), from, earlier);
  auto const last = std::lower_bound(first, hot.end(), to, earlier);
  Erased out;
  ++disturbed;
  for (auto at = first; at != last; ++at) {
    ++out.hot;
    out.over_chunk += at->over_chunk ? 1 : 0;
    arrived = std::max(arrived, sign_of_life_at(*at));  // it was heard
    if (at->has_detail && extras) extras->details.erase(at->arrival);
  }
  hot.erase(first, last);
  over_chunk -= static_cast<std::uint32_t>(out.over_chunk);
  if (extras)
    out.superseded = std::erase_if(
        extras->superseded, [&](SupersededValue const& s) { return s.value.time >= from && s.value.time < to; });
  return out;
}

StreamState* HotTier::find(DatastreamId id) {
  if (id.value() > kDatastreamMax) {
    auto const layer = layer_slots.find(id.value());
    return layer == layer_slots.end() ? nullptr : &streams[layer->second];
  }
  return knows(id) ? &streams[slots.at(static_cast<std::size_t>(id.value())) - 1] : nullptr;
}

StreamState& HotTier::make(DatastreamId id) {
  if (auto* const known = find(id)) return *known;
  bool const is_layer = id.value() > kDatastreamMax;
  StreamState* const base = is_layer ? &make(base_of(id)) : nullptr;
  StreamState& fresh = streams.emplace_back(pool);
  fresh.id = id;
  auto const slot = static_cast<std::uint32_t>(streams.size() - 1);
  if (base == nullptr) {
    slots.set(static_cast<std::size_t>(id.value()), slot + 1);
    if (auto const known = averagings.extract(id.value())) fresh.averaging = known.mapped();
    return fresh;
  }
  layer_slots.emplace(id.value(), slot);
  fresh.keep = base->keep;
  fresh.averaging = base->averaging;
  auto& layers = base->extra().layers;
  layers.insert(std::ranges::upper_bound(layers, id, {}, [this](std::uint32_t s) MADANG_REQUIRES(mutex) { return streams[s].id; }), slot);
  base->has_layers = true;
  return fresh;
}

std::vector<DatastreamId> HotTier::with_layers(DatastreamId id) {
  auto const* const base = find(id);
  if (base == nullptr) return {};
  std::vector<DatastreamId> out{id};
  if (base->has_layers)
    for (auto const slot : base->extras->layers) out.push_back(streams[slot].id);
  return out;
}

}  // namespace madang::storage
