#include "storage/observations/memory_store.h"

#include <algorithm>
#include <iterator>

#include "storage/observations/layers.h"
#include "storage/observations/limits.h"
#include "storage/observations/rules.h"
#include "storage/observations/sign_of_life.h"

namespace madang::storage {

Result<Appended> MemoryStore::append(Batch const& batch, Position position) {
  runtime::Lock const lock(mutex_);
  if (position && position <= applied_) return Appended{};
  applied_ = std::max(applied_, position);
  MADANG_CHECK(check(batch));
  Appended appended;
  auto detail = batch.details.begin();
  for (std::size_t i = 0; i < batch.observations.size(); ++i) {
    bool const has_detail = detail != batch.details.end() && detail->first == i;
    appended.entries.push_back(keep_one(batch.observations[i], has_detail ? &detail->second : nullptr));
    if (has_detail) ++detail;
  }
  return appended;
}

Position MemoryStore::applied() {
  runtime::Lock const lock(mutex_);
  return applied_;
}

Result<void> MemoryStore::check(Batch const& batch) {
  MADANG_CHECK(check_batch(batch));
  return check_room(batch);
}

/// Whether all find room at their times, looked at before anything is kept.
Result<void> MemoryStore::check_room(Batch const& batch) {
  std::map<std::pair<DatastreamId, Instant>, std::vector<ObservationDetail const*>> at_time;
  for (auto const& [index, detail] : batch.details) {
    auto const& o = batch.observations[index];
    auto const [known, fresh] = at_time.try_emplace({o.datastream, o.phenomenon_time});
    auto& identities = known->second;
    if (auto const found = streams_.find(o.datastream); fresh && found != streams_.end())
      for (auto at = found->second.from(o.phenomenon_time); at != found->second.from(o.phenomenon_time + Millis{1}); ++at)
        identities.push_back(at->second.detail ? &*at->second.detail : nullptr);
    auto const same = [this, &o, mine = &detail](auto const* other) {
      return same_identity(o.datastream, mine, other, default_feature_);
    };
    if (std::ranges::any_of(identities, same)) continue;
    if (identities.size() >= kSameTimeMax) return crowded_time(o);
    identities.push_back(&detail);
  }
  return {};
}

MemoryStore::Place MemoryStore::place_of(Stream const& stream, Observation const& o,
                                         ObservationDetail const* detail) const {
  auto const own = own_layer(o);
  bool own_taken = false;
  std::int64_t beside = kFirstBeside;
  for (auto at = stream.by_time.lower_bound({o.phenomenon_time, 0});
       at != stream.by_time.end() && at->first.first == o.phenomenon_time; ++at) {
    auto const* const other = at->second.detail ? &*at->second.detail : nullptr;
    if (same_identity(o.datastream, detail, other, default_feature_)) return at->first;
    own_taken = own_taken || at->first.second == own;
    if (at->first.second == beside) ++beside;
  }
  return {o.phenomenon_time, own_taken ? beside : own};
}

Appended::Entry MemoryStore::keep_one(Observation const& observation, ObservationDetail const* detail) {
  auto& stream = streams_[observation.datastream];
  auto const [at, fresh] = stream.by_time.try_emplace(place_of(stream, observation, detail));
  StoredObservation& kept = at->second;
  if (!fresh && is_repeat(observation.value, detail, kept.value, kept.detail ? &*kept.detail : nullptr))
    return {kept.id, Appended::Outcome::kRepeated};
  if (!fresh) stream.superseded.emplace(kept.id, at->first);
  static_cast<Observation&>(kept) = observation;
  kept.quality = stored_quality(observation.quality, detail);
  kept.detail = detail == nullptr ? std::nullopt : std::optional(*detail);
  kept.id = observation_id(observation.datastream, stream.next_arrival++);
  stream.arrived = std::max(stream.arrived.value_or(kInstantMin), sign_of_life_at(observation.phenomenon_time, observation.received_at, kept.quality));
  return {kept.id, fresh ? Appended::Outcome::kStored : Appended::Outcome::kSuperseded};
}

void MemoryStore::forget_old(Stream& stream) const {
  if (stream.keep <= Millis{0}) return;
  stream.by_time.erase(stream.by_time.begin(), stream.from(clock_->now() - stream.keep));
}

MemoryStore::Stream* MemoryStore::find_stream(DatastreamId id) {
  auto const found = streams_.find(id);
  if (found == streams_.end()) return nullptr;
  forget_old(found->second);
  return &found->second;
}

Result<std::vector<StoredObservation>> MemoryStore::read(DatastreamId id, Interval when, ReadOptions const& asked) {
  auto options = asked;
  MADANG_CHECK(check_deadline(options.deadline, *clock_));
  runtime::Lock const lock(mutex_);
  std::vector<StoredObservation> out;
  auto* const stream = find_stream(id);
  if (stream == nullptr || when.from >= when.to) return out;
  if (options.after) {
    auto const time = options.after->time;
    begin_after_cursor(when, options, static_cast<std::size_t>(std::distance(stream->from(time), stream->from(time + Millis{1}))));
    if (when.from >= when.to) return out;
  }
  auto const first = stream->from(when.from);
  auto const last = stream->from(when.to);
  std::size_t skip = options.skip;
  std::size_t bytes = 0;
  auto const full = [&] { return out.size() >= options.limit || bytes > options.detail_bytes; };
  auto const take = [&](StoredObservation const& kept) {
    if (skip > 0) return void(--skip);
    out.push_back(kept);
    if (!options.with_details) out.back().detail.reset();
    if (out.back().detail) bytes += bytes_of(*out.back().detail);
  };
  if (options.descending)
    for (auto at = last; at != first && !full();) take((--at)->second);
  else
    for (auto at = first; at != last && !full(); ++at) take(at->second);
  return out;
}

Result<std::size_t> MemoryStore::count(DatastreamId id, Interval when, CountOptions const& options) {
  MADANG_CHECK(check_deadline(options.deadline, *clock_));
  runtime::Lock const lock(mutex_);
  auto* const stream = find_stream(id);
  if (stream == nullptr || when.from >= when.to) return 0;
  return static_cast<std::size_t>(
      std::distance(stream->from(when.from), stream->from(when.to)));
}

Result<std::vector<StoredObservation>> MemoryStore::latest(std::span<DatastreamId const> ids) {
  runtime::Lock const lock(mutex_);
  std::vector<StoredObservation> out;
  for (auto const id : ids) {
    auto* const stream = find_stream(id);
    if (stream == nullptr || stream->by_time.empty())
      out.emplace_back().datastream = id;
    else
      out.push_back(stream->by_time.rbegin()->second);
  }
  return out;
}

Result<std::vector<Newest>> MemoryStore::newest(std::span<DatastreamId const> ids, Trust const& trust) {
  runtime::Lock const lock(mutex_);
  std::vector<Newest> out(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    out[i].trusted.datastream = ids[i];
    auto* const stream = find_stream(ids[i]);
    if (stream == nullptr) continue;
    out[i].arrived = stream->arrived;
    auto const& all = stream->by_time;
    auto const found = std::find_if(all.rbegin(), all.rend(), [&trust](auto const& kept) { return trust.holds(kept.second); });
    if (found != all.rend()) out[i].trusted = found->second;
  }
  return out;
}

Result<StoredObservation> MemoryStore::find(ObservationId id) {
  runtime::Lock const lock(mutex_);
  if (auto* const stream = find_stream(datastream_of(id)))
    for (auto const& [time, kept] : stream->by_time)
      if (kept.id == id) return kept;
  return fail(Code::kNotFound, "observation " + std::to_string(id.value()) + " is not here");
}

Result<StoredObservation> MemoryStore::successor(ObservationId id) {
  runtime::Lock const lock(mutex_);
  if (auto* const stream = find_stream(datastream_of(id)))
    if (auto const place = stream->superseded.find(id); place != stream->superseded.end())
      if (auto const kept = stream->by_time.find(place->second); kept != stream->by_time.end()) return kept->second;
  return nothing_in_place_of(id);
}

Result<std::vector<Series>> MemoryStore::aggregate(std::span<DatastreamId const> ids, Interval when,
                                                   AggregateOptions const& options) {
  MADANG_CHECK(check_aggregate(ids.size(), when, options));
  MADANG_CHECK(check_deadline(options.deadline, *clock_));
  runtime::Lock const lock(mutex_);
  std::vector<Series> out;
  BucketRow together(when, options);
  for (auto const id : ids) {
    BucketRow row(when, options);
    if (auto* const stream = find_stream(id)) {
      auto const last = stream->from(when.to);
      for (auto at = stream->from(when.from); at != last; ++at)
        row.add(at->first.first, at->second.value, counts_as_good(at->second.quality.flag));
    }
    if (options.together)
      together.add(row);
    else
      out.push_back({id, row.take()});
  }
  if (options.together) out.push_back({DatastreamId{}, together.take()});
  return out;
}

Result<std::size_t> MemoryStore::rejudge(DatastreamId id, std::span<Judgement const> judgements) {
  MADANG_CHECK(check_judgements(id, judgements));
  runtime::Lock const lock(mutex_);
  auto* const stream = find_stream(id);
  if (stream == nullptr) return 0;
  std::size_t changed = 0;
  for (auto const& judgement : judgements) {
    auto const end = stream->from(judgement.phenomenon_time + Millis{1});
    for (auto at = stream->from(judgement.phenomenon_time); at != end; ++at) {
      auto& quality = at->second.quality;
      if (quality == judgement.quality || !is_number(quality)) continue;
      quality = judgement.quality;
      ++changed;
    }
  }
  return changed;
}

Result<std::size_t> MemoryStore::erase(DatastreamId id, Interval when) {
  runtime::Lock const lock(mutex_);
  auto* const stream = find_stream(id);
  if (stream == nullptr || when.from >= when.to) return 0;
  auto const first = stream->from(when.from);
  auto const last = stream->from(when.to);
  auto const erased = static_cast<std::size_t>(std::distance(first, last));
  stream->by_time.erase(first, last);
  return erased;
}

Result<void> MemoryStore::set_retention(DatastreamId id, Millis keep) {
  if (id.value() <= 0 || id.value() > kDatastreamMax)
    return fail(Code::kInvalid, "datastream: not a Datastream's number");
  if (keep < Millis{0}) return fail(Code::kInvalid, "keep: a retention cannot be negative");
  runtime::Lock const lock(mutex_);
  (void)find_stream(id);  // what was to be kept no longer goes now, and does not come back
  streams_[id].keep = keep;
  return {};
}

Result<void> MemoryStore::set_averaging(std::span<DatastreamId const> ids, Averaging) {
  for (auto const id : ids)
    if (id.value() <= 0 || id.value() > kDatastreamMax)
      return fail(Code::kInvalid, "datastream: not a Datastream's number");
  return {};  // there are no roll-ups
}

StoreStatistics MemoryStore::statistics() {
  runtime::Lock const lock(mutex_);
  StoreStatistics out;
  for (auto& [id, stream] : streams_) {
    forget_old(stream);
    out.observations += stream.by_time.size();
    out.datastreams += stream.by_time.empty() ? 0 : 1;
  }
  out.hot_observations = out.observations;
  return out;
}

Result<void> MemoryStore::backup_to(std::string const&) {
  return fail(Code::kUnsupported, "a store in memory has no files to copy");
}

}  // namespace madang::storage
