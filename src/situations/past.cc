#include "situations/past.h"

#include <algorithm>
#include <limits>

#include "situations/kinds.h"

namespace madang::situations {
namespace {

/// What never changes of one, before anything was told. That it is simulated must never be left unsaid.
Situation unborn(Situation const& today) {
  Situation s;
  s.id = today.id;
  s.recorded = false;
  s.raised_at = today.raised_at;
  s.signal.source = today.signal.source;
  s.signal.key = today.signal.key;
  s.signal.kind = today.signal.kind;
  s.signal.since = today.raised_at;
  s.signal.is_public = today.signal.is_public;
  s.signal.simulated = today.signal.simulated;
  return s;
}

/// The facts of a line. What a channel is called does not change; what was usual and highest, when, and at how many of the
/// stations where several quantities were part of it, was not kept.
void take_standing(Situation& s, Situation const& today, Standing const& standing, Instant at) {
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  s.last_standing = standing;
  s.last_standing_at = at;
  s.signal.severity = standing.severity;
  s.severity_max = std::max(s.severity_max, standing.severity);
  s.signal.facts.stations = standing.stations;
  s.signal.facts.quantities.clear();
  if (standing.channel.empty()) return;
  auto const& known = today.signal.facts.quantities;
  auto const same = std::ranges::find(known, standing.channel, &Quantity::channel);
  s.signal.facts.quantities.push_back({.severity = standing.severity,
                                       .channel = standing.channel,
                                       .name = same == known.end() ? city::Name{} : same->name,
                                       .unit = standing.unit,
                                       .stations = known.size() == 1 ? standing.stations : 0,
                                       .value = standing.value,
                                       .expected = kUnknown,
                                       .peak = kUnknown,
                                       .city = kUnknown,
                                       .since = s.raised_at});
}

void take_line(Situation& s, Situation const& today, Entry const& entry) {
  using Kind = Entry::Kind;
  s.version = entry.number;
  s.updated_at = entry.at;
  if (entry.to) take_standing(s, today, *entry.to, entry.at);
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

std::optional<Situation> as_told(Situation const& today, std::span<Entry const> timeline, Instant at) {
  Situation s = unborn(today);
  for (auto const& entry : timeline) {
    if (entry.at > at) break;
    take_line(s, today, entry);
  }
  if (s.version == 0 || !is_open(s.state)) return std::nullopt;
  // What others confirmed later was no warning yet.
  if (std::ranges::any_of(timeline, [at](Entry const& e) { return e.at > at && e.kind == Entry::Kind::kConfirmed; })) {
    s.signal.kind = std::string{kUnconfirmed};
    s.signal.is_public = false;
  }
  s.seen_at = s.last_standing_at;
  return s;
}

}  // namespace madang::situations
