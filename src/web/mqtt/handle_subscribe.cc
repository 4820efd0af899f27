// SUBSCRIBE and UNSUBSCRIBE: which filters this client may hear, at QoS 0 or 1, and what is retained of them.
#include <algorithm>
#include <utility>

#include "web/mqtt/encode.h"
#include "web/mqtt/session.h"
#include "web/mqtt/topic.h"

namespace madang::web::mqtt {

void Session::handle(Subscribe const& subscribe) {
  if (!subscribe.properties.subscription_identifiers.empty())
    return fail_with({Reason::kSubscriptionIdentifiersNotSupported, "SUBSCRIBE: subscription identifiers are not offered"});
  tokens_ -= static_cast<double>(subscribe.filters.size());
  Suback suback{.packet_id = subscribe.packet_id, .codes = {}, .properties = {}};
  for (auto const& filter : subscribe.filters) suback.codes.push_back(subscribe_one(filter));
  // Retained messages wait in the mailbox, so SUBACK goes out before them.
  send(suback);
  continue_retained();
}

std::uint8_t Session::subscribe_one(SubscribeFilter filter) {
  auto const refuse = [this](Reason reason) -> std::uint8_t {
    return v5() ? static_cast<std::uint8_t>(reason) : std::uint8_t{0x80};
  };
  if (topic_filter_beyond_bounds(filter.filter)) return refuse(Reason::kTopicFilterInvalid);
  if (filter.filter.starts_with("$share/")) return refuse(Reason::kSharedSubscriptionsNotSupported);
  if (!needs_.handler.may_subscribe(principal_, filter.filter)) return refuse(Reason::kNotAuthorized);
  bool const known = std::ranges::find(filters_, filter.filter) != filters_.end();
  if (!known && filters_.size() >= needs_.limits.subscriptions_per_client_max) return refuse(Reason::kQuotaExceeded);
  filter.qos = std::min<std::uint8_t>(filter.qos, 1);
  if (!known) filters_.emplace_back(filter.filter);
  bool const added = needs_.hub.subscribe(filter, address_);
  if (filter.retain_handling == 0 || (filter.retain_handling == 1 && added)) retained_next_.add(filter.filter, filter.qos);
  return filter.qos;
}

void Session::handle(Unsubscribe const& unsubscribe) {
  tokens_ -= static_cast<double>(unsubscribe.filters.size());
  Unsuback unsuback{.packet_id = unsubscribe.packet_id, .codes = {}, .properties = {}};
  for (auto const filter : unsubscribe.filters) {
    bool const known = std::erase(filters_, filter) > 0;
    if (known) needs_.hub.unsubscribe(filter, address_);
    retained_.remove(filter);
    retained_next_.remove(filter);
    unsuback.codes.push_back(static_cast<std::uint8_t>(known ? Reason::kSuccess : Reason::kNoSubscriptionExisted));
  }
  send(unsuback);
}

void Session::end_slice() {
  slice_asked_ = false;
  continue_retained();
}

void Session::continue_retained() {
  if (slice_asked_ || ending_ || !connected_) return;
  if (retained_.is_over()) retained_ = std::exchange(retained_next_, {});
  if (retained_.is_over() || walked_.waiting() + walked_waiting_bytes_ > needs_.limits.outbox_bytes_max) return;
  slice_asked_ = true;
  needs_.hub.send_retained(retained_, address_);
}

}  // namespace madang::web::mqtt
