#include "web/mqtt/hub.h"

#include <fmt/format.h>

#include <algorithm>

#include "web/mqtt/topic.h"

namespace madang::web::mqtt {
namespace {

std::size_t size_of(Forwarded const& f) { return f.message.topic.size() + f.message.payload.size() + f.properties.size(); }

}  // namespace

bool Hub::subscribe(SubscribeFilter const& filter, Address address) {
  runtime::Lock const lock(mutex_);
  Subscription const subscription{address, filter.qos, filter.no_local, filter.retain_as_published};
  bool const added = subscriptions_.add(filter.filter, subscription);
  subscription_count_ = subscriptions_.size();
  counters_.subscriptions.Set(static_cast<double>(subscriptions_.size()));
  return added;
}

bool Hub::unsubscribe(std::string_view filter, Address address) {
  runtime::Lock const lock(mutex_);
  bool const removed = subscriptions_.remove(filter, address);
  subscription_count_ = subscriptions_.size();
  counters_.subscriptions.Set(static_cast<double>(subscriptions_.size()));
  return removed;
}

void Hub::unsubscribe_all(std::vector<std::string> const& filters, Address address) {
  runtime::Lock const lock(mutex_);
  for (auto const& filter : filters) subscriptions_.remove(filter, address);
  subscription_count_ = subscriptions_.size();
  counters_.subscriptions.Set(static_cast<double>(subscriptions_.size()));
}

struct Hub::SliceLeft {
  std::size_t looks = kRetainedLooksMax;
  std::size_t messages = kRetainedSentMax;
  std::size_t bytes = kRetainedBytesMax;
  [[nodiscard]] bool is_full() const { return looks == 0 || messages == 0 || bytes == 0; }
};

void Hub::send_retained(RetainedWalk& walk, Address address) {
  SliceLeft left;
  runtime::Lock const lock(mutex_);
  forget_expired();
  while (!walk.is_over() && send_retained_of_filter(walk, address, left)) walk.go_to_next_filter();
  mailboxes_[address.thread]->post(Letter{RetainedSlice{address.connection}});
}

bool Hub::send_retained_of_filter(RetainedWalk& walk, Address address, SliceLeft& left) {
  // All names that can match begin with what stands before the first wildcard.
  std::string_view const filter{walk.filter()};
  auto const prefix = filter.substr(0, filter.find_first_of("+#"));
  auto const parent = prefix.ends_with('/') ? prefix.substr(0, prefix.size() - 1) : prefix;
  auto at = walk.after().empty() ? retained_.lower_bound(parent) : retained_.upper_bound(walk.after());
  for (; at != retained_.end() && at->first.starts_with(parent); ++at) {
    --left.looks;
    if (topic_matches(filter, at->first)) {
      left.looks -= std::min(left.looks, walk.filters());
      if (auto const qos = walk.qos_for(at->first)) {
        deliver(address, Delivery{address.connection, at->second, std::min(*qos, at->second->message.qos), true, true});
        --left.messages;
        left.bytes -= std::min(left.bytes, size_of(*at->second));
      }
    }
    if (left.is_full()) {
      walk.stop_after(at->first);
      return false;
    }
  }
  return true;
}

bool Hub::has_subscribers(std::string_view topic) const {
  if (subscription_count_.load(std::memory_order_relaxed) == 0) return false;
  runtime::Lock const lock(mutex_);
  return subscriptions_.has_match(topic);
}

Result<void> Hub::may_retain(std::string_view topic, std::size_t payload_bytes) {
  runtime::Lock const lock(mutex_);
  return room_to_retain(topic, topic.size() + payload_bytes);
}

Result<void> Hub::room_to_retain(std::string_view topic, std::size_t bytes) {
  forget_expired();
  if (bytes > limits_.retained_bytes_max)
    return fail(Code::kLimit, fmt::format("topic \"{}\": {} bytes to retain are above {}", topic, bytes, limits_.retained_bytes_max));
  auto const former = retained_.find(topic);
  auto const freed = former == retained_.end() ? 0 : size_of(*former->second);
  if (retained_bytes_ - freed + bytes > limits_.retained_bytes_max)
    return fail(Code::kOverloaded, fmt::format("retained messages would be above {} bytes", limits_.retained_bytes_max));
  if (retained_.size() >= limits_.retained_messages_max && former == retained_.end())
    return fail(Code::kOverloaded, fmt::format("there are already {} retained messages", retained_.size()));
  return {};
}

bool Hub::retains(std::string_view topic) const {
  runtime::Lock const lock(mutex_);
  return retained_.contains(topic);
}

/// What nobody would get any more takes no room from others.
void Hub::forget_expired() {
  auto const now = clock_.tick();
  auto const before = retained_.size();
  while (!expiring_.empty() && expiring_.begin()->first <= now) forget(retained_.find(expiring_.begin()->second));
  if (retained_.size() < before) show_retained();
}

void Hub::forget(Retained::iterator at) {
  if (at->second->expires_at) expiring_.erase({*at->second->expires_at, at->first});
  retained_bytes_ -= size_of(*at->second);
  retained_.erase(at);
}

void Hub::retain(ForwardedPtr const& message) {
  forget_expired();
  if (auto const at = retained_.find(message->message.topic); at != retained_.end()) forget(at);
  // An empty payload only takes the old message away (MQTT 5.0, 3.3.1.3).
  bool const room = retained_.size() < limits_.retained_messages_max &&
                    retained_bytes_ + size_of(*message) <= limits_.retained_bytes_max;
  if (!message->message.payload.empty() && room) {
    retained_bytes_ += size_of(*message);
    auto const at = retained_.emplace(message->message.topic, message).first;
    if (message->expires_at) expiring_.emplace(*message->expires_at, at->first);
  }
  show_retained();
}

void Hub::show_retained() {
  counters_.retained_messages.Set(static_cast<double>(retained_.size()));
  counters_.retained_bytes.Set(static_cast<double>(retained_bytes_));
}

void Hub::forward(ForwardedPtr const& message) {
  std::vector<Subscription> found;
  runtime::Lock const lock(mutex_);
  if (message->message.retain) retain(message);
  subscriptions_.match(message->message.topic, found);
  send(message, found, {});
}

Result<void> Hub::publish(ForwardedPtr const& message) {
  auto const& said = message->message;
  std::vector<Subscription> found;
  runtime::Lock const lock(mutex_);
  if (said.retain && !said.payload.empty()) MADANG_CHECK(room_to_retain(said.topic, size_of(*message)));
  subscriptions_.match(said.topic, found);
  auto const bytes = found.empty() ? 0 : size_of(*message) + found.size() * sizeof(Letter);
  if (auto const before = under_way_->load(); before > 0 && before + bytes > limits_.publications_under_way_bytes_max)
    return fail(Code::kOverloaded, fmt::format("topic \"{}\": {} bytes published before are still on their way", said.topic, before));
  if (said.retain) retain(message);
  *under_way_ += bytes;
  // Taken back with the last letter.
  std::shared_ptr<void const> const room(nullptr, [all = under_way_, bytes](void const*) { *all -= bytes; });
  send(message, found, room);
  return {};
}

void Hub::send(ForwardedPtr const& message, std::vector<Subscription> const& to, std::shared_ptr<void const> const& under_way) {
  for (auto const& s : to) {
    if (s.no_local && s.subscriber == message->publisher) continue;
    deliver(s.subscriber, Delivery{s.subscriber.connection, message, std::min(s.qos, message->message.qos),
                                   s.retain_as_published && message->message.retain, false, under_way});
  }
}

}  // namespace madang::web::mqtt
