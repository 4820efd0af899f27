// What a report, the end of a cause, time and an operator make of a Situation. Pure: no clock, no I/O.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "situations/situations.h"

namespace madang::situations {

/// A Situation as it becomes and the lines that say so, with numbers up to its version. Without lines only what
/// nobody needs to be told has changed (values, the time of the last report).
struct Step {
  Situation situation;
  std::vector<Entry> entries;
};

/// The one order of what needs somebody: open ones first; the more severe before the milder, whoever has it already; then
/// those that nobody has taken; then the newer. Ended ones by their end. A strict order: two are never alike.
[[nodiscard]] bool needs_first(Situation const& a, Situation const& b);

/// Which Area lies inside which; 0 when it has no parent.
using ParentOf = std::function<AreaId(AreaId)>;

/// kInvalid or kLimit; the sentence names the field.
Result<void> check(Signal const& signal);
/// Whether a reported cause can have begun when it says; what another clock puts a moment ahead begins at `now`. kInvalid: names `since`.
Result<void> place_in_time(Signal& signal, Instant now);
Result<void> check(Silence const& silence);
/// A note or a reason.
Result<void> check_text(std::string_view field, std::string_view text);

/// The first silence that covers the signal at `now`; nullptr: none.
Silence const* silence_of(std::span<Silence const> silences, Signal const& signal, Instant now, ParentOf const& parent);

/// A first report. `silence`: what covers it. `by`: who reported it by hand; nullptr: a detector.
Step raised(SituationId id, Signal signal, Silence const* silence, Instant now, Actor const* by = nullptr);
/// Another report of an open one. It returns when it was reported gone; worsens at once; eases only when no report
/// was as severe for keep-firing. Words, numbers and evidence are replaced together; what is news of them gets a line
/// every kUpdateEvery, of what a person says at once. Headline and Area stay those of the beginning until the cause has moved on.
/// What a person reports stands at once, a lower severity too; a program's lower one is told by time_passed() if it stays so. What was real once is no exercise any more, and that an
/// exercise has become real is told at once: turned_real().
Step reported(Situation situation, Signal signal, Situations::Options const& options, Instant now, Actor const* by = nullptr);
/// The line says that what was told as an exercise is none: kWorsened without another severity.
[[nodiscard]] bool turned_real(Entry const& entry);
/// kConflict: what a person reports under the key of an open one is of another kind or elsewhere, so it is another incident; who
/// corrects it names the version that he saw, and no other may be there.
Result<void> check_same_incident(Situation const& open, Signal const& reported, Actor const& by);
/// A silence begins or ends for it, also because it is of another kind or elsewhere now.
void apply_silence(Step& step, Silence const* silence, Instant now);
/// The cause is gone.
Step cleared(Situation situation, Instant now);
/// It ends now, because nobody can or need watch the cause any more.
Step ended(Situation situation, End why, Instant now);
/// Resolves what stayed gone, eases what a program has not reported as severe for keep-firing, escalates what nobody acknowledged, says twice a day that a public one lasts, tells the newest words
/// of a program when kUpdateEvery is over, and follows the silences.
Step time_passed(Situation situation, Silence const* silence, Situations::Options const& options, Instant now);

/// Somebody ended it by hand, and this report about the same cause is no news: of a dismissed one for a day, of a resolved
/// one as long as its cause lasts. What is more severe, or confirmed now, or no exercise any more, is news.
bool stays_settled(Situation const& ended, Signal const& reported, Instant now);
/// The same of a report that says no more than those before.
bool stays_settled(Situation const& ended, Instant now);

enum class Action { kAcknowledge, kAct, kAssign, kNote, kResolve, kDismiss };
struct Deed {
  Action action = Action::kNote;
  Actor by = {};
  std::string text = {};  ///< note or reason
  Actor assignee = {};
};
/// kConflict: the state does not allow it, or another version is there; kInvalid: a text is missing; kLimit.
Result<Step> deed_done(Situation situation, Deed const& deed, Instant now);

}  // namespace madang::situations
