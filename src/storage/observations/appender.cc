#include "storage/observations/appender.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "runtime/log.h"
#include "storage/observations/limits.h"
#include "storage/observations/rules.h"

namespace madang::storage {

void log_nearly_full(DatastreamId stream, std::uint32_t used) {
  runtime::log_warning("storage", "numbers_nearly_used_up",
                       {{"datastream", stream.value()}, {"used", used}, {"maximum", kArrivalMax + 1},
                        {"note", "when they are, no observation of it is stored any more: give its channel another name, retire it, and make a new "
                                 "Datastream under the old name (docs/registry.md)"}});
}

Result<Appended> Appender::append(Batch const& batch, Position position) {
  parts_.called_by_writer();
  make_streams(batch);
  auto const planned = plan(batch);
  reader_.reset();
  if (!planned) return fail(planned.error());

  auto const& record = log_batch(batch);
  log_.position = position;
  // Of repeats only nothing is logged, but that they were seen: what is deleted next must not come back by a replay.
  if (!record.streams.empty() || position) {
    std::uint64_t const sequence = parts_.next_sequence();
    MADANG_CHECK(parts_.log->append(sequence, encode_log(sequence, record), position, parts_.trim_below));
    apply(batch, sequence);
  }
  Appended out;
  out.entries.reserve(plans_.size());
  for (std::size_t i = 0; i < plans_.size(); ++i)
    out.entries.push_back({observation_id(batch.observations[i].datastream, plans_[i].arrival), plans_[i].outcome});
  return out;
}

Result<void> Appender::pass(Position position) {
  parts_.called_by_writer();
  std::uint64_t const sequence = parts_.next_sequence();
  LogBatch nothing;
  nothing.position = position;
  MADANG_CHECK(parts_.log->append(sequence, encode_log(sequence, nothing), position, parts_.trim_below));
  runtime::WriteLock const lock(parts_.hot.mutex);
  parts_.hot.applied = sequence;
  return {};
}

/// Readers look streams up, so new ones are made under the lock; there are few.
void Appender::make_streams(Batch const& batch) {
  std::size_t known = 0;
  {
    runtime::ReadLock const lock(parts_.hot.mutex);
    while (known < batch.observations.size() && parts_.hot.knows(batch.observations[known].datastream)) ++known;
  }
  if (known == batch.observations.size()) return;
  runtime::WriteLock const lock(parts_.hot.mutex);
  for (; known < batch.observations.size(); ++known) parts_.hot.make(batch.observations[known].datastream);
}

Result<void> Appender::plan(Batch const& batch) {
  ++batch_;
  steps_ = 0;
  by_time_.clear();
  touched_slots_.clear();
  plans_.assign(batch.observations.size(), Plan{});
  // Shared: the roller must not move values from memory to chunks between looking into the one and the other.
  runtime::ReadLock const planning(parts_.hot.mutex);
  touched_.resize(parts_.hot.streams.size());
  auto detail = batch.details.begin();
  for (std::uint32_t i = 0; i < plans_.size(); ++i) {
    constexpr std::uint32_t kAhead = 16;
    if (i + kAhead < plans_.size()) {
      auto const number = static_cast<std::size_t>(batch.observations[i + kAhead].datastream.value());
      __builtin_prefetch(&parts_.hot.streams[parts_.hot.slots.at(number) - 1]);
    }
    bool const has_detail = detail != batch.details.end() && detail->first == i;
    MADANG_CHECK(plan_one(batch, i, has_detail ? &detail->second : nullptr));
    if (has_detail) ++detail;
  }
  return {};
}

Appender::Touched& Appender::touch(std::uint32_t slot) {
  if (slot >= touched_.size()) touched_.resize(parts_.hot.streams.size());
  Touched& touched = touched_[slot];
  if (touched.batch != batch_) {
    touched = {batch_, 0, kNone, parts_.hot.streams[slot].newest};
    touched_slots_.push_back(slot);
  }
  return touched;
}

Result<void> Appender::plan_one(Batch const& batch, std::uint32_t index, ObservationDetail const* detail) {
  Observation const& o = batch.observations[index];
  Plan& plan = plans_[index];
  plan.base = plan.slot = parts_.hot.slots.at(static_cast<std::size_t>(o.datastream.value())) - 1;
  StreamState const& base = parts_.hot.streams[plan.base];
  auto const time = millis_of(o.phenomenon_time);
  bool const late = time <= touch(plan.base).newest;
  std::optional<Known> known;
  if (!base.has_layers && late) {
    MADANG_TRY(known, known_at(batch, index));
  }
  bool const elsewhere = base.has_layers || own_layer(o) != 0 || (known && !is_same(o.datastream, detail, *known));
  if (elsewhere) {
    MADANG_TRY(known, place_among_layers(batch, index, detail));
  }
  Touched& touched = touch(plan.slot);
  plan.late = time <= touched.newest;
  if (known && is_repeat(o.value, detail, known->value, known->detail ? &*known->detail : nullptr)) {
    plan.outcome = Appended::Outcome::kRepeated;
    plan.arrival = known->arrival;
    return {};
  }
  if (known) plan.outcome = Appended::Outcome::kSuperseded;
  plan.over_chunk = known && known->in_chunk;
  auto& numbered = touched_[plan.base].count;
  if (std::uint64_t{base.next_arrival} + numbered > kArrivalMax)
    return fail(Code::kLimit,
                "datastream " + std::to_string(o.datastream.value()) + ": its observation numbers are used up");
  plan.arrival = base.next_arrival + numbered++;
  plan.previous = touched.last;
  plan.has_detail = detail != nullptr;
  plan.is_number = detail == nullptr || is_number(*detail);
  touched.last = index;
  touched.newest = std::max(touched.newest, time);
  if (!by_time_.empty()) by_time_[{plan.slot, time}] = index;
  return {};
}

Result<std::optional<Appender::Known>> Appender::place_among_layers(Batch const& batch, std::uint32_t index,
                                                                    ObservationDetail const* detail) {
  Observation const& o = batch.observations[index];
  Plan& plan = plans_[index];
  auto const time = millis_of(o.phenomenon_time);
  auto const own = own_layer(o);
  std::size_t taken = 0;
  bool own_taken = false;
  std::int64_t beside = kFirstBeside;
  for (auto const id : parts_.hot.with_layers(o.datastream)) {
    plan.slot = slot_of_layer(id);
    if (time > touch(plan.slot).newest) continue;
    MADANG_TRY(auto known, known_at(batch, index));
    if (!known) continue;
    if (is_same(o.datastream, detail, *known)) return known;
    ++taken;
    own_taken = own_taken || layer_of(id) == own;
    if (layer_of(id) == beside) ++beside;
  }
  if (taken >= kSameTimeMax) return crowded_time(o);
  plan.slot = slot_of_layer(layer_id(o.datastream, own_taken ? beside : own));
  return std::nullopt;
}

std::uint32_t Appender::slot_of_layer(DatastreamId id) {
  if (id.value() <= kDatastreamMax) return parts_.hot.slots.at(static_cast<std::size_t>(id.value())) - 1;
  auto const known = parts_.hot.layer_slots.find(id.value());
  if (known != parts_.hot.layer_slots.end()) return known->second;
  {
    runtime::ReadUnlocked const meanwhile(parts_.hot.mutex);
    runtime::WriteLock const lock(parts_.hot.mutex);
    (void)parts_.hot.make(id);
  }
  reader_.reset();  // a roll may have moved values to chunks meanwhile, which its snapshot does not show
  return parts_.hot.layer_slots.at(id.value());
}

/// The value that counts for this observation's time now: of this batch, of memory, or of a chunk.
Result<std::optional<Appender::Known>> Appender::known_at(Batch const& batch, std::uint32_t index) {
  auto const time = millis_of(batch.observations[index].phenomenon_time);
  auto const slot = plans_[index].slot;
  StreamState const& stream = parts_.hot.streams[slot];
  if (auto const before = in_batch(batch, touched_[slot], {slot, time})) {
    Known known{batch.observations[*before].value, plans_[*before].arrival, std::nullopt, plans_[*before].over_chunk};
    auto const detail = std::lower_bound(batch.details.begin(), batch.details.end(), *before,
                                         [](auto const& d, std::uint32_t i) { return d.first < i; });
    if (detail != batch.details.end() && detail->first == *before) known.detail = detail->second;
    return known;
  }
  // What retention lets go may stand here still, or not: no number may depend on that.
  if (stream.keep > 0 && time < parts_.hot.heard - stream.keep) return std::nullopt;
  if (auto const* const hot = stream.find_hot(time)) {
    Known known{hot->value, hot->arrival, std::nullopt, hot->over_chunk};
    if (auto const* const detail = stream.detail_of(*hot)) known.detail = *detail;
    return known;
  }
  if (time > stream.chunks_newest || stream.erased(time)) return std::nullopt;
  return in_chunks(stream, time);
}

std::optional<std::uint32_t> Appender::in_batch(Batch const& batch, Touched const& touched, Key key) {
  if (by_time_.empty() && steps_ <= 8 * plans_.size() + 1000) {
    for (auto i = touched.last; i != kNone; i = plans_[i].previous, ++steps_)
      if (millis_of(batch.observations[i].phenomenon_time) == key.time) return i;
    return std::nullopt;
  }
  if (by_time_.empty())
    for (auto const slot : touched_slots_)
      for (auto i = touched_[slot].last; i != kNone; i = plans_[i].previous)
        by_time_.try_emplace({slot, millis_of(batch.observations[i].phenomenon_time)}, i);
  auto const found = by_time_.find(key);
  return found == by_time_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::optional<Appender::Known>> Appender::in_chunks(StreamState const& stream, std::int64_t time) {
  auto const gap = gaps_.find(stream.id.value());
  if (gap != gaps_.end() && gap->second.rolls == stream.rolls && gap->second.covers(time)) return std::nullopt;
  auto const remember = [&](ChunkGap const& found) {
    if (gaps_.size() >= kGapsMax) gaps_.clear();
    gaps_.insert_or_assign(stream.id.value(), Gap{found, stream.rolls});
    return std::nullopt;
  };
  if (!reader_) {
    MADANG_TRY(auto borrowed, parts_.readers.borrow());
    reader_.emplace(std::move(borrowed));
  }
  MADANG_TRY(auto const rows, (*reader_)->rows(stream.id, time, time + 1));
  if (rows.empty()) {
    MADANG_TRY(auto const between, (*reader_)->gap_at(stream.id, time));
    return between ? remember(*between) : std::nullopt;
  }
  for (auto const& row : rows) {
    MADANG_TRY(bool const sound, (*reader_)->load(row, {.from = time, .to = time + 1}, chunk_));
    auto const at = std::lower_bound(chunk_.times.begin(), chunk_.times.end(), time);
    if (!sound || at == chunk_.times.end()) continue;
    if (*at != time) return remember({*std::prev(at) + 1, *at});
    auto const i = static_cast<std::size_t>(at - chunk_.times.begin());
    auto const arrival = static_cast<std::uint32_t>(chunk_.arrivals[i]);
    Known known{chunk_.values[i], arrival, std::nullopt, true};
    if (row.summary.details == 0) return known;
    MADANG_TRY(auto details, (*reader_)->details(stream.id, arrival, arrival));
    if (!details.empty()) known.detail = std::move(details.front().second);
    return known;
  }
  return std::nullopt;
}

LogBatch const& Appender::log_batch(Batch const& batch) {
  std::size_t count = 0;
  for (auto const& plan : plans_) count += plan.outcome != Appended::Outcome::kRepeated;
  auto& c = log_.columns;
  c.resize(count);
  log_.streams.resize(count);
  log_.details.clear();
  auto detail = batch.details.begin();
  std::size_t row = 0;
  for (std::uint32_t i = 0; i < plans_.size(); ++i) {
    while (detail != batch.details.end() && detail->first < i) ++detail;
    if (plans_[i].outcome == Appended::Outcome::kRepeated) continue;
    Observation const& o = batch.observations[i];
    // What is not of the Datastream's own slot is of a layer; its id lies far away in memory.
    log_.streams[row] = plans_[i].slot == plans_[i].base ? o.datastream.value()
                                                         : parts_.stream_in(plans_[i].slot).value();
    c.times[row] = millis_of(o.phenomenon_time);
    c.received[row] = millis_of(o.received_at);
    c.arrivals[row] = plans_[i].arrival;
    c.qualities[row] = packed(plans_[i].is_number ? o.quality : kNoNumber);
    c.values[row] = o.value + 0.0;  // -0 becomes 0: it is the same reading, and packs better
    if (plans_[i].has_detail) log_.details.emplace_back(static_cast<std::uint32_t>(row), detail->second);
    ++row;
  }
  return log_;
}

/// Each value of a batch lies somewhere else in memory; asking early hides most of the way there.
void Appender::fetch_ahead(std::size_t index) const {
  constexpr std::size_t kState = 24;
  constexpr std::size_t kTail = 10;
  if (index + kState < plans_.size()) __builtin_prefetch(&parts_.hot.streams[plans_[index + kState].slot], 1);
  if (index + kTail >= plans_.size()) return;
  auto const& hot = parts_.hot.streams[plans_[index + kTail].slot].hot;
  auto const* const place = reinterpret_cast<char const*>(hot.next_place());
  __builtin_prefetch(place, 1);
  __builtin_prefetch(place + sizeof(HotValue) - 1, 1);
}

void Appender::apply(Batch const& batch, std::uint64_t sequence) {
  late_.clear();
  runtime::WriteLock const lock(parts_.hot.mutex);
  parts_.hot.applied = sequence;
  auto detail = log_.details.begin();
  std::uint32_t row = 0;
  for (auto const received : log_.columns.received) parts_.hot.heard = std::max(parts_.hot.heard, received);
  for (auto const& plan : plans_) {
    if (plan.outcome == Appended::Outcome::kRepeated) continue;
    auto const index = static_cast<std::size_t>(&plan - plans_.data());
    fetch_ahead(index);
    Observation const& o = batch.observations[index];
    auto& stream = parts_.hot.streams[plan.slot];
    auto const fill = [&](HotValue& to) {
      to.time = millis_of(o.phenomenon_time);
      to.value = o.value + 0.0;
      to.received = millis_of(o.received_at);
      to.arrival = plan.arrival;
      to.sequence_low = static_cast<std::uint32_t>(sequence);
      to.quality = packed(plan.is_number ? o.quality : kNoNumber);
      to.over_chunk = plan.over_chunk;
      to.has_detail = plan.has_detail;
    };
    stream.next_arrival = plan.arrival + 1;
    if (plan.arrival + 1 == kArrivalsNearlyAll) log_nearly_full(o.datastream, plan.arrival + 1);
    if (plan.slot != plan.base) parts_.hot.streams[plan.base].next_arrival = plan.arrival + 1;
    if (plan.late) {
      late_.emplace_back();
      late_.back().slot = plan.slot;
      fill(late_.back().value);
    } else {
      stream.need(sequence);
      stream.newest = millis_of(o.phenomenon_time);
      stream.hot.push_back_with(fill);
      if (plan.over_chunk) ++stream.over_chunk;
      ++parts_.hot.hot_values;
    }
    if (plan.has_detail) {
      if (detail != log_.details.end() && detail->first == row)
        stream.extra().details[plan.arrival] = (detail++)->second;
    }
    ++row;
  }
  insert_late(sequence);
}

void Appender::insert_late(std::uint64_t sequence) {
  std::sort(late_.begin(), late_.end(), [](Late const& a, Late const& b) {
    return std::tie(a.slot, a.value.time, a.value.arrival) < std::tie(b.slot, b.value.time, b.value.arrival);
  });
  std::vector<HotValue> group;
  for (std::size_t i = 0; i < late_.size();) {
    auto& stream = parts_.hot.streams[late_[i].slot];
    group.clear();
    for (auto const slot = late_[i].slot; i < late_.size() && late_[i].slot == slot; ++i)
      group.push_back(late_[i].value);
    std::size_t const before = stream.hot.size();
    std::size_t const superseded = stream.superseded();
    stream.insert_many(group, sequence);
    parts_.hot.hot_values += stream.hot.size() - before;
    parts_.hot.superseded_values += stream.superseded() - superseded;
  }
}

void Appender::replay(std::uint64_t sequence, LogBatch const& batch) {
  parts_.alone_at_start();
  parts_.hot.applied = sequence;
  late_.clear();
  auto detail = batch.details.begin();
  auto const& c = batch.columns;
  for (auto const received : c.received) parts_.hot.heard = std::max(parts_.hot.heard, received);
  for (std::uint32_t i = 0; i < c.size(); ++i) {
    bool const has_detail = detail != batch.details.end() && detail->first == i;
    auto& stream = parts_.hot.make(DatastreamId{batch.streams[i]});
    auto const arrival = static_cast<std::uint32_t>(c.arrivals[i]);
    bool const in_chunks_now = sequence <= stream.rolled_sequence && c.times[i] < stream.rolled_until;
    stream.next_arrival = std::max(stream.next_arrival, arrival + 1);
    if (batch.streams[i] > kDatastreamMax) {
      auto& base = parts_.hot.make(base_of(stream.id));
      base.next_arrival = std::max(base.next_arrival, arrival + 1);
    }
    if (!in_chunks_now) {
      HotValue value{c.times[i],
                     c.values[i],
                     c.received[i],
                     arrival,
                     static_cast<std::uint32_t>(sequence),
                     static_cast<std::uint32_t>(c.qualities[i]),
                     false,
                     has_detail};
      if (c.times[i] <= stream.chunks_newest && !stream.erased(c.times[i]) && stream.find_hot(c.times[i]) == nullptr) {
        auto const known = in_chunks(stream, c.times[i]);
        value.over_chunk = known && known->has_value();
        // The same observation stands in a chunk already: the last roll reached less far than one before it.
        if (value.over_chunk && (**known).arrival == arrival) {
          if (has_detail) ++detail;
          continue;
        }
      }
      if (has_detail) stream.extra().details[arrival] = detail->second;
      std::size_t const before = stream.hot.size();
      std::size_t const superseded = stream.superseded();
      stream.insert(value, sequence);
      parts_.hot.hot_values += stream.hot.size() - before;
      parts_.hot.superseded_values += stream.superseded() - superseded;
    }
    if (has_detail) ++detail;
  }
  reader_.reset();
}

}  // namespace madang::storage
