#include "situations/rules.h"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

#include "core/text.h"
#include "runtime/refusal.h"
#include "situations/kinds.h"
#include "situations/limits.h"

namespace madang::situations {
namespace {

/// Areas are a shallow tree; a broken one must not hold the loop.
constexpr int kAreaDepthMax = 16;

bool is_about_cause(Entry::Kind kind) {
  return kind == Entry::Kind::kRaised || kind == Entry::Kind::kUpdated || kind == Entry::Kind::kWorsened ||
         kind == Entry::Kind::kEased || kind == Entry::Kind::kConfirmed;
}

/// Reports alone must not fill the records; severity and ends are always told.
bool is_full(Situation const& s) { return s.version >= static_cast<std::int64_t>(kTimelineUpdatesMax); }

void add_line(Step& step, Instant now, Entry entry) {
  auto& s = step.situation;
  entry.situation = s.id;
  entry.number = ++s.version;
  entry.at = now;
  s.updated_at = now;
  if (is_about_cause(entry.kind)) {
    if (entry.kind != Entry::Kind::kRaised) entry.from = s.last_standing;
    s.last_standing = standing_of(s.signal.facts, s.signal.severity);
    s.last_standing_at = now;
    entry.to = s.last_standing;
  }
  // It says how the cause stands, but is no word after which nothing need be said for a while.
  if (entry.kind == Entry::Kind::kReturned) {
    entry.from = s.last_standing;
    entry.to = standing_of(s.signal.facts, s.signal.severity);
  }
  step.entries.push_back(std::move(entry));
}

void add_line(Step& step, Instant now, Entry::Kind kind, std::string text = {}) {
  Entry entry;
  entry.kind = kind;
  entry.text = std::move(text);
  add_line(step, now, std::move(entry));
}

void sign(Entry& entry, Actor const& by) {
  entry.by = by.party;
  entry.by_name = by.name;
}

void add_line(Step& step, Instant now, Entry::Kind kind, Deed const& deed, std::string text) {
  Entry entry;
  entry.kind = kind;
  sign(entry, deed.by);
  entry.text = std::move(text);
  add_line(step, now, std::move(entry));
}

void end(Situation& s, State state, End why, Instant now, std::string reason = {}) {
  s.state = state;
  s.ended_at = now;
  s.ended_by = why;
  s.end_reason = std::move(reason);
}

/// What readers must know at once, whatever was told a minute ago.
bool differs_in_reach(Signal const& a, Signal const& b) {
  return a.is_public != b.is_public || a.simulated != b.simulated || a.area != b.area || a.kind != b.kind ||
         a.group != b.group;
}

/// A part that joined began before all that was told: messages name the beginning too, to the minute that people read.
bool began_earlier(Signal const& before, Signal const& now) {
  using std::chrono::minutes;
  return !now.facts.quantities.empty() && std::chrono::floor<minutes>(now.since) < std::chrono::floor<minutes>(before.since);
}

bool differs_in_words(Signal const& a, Signal const& b) {
  return a.headline != b.headline || a.description != b.description || a.instruction != b.instruction ||
         a.place != b.place || a.radius != b.radius || a.rule != b.rule || a.rule_version != b.rule_version ||
         a.since != b.since;
}

/// The report's words, numbers and evidence together, so that they never contradict each other; severity is not theirs.
void replace_words(Situation& s, Signal&& signal, Instant now) {
  auto const severity = s.signal.severity;
  auto const& known = s.signal;
  if (known.headline != signal.headline || known.description != signal.description || known.instruction != signal.instruction)
    s.words_at = now;
  s.signal = std::move(signal);
  s.signal.severity = severity;
}

/// It stands around the place where it was named still, however it has grown and wherever its worst is now.
bool is_where_it_was_named(std::optional<LatLon> const& anchor, Signal const& signal) {
  if (!anchor || !signal.place) return anchor.has_value() == signal.place.has_value();
  return distance_metres(*anchor, *signal.place) <= std::max(kRenamedBeyond, signal.radius);
}

/// A cause keeps its name and Area while it lasts, also where it leans over a border or another quantity leads, unless
/// it has wandered away from where it was named, or is of another kind.
void keep_name(Situation const& s, Signal& signal) {
  auto const& known = s.signal;
  if (signal.facts.quantities.empty()) return;
  if (known.kind != signal.kind || !is_where_it_was_named(known.facts.named_at, signal)) {
    signal.facts.named_at = signal.place;
    return;
  }
  signal.facts.named_at = known.facts.named_at;
  signal.area = known.area;
  signal.headline = known.headline;
}

bool is_confirmed_by(Signal const& before, Signal const& now) {
  bool const was_of_one_station = before.kind == kUnconfirmed || before.kind == kDeviceSuspect;
  return was_of_one_station && !kind_of(now.kind).internal;
}

/// Worsens, eases, or neither; returns the line that says so.
std::optional<Entry::Kind> apply_severity(Situation& s, Severity reported, Millis keep_firing, Instant now) {
  if (reported > s.signal.severity) {
    s.signal.severity = reported;
    s.severity_max = std::max(s.severity_max, reported);
    s.eased_since.reset();
    return Entry::Kind::kWorsened;
  }
  if (reported == s.signal.severity) {
    s.eased_since.reset();
    return std::nullopt;
  }
  if (!s.eased_since) s.eased_since = now;
  if (now - *s.eased_since < keep_firing) return std::nullopt;
  s.signal.severity = reported;
  s.eased_since.reset();
  return Entry::Kind::kEased;
}

bool is_inside(AreaId area, AreaId wanted, ParentOf const& parent) {
  for (int depth = 0; area && depth < kAreaDepthMax; ++depth) {
    if (area == wanted) return true;
    area = parent(area);
  }
  return false;
}

Result<void> check_seen(Situation const& s, Actor const& by) {
  if (!by.seen_version || *by.seen_version == s.version) return {};
  return runtime::refuse_field(Code::kConflict, "version", "refusal.situation.changed",
                               {{"seen", std::to_string(*by.seen_version)}, {"now", std::to_string(s.version)}});
}

Result<Step> acknowledge(Step step, Deed const& deed, Instant now) {
  auto& s = step.situation;
  if (s.state != State::kFiring) return runtime::refuse(Code::kConflict, "refusal.situation.not_firing", {{"state", name_of(s.state)}});
  s.state = State::kAcknowledged;
  s.acknowledged_at = now;
  add_line(step, now, Entry::Kind::kAcknowledged, deed, deed.text);
  return step;
}

Result<Step> act(Step step, Deed const& deed, Instant now) {
  auto& s = step.situation;
  if (!is_open(s.state) || s.state == State::kActing)
    return runtime::refuse(Code::kConflict, "refusal.situation.not_to_act_on", {{"state", name_of(s.state)}});
  s.state = State::kActing;
  if (!s.acknowledged_at) s.acknowledged_at = now;
  add_line(step, now, Entry::Kind::kActing, deed, deed.text);
  return step;
}

Result<Step> assign(Step step, Deed const& deed, Instant now) {
  auto& s = step.situation;
  if (!is_open(s.state)) return runtime::refuse(Code::kConflict, "refusal.situation.not_to_assign", {{"state", name_of(s.state)}});
  s.assignee = deed.assignee.party;
  s.assignee_name = deed.assignee.name;
  add_line(step, now, Entry::Kind::kAssigned, deed, deed.assignee.name);
  return step;
}

Result<Step> note(Step step, Deed const& deed, Instant now) {
  if (trim(deed.text).empty()) return runtime::refuse_field(Code::kInvalid, "text", "refusal.situation.note_missing");
  add_line(step, now, Entry::Kind::kNoted, deed, deed.text);
  return step;
}

Result<Step> finish(Step step, Deed const& deed, State state, Instant now) {
  auto& s = step.situation;
  if (!is_open(s.state)) return runtime::refuse(Code::kConflict, "refusal.situation.ended", {{"state", name_of(s.state)}});
  bool const dismissed = state == State::kDismissed;
  if (dismissed && trim(deed.text).empty()) return runtime::refuse_field(Code::kInvalid, "text", "refusal.situation.reason_missing");
  end(s, state, End::kOperator, now, deed.text);
  add_line(step, now, dismissed ? Entry::Kind::kDismissed : Entry::Kind::kResolved, deed, deed.text);
  return step;
}

/// At the severity that was told before: another one is a line of its own.
void add_turned_real(Step& step, Instant now, Entry line) {
  auto& severity = step.situation.signal.severity;
  auto const reported = std::exchange(severity, step.situation.last_standing.severity);
  line.kind = Entry::Kind::kWorsened;
  add_line(step, now, std::move(line));
  severity = reported;
}

/// Words of a program that came so soon after a line that they got none.
bool has_untold_words(Situation const& s, Instant now) {
  return s.signal.source == kOperatorSource && s.words_at > s.last_standing_at && now - s.last_standing_at >= kUpdateEvery && !is_full(s);
}

bool must_escalate(Situation const& s, Situations::Options const& options, Instant now) {
  if (s.state != State::kFiring || s.clear_since || s.silenced || s.escalation >= options.escalations_max) return false;
  return now - s.escalated_at.value_or(s.raised_at) >= options.escalate_after;
}

}  // namespace

bool needs_first(Situation const& a, Situation const& b) {
  bool const open = is_open(a.state);
  if (open != is_open(b.state)) return open;
  auto const place = [](Situation const& s) {
    auto const severity = -static_cast<int>(s.signal.severity);
    bool const taken = s.state != State::kFiring;
    return std::tuple(severity, taken, -millis_of(s.signal.since), -s.id.value());
  };
  if (open) return place(a) < place(b);
  auto const end = [](Situation const& s) { return std::tuple(-millis_of(s.ended_at.value_or(s.updated_at)), -s.id.value()); };
  return end(a) < end(b);
}

std::string_view name_of(State state) {
  switch (state) {
    case State::kFiring: return "firing";
    case State::kAcknowledged: return "acknowledged";
    case State::kActing: return "acting";
    case State::kResolved: return "resolved";
    case State::kDismissed: return "dismissed";
  }
  return "firing";
}

std::string_view name_of(End end) {
  switch (end) {
    case End::kNone: return "";
    case End::kGone: return "gone";
    case End::kOperator: return "operator";
    case End::kRuleOff: return "rule_off";
    case End::kUnheard: return "unheard";
    case End::kJoined: return "joined";
    case End::kUnconfirmed: return "unconfirmed";
    case End::kUsual: return "usual";
  }
  return "";
}

std::string_view name_of(Entry::Kind kind) {
  switch (kind) {
    case Entry::Kind::kRaised: return "raised";
    case Entry::Kind::kUpdated: return "updated";
    case Entry::Kind::kWorsened: return "worsened";
    case Entry::Kind::kEased: return "eased";
    case Entry::Kind::kCleared: return "cleared";
    case Entry::Kind::kReturned: return "returned";
    case Entry::Kind::kAcknowledged: return "acknowledged";
    case Entry::Kind::kActing: return "acting";
    case Entry::Kind::kAssigned: return "assigned";
    case Entry::Kind::kNoted: return "noted";
    case Entry::Kind::kResolved: return "resolved";
    case Entry::Kind::kDismissed: return "dismissed";
    case Entry::Kind::kEscalated: return "escalated";
    case Entry::Kind::kSilenced: return "silenced";
    case Entry::Kind::kConfirmed: return "confirmed";
  }
  return "updated";
}

Silence const* silence_of(std::span<Silence const> silences, Signal const& signal, Instant now, ParentOf const& parent) {
  auto const covers = [&](Silence const& silence) {
    return silence.when.contains(now) && (silence.kind.empty() || silence.kind == signal.kind) &&
           (silence.source.empty() || silence.source == signal.source) &&
           (!silence.area || is_inside(signal.area, silence.area, parent));
  };
  auto const found = std::ranges::find_if(silences, covers);
  return found == silences.end() ? nullptr : &*found;
}

Step raised(SituationId id, Signal signal, Silence const* silence, Instant now, Actor const* by) {
  Step step;
  auto& s = step.situation;
  s.id = id;
  s.severity_max = signal.severity;
  if (!signal.facts.quantities.empty()) signal.facts.named_at = signal.place;
  signal.ended_parts.clear();
  s.signal = std::move(signal);
  s.raised_at = now;
  s.words_at = now;
  s.seen_at = now;
  s.silenced = silence != nullptr;
  Entry line;
  if (by != nullptr) sign(line, *by);
  add_line(step, now, std::move(line));
  if (silence != nullptr) add_line(step, now, Entry::Kind::kSilenced, silence->reason);
  return step;
}

Step reported(Situation situation, Signal signal, Situations::Options const& options, Instant now, Actor const* by) {
  Step step{std::move(situation), {}};
  auto& s = step.situation;
  s.seen_at = now;
  bool const returns = s.clear_since.has_value();
  s.clear_since.reset();
  keep_name(s, signal);
  // The real part of a cause may end first: what is left is no exercise for those who were told of a danger.
  signal.simulated = signal.simulated && s.signal.simulated;
  bool const real = s.signal.simulated && !signal.simulated;
  bool const confirmed = is_confirmed_by(s.signal, signal);
  Entry line;
  line.ended_parts = std::exchange(signal.ended_parts, {});
  if (by != nullptr) sign(line, *by);
  bool const by_person = by != nullptr && !by->is_program;
  bool const is_line_due = (by_person || now - s.last_standing_at >= kUpdateEvery) && !is_full(s);
  bool const reach = differs_in_reach(s.signal, signal) || began_earlier(s.signal, signal);
  bool const counted = !signal.facts.quantities.empty();
  bool const words = differs_in_words(s.signal, signal);
  auto const severity = signal.severity;
  // A person says it once: no later report eases it. A program may flap, as a detector does.
  auto const changed = apply_severity(s, severity, by_person ? Millis::zero() : options.keep_firing, now);
  // Words made from numbers, or by hand, are live; a detector's without numbers wait until they are told.
  if (counted || reach || !words || by != nullptr || is_line_due || changed) replace_words(s, std::move(signal), now);
  if (by != nullptr && words) s.words_at = now;
  // A program may say it once, too: then time tells it.
  s.signal.milder = std::nullopt;
  if (by != nullptr && severity < s.signal.severity) s.signal.milder = severity;
  bool const news = counted ? is_news(s.last_standing, standing_of(s.signal.facts, s.signal.severity)) : words;
  if (real && !confirmed) {
    add_turned_real(step, now, line);
    line.ended_parts.clear();
    if (!changed) return step;
  }
  // All else that one report changes is one line, under what matters most of it.
  if (confirmed) line.kind = Entry::Kind::kConfirmed;
  else if (changed) line.kind = *changed;
  else if (returns && !is_full(s)) line.kind = Entry::Kind::kReturned;
  else if (reach || !line.ended_parts.empty() || (news && is_line_due)) line.kind = Entry::Kind::kUpdated;
  else return step;
  add_line(step, now, std::move(line));
  return step;
}

Result<void> check_same_incident(Situation const& open, Signal const& reported, Actor const& by) {
  MADANG_CHECK(check_seen(open, by));
  if (by.is_program || by.seen_version) return {};
  auto const& known = open.signal;
  bool const is_there = known.place ? reported.place == known.place : !reported.place && reported.area == known.area;
  if (reported.kind == known.kind && is_there) return {};
  return runtime::refuse_field(Code::kConflict, "key", "refusal.situation.another_incident", {{"id", std::to_string(open.id.value())}});
}

bool turned_real(Entry const& entry) {
  return entry.kind == Entry::Kind::kWorsened && entry.from && entry.to && entry.from->severity == entry.to->severity;
}

Step cleared(Situation situation, Instant now) {
  Step step{std::move(situation), {}};
  if (step.situation.clear_since) return step;
  step.situation.clear_since = now;
  if (!is_full(step.situation)) add_line(step, now, Entry::Kind::kCleared);
  return step;
}

Step ended(Situation situation, End why, Instant now) {
  Step step{std::move(situation), {}};
  end(step.situation, State::kResolved, why, now);
  add_line(step, now, Entry::Kind::kResolved);
  return step;
}

void apply_silence(Step& step, Silence const* silence, Instant now) {
  auto& s = step.situation;
  if (s.silenced == (silence != nullptr)) return;
  s.silenced = silence != nullptr;
  add_line(step, now, Entry::Kind::kSilenced, silence == nullptr ? std::string{} : silence->reason);
}

Step time_passed(Situation situation, Silence const* silence, Situations::Options const& options, Instant now) {
  Step step{std::move(situation), {}};
  auto& s = step.situation;
  if (s.clear_since && now - *s.clear_since >= options.keep_firing) {
    end(s, State::kResolved, End::kGone, now);
    add_line(step, now, Entry::Kind::kResolved);
    return step;
  }
  if (s.signal.milder && s.eased_since && now - *s.eased_since >= options.keep_firing) {
    s.signal.severity = *std::exchange(s.signal.milder, std::nullopt);
    s.eased_since.reset();
    add_line(step, now, Entry::Kind::kEased);
  }
  apply_silence(step, silence, now);
  if (must_escalate(s, options, now)) {
    ++s.escalation;
    s.escalated_at = now;
    add_line(step, now, Entry::Kind::kEscalated);
  }
  bool const is_due = shown_to_public(s) && !s.clear_since && now - s.last_standing_at >= kReaffirmEvery;
  if (is_due || has_untold_words(s, now)) add_line(step, now, Entry::Kind::kUpdated);
  return step;
}

bool lasts_after_end(Situation const& s) {
  // A person who reports says by hand that it is over. A program goes on saying that it lasts, as a detector does.
  bool const by_person = s.signal.source == kOperatorSource && !s.signal.by_program;
  return s.state == State::kResolved && s.ended_by == End::kOperator && !s.clear_since && !by_person;
}

/// No program says that a cause is gone: what it reports after a pause, or as another kind or elsewhere, is another incident under that key.
bool is_another_incident(Situation const& ended, Signal const& reported, Instant now) {
  if (!reported.by_program) return false;
  bool const after_pause = ended.state == State::kResolved && now - ended.seen_at >= kProgramPause;
  auto const& known = ended.signal;
  bool const is_there = known.place || reported.place ? is_where_it_was_named(known.place, reported)
                                                      : known.area == reported.area && known.whole_city == reported.whole_city;
  return after_pause || reported.kind != known.kind || !is_there;
}

bool stays_settled(Situation const& ended, Signal const& reported, Instant now) {
  bool const real = ended.signal.simulated && !reported.simulated;
  if (is_another_incident(ended, reported, now)) return false;
  return stays_settled(ended, now) && reported.severity <= ended.severity_max && !real && !is_confirmed_by(ended.signal, reported);
}

bool stays_settled(Situation const& ended, Instant now) {
  if (!ended.ended_at || ended.ended_by != End::kOperator) return false;
  if (ended.state == State::kDismissed) return now - *ended.ended_at < kDismissedFor;
  return !ended.clear_since && now - ended.seen_at < kSettledFor;
}

Result<Step> deed_done(Situation situation, Deed const& deed, Instant now) {
  MADANG_CHECK(check_seen(situation, deed.by));
  MADANG_CHECK(check_text("text", deed.text));
  Step step{std::move(situation), {}};
  switch (deed.action) {
    case Action::kAcknowledge: return acknowledge(std::move(step), deed, now);
    case Action::kAct: return act(std::move(step), deed, now);
    case Action::kAssign: return assign(std::move(step), deed, now);
    case Action::kNote: return note(std::move(step), deed, now);
    case Action::kResolve: return finish(std::move(step), deed, State::kResolved, now);
    case Action::kDismiss: return finish(std::move(step), deed, State::kDismissed, now);
  }
  return fail(Code::kInternal, "no such action");
}

}  // namespace madang::situations
