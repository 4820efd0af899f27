#include "web/http/listeners.h"

#include <utility>

namespace madang::web {

Listeners::Listeners(Authenticator& authenticator, std::chrono::milliseconds every)
    : authenticator_(authenticator), every_(every), thread_([this](std::stop_token const& stop) { run(stop); }) {}

Listeners::~Listeners() {
  thread_.request_stop();
  wake_.notify_all();
}

void Listeners::add(std::shared_ptr<EventQueue> const& events, Credential shown, Principal const& who) {
  if (shown.secret.empty() || who.kind == Principal::Kind::kNobody) return;
  auto listener = std::make_shared<Listener const>(Listener{events, std::move(shown), who.kind, who.party, who.grants});
  runtime::Lock const lock(mutex_);
  listeners_.push_back(std::move(listener));
}

void Listeners::run(std::stop_token const& stop) {
  while (!stop.stop_requested()) {
    {
      runtime::Lock lock(mutex_);
      wake_.wait_for(lock, stop, every_, [] { return false; });
    }
    ask_all(stop);
  }
}

void Listeners::ask_all(std::stop_token const& stop) {
  std::vector<std::shared_ptr<Listener const>> all;
  {
    runtime::Lock const lock(mutex_);
    std::erase_if(listeners_, [](auto const& listener) {
      auto const events = listener->events.lock();
      return !events || events->closed();
    });
    all = listeners_;
  }
  for (auto const& listener : all) {
    if (stop.stop_requested()) return;
    auto const events = listener->events.lock();
    if (events && !still_is(*listener)) events->end();
  }
}

/// What somebody holds is never changed in its place, so another object is another answer or might be one: then it is enough
/// that the listener asks anew.
bool Listeners::still_is(Listener const& listener) {
  auto const& shown = listener.shown;
  auto const who = shown.is_session ? authenticator_.principal_of_session(shown.secret) : authenticator_.principal_of_key(shown.secret);
  if (!who) return who.error().code != Code::kUnauthorized;
  return who->kind == listener.kind && who->party == listener.party && who->grants == listener.grants;
}

}  // namespace madang::web
