#include "mobility/signals/kernel.h"

#include <algorithm>

#include "mobility/signals/limits.h"
#include "mobility/signals/plan.h"

namespace madang::mobility::signals {

Kernel::Kernel(Plan plan) : plan_(std::move(plan)), aspects_(plan_.groups.size(), Aspect::kRed), groups_(plan_.groups.size()) {}

Result<Kernel> Kernel::start(Plan plan, Millis now, Millis red_first) {
  if (auto const faults = faults_of(plan); !faults.empty()) return fail(Code::kInvalid, "the plan of the junction: " + faults.front());
  Kernel kernel(std::move(plan));
  kernel.last_ = now;
  kernel.red_first_ = red_first;
  return kernel;
}

void Kernel::flash() {
  if (!flashing_) has_flashed_ = false;
  flashing_ = true;
  stands_ = false;
  resume_with_.reset();
  std::ranges::fill(aspects_, Aspect::kFlashing);
}

void Kernel::resume(Millis red_first) {
  if (flashing_) resume_with_ = red_first;
}

/// Red is counted from this step on: when between two steps it was asked for nobody knows.
void Kernel::begin_red(Millis red_first) {
  flashing_ = false;
  resume_with_.reset();
  forced_ = Forced::kNo;
  red_first_ = red_first;
  std::ranges::fill(aspects_, Aspect::kRed);
  std::ranges::fill(groups_, State{});
}

void Kernel::step(Millis now, Wish const& wish) {
  auto const passed = std::clamp(now - last_, Millis{0}, kStepMax);
  last_ = std::max(last_, now);
  if (flashing_) {
    if (resume_with_ && has_flashed_) begin_red(*resume_with_);
    has_flashed_ = true;
    return;
  }
  advance(passed, wish);
  if (red_first_ > Millis{0}) return;
  choose_target(wish);
  if (target_ == kNoPhase) return;
  end_what_must_end();
  begin_what_may_begin();
  stands_ = aspects_ == plan_.phases[target_].aspects;
}

void Kernel::advance(Millis passed, Wish const& wish) {
  red_first_ = std::max(Millis{0}, red_first_ - passed);
  for (GroupIndex g = 0; g < groups_.size(); ++g) {
    auto& s = groups_[g];
    bool const called = g >= wish.called.size() || wish.called[g];
    s.shown_for += passed;
    if (lets_go(g)) s.let_go_for += passed;
    else s.ended_for = std::min(kLong, s.ended_for + passed);
    if (aspects_[g] != Aspect::kGreen) s.first_for = std::min(kLong, s.first_for + passed);
    s.waited_for = called && !lets_go(g) ? s.waited_for + passed : Millis{0};
  }
}

/// Called for longer than it may be red; of several the one that has waited for the longest.
std::optional<GroupIndex> Kernel::overdue() const {
  std::optional<GroupIndex> found;
  for (GroupIndex g = 0; g < groups_.size(); ++g)
    if (groups_[g].waited_for >= plan_.groups[g].red_max && (!found || groups_[g].waited_for > groups_[*found].waited_for)) found = g;
  return found;
}

/// Who is called and kept from going by one that has gone for as long as it may.
std::optional<GroupIndex> Kernel::held_up() const {
  std::optional<GroupIndex> found;
  for (GroupIndex g = 0; g < groups_.size(); ++g) {
    if (lets_go(g) || groups_[g].waited_for <= Millis{0}) continue;
    for (GroupIndex other = 0; other < groups_.size(); ++other) {
      bool const blocks = groups_[other].let_go_for >= plan_.groups[other].green_max && holds_up(other, g);
      if (blocks && (!found || groups_[g].waited_for > groups_[*found].waited_for)) found = g;
    }
  }
  return found;
}

/// Whether a group must wait for as long as the other shows what it shows.
bool Kernel::holds_up(GroupIndex other, GroupIndex group) const {
  switch (plan_.conflict(group, other)) {
    case Conflict::kNone: return false;
    case Conflict::kNever: return lets_go(other);
    case Conflict::kYield: break;
  }
  return aspects_[other] == Aspect::kGreen && plan_.gives_way[plan_.at(other, group)];
}

/// The phase that lets it go and changes least of what is shown.
PhaseIndex Kernel::phase_with(GroupIndex group) const {
  PhaseIndex best = kNoPhase;
  std::size_t kept_best = 0;
  for (PhaseIndex p = 0; p < plan_.phases.size(); ++p) {
    auto const& wanted = plan_.phases[p].aspects;
    if (!signals::lets_go(wanted[group])) continue;
    std::size_t kept = 0;
    for (GroupIndex g = 0; g < groups_.size(); ++g) kept += lets_go(g) && signals::lets_go(wanted[g]) ? 1 : 0;
    if (best == kNoPhase || kept > kept_best) {
      best = p;
      kept_best = kept;
    }
  }
  return best;
}

/// What is forced stays until it was let go for its minimum: a wish in between would keep it red for ever.
void Kernel::choose_target(Wish const& wish) {
  if (wish.phase < plan_.phases.size()) wished_ = wish.phase;
  if (forced_ != Forced::kNo) {
    bool const served = lets_go(forced_for_) && groups_[forced_for_].let_go_for >= plan_.groups[forced_for_].green_min;
    if (!served) return;
    forced_ = Forced::kNo;
  }
  if (auto const late = overdue()) {
    forced_ = Forced::kRedMax;
    forced_for_ = *late;
  } else if (auto const waiting = held_up()) {
    if (wished_ < plan_.phases.size() && signals::lets_go(plan_.phases[wished_].aspects[*waiting])) {
      target_ = wished_;
      return;
    }
    forced_ = Forced::kGreenMax;
    forced_for_ = *waiting;
  }
  // Where nobody ever wished, what was forced last stays the aim: without one a yellow would never end.
  if (forced_ != Forced::kNo) target_ = phase_with(forced_for_);
  else if (wished_ != kNoPhase) target_ = wished_;
}

void Kernel::show(GroupIndex group, Aspect aspect) {
  if (aspects_[group] == aspect) return;
  auto& s = groups_[group];
  bool const went = lets_go(group);
  if (aspects_[group] == Aspect::kGreen) s.first_for = Millis{0};
  aspects_[group] = aspect;
  s.shown_for = Millis{0};
  if (went && !lets_go(group)) s.ended_for = Millis{0};
  if (!went && lets_go(group)) s.let_go_for = s.waited_for = Millis{0};
}

void Kernel::end_what_must_end() {
  auto const& wanted = plan_.phases[target_].aspects;
  for (GroupIndex g = 0; g < groups_.size(); ++g) {
    auto const& s = groups_[g];
    auto const& group = plan_.groups[g];
    if (aspects_[g] == Aspect::kYellow && s.shown_for >= group.yellow) show(g, Aspect::kRed);
    if (lets_go(g) && !signals::lets_go(wanted[g]) && s.let_go_for >= group.green_min) show(g, group.yellow > Millis{0} ? Aspect::kYellow : Aspect::kRed);
    // From now on it gives way; whom it gives way to waits until who began to turn before is gone (is_clear).
    if (aspects_[g] == Aspect::kGreen && wanted[g] == Aspect::kYield) show(g, Aspect::kYield);
  }
}

void Kernel::begin_what_may_begin() {
  auto const& wanted = plan_.phases[target_].aspects;
  for (GroupIndex g = 0; g < groups_.size(); ++g)
    if (signals::lets_go(wanted[g]) && aspects_[g] != wanted[g] && aspects_[g] != Aspect::kYellow && may_show(g, wanted[g])) show(g, wanted[g]);
}

bool Kernel::may_show(GroupIndex group, Aspect aspect) const {
  // Red is counted from when it is shown: yellow lasts as long as the steps let it, and is never followed by green at once.
  if (!lets_go(group) && groups_[group].shown_for < std::max(Millis{1}, plan_.groups[group].red_min)) return false;
  for (GroupIndex other = 0; other < groups_.size(); ++other)
    if (other != group && !is_clear(group, aspect, other)) return false;
  return true;
}

bool Kernel::is_clear(GroupIndex group, Aspect aspect, GroupIndex other) const {
  auto const& s = groups_[other];
  Millis const between{plan_.intergreen[plan_.at(other, group)]};
  switch (plan_.conflict(group, other)) {
    case Conflict::kNone: return true;
    case Conflict::kNever: return !lets_go(other) && s.ended_for >= between;
    case Conflict::kYield: break;
  }
  if (plan_.gives_way[plan_.at(group, other)]) {
    if (aspect == Aspect::kYield) return true;
    return !lets_go(other) && s.ended_for >= between;
  }
  // The other gives way, from when on it has been shown that it must.
  return aspects_[other] != Aspect::kGreen && s.first_for >= between;
}

Millis Kernel::until(PhaseIndex phase) const {
  if (phase >= plan_.phases.size()) return kLong;
  auto const& wanted = plan_.phases[phase];
  Millis longest = red_first_;
  for (GroupIndex g = 0; g < groups_.size(); ++g) {
    // Who goes on or becomes red needs no room; the latter is red once its yellow is over.
    if (aspects_[g] == wanted.aspects[g]) continue;
    if (!signals::lets_go(wanted.aspects[g])) {
      longest = std::max(longest, until_red_enough(g) - std::max(Millis{1}, plan_.groups[g].red_min));
      continue;
    }
    if (!lets_go(g)) longest = std::max(longest, until_red_enough(g));
    for (GroupIndex other = 0; other < groups_.size(); ++other)
      if (other != g) longest = std::max(longest, until_clear(g, wanted, other));
  }
  return longest;
}

/// Until it has been red for its minimum, were it not wanted from now on.
Millis Kernel::until_red_enough(GroupIndex group) const {
  auto const& s = groups_[group];
  auto const& times = plan_.groups[group];
  auto const red = std::max(Millis{1}, times.red_min);
  if (lets_go(group)) return std::max(Millis{0}, times.green_min - s.let_go_for) + times.yellow + red;
  if (aspects_[group] == Aspect::kYellow) return std::max(Millis{0}, times.yellow - s.shown_for) + red;
  return std::max(Millis{0}, red - s.shown_for);
}

/// Until the other keeps it from what is wanted no longer: is_clear() as it will be.
Millis Kernel::until_clear(GroupIndex group, Phase const& wanted, GroupIndex other) const {
  auto const& s = groups_[other];
  Millis const between{plan_.intergreen[plan_.at(other, group)]};
  auto const ends_in = std::max(Millis{0}, plan_.groups[other].green_min - s.let_go_for);
  auto const since_it_ended = lets_go(other) ? ends_in + between : std::max(Millis{0}, between - s.ended_for);
  switch (plan_.conflict(group, other)) {
    case Conflict::kNone: return Millis{0};
    case Conflict::kNever: return since_it_ended;
    case Conflict::kYield: break;
  }
  if (plan_.gives_way[plan_.at(group, other)]) return wanted.aspects[group] == Aspect::kYield ? Millis{0} : since_it_ended;
  if (aspects_[other] != Aspect::kGreen) return std::max(Millis{0}, between - s.first_for);
  return (signals::lets_go(wanted.aspects[other]) ? Millis{0} : ends_in) + between;
}

}  // namespace madang::mobility::signals
