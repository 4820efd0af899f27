#include "web/mqtt/session_names.h"

#include <utility>

#include "web/mqtt/limits.h"
#include "web/net/guarded.h"

namespace madang::web::mqtt {

SessionNames::Taken SessionNames::take(std::string const& name, Address address) {
  std::optional<Address> former;
  {
    runtime::Lock const lock(mutex_);
    auto const [at, added] = current_.try_emplace(name, address);
    if (!added) former = std::exchange(at->second, address);
    holders_.emplace(address, Holder{name, true, former.has_value(), std::nullopt});
    if (former) holders_.at(*former).successor = address;
  }
  NameHold hold(nullptr, [names = weak_from_this(), address](void const*) {
    if (auto const still = names.lock()) still->release(address);
  });
  // To one that is gone already, and whose will is still on its way, this says nothing.
  if (former) mailboxes_[former->thread]->post(Letter{Eviction{former->connection}});
  return {std::move(hold), former.has_value()};
}

void SessionNames::release(Address address) {
  runtime::Lock const lock(mutex_);
  holders_.at(address).is_held = false;
  // Who took over from it may have been evicted meanwhile, and then its own successor waits for both.
  for (std::optional<Address> next = address; next;) {
    auto const at = holders_.find(*next);
    if (at->second.is_held || at->second.awaits_former) return;
    auto const successor = at->second.successor;
    if (!successor) current_.erase(at->second.name);
    holders_.erase(at);
    if (successor) {
      holders_.at(*successor).awaits_former = false;
      tell_that_former_ended(*successor);
    }
    next = successor;
  }
}

void SessionNames::tell_that_former_ended(Address successor) {
  // A hold goes where nothing may throw. The letter is there even if the thread could not be woken.
  net::guarded(kLogModule, [&] { mailboxes_[successor.thread]->post(Letter{FormerEnded{successor.connection}}); }, [] {});
}

}  // namespace madang::web::mqtt
