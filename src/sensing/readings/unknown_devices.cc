#include "sensing/readings/unknown_devices.h"

#include <algorithm>
#include <utility>

#include "core/json_writer.h"
#include "sensing/permissions.h"

namespace madang::sensing {
namespace {

constexpr std::size_t kShownSerialMax = 200;

std::size_t size_of(UnknownDevices::Held const& message) { return message.topic.size() + message.payload.size(); }

}  // namespace

UnknownDevices::UnknownDevices(runtime::Clock const& clock, runtime::Metrics& metrics)
    : clock_(clock),
      messages_(metrics.counter("madang_sensing_unknown_device_messages_total", "messages of devices that no Thing is registered for",
                                {{"result", "set_aside"}})),
      stored_later_(metrics.counter("madang_sensing_unknown_device_messages_total",
                                    "messages of devices that no Thing is registered for", {{"result", "stored_later"}})),
      devices_(metrics.gauge("madang_sensing_unknown_devices", "devices heard that no Thing is registered for", {})) {}

void UnknownDevices::add(std::string_view door, std::string_view serial, Held message, bool hold_it) {
  messages_.Increment();
  runtime::Lock const lock(mutex_);
  auto& entry = entry_of(door, serial, message.received_at);
  ++entry.about.messages;
  entry.about.last = std::max(entry.about.last, message.received_at);
  if (hold_it) hold(entry, std::move(message));
}

UnknownDevices::Entry& UnknownDevices::entry_of(std::string_view door, std::string_view serial, Instant now) {
  std::pair<std::string, std::string> key{door, serial.substr(0, kShownSerialMax)};
  auto at = entries_.find(key);
  if (at != entries_.end()) return at->second;
  if (entries_.size() >= kUnknownDevicesMax) make_room();
  at = entries_.emplace(std::move(key), Entry{}).first;
  at->second.about.door = at->first.first;
  at->second.about.serial = at->first.second;
  at->second.about.first = at->second.about.last = now;
  devices_.Set(static_cast<double>(++unregistered_));
  any_ = true;
  return at->second;
}

void UnknownDevices::mark_registered(Entry& entry) {
  if (entry.registered) return;
  entry.registered = true;
  devices_.Set(static_cast<double>(--unregistered_));
}

void UnknownDevices::recount(city::City const& city) {
  if (!any_) return;
  runtime::Lock const lock(mutex_);
  for (auto& [key, entry] : entries_)
    if (city.thing_of_serial(entry.about.serial) != nullptr) mark_registered(entry);
}

void UnknownDevices::hold(Entry& entry, Held message) {
  auto const bytes = size_of(message);
  if (bytes > kHeldBytesMax) return;
  if (entry.held.size() >= kHeldMessagesMax) drop_oldest(entry);
  if (held_bytes_ + bytes > kHeldBytesMax) drop_expired();
  while (held_bytes_ + bytes > kHeldBytesMax && drop_oldest_of_all()) {
  }
  held_bytes_ += bytes;
  auto const place = std::ranges::upper_bound(entry.held, message.received_at, {}, &Held::received_at);
  entry.held.insert(place, std::move(message));
}

std::vector<UnknownDevices::Held> UnknownDevices::take(std::string_view door, std::string_view serial, std::uint64_t plan) {
  if (!any_) return {};
  runtime::Lock const lock(mutex_);
  auto const at = entries_.find({std::string{door}, std::string{serial.substr(0, kShownSerialMax)}});
  if (at == entries_.end() || at->second.tried == plan) return {};
  drop_expired();
  at->second.tried = plan;
  mark_registered(at->second);
  for (auto const& message : at->second.held) held_bytes_ -= size_of(message);
  auto held = std::exchange(at->second.held, {});
  if (held.empty()) forget(at);
  return held;
}

void UnknownDevices::put_back(std::string_view door, std::string_view serial, Held message) {
  runtime::Lock const lock(mutex_);
  auto& entry = entry_of(door, serial, message.received_at);
  hold(entry, std::move(message));
}

void UnknownDevices::drop_expired() {
  auto const oldest = clock_.now() - kHeldFor;
  for (auto& [key, entry] : entries_)
    while (!entry.held.empty() && entry.held.front().received_at < oldest) drop_oldest(entry);
}

bool UnknownDevices::drop_oldest_of_all() {
  Entry* oldest = nullptr;
  for (auto& [key, entry] : entries_)
    if (!entry.held.empty() && (oldest == nullptr || entry.held.front().received_at < oldest->held.front().received_at)) oldest = &entry;
  if (oldest != nullptr) drop_oldest(*oldest);
  return oldest != nullptr;
}

std::vector<UnknownDevice> UnknownDevices::list() const {
  std::vector<UnknownDevice> out;
  {
    runtime::Lock const lock(mutex_);
    auto const oldest = clock_.now() - kHeldFor;
    for (auto const& [key, entry] : entries_) {
      out.push_back(entry.about);
      out.back().held = static_cast<std::uint64_t>(
          std::ranges::count_if(entry.held, [oldest](Held const& message) { return message.received_at >= oldest; }));
    }
  }
  std::ranges::stable_sort(out, std::ranges::greater{}, &UnknownDevice::last);
  return out;
}

void UnknownDevices::make_room() {
  auto const silent = std::ranges::min_element(entries_, {}, [](auto const& e) { return e.second.about.last; });
  forget(silent);
}

void UnknownDevices::forget(Entries::iterator entry) {
  for (auto const& message : entry->second.held) held_bytes_ -= size_of(message);
  mark_registered(entry->second);
  entries_.erase(entry);
  any_ = !entries_.empty();
}

void UnknownDevices::drop_oldest(Entry& entry) {
  held_bytes_ -= size_of(entry.held.front());
  entry.held.erase(entry.held.begin());
}

std::string unknown_devices_json(UnknownDevices const& unknown, city::City const& city) {
  JsonWriter w;
  w.begin_object().key("devices").begin_array();
  for (auto const& device : unknown.list()) {
    if (city.thing_of_serial(device.serial) != nullptr) continue;
    w.begin_object().field("serial", device.serial).field("door", device.door).field("messages", device.messages);
    w.field("held", device.held).field("first", millis_of(device.first)).field("last", millis_of(device.last));
    w.end_object();
  }
  w.end_array().field("kept_for_hours", std::int64_t{kHeldFor / std::chrono::hours{1}}).end_object();
  return w.take();
}

web::Routes unknown_device_routes(UnknownDevices const& unknown, city::City const& city) {
  web::Routes r;
  r.get<kSeeDevices>("/api/v1/devices/unknown", [&unknown, &city](web::Request const&) -> Result<web::Response> {
    return web::json(unknown_devices_json(unknown, city));
  });
  return r;
}

}  // namespace madang::sensing
