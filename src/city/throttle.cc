#include "city/throttle.h"

#include <algorithm>

namespace madang::city {

bool Throttle::try_once(std::string_view address, Instant now) {
  runtime::Lock const lock(mutex_);
  std::string const key{address};
  if (!tries_.contains(key) && tries_.size() >= options_.addresses_max) {
    forget_old(now);
  }
  auto& tries = tries_[key];
  while (!tries.empty() && tries.front() + options_.window <= now) tries.pop_front();
  if (tries.size() >= options_.tries_max) return false;
  tries.push_back(now);
  return true;
}

void Throttle::forgive(std::string_view address, Instant then) {
  runtime::Lock const lock(mutex_);
  auto const found = tries_.find(std::string{address});
  if (found == tries_.end()) return;
  auto& tries = found->second;
  if (auto const one = std::ranges::find(tries, then); one != tries.end()) tries.erase(one);
  if (tries.empty()) tries_.erase(found);
}

void Throttle::forget_old(Instant now) {
  std::erase_if(tries_, [&](auto const& each) { return each.second.back() + options_.window <= now; });
  if (tries_.size() < options_.addresses_max) return;
  auto const quietest = std::min_element(tries_.begin(), tries_.end(), [](auto const& a, auto const& b) {
    return a.second.back() < b.second.back();
  });
  tries_.erase(quietest);
}

}  // namespace madang::city
