#include "mobility/signals/proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <utility>
#include <vector>

#include "mobility/signals/kernel.h"
#include "mobility/signals/limits.h"
#include "mobility/signals/monitor.h"

namespace madang::mobility::signals {
namespace {

constexpr std::uint64_t kStepsOfAPlan = 20'000;
constexpr std::size_t kGroupsDrawn = 12;
constexpr Millis kDay{86'400'000};
constexpr Millis kRedFirst{10'000};  // at most

/// Numbers that follow from a seed and are the same on every machine: a counter, mixed (splitmix64).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// 0 to n - 1.
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(((next() >> 32) * n) >> 32); }
  bool one_in(std::uint32_t n) { return below(n) == 0; }
  Millis between(std::uint32_t from, std::uint32_t to) { return Millis{from + below(to - from + 1)}; }

 private:
  std::uint64_t state_;
};

Group drawn_group(Dice& dice, std::uint32_t index) {
  Group group;
  group.id = fmt::format("g{}", index);
  group.heads = {index};
  group.green_min = dice.one_in(8) ? Millis{1} : dice.between(1'000, 15'000);
  group.green_max = group.green_min + dice.between(0, 60'000);
  group.yellow = dice.one_in(8) ? Millis{0} : dice.between(1, 6'000);
  group.red_min = dice.one_in(4) ? Millis{0} : dice.between(1, 4'000);
  group.red_max = group.red_min + dice.between(0, 150'000);
  return group;
}

void draw_conflicts(Dice& dice, Plan& plan) {
  auto const n = static_cast<GroupIndex>(plan.groups.size());
  plan.conflicts.assign(std::size_t{n} * n, Conflict::kNone);
  plan.gives_way.assign(plan.conflicts.size(), false);
  plan.intergreen.assign(plan.conflicts.size(), 0);
  auto const dense = 2 + dice.below(6);
  for (GroupIndex a = 0; a < n; ++a) {
    for (GroupIndex b = a + 1; b < n; ++b) {
      auto const face = dice.below(8);
      auto const conflict = face >= dense ? Conflict::kNone : face % 3 == 1 ? Conflict::kYield : Conflict::kNever;
      plan.conflicts[plan.at(a, b)] = plan.conflicts[plan.at(b, a)] = conflict;
      bool const first_gives_way = dice.one_in(2);
      plan.gives_way[plan.at(a, b)] = first_gives_way;  // also where nobody asks for it
      plan.gives_way[plan.at(b, a)] = !first_gives_way;
      for (auto const& [from, to] : {std::pair{a, b}, std::pair{b, a}})
        plan.intergreen[plan.at(from, to)] = static_cast<std::int32_t>((plan.groups[from].yellow + dice.between(0, dice.one_in(2) ? 0 : 6'000)).count());
    }
  }
}

/// A phase around one group: others join in a drawn order where their conflicts allow it.
Phase drawn_phase(Dice& dice, Plan const& plan, GroupIndex first) {
  auto const n = static_cast<GroupIndex>(plan.groups.size());
  std::vector<GroupIndex> members{first};
  auto const turn = dice.below(n);
  bool const reluctant = dice.one_in(3);
  for (GroupIndex i = 0; i < n; ++i) {
    GroupIndex const g = (i + turn) % n;
    bool const fits = g != first && std::ranges::none_of(members, [&](GroupIndex m) { return plan.conflict(m, g) == Conflict::kNever; });
    if (fits && !(reluctant && dice.one_in(2))) members.push_back(g);
  }
  Phase phase{.name = fmt::format("around g{}", first), .aspects = std::vector<Aspect>(n, Aspect::kRed)};
  for (auto const g : members) {
    bool const yields = std::ranges::any_of(members, [&](GroupIndex m) { return plan.conflict(g, m) == Conflict::kYield && plan.gives_way[plan.at(g, m)]; });
    phase.aspects[g] = yields || dice.one_in(10) ? Aspect::kYield : Aspect::kGreen;
  }
  return phase;
}

/// How long a step takes, which phase is wished for and who is called, for some steps on end.
struct Mood {
  std::uint32_t steps = 0;
  std::uint32_t clock = 0;
  std::uint32_t wishes = 0;
  std::uint32_t calls = 0;
  std::uint64_t called = 0;  ///< a bit for each group
  std::array<PhaseIndex, 2> favourites{};
};

/// One plan, run through by a kernel with its monitor.
class Trial {
 public:
  Trial(std::uint64_t seed, ProofReport& report) : dice_(seed), plan_(random_plan(seed)), monitor_(plan_), report_(report) {
    auto const n = static_cast<GroupIndex>(plan_.groups.size());
    for (GroupIndex a = 0; a < n; ++a) {
      for (GroupIndex b = 0; b < n; ++b)
        if (plan_.conflict(a, b) == Conflict::kNever) never_[a] |= std::uint64_t{1} << b;
    }
    wish_.called.resize(n);
    now_ = dice_.between(0, 1'000'000);
    restart();
  }

  std::optional<std::string> run(std::uint64_t steps) {
    for (std::uint64_t i = 0; i < steps && !fault_; ++i) {
      step();
      ++report_.steps;
      if (fault_) fault_ = fmt::format("step {}: {}", i, *fault_);
    }
    return fault_;
  }

 private:
  void step() {
    if (mood_.steps-- == 0) change_mood();
    if (dice_.one_in(1'000)) disturb();
    if (kernel_->flashes() && dice_.one_in(20)) resume();
    auto const passed = pass_time();
    wish();
    kernel_->step(now_, wish_);
    if (kernel_->forced() != Forced::kNo) ++report_.forced;
    if (auto complaint = monitor_.watch(now_, kernel_->aspects())) fault_ = std::move(complaint);
    judge_meetings();
    judge_waits(passed);
  }

  void restart() {
    auto kernel = Kernel::start(plan_, now_, dice_.between(0, static_cast<std::uint32_t>(kRedFirst.count())));
    if (!kernel) {
      fault_ = kernel.error().sentence;
      return;
    }
    kernel_ = *std::move(kernel);
    counted_ = now_;
    monitor_.begin_anew();
    fault_ = monitor_.watch(now_, kernel_->aspects());
    before_ = 0;
    waits_.fill(Millis{0});
    // Now and then nobody wishes for anything for a long time after it began.
    if (!dice_.one_in(3)) return;
    mood_.wishes = 4;
    mood_.steps = dice_.below(1'500);
  }

  void change_mood() {
    auto const phases = static_cast<std::uint32_t>(plan_.phases.size());
    mood_ = {.steps = 1 + dice_.below(300), .clock = dice_.below(5), .wishes = dice_.below(6), .calls = dice_.below(5), .called = dice_.next() & dice_.next(),
             .favourites = {dice_.below(phases), dice_.below(phases)}};
    set_calls(mood_.calls == 0 ? ~std::uint64_t{0} : mood_.calls == 1 ? 0 : mood_.called);
  }

  void disturb() {
    switch (dice_.below(4)) {
      case 0: ++report_.restarts; return restart();
      case 1: ++report_.jumps; now_ += dice_.between(0, static_cast<std::uint32_t>(kDay.count())); return;
      case 2: ++report_.jumps; now_ -= dice_.between(0, dice_.one_in(10) ? 100'000 : 10'000); return;
      default: ++report_.flashes; return kernel_->flash();
    }
  }

  void resume() {
    kernel_->resume(dice_.between(0, static_cast<std::uint32_t>(kRedFirst.count())));
    waits_.fill(Millis{0});
  }

  /// How much of it the kernel may count.
  Millis pass_time() {
    switch (mood_.clock) {
      case 0: now_ += Millis{100}; break;
      case 1: now_ += Millis{1'000}; break;
      case 2: now_ += dice_.between(0, 5'000); break;
      case 3: now_ += dice_.between(0, 1'200); break;
      default: now_ += dice_.one_in(3) ? Millis{0} : dice_.between(900, 1'100); break;
    }
    auto const passed = std::clamp(now_ - counted_, Millis{0}, kStepMax);
    counted_ = std::max(counted_, now_);
    return passed;
  }

  void wish() {
    auto const phases = static_cast<std::uint32_t>(plan_.phases.size());
    switch (mood_.wishes) {
      case 0: wish_.phase = mood_.favourites[0]; break;
      case 1: wish_.phase = mood_.favourites[mood_.steps % 2]; break;
      case 2: wish_.phase = dice_.below(phases); break;
      case 3: wish_.phase = dice_.below(phases + 40); break;
      case 4: wish_.phase = kNoPhase; break;
      default:
        if (dice_.one_in(12)) wish_.phase = dice_.below(phases);
        break;
    }
    if (mood_.calls == 2) set_calls(dice_.next());
    if (mood_.calls == 3) set_calls(mood_.steps % 2 == 0 ? mood_.called : ~mood_.called);
  }

  void set_calls(std::uint64_t called) {
    called_ = called;
    for (std::size_t g = 0; g < wish_.called.size(); ++g) wish_.called[g] = (called >> g & 1) != 0;
  }

  void judge_meetings() {
    std::uint64_t going = 0;
    auto const& aspects = kernel_->aspects();
    for (std::size_t g = 0; g < aspects.size(); ++g)
      if (aspects[g] == Aspect::kGreen || aspects[g] == Aspect::kYield) going |= std::uint64_t{1} << g;
    if (going != before_) {
      report_.greens += static_cast<std::uint64_t>(std::popcount(going & ~before_));
      for (std::size_t g = 0; g < aspects.size(); ++g)
        if ((going >> g & 1) != 0 && (going & never_[g]) != 0) fault_ = fmt::format("group \"{}\" goes with one that it must never meet", plan_.groups[g].id);
    }
    going_ = std::exchange(before_, going);
  }

  /// `going_`: who went before this step.
  void judge_waits(Millis passed) {
    if (kernel_->flashes()) return waits_.fill(Millis{0});
    for (GroupIndex g = 0; g < plan_.groups.size(); ++g) {
      bool const waits = (called_ >> g & 1) != 0 && ((going_ | before_) >> g & 1) == 0;
      waits_[g] = waits ? waits_[g] + passed : Millis{0};
      if (waits_[g] < plan_.groups[g].red_max) continue;
      auto const bound = wait_bound(plan_, g, kRedFirst);
      report_.wait_most = std::max(report_.wait_most, static_cast<double>(waits_[g].count()) / static_cast<double>(bound.count()));
      if (waits_[g] > bound) fault_ = fmt::format("group \"{}\" was called for {} ms, at most {} ms were to be", plan_.groups[g].id, waits_[g].count(), bound.count());
    }
  }

  Dice dice_;
  Plan plan_;
  Monitor monitor_;
  ProofReport& report_;
  std::optional<Kernel> kernel_;
  std::optional<std::string> fault_;
  Mood mood_;
  Wish wish_;
  std::uint64_t called_ = 0;
  std::uint64_t going_ = 0;
  std::uint64_t before_ = 0;
  std::array<std::uint64_t, kGroupsDrawn> never_{};
  std::array<Millis, kGroupsDrawn> waits_{};
  Millis now_{0};
  Millis counted_{0};
};

}  // namespace

Plan random_plan(std::uint64_t seed) {
  Dice dice{seed ^ 0x706c616e};
  Plan plan;
  plan.id = fmt::format("drawn {}", seed);
  auto const n = 1 + dice.below(dice.one_in(4) ? kGroupsDrawn : 6);
  for (std::uint32_t g = 0; g < n; ++g) plan.groups.push_back(drawn_group(dice, g));
  plan.heads = n;
  draw_conflicts(dice, plan);
  for (GroupIndex g = 0; g < n; ++g) plan.phases.push_back(drawn_phase(dice, plan, g));
  for (auto more = dice.below(4); more > 0; --more) plan.phases.push_back(drawn_phase(dice, plan, dice.below(n)));
  if (dice.one_in(4)) plan.phases.push_back({.name = "all red", .aspects = std::vector<Aspect>(n, Aspect::kRed)});
  for (auto left = 1 + dice.below(6); left > 0; --left)
    plan.fixed.push_back({.phase = dice.below(static_cast<std::uint32_t>(plan.phases.size())), .length = dice.between(1, 60'000)});
  return plan;
}

Millis wait_bound(Plan const& plan, GroupIndex group, Millis red_first) {
  Millis green{0};
  Millis between{0};
  for (auto const& g : plan.groups) {
    green = std::max(green, g.green_min);
    between = std::max(between, g.yellow + kStepMax + std::max(Millis{1}, g.red_min));
  }
  for (auto const ms : plan.intergreen) between = std::max(between, Millis{ms});
  auto const turn = green + kStepMax + between + kStepMax + green + kStepMax;
  auto const turns = static_cast<std::int64_t>(plan.groups.size()) + 1;
  return std::max(plan.groups[group].red_max, red_first) + kStepMax + turn * turns;
}

ProofReport prove_safety(std::uint64_t seed, std::uint64_t steps) {
  ProofReport report;
  report.seed = seed;
  Dice dice{seed};
  while (report.steps < steps && !report.fault) {
    auto const plan_seed = dice.next();
    ++report.plans;
    Trial trial{plan_seed, report};
    if (auto fault = trial.run(std::min(kStepsOfAPlan, steps - report.steps)))
      report.fault = fmt::format("seed {}, plan {} (random_plan({})), {}", seed, report.plans, plan_seed, *fault);
  }
  return report;
}

}  // namespace madang::mobility::signals
