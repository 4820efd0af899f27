#include "mobility/signals/monitor.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace madang::mobility::signals {
namespace {

/// More time than this may not pass unseen: a clock that jumps ahead, or a watcher that slept, proves no minimum.
constexpr Millis kUnseenMost{2'000};

bool is_go(Aspect a) { return a == Aspect::kYield || a == Aspect::kGreen; }
bool is_off(Aspect a) { return a == Aspect::kFlashing || a == Aspect::kDark; }

std::string_view word_of(Aspect a) {
  switch (a) {
    case Aspect::kRed: return "red";
    case Aspect::kYellow: return "yellow";
    case Aspect::kYield: return "green that gives way";
    case Aspect::kGreen: return "green";
    case Aspect::kFlashing: return "flashing";
    case Aspect::kDark: return "dark";
  }
  return "an aspect that there is not";
}

std::uint64_t bit(std::size_t group) { return std::uint64_t{1} << group; }

/// Calls for each group of a set.
template <typename Call>
void each_of(std::uint64_t set, Call call) {
  for (; set != 0; set &= set - 1) call(static_cast<std::size_t>(std::countr_zero(set)));
}

}  // namespace

Monitor::Monitor(Plan const& plan) {
  auto const n = plan.groups.size();
  fits_ = n > 0 && n <= kMost && plan.conflicts.size() == n * n && plan.gives_way.size() == n * n && plan.intergreen.size() == n * n;
  for (std::size_t row = 0; fits_ && row < n; ++row) {
    auto const& group = plan.groups[row];
    Rules rules{.id = group.id, .green = group.green_min, .yellow = group.yellow, .red = group.red_min};
    for (std::size_t column = 0; column < n; ++column) {
      auto const here = row * n + column;
      auto const there = column * n + row;
      // What is said one way only counts both ways.
      bool const never = plan.conflicts[here] == Conflict::kNever || plan.conflicts[there] == Conflict::kNever;
      bool const meet = !never && (plan.conflicts[here] == Conflict::kYield || plan.conflicts[there] == Conflict::kYield);
      if (never) rules.never |= bit(column);
      if (meet && plan.gives_way[here]) rules.goes_first |= bit(column);
      if (meet && plan.gives_way[there]) rules.lets_first |= bit(column);
      // Who meets without anybody who gives way must not meet at all.
      if (meet && !plan.gives_way[here] && !plan.gives_way[there]) rules.never |= bit(column);
      rules.after[column] = plan.intergreen[there];
    }
    rules_.push_back(std::move(rules));
  }
  begin_anew();
}

void Monitor::begin_anew() {
  complaint_.reset();
  has_begun_ = is_off_ = false;
  seen_.assign(rules_.size(), Seen{});
  if (!fits_) complain("the plan's tables are not of one size, or name no group or more than 64");
}

void Monitor::complain(std::string sentence) {
  if (!complaint_) complaint_ = std::move(sentence);
}

std::optional<std::string> Monitor::watch(Millis now, std::vector<Aspect> const& shown) {
  if (complaint_) return complaint_;
  if (shown.size() != rules_.size()) {
    complain(fmt::format("{} aspects are shown for {} groups", shown.size(), rules_.size()));
    return complaint_;
  }
  auto const passed = has_begun_ && now > clock_ ? std::min(now - clock_, kUnseenMost) : Millis{0};
  clock_ = has_begun_ ? std::max(clock_, now) : now;
  let_pass(passed);
  if (!out_of_control(shown) && !complaint_) {
    if (!has_begun_ || is_off_) look_first(shown);
    for (std::size_t g = 0; g < shown.size(); ++g) judge_lasting(g, shown[g], passed);
    look(shown);
  }
  has_begun_ = true;
  return complaint_;
}

void Monitor::let_pass(Millis passed) {
  for (auto& s : seen_) {
    s.same += passed;
    if (is_go(s.aspect)) s.went += passed;
    else s.ended += passed;
    if (s.aspect != Aspect::kGreen) s.unyielding += passed;
  }
}

/// All flash, or all are dark: always allowed. Some and not all: never.
bool Monitor::out_of_control(std::vector<Aspect> const& shown) {
  auto const found = std::ranges::find_if(shown, is_off);
  if (found == shown.end()) return false;
  auto const other = std::ranges::find_if(shown, [&](Aspect a) { return a != *found; });
  if (other != shown.end()) {
    complain(fmt::format("group \"{}\" is {} while group \"{}\" is {}", rules_[static_cast<std::size_t>(found - shown.begin())].id, word_of(*found),
                         rules_[static_cast<std::size_t>(other - shown.begin())].id, word_of(*other)));
  }
  is_off_ = true;
  return true;
}

/// The first look, and the first after all flashed: people may have gone from everywhere until now.
void Monitor::look_first(std::vector<Aspect> const& shown) {
  for (std::size_t g = 0; g < shown.size(); ++g)
    if (shown[g] != Aspect::kRed) complain(fmt::format("group \"{}\" begins with {} instead of red", rules_[g].id, word_of(shown[g])));
  std::ranges::fill(seen_, Seen{});
  is_off_ = false;
}

void Monitor::look(std::vector<Aspect> const& shown) {
  bool changed = false;
  for (std::size_t g = 0; g < shown.size(); ++g) changed = changed || shown[g] != seen_[g].aspect;
  if (!changed) return;
  judge_together(shown);
  for (std::size_t g = 0; g < shown.size(); ++g)
    if (shown[g] != seen_[g].aspect) judge_change(g, shown[g]);
  for (std::size_t g = 0; g < shown.size(); ++g)
    if (shown[g] != seen_[g].aspect) remember(g, shown[g]);
}

/// Only yellow is ever too long: it must be over at the first look after its time.
void Monitor::judge_lasting(std::size_t group, Aspect shown, Millis passed) {
  auto const& s = seen_[group];
  if (s.aspect != Aspect::kYellow || shown != Aspect::kYellow || s.same - passed < rules_[group].yellow) return;
  complain(fmt::format("group \"{}\" was yellow for {} ms at the last look and still is, {} ms are said", rules_[group].id, (s.same - passed).count(),
                       rules_[group].yellow.count()));
}

void Monitor::judge_change(std::size_t group, Aspect shown) {
  auto const before = seen_[group].aspect;
  if (is_go(before)) {
    if (!is_go(shown)) judge_end(group, shown);
    else if (shown == Aspect::kGreen) judge_upgrade(group);
    return;
  }
  auto const& rules = rules_[group];
  auto const same = seen_[group].same;
  if (before == Aspect::kYellow) {
    if (shown != Aspect::kRed) complain(fmt::format("group \"{}\" went from yellow to {} without red", rules.id, word_of(shown)));
    if (same < rules.yellow)
      complain(fmt::format("group \"{}\" was yellow for {} ms, {} ms are said", rules.id, same.count(), rules.yellow.count()));
    return;
  }
  if (!is_go(shown)) return complain(fmt::format("group \"{}\" went from red to {}", rules.id, word_of(shown)));
  if (same < rules.red) complain(fmt::format("group \"{}\" was red for {} ms, at least {} ms are said", rules.id, same.count(), rules.red.count()));
  judge_begin(group, shown);
}

void Monitor::judge_end(std::size_t group, Aspect shown) {
  auto const& rules = rules_[group];
  auto const went = seen_[group].went;
  if (went < rules.green)
    complain(fmt::format("group \"{}\" was green for {} ms, at least {} ms are said", rules.id, went.count(), rules.green.count()));
  if (shown == Aspect::kRed && rules.yellow > Millis{0})
    complain(fmt::format("group \"{}\" went from green to red, {} ms of yellow are said", rules.id, rules.yellow.count()));
}

/// Who begins to go waits until all those are gone that it must not meet, and those that give way to it know that they must.
void Monitor::judge_begin(std::size_t group, Aspect shown) {
  auto const& rules = rules_[group];
  auto const too_early = [&](std::size_t other, Millis ago, std::string_view what) {
    if (ago < Millis{rules.after[other]})
      complain(fmt::format("group \"{}\" became {} {} ms after {} of group \"{}\" ended, {} ms are said", rules.id, word_of(shown), ago.count(), what,
                           rules_[other].id, rules.after[other]));
  };
  each_of(rules.never, [&](std::size_t other) { too_early(other, seen_[other].ended, "green"); });
  each_of(rules.lets_first, [&](std::size_t other) { too_early(other, seen_[other].unyielding, "green without giving way"); });
  if (shown == Aspect::kGreen) judge_upgrade(group);
}

/// Who gives way no longer waits until those are gone that it gave way to.
void Monitor::judge_upgrade(std::size_t group) {
  auto const& rules = rules_[group];
  each_of(rules.goes_first, [&](std::size_t other) {
    if (seen_[other].ended < Millis{rules.after[other]})
      complain(fmt::format("group \"{}\" became green {} ms after green of group \"{}\" ended, to which it gives way, {} ms are said", rules.id,
                           seen_[other].ended.count(), rules_[other].id, rules.after[other]));
  });
}

void Monitor::judge_together(std::vector<Aspect> const& shown) {
  Set going = 0;
  Set not_red = 0;
  for (std::size_t g = 0; g < shown.size(); ++g) {
    if (is_go(shown[g])) going |= bit(g);
    if (shown[g] != Aspect::kRed) not_red |= bit(g);
  }
  each_of(going, [&](std::size_t g) {
    each_of(rules_[g].never & not_red, [&](std::size_t other) {
      complain(fmt::format("group \"{}\" is {} while group \"{}\" is {}, and they must not meet", rules_[g].id, word_of(shown[g]), rules_[other].id,
                           word_of(shown[other])));
    });
    if (shown[g] != Aspect::kGreen) return;
    each_of(rules_[g].goes_first & going, [&](std::size_t other) {
      complain(fmt::format("group \"{}\" is green without giving way while group \"{}\" is {}, and they meet", rules_[g].id, rules_[other].id,
                           word_of(shown[other])));
    });
  });
}

void Monitor::remember(std::size_t group, Aspect shown) {
  auto& s = seen_[group];
  if (s.aspect == Aspect::kGreen) s.unyielding = Millis{0};
  if (is_go(s.aspect) && !is_go(shown)) s.ended = Millis{0};
  if (!is_go(s.aspect) && is_go(shown)) s.went = Millis{0};
  s.aspect = shown;
  s.same = Millis{0};
}

}  // namespace madang::mobility::signals
