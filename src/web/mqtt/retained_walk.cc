#include "web/mqtt/retained_walk.h"

#include <algorithm>

#include "web/mqtt/topic.h"

namespace madang::web::mqtt {

void RetainedWalk::add(std::string_view filter, std::uint8_t qos) {
  auto const same = std::ranges::find(wanted_, filter, &Wanted::filter);
  if (same != wanted_.end())
    same->qos = qos;
  else
    wanted_.push_back({std::string{filter}, qos});
}

void RetainedWalk::remove(std::string_view filter) {
  auto const found = std::ranges::find(wanted_, filter, &Wanted::filter);
  if (found == wanted_.end()) return;
  auto const place = static_cast<std::size_t>(found - wanted_.begin());
  wanted_.erase(found);
  if (place < at_)
    --at_;
  else if (place == at_)
    after_.clear();
}

void RetainedWalk::go_to_next_filter() {
  ++at_;
  after_.clear();
}

std::optional<std::uint8_t> RetainedWalk::qos_for(std::string_view topic) const {
  std::uint8_t qos = 0;
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    if (i != at_ && !topic_matches(wanted_[i].filter, topic)) continue;
    if (i < at_) return std::nullopt;
    qos = std::max(qos, wanted_[i].qos);
  }
  return qos;
}

}  // namespace madang::web::mqtt
