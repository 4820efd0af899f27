#include "situations/settled.h"

#include "situations/limits.h"
#include "situations/rules.h"

namespace madang::situations {

Cause cause_of(Situation const& s) { return {s.signal.source, s.signal.key}; }

SituationPtr Settled::find(Cause const& cause) const {
  runtime::Lock const lock(mutex_);
  auto const found = all_.find(cause);
  return found == all_.end() ? nullptr : found->second;
}

std::vector<SituationPtr> Settled::lasting_of(std::string_view source, Instant now) const {
  runtime::Lock const lock(mutex_);
  std::vector<SituationPtr> out;
  for (auto const& [cause, s] : all_)
    if (cause.first == source && !s->clear_since && stays_settled(*s, now)) out.push_back(s);
  return out;
}

void Settled::keep(SituationPtr const& s, Instant now) {
  runtime::Lock const lock(mutex_);
  auto const cause = cause_of(*s);
  auto const found = all_.find(cause);
  if (found != all_.end() && found->second->id > s->id) return;
  // A person who reports says it now: what somebody else ended before does not keep that quiet.
  bool const by_person = s->signal.source == kOperatorSource && !s->signal.by_program;
  bool const is_quiet = !by_person && stays_settled(*s, now);
  if (!is_quiet) all_.erase(cause);
  else if (found != all_.end()) found->second = s;
  else if (all_.size() < kSettledMax) all_.emplace(cause, s);
}

void Settled::renew(SituationPtr const& s) {
  runtime::Lock const lock(mutex_);
  auto const found = all_.find(cause_of(*s));
  if (found != all_.end() && found->second->id == s->id) found->second = s;
}

void Settled::forget(Cause const& cause) {
  runtime::Lock const lock(mutex_);
  all_.erase(cause);
}

void Settled::forget_old(Instant now) {
  runtime::Lock const lock(mutex_);
  std::erase_if(all_, [now](auto const& each) { return !stays_settled(*each.second, now); });
}

void Settled::forget_all() {
  runtime::Lock const lock(mutex_);
  all_.clear();
}

}  // namespace madang::situations
