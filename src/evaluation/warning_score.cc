#include "evaluation/warning_score.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>

#include "sensing/quantities.h"
#include "situations/kinds.h"

namespace madang::evaluation {
namespace {

constexpr Millis kLate = std::chrono::minutes{20};    // what is told after the end still belongs to its event
constexpr Millis kRecovers = std::chrono::hours{2};   // a mended device may still look odd
constexpr Millis kGrace = std::chrono::seconds{30};   // a step is judged that much after its end
constexpr double kHazeShare = 0.8;                    // stations differ from the city's own haze by as much
constexpr double kHazePm25 = 36, kHazePm10 = 81;      // ug/m3 where the shipped levels begin
constexpr double kHot = 27;                           // degrees from which it can feel like 31

Family family_of_fault(simulation::Fault const& fault) {
  if (fault.channel < 0) return Family::kOther;
  return family_of_channel(sensing::city_node_quantities()[static_cast<std::size_t>(fault.channel)].channel);
}

Millis late_of(Played const& played, std::uint32_t node) { return played.late_of ? played.late_of(node) : Millis{0}; }

/// How late the values came of those stations of the event that were told; none: it told no station of the event.
std::optional<Millis> late_together(Played const& played, Alarm const& t, Event const& e) {
  std::optional<Millis> late;
  for (auto const n : t.nodes)
    if (e.felt.contains(n)) late = std::max(late.value_or(Millis{0}), late_of(played, n));
  return late;
}

/// Since when it speaks of this; none: it never does.
std::optional<Instant> spoke_of(Alarm const& t, Family family) {
  if (t.family == family) return t.at;
  auto const found = t.also.find(family);
  return found == t.also.end() ? std::nullopt : std::optional(found->second);
}

/// What was said at `when` was said of this event.
bool belongs(Played const& played, Alarm const& t, Instant when, Event const& e) {
  // A crowd is heard as well as seen.
  bool const heard = e.what == EventClass::kCrowd && spoke_of(t, Family::kNoise);
  if (!spoke_of(t, family_of(e.what)) && !heard) return false;
  auto const late = late_together(played, t, e);
  return late && when >= e.happening.when.from && when <= e.last + kLate + *late;
}

bool belongs(Played const& played, Alarm const& t, simulation::Fault const& f) {
  if (f.channel >= 0 && family_of_fault(f) != t.family) return false;
  auto const node = static_cast<std::uint32_t>(f.node);
  return t.at >= f.when.from && t.at <= f.when.to + kRecovers + late_of(played, node) && t.nodes.contains(node);
}

bool must_be_found(Event const& e, Millis step) {
  if (e.size() < e.about) return false;
  return e.what != EventClass::kWide || e.steps_strong * (step / std::chrono::minutes{1}) >= kWideMinutes;
}

/// It begins where another of its family was a moment ago.
bool goes_on_from(Event const& before, Event const& e) {
  if (family_of(before.what) != family_of(e.what)) return false;
  auto const begins = e.happening.when.from;
  bool const in_time = before.happening.when.from < begins && begins <= before.last + kLate;
  return in_time && std::ranges::any_of(before.felt, [&e](auto const node) { return e.felt.contains(node); });
}

/// When an event was first spoken of, and when by more than one station's word.
struct Found {
  std::optional<Instant> told, confirmed;
  std::vector<Alarm const*> confirmed_by;
};
void keep_earlier(std::optional<Instant>& first, Instant when) {
  if (!first || when < *first) first = when;
}

/// It was confirmed before this event began, at a station that feels it, and had not ended: it goes on, and nobody is warned anew.
bool stands_over(Alarm const& t, Event const& e) {
  auto const begins = e.happening.when.from;
  bool const in_time = t.confirmed_at && *t.confirmed_at <= begins && begins <= t.ended_at.value_or(kInstantMax);
  return in_time && std::ranges::any_of(t.nodes, [&e](auto const node) { return e.felt.contains(node); });
}

/// All are asked for the same events, whoever warned of what. `is_one_with_another`: a miss of it is one for which a warning stood.
void count_event(Played const& played, Event const& e, Found const& first, bool is_one_with_another, Tally& t) {
  auto& c = t.of[static_cast<std::size_t>(e.what)];
  if (e.felt.empty()) return;  // it passed between all reports: nobody could know
  auto const& found = must_be_confirmed(e.what) ? first.confirmed : first.told;
  auto const band = band_of(e.size() / e.about);
  ++c.drawn[band];
  c.found[band] += found ? 1 : 0;
  if (!must_be_found(e, played.step)) return;
  ++c.must;
  c.must_confirmed += first.confirmed ? 1 : 0;
  c.must_told += first.told ? 1 : 0;
  auto const where = [&] {
    auto const place = simulation::on_earth(e.happening.place);
    return fmt::format("{} of {:.3g} ({:.2g} at the second) at {} stations near {:.4f},{:.4f} from {} for {:.0f} min", name_of(e.what),
                       e.first, e.second, e.felt.size(), place.latitude, place.longitude, format_instant(e.happening.when.from),
                       static_cast<double>(e.happening.when.length().count()) / 60'000);
  };
  if (!found) {
    t.one_with_another += is_one_with_another ? 1 : 0;
    t.notes.push_back((is_one_with_another ? "missed where the warning of another stood: " : first.told ? "missed, told of one station alone: " : "missed: ") + where());
    return;
  }
  ++c.must_found;
  double const delay = std::max(0.0, static_cast<double>((*found - e.strong_since).count()) / static_cast<double>(played.step.count()));
  c.delays.push_back(delay);
  if (*found - e.strong_since <= played.step * static_cast<std::int64_t>(kPromptSteps) + kGrace) ++c.must_prompt;
  else t.notes.push_back(fmt::format("late by {:.1f} intervals: {}", delay, where()));
}

class Scorer {
 public:
  Scorer(Played const& played, Tally& tally) : played_(played), t_(tally), found_(played.events.size()), situations_(played.events.size(), 0) {}

  /// Which lives until finish().
  void match(Alarm const& alarm) {
    bool matched = false;
    std::optional<Instant> event_end;
    for (std::size_t e = 0; e < played_.events.size(); ++e) {
      auto const& event = played_.events[e];
      auto const spoke = spoke_of(alarm, family_of(event.what));
      auto const told_at = spoke.value_or(alarm.at);
      bool const is_told = belongs(played_, alarm, told_at, event);
      // What was made up at first may be confirmed when something really happens there.
      auto const confirmed_at = std::max(alarm.confirmed_at.value_or(kInstantMax), told_at);
      bool const is_confirmed = alarm.confirmed_at && belongs(played_, alarm, confirmed_at, event);
      matched = matched || belongs(played_, alarm, alarm.at, event);
      if (alarm.suspect || (!is_told && !is_confirmed)) continue;
      ++situations_[e];
      if (!spoke) continue;
      if (is_told) keep_earlier(found_[e].told, told_at);
      if (is_confirmed) keep_earlier(found_[e].told, confirmed_at);
      if (is_confirmed) keep_earlier(found_[e].confirmed, confirmed_at);
      if (is_confirmed) found_[e].confirmed_by.push_back(&alarm);
      if (is_confirmed) event_end = std::max(event_end.value_or(kInstantMin), event.happening.when.to);
    }
    if (event_end) count_end(alarm, *event_end);
    auto const fault = std::ranges::find_if(played_.faults, [&](auto const& f) { return belongs(played_, alarm, f); });
    bool const broken = fault != played_.faults.end();
    if (alarm.suspect) return count_suspect(broken, matched);
    if (alarm.family == Family::kLevel && played_.level_is_right(alarm)) {
      ++t_.levels_right;
      return;
    }
    if (matched) return;
    if (!broken && played_.is_as_large && played_.is_as_large(alarm)) ++t_.as_large;
    else count_false(alarm, broken ? &*fault : nullptr);
  }

  void finish() {
    for (std::size_t e = 0; e < played_.events.size(); ++e) {
      count_event(played_, played_.events[e], found_[e], is_warned_of_before(e), t_);
      if (situations_[e] == 0) continue;
      ++t_.events_found;
      t_.situations_of_events += situations_[e];
      t_.events_told_once += situations_[e] == 1 ? 1 : 0;
    }
  }

 private:
  [[nodiscard]] bool is_warned_of_before(std::size_t e) const {
    auto const& event = played_.events[e];
    auto const stands = [&event](Alarm const* alarm) { return stands_over(*alarm, event); };
    for (std::size_t before = 0; before < played_.events.size(); ++before)
      if (goes_on_from(played_.events[before], event) && std::ranges::any_of(found_[before].confirmed_by, stands)) return true;
    return false;
  }

  /// What it lasted for is over at `event_end`; of several events the last one's.
  void count_end(Alarm const& alarm, Instant event_end) {
    if (alarm.ended_by == situations::End::kUnheard) ++t_.ended_unheard;
    if (alarm.ended_by == situations::End::kUnconfirmed) ++t_.ended_unconfirmed;
    if (alarm.ended_by != situations::End::kGone || !alarm.clear_at) return;
    double const after = static_cast<double>((*alarm.clear_at - event_end).count()) / 60'000;
    t_.clear_after.push_back(after);
    if (after < 0) t_.notes.push_back(fmt::format("over {:.0f} min before its event: {} ({}) at {}", -after, alarm.rule, alarm.kind, format_instant(alarm.at)));
  }

  void count_suspect(bool broken, bool matched) {
    t_.suspects_broken += broken ? 1 : 0;
    t_.suspects_event += !broken && matched ? 1 : 0;
    t_.suspects_nothing += !broken && !matched ? 1 : 0;
  }

  void count_false(Alarm const& alarm, simulation::Fault const* fault) {
    ++t_.false_by_rule[alarm.kind == situations::kUnconfirmed ? alarm.rule + ", unconfirmed" : alarm.rule];
    ++t_.false_by_family[static_cast<std::size_t>(alarm.family)];
    t_.at_broken_devices += fault != nullptr ? 1 : 0;
    t_.notes.push_back(fmt::format("false: {} ({}) at {} for {} min, {}; {}", alarm.rule, alarm.kind, format_instant(alarm.at),
                                   (alarm.until - alarm.at) / std::chrono::minutes{1}, stations_of(alarm),
                                   fault == nullptr ? "nothing wrong there"
                                                    : fmt::format("{} of {:.3g}", name_of(fault->kind), fault->size)));
  }

  /// Each with its highest excess, and how much of that was a spell of its own.
  [[nodiscard]] std::string stations_of(Alarm const& alarm) const {
    std::string text;
    for (auto const n : alarm.nodes) {
      auto const excess = alarm.excess.find(n);
      text += fmt::format("{}{}{}", text.empty() ? "" : " ", played_.serial(n),
                          excess == alarm.excess.end() ? "" : fmt::format(" {:+.3g}", excess->second));
      if (played_.own_excursion) text += fmt::format(" (spell {:.3g})", played_.own_excursion(alarm, n));
    }
    return text;
  }

  Played const& played_;
  Tally& t_;
  std::vector<Found> found_;
  std::vector<int> situations_;
};

}  // namespace

bool weather_says(std::uint64_t seed, Alarm const& t) {
  auto const now = simulation::conditions_at(seed, t.at);
  auto const before = simulation::conditions_at(seed, t.at - std::chrono::hours{1});
  if (t.kind == "haze") {
    double const haze = std::max(now.haze, before.haze);
    return haze >= kHazeShare * kHazePm25 || haze * now.dust_ratio >= kHazeShare * kHazePm10;
  }
  return t.kind == "heat" && std::max(now.temperature, before.temperature) >= kHot;
}

std::string_view name_of(Family family) {
  constexpr std::array<std::string_view, kFamilies> kNames{"air", "warmth", "noise", "people", "level", "other"};
  return kNames[static_cast<std::size_t>(family)];
}

Family family_of_channel(std::string_view channel) {
  if (channel.starts_with("temperature")) return Family::kWarmth;
  if (channel.starts_with("noise")) return Family::kNoise;
  if (channel.starts_with("people")) return Family::kPeople;
  constexpr std::array<std::string_view, 8> kAir{"pm25", "pm10", "o3", "no2", "co", "so2", "nh3", "h2s"};
  bool const air = std::ranges::any_of(kAir, [&](std::string_view a) { return channel == a || channel.starts_with(std::string(a) + "_"); });
  return air ? Family::kAir : Family::kOther;
}

Family family_of(EventClass what) {
  switch (what) {
    case EventClass::kWide:
    case EventClass::kSharp:
    case EventClass::kLeak: return Family::kAir;
    case EventClass::kFire: return Family::kWarmth;
    case EventClass::kNoise: return Family::kNoise;
    case EventClass::kCrowd: return Family::kPeople;
  }
  return Family::kOther;
}

Alarm alarm_of(situations::Situation const& s, Instant at) {
  Alarm t;
  t.rule = s.signal.rule;
  t.kind = s.signal.kind;
  t.at = at;
  t.suspect = s.signal.kind == situations::kDeviceSuspect;
  if (!t.suspect && s.signal.kind != situations::kUnconfirmed) t.confirmed_at = at;
  t.clear_at = s.clear_since;
  t.ended_by = s.ended_by;
  auto const& streams = s.signal.evidence.streams;
  auto const cause = std::ranges::find(streams, std::string_view("cause"), &situations::EvidenceStream::role);
  if (cause != streams.end()) t.family = family_of_channel(cause->channel);
  else if (t.kind == "haze" || t.kind == "heat" || t.kind == "noise_level") t.family = Family::kLevel;
  return t;
}

void Tally::add(Tally const& o) {
  if (name.empty()) name = o.name;
  days += o.days;
  for (std::size_t c = 0; c < kEventClasses; ++c) {
    for (std::size_t b = 0; b < kBands; ++b) {
      of[c].drawn[b] += o.of[c].drawn[b];
      of[c].found[b] += o.of[c].found[b];
    }
    of[c].must += o.of[c].must;
    of[c].must_found += o.of[c].must_found;
    of[c].must_confirmed += o.of[c].must_confirmed;
    of[c].must_told += o.of[c].must_told;
    of[c].must_prompt += o.of[c].must_prompt;
    of[c].delays.insert(of[c].delays.end(), o.of[c].delays.begin(), o.of[c].delays.end());
  }
  for (auto const& [rule, count] : o.false_by_rule) false_by_rule[rule] += count;
  for (std::size_t f = 0; f < kFamilies; ++f) false_by_family[f] += o.false_by_family[f];
  at_broken_devices += o.at_broken_devices;
  one_with_another += o.one_with_another;
  levels_right += o.levels_right;
  as_large += o.as_large;
  suspects_broken += o.suspects_broken;
  suspects_event += o.suspects_event;
  suspects_nothing += o.suspects_nothing;
  events_found += o.events_found;
  situations_of_events += o.situations_of_events;
  events_told_once += o.events_told_once;
  clear_after.insert(clear_after.end(), o.clear_after.begin(), o.clear_after.end());
  ended_unheard += o.ended_unheard;
  ended_unconfirmed += o.ended_unconfirmed;
  notes.insert(notes.end(), o.notes.begin(), o.notes.end());
}

int Tally::false_alarms() const { return std::accumulate(false_by_family.begin(), false_by_family.end(), 0); }

Tally score(Played const& played, std::string name, std::span<Alarm const> alarms) {
  Tally tally;
  tally.name = std::move(name);
  tally.days = played.days;
  Scorer scorer(played, tally);
  for (auto const& t : alarms) scorer.match(t);
  scorer.finish();
  return tally;
}

}  // namespace madang::evaluation
