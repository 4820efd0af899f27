#include "sensing/readings/latest_board.h"

#include <algorithm>
#include <cstdint>

#include "core/text.h"
#include "sensing/limits.h"

namespace madang::sensing {
namespace {

using namespace std::chrono;
using storage::StoredObservation;

/// Messages that come closer together are one delivery: a logger that sends its last hour value by value.
constexpr Millis kDeliveryGap = minutes{1};
/// Who delivers more seldom than once a day is late all the same.
constexpr Millis kPaceMax = hours{25};
/// Who goes on sending for so long without a pause sends no parcels, whatever outages there were.
constexpr Millis kParcelLongest = minutes{15};
/// Of a source's first delivery nobody knows whether it is old by habit or after a breakdown.
constexpr Millis kDelayUnproven = hours{1};

/// What was sent where the result is no number; empty where the store has kept only that.
std::optional<std::string_view> text_result(StoredObservation const& o) {
  if (o.detail && !storage::is_number(*o.detail)) return shortened(o.detail->result, kSentTextMax);
  if (!storage::is_number(o)) return std::string_view{};
  return std::nullopt;
}

std::int32_t seconds_of(Millis length) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(length / seconds{1}, 0, INT32_MAX));
}

/// A value whose time is not to be trusted cannot be good.
QualityFlag doubted(QualityFlag flag) {
  return flag == QualityFlag::kGood || flag == QualityFlag::kUnknown ? QualityFlag::kSuspect : flag;
}

}  // namespace

ReportState report_state(LatestValue const& latest, Millis interval, Instant at) {
  auto const usual = std::max(interval, latest.pace);
  auto const state = report_state(latest.heard, usual, at);
  if (state > ReportState::kLate && is_speaking(latest, interval, at)) return ReportState::kLate;
  if (state != ReportState::kReporting) return state;
  auto const late = late_after(usual);
  bool const current = latest.id && latest.time_trusted && at - latest.arrived <= late && at - latest.time <= late + latest.delay;
  return current ? ReportState::kReporting : ReportState::kLate;
}

bool is_speaking(LatestValue const& latest, Millis interval, Instant at) {
  auto const newest = std::max(latest.heard, latest.spoke);
  return newest != kInstantMin && at - newest <= late_after(std::max(interval, latest.pace));
}

Instant last_alive(LatestValue const& latest, Millis interval) {
  // Heard of by something that is not shown, such as a value with a wrong clock.
  if (!latest.id || !latest.time_trusted || latest.heard > latest.arrived) return latest.heard;
  bool const loaded = latest.arrived - latest.time > late_after(std::max(interval, latest.pace)) + latest.delay;
  return loaded ? latest.time : latest.heard;
}

void LatestBoard::put(std::span<StoredObservation const> observations) {
  runtime::WriteLock const lock(mutex_);
  for (auto const& o : observations)
    if (o.id && put_one(o)) note_change(o.datastream);
}

void LatestBoard::mark_heard(DatastreamId stream, Instant when) {
  runtime::WriteLock const lock(mutex_);
  auto& entry = entry_of(stream);
  entry.heard = std::max(entry.heard, when);
}

void LatestBoard::mark_spoke(std::span<DatastreamId const> streams, Instant when) {
  runtime::WriteLock const lock(mutex_);
  for (auto const stream : streams) {
    auto& entry = entry_of(stream);
    entry.spoke = std::max(entry.spoke, when);
  }
}

LatestBoard::Entry& LatestBoard::entry_of(DatastreamId stream) {
  auto const index = static_cast<std::size_t>(stream.value());
  if (index >= entries_.size()) entries_.resize(std::max(index + 1, entries_.size() * 2));
  return entries_[index];
}

bool LatestBoard::put_one(StoredObservation const& o) {
  auto& entry = entry_of(o.datastream);
  auto const heard = sign_of_life_at(o.phenomenon_time, o.received_at, o.quality);
  entry.heard = std::max(entry.heard, heard);
  bool const trusted = has_trusted_time(o.phenomenon_time, o.received_at, o.quality);
  if (o.received_at >= entry.heard) entry.claimed = trusted ? kInstantMin : o.phenomenon_time;
  // A loaded file is no delivery of the source: it says nothing of its pace.
  if (trusted && heard == o.received_at) count_delivery(entry, o);
  if (entry.id && entry.time_trusted && (!trusted || entry.time > o.phenomenon_time)) return false;
  if (entry.id && !trusted && entry.arrived > o.received_at) return false;
  if (trusted) entry.delay_s = seconds_of(o.received_at - o.phenomenon_time);
  show(entry, o, trusted);
  return true;
}

/// One delivery that is late or old is an accident; two are this source's habit.
void LatestBoard::count_delivery(Entry& entry, StoredObservation const& o) {
  auto const since = o.received_at - entry.delivered;
  if (entry.delivered != kInstantMin && since > kDeliveryGap) {
    auto const gap = seconds_of(std::min(since, kPaceMax));
    entry.pace_s = std::min(gap, entry.gap_s);
    entry.gap_s = gap;
    entry.delay_before_s = entry.delay_s;
    entry.began = o.received_at;
  } else if (entry.began == kInstantMin) {
    entry.began = o.received_at;
  } else if (o.received_at - entry.began > kParcelLongest) {
    entry.gap_s = entry.pace_s = 0;
  }
  entry.delivered = std::max(entry.delivered, o.received_at);
}

void LatestBoard::show(Entry& entry, StoredObservation const& o, bool trusted) {
  entry.value = o.value;
  entry.time = trusted ? o.phenomenon_time : o.received_at;
  entry.id = o.id;
  entry.arrived = o.received_at;
  entry.flag = trusted ? o.quality.flag : doubted(o.quality.flag);
  entry.reason = o.quality.reason;
  entry.time_trusted = trusted;
  if (entry.has_text) texts_.erase(o.datastream);
  auto const text = text_result(o);
  entry.has_text = text.has_value();
  if (text) texts_[o.datastream] = std::make_shared<std::string const>(*text);
}

void LatestBoard::note_change(DatastreamId stream) {
  auto const index = static_cast<std::size_t>(stream.value());
  for (auto const& weak : readers_) {
    auto const reader = weak.lock();
    if (!reader) continue;
    if (index >= reader->waiting_.size()) reader->waiting_.resize(std::max(index + 1, reader->waiting_.size() * 2), false);
    if (reader->waiting_[index]) continue;
    reader->waiting_[index] = true;
    reader->changed_.push_back(stream);
  }
}

LatestValue LatestBoard::value_of(DatastreamId stream) const {
  auto const index = static_cast<std::size_t>(stream.value());
  if (index >= entries_.size()) return {};
  auto const& e = entries_[index];
  Millis const delay = e.delay_before_s < 0 ? std::min<Millis>(seconds{std::max(e.delay_s, 0)}, kDelayUnproven)
                                            : Millis{seconds{std::max(0, std::min(e.delay_s, e.delay_before_s))}};
  LatestValue out{e.value, e.time, e.id, e.flag, e.time_trusted, e.arrived, e.heard, seconds{e.pace_s}, delay, {}, e.reason, e.claimed, e.spoke};
  if (e.has_text) out.text = texts_.find(stream)->second;
  return out;
}

std::optional<LatestValue> LatestBoard::find(DatastreamId stream) const {
  auto const found = find(std::span(&stream, 1)).front();
  return found.id ? std::optional(found) : std::nullopt;
}

std::vector<LatestValue> LatestBoard::find(std::span<DatastreamId const> streams) const {
  std::vector<LatestValue> values;
  values.reserve(streams.size());
  runtime::ReadLock const lock(mutex_);
  for (auto const stream : streams) values.push_back(value_of(stream));
  return values;
}

std::shared_ptr<LatestBoard::Reader> LatestBoard::add_reader() {
  auto reader = std::make_shared<Reader>();
  runtime::WriteLock const lock(mutex_);
  std::erase_if(readers_, [](std::weak_ptr<Reader> const& weak) { return weak.expired(); });
  readers_.push_back(reader);
  return reader;
}

std::vector<DatastreamId> LatestBoard::take_changed(Reader& reader) {
  std::vector<DatastreamId> taken;
  runtime::WriteLock const lock(mutex_);
  taken.swap(reader.changed_);
  for (auto const stream : taken) reader.waiting_[static_cast<std::size_t>(stream.value())] = false;
  return taken;
}

}  // namespace madang::sensing
