#include "city/known_places.h"

#include <algorithm>

namespace madang::city {

bool KnownPlaces::knows(std::string_view login, std::string_view address, Instant now) const {
  runtime::Lock const lock(mutex_);
  auto const found = last_.find({std::string{login}, std::string{address}});
  return found != last_.end() && now - found->second < keep_;
}

void KnownPlaces::add(std::string_view login, std::string_view address, Instant now) {
  runtime::Lock const lock(mutex_);
  last_[{std::string{login}, std::string{address}}] = now;
  if (last_.size() > most_) last_.erase(std::ranges::min_element(last_, {}, &std::pair<Place const, Instant>::second));
}

}  // namespace madang::city
