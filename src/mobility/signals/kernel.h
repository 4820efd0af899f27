// The only thing that lets a group of heads go. It takes wishes from whoever steers and shows what is safe of them: no two groups
// that must not meet are ever let go together, whatever is wished for and whenever, and every minimum and intergreen is kept.
// It knows no traffic, asks for nothing and never waits.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "mobility/signals/model.h"

namespace madang::mobility::signals {

/// What whoever steers wishes for, as of one step.
struct Wish {
  PhaseIndex phase = kNoPhase;        ///< none: what was wished for before
  std::vector<bool> called;           ///< of each group: somebody waits there or comes; empty: at each
};

/// Why the junction goes where nobody wished it to.
enum class Forced : std::uint8_t { kNo, kRedMax, kGreenMax };

class Kernel {
 public:
  /// All heads red for `red_first` and at least as long as if all groups had let go until now, since nobody knows who did; then as
  /// wished. kInvalid: faults_of(plan), the first of them.
  static Result<Kernel> start(Plan plan, Millis now, Millis red_first);

  /// One step further: `now` is monotonic, and is taken for the time of the step before where it lies before that; what a step takes
  /// beyond kStepMax counts for nothing. Steps are to come at least each second.
  void step(Millis now, Wish const& wish);

  /// All flash from this moment on, and for a step at least, until resume(): from the next step on all are red as after start().
  void flash();
  void resume(Millis red_first);

  [[nodiscard]] Plan const& plan() const { return plan_; }
  [[nodiscard]] std::vector<Aspect> const& aspects() const { return aspects_; }
  [[nodiscard]] bool flashes() const { return flashing_; }
  /// What it goes to or stands in, and whether it is there.
  [[nodiscard]] PhaseIndex phase() const { return target_; }
  [[nodiscard]] bool stands() const { return stands_; }
  [[nodiscard]] Forced forced() const { return forced_; }
  /// For how long a group has shown what it shows.
  [[nodiscard]] Millis shown_for(GroupIndex group) const { return groups_[group].shown_for; }
  /// For how long it has let go, and how long ago it did so last (or all became red).
  [[nodiscard]] Millis let_go_for(GroupIndex group) const { return groups_[group].let_go_for; }
  [[nodiscard]] Millis ended_for(GroupIndex group) const { return groups_[group].ended_for; }
  [[nodiscard]] Millis waited_for(GroupIndex group) const { return groups_[group].waited_for; }
  /// From now until all of a phase is shown, were it wished for from now on and nothing else forced; kLong: there is no such phase.
  [[nodiscard]] Millis until(PhaseIndex phase) const;

  static constexpr Millis kLong{1'000'000'000};

 private:
  struct State {
    Millis shown_for{0};     ///< what it shows
    Millis let_go_for{0};    ///< since it began to let go, with changes between yielding and not
    Millis ended_for{0};     ///< since it let go last
    Millis first_for{0};     ///< since it was kGreen last: who yields now may have begun to turn before
    Millis waited_for{0};    ///< called and not let go
  };

  explicit Kernel(Plan plan);
  void begin_red(Millis red_first);
  void advance(Millis passed, Wish const& wish);
  void choose_target(Wish const& wish);
  [[nodiscard]] std::optional<GroupIndex> overdue() const;
  [[nodiscard]] std::optional<GroupIndex> held_up() const;
  [[nodiscard]] bool holds_up(GroupIndex other, GroupIndex group) const;
  [[nodiscard]] PhaseIndex phase_with(GroupIndex group) const;
  void end_what_must_end();
  void begin_what_may_begin();
  [[nodiscard]] bool may_show(GroupIndex group, Aspect aspect) const;
  [[nodiscard]] bool is_clear(GroupIndex group, Aspect aspect, GroupIndex other) const;
  [[nodiscard]] Millis until_clear(GroupIndex group, Phase const& wanted, GroupIndex other) const;
  [[nodiscard]] Millis until_red_enough(GroupIndex group) const;
  void show(GroupIndex group, Aspect aspect);
  [[nodiscard]] bool lets_go(GroupIndex group) const { return signals::lets_go(aspects_[group]); }

  Plan plan_;
  std::vector<Aspect> aspects_;
  std::vector<State> groups_;
  PhaseIndex wished_ = kNoPhase;
  PhaseIndex target_ = kNoPhase;
  GroupIndex forced_for_ = 0;
  Forced forced_ = Forced::kNo;
  bool stands_ = false;
  bool flashing_ = false;
  bool has_flashed_ = false;            ///< for a step at least, so that somebody saw it
  std::optional<Millis> resume_with_;   ///< red first, once it has
  Millis red_first_{0};
  Millis last_{0};
};

}  // namespace madang::mobility::signals
