#include "situations/past.h"

#include <algorithm>

#include "situations/kinds.h"

namespace madang::situations {
namespace {

/// Before anything was told.
Situation unborn(Situation const& today) {
  Situation s = today;
  s.state = State::kFiring;
  s.signal.severity = Severity::kNotice;
  s.severity_max = Severity::kNotice;
  s.clear_since.reset();
  s.acknowledged_at.reset();
  s.ended_at.reset();
  s.assignee = {};
  s.assignee_name.clear();
  s.ended_by = End::kNone;
  s.end_reason.clear();
  s.escalation = 0;
  s.silenced = false;
  s.version = 0;
  return s;
}

/// The facts of a line instead of today's; a cause without numbers has none to change.
void take_standing(Situation& s, Standing const& standing, Instant at) {
  s.told = standing;
  s.told_at = at;
  s.signal.severity = standing.severity;
  s.severity_max = std::max(s.severity_max, standing.severity);
  if (s.signal.facts.quantities.empty()) return;
  s.signal.description = {};
  auto const said = std::ranges::find(s.signal.facts.quantities, standing.channel, &Quantity::channel);
  auto quantity = said == s.signal.facts.quantities.end() ? s.signal.facts.quantities.front() : *said;
  quantity.channel = standing.channel;
  quantity.unit = standing.unit;
  quantity.severity = standing.severity;
  quantity.stations = standing.stations;
  quantity.value = standing.value;
  quantity.peak = standing.value;
  quantity.at = at;
  quantity.peak_at = at;
  s.signal.facts.stations = standing.stations;
  s.signal.facts.quantities = {std::move(quantity)};
}

void take_line(Situation& s, Entry const& entry) {
  using Kind = Entry::Kind;
  s.version = entry.number;
  s.updated_at = entry.at;
  if (entry.to) take_standing(s, *entry.to, entry.at);
  switch (entry.kind) {
    case Kind::kCleared: s.clear_since = entry.at; break;
    case Kind::kReturned: s.clear_since.reset(); break;
    case Kind::kAcknowledged:
      s.state = State::kAcknowledged;
      s.acknowledged_at = entry.at;
      break;
    case Kind::kActing:
      s.state = State::kActing;
      if (!s.acknowledged_at) s.acknowledged_at = entry.at;
      break;
    case Kind::kAssigned: s.assignee_name = entry.text; break;
    case Kind::kEscalated: ++s.escalation; break;
    case Kind::kSilenced: s.silenced = !s.silenced; break;
    case Kind::kResolved: s.state = State::kResolved; break;
    case Kind::kDismissed: s.state = State::kDismissed; break;
    case Kind::kUpdated:
    case Kind::kWorsened:
    case Kind::kEased:
    case Kind::kConfirmed: s.clear_since.reset(); break;  // a report: it is back
    case Kind::kRaised:
    case Kind::kNoted: break;
  }
}

}  // namespace

std::optional<Situation> as_stood_at(Situation const& today, std::span<Entry const> timeline, Instant at) {
  Situation s = unborn(today);
  for (auto const& entry : timeline) {
    if (entry.at > at) break;
    take_line(s, entry);
  }
  if (s.version == 0 || !is_open(s.state)) return std::nullopt;
  // What others confirmed later was no warning yet.
  if (std::ranges::any_of(timeline, [at](Entry const& e) { return e.at > at && e.kind == Entry::Kind::kConfirmed; })) {
    s.signal.kind = std::string{kUnconfirmed};
    s.signal.is_public = false;
  }
  s.seen_at = std::min(today.seen_at, at);
  return s;
}

}  // namespace madang::situations
