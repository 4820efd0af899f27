#include "web/mqtt/outlet.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "web/mqtt/topics.h"

namespace madang::web::mqtt {

void Outlet::open_to(Listener& listener) {
  runtime::Lock const lock(mutex_);
  listener_ = &listener;
}

void Outlet::shut() {
  runtime::Lock const lock(mutex_);
  listener_ = nullptr;
}

Result<void> Outlet::publish(Publication publication) {
  runtime::Lock const lock(mutex_);
  if (listener_ == nullptr) return fail(Code::kUnavailable, fmt::format("topic \"{}\": no client can be connected now", publication.topic));
  return listener_->publish(std::move(publication));
}

void Publisher::allow(std::string pattern) {
  runtime::Lock const lock(mutex_);
  patterns_.push_back(std::move(pattern));
}

Result<void> Publisher::publish(Publication publication) {
  {
    runtime::Lock const lock(mutex_);
    auto const holds = [&publication](std::string const& pattern) { return pattern_matches(pattern, publication.topic); };
    if (std::ranges::none_of(patterns_, holds))
      return fail(Code::kInvalid, fmt::format("topic \"{}\": the module has declared none that it matches", publication.topic));
  }
  return outlet_.publish(std::move(publication));
}

}  // namespace madang::web::mqtt
