#include "sensing/readings/unstored_messages.h"

#include <algorithm>

#include "core/text.h"
#include "web/mqtt/mqtt.h"

namespace madang::sensing {
namespace {

/// Nothing of it was stored, nor will be when it is sent again.
bool is_in_vain(Result<storage::Appended> const& appended) {
  using storage::Appended;
  if (!appended) return web::mqtt::is_final(appended.error().code);
  auto const is_repeat = [](Appended::Entry const& entry) { return entry.outcome == Appended::Outcome::kRepeated; };
  return !appended->entries.empty() && std::ranges::all_of(appended->entries, is_repeat);
}

}  // namespace

UnstoredMessages::UnstoredMessages(city::City const& city, runtime::Metrics& metrics)
    : city_(city),
      devices_(metrics.gauge("madang_sensing_unstored_devices", "registered devices that send and of which nothing can be stored", {})) {}

void UnstoredMessages::add(std::string_view serial, std::string_view why, Instant now) {
  note(serial, why.empty() ? UnstoredMessage::Kind::kNoValue : UnstoredMessage::Kind::kRefused, why, now);
}

void UnstoredMessages::add_repeat(std::string_view serial, Instant now) { note(serial, UnstoredMessage::Kind::kRepeated, {}, now); }

void UnstoredMessages::note_outcome(std::string_view serial, Result<storage::Appended> const& appended, Instant now) {
  if (!is_in_vain(appended)) return;
  if (appended) add_repeat(serial, now);
  else add(serial, appended.error().sentence, now);
}

void UnstoredMessages::note_outcome(DatastreamId stream, Result<storage::Appended> const& appended, Instant now) {
  if (!is_in_vain(appended)) return;
  auto const datastream = city_.datastream(stream);
  auto const thing = datastream == nullptr ? nullptr : city_.thing(datastream->thing);
  if (thing != nullptr) note_outcome(thing->serial, appended, now);
}

void UnstoredMessages::note(std::string_view serial, UnstoredMessage::Kind kind, std::string_view why, Instant now) {
  auto const thing = city_.thing_of_serial(serial);
  if (thing == nullptr) return;
  {
    runtime::Lock const lock(mutex_);
    auto at = by_thing_.find(thing->id);
    if (at == by_thing_.end()) {
      if (by_thing_.size() >= kUnstoredDevicesMax)
        by_thing_.erase(std::ranges::min_element(by_thing_, {}, [](auto const& entry) { return entry.second.last; }));
      at = by_thing_.emplace(thing->id, UnstoredMessage{.kind = kind, .messages = 0, .since = now, .last = now, .why = {}}).first;
      count();
    }
    auto& entry = at->second;
    entry.kind = kind;
    ++entry.messages;
    entry.last = std::max(entry.last, now);
    entry.why = shortened(why, kUnstoredWhyMax);
  }
  if (listener_) listener_(thing->id, now);
}

void UnstoredMessages::clear(std::span<storage::StoredObservation const> stored) {
  if (!any_) return;
  runtime::Lock const lock(mutex_);
  for (auto const& o : stored) {
    auto const datastream = city_.datastream(o.datastream);
    if (datastream != nullptr && by_thing_.erase(datastream->thing) > 0) count();
  }
}

std::optional<UnstoredMessage> UnstoredMessages::find(ThingId thing) const {
  if (!any_) return std::nullopt;
  runtime::Lock const lock(mutex_);
  auto const at = by_thing_.find(thing);
  return at == by_thing_.end() ? std::nullopt : std::optional(at->second);
}

void UnstoredMessages::count() {
  any_ = !by_thing_.empty();
  devices_.Set(static_cast<double>(by_thing_.size()));
}

}  // namespace madang::sensing
