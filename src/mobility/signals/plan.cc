#include "mobility/signals/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "mobility/signals/limits.h"

namespace madang::mobility::signals {
namespace {

bool has_shape(Plan const& plan, std::vector<std::string>& faults) {
  auto const before = faults.size();
  auto const within = [&](std::string_view what, std::size_t n, std::size_t most) {
    if (n == 0) faults.push_back(fmt::format("there are no {}", what));
    if (n > most) faults.push_back(fmt::format("{} {} are more than {}", n, what, most));
  };
  within("groups", plan.groups.size(), kGroupsMax);
  within("phases", plan.phases.size(), kPhasesMax);
  within("heads", plan.heads, kHeadsMax);
  within("steps of the fixed plan", plan.fixed.size(), kFixedStepsMax);
  auto const pairs = plan.groups.size() * plan.groups.size();
  if (plan.conflicts.size() != pairs || plan.gives_way.size() != pairs || plan.intergreen.size() != pairs)
    faults.push_back(fmt::format("conflicts, who gives way and intergreens are tables of {} by {} groups", plan.groups.size(), plan.groups.size()));
  for (auto const& phase : plan.phases)
    if (phase.aspects.size() != plan.groups.size())
      faults.push_back(fmt::format("phase \"{}\" names {} aspects for {} groups", phase.name, phase.aspects.size(), plan.groups.size()));
  return faults.size() == before;
}

void check_group(Group const& group, std::uint32_t heads, std::vector<int>& used, std::vector<std::string>& faults) {
  auto const time = [&](std::string_view what, Millis value, Millis least) {
    if (value < least || value > kTimeMax)
      faults.push_back(fmt::format("group \"{}\": {} of {} ms is not within {} and {} ms", group.id, what, value.count(), least.count(), kTimeMax.count()));
  };
  time("least green", group.green_min, Millis{1});
  time("most green", group.green_max, group.green_min);
  time("yellow", group.yellow, Millis{0});
  time("least red", group.red_min, Millis{0});
  time("most red", group.red_max, group.red_min);
  if (group.heads.empty()) faults.push_back(fmt::format("group \"{}\" has no head", group.id));
  for (auto const head : group.heads) {
    if (head >= heads) faults.push_back(fmt::format("group \"{}\": there is no head {}", group.id, head));
    else if (used[head]++ > 0) faults.push_back(fmt::format("head {} belongs to two groups", head));
  }
}

void check_pair(Plan const& plan, GroupIndex a, GroupIndex b, std::vector<std::string>& faults) {
  auto const both = fmt::format("groups \"{}\" and \"{}\"", plan.groups[a].id, plan.groups[b].id);
  auto const conflict = plan.conflict(a, b);
  if (conflict != plan.conflict(b, a)) faults.push_back(fmt::format("{} conflict one way only", both));
  if (conflict == Conflict::kNone) return;
  if (a == b) {
    faults.push_back(fmt::format("group \"{}\" conflicts with itself", plan.groups[a].id));
    return;
  }
  if (conflict == Conflict::kYield && plan.gives_way[plan.at(a, b)] == plan.gives_way[plan.at(b, a)])
    faults.push_back(fmt::format("{} meet: exactly one of them gives way", both));
  for (auto const& [first, second] : {std::pair{a, b}, std::pair{b, a}}) {
    Millis const between{plan.intergreen[plan.at(first, second)]};
    if (between < plan.groups[first].yellow || between > kTimeMax)
      faults.push_back(fmt::format("from \"{}\" to \"{}\" pass {} ms, less than the yellow of {} ms or more than {} ms", plan.groups[first].id,
                                   plan.groups[second].id, between.count(), plan.groups[first].yellow.count(), kTimeMax.count()));
  }
}

void check_phases(Plan const& plan, std::vector<std::string>& faults) {
  auto const groups = static_cast<GroupIndex>(plan.groups.size());
  for (auto const& phase : plan.phases) {
    for (GroupIndex a = 0; a < groups; ++a) {
      if (!lets_go(phase.aspects[a]) && phase.aspects[a] != Aspect::kRed)
        faults.push_back(fmt::format("phase \"{}\": group \"{}\" is neither red nor lets go", phase.name, plan.groups[a].id));
      for (GroupIndex b = a + 1; b < groups; ++b)
        if (!may_stand_together(plan, a, phase.aspects[a], b, phase.aspects[b]))
          faults.push_back(fmt::format("phase \"{}\": \"{}\" and \"{}\" must not go together", phase.name, plan.groups[a].id, plan.groups[b].id));
    }
  }
  for (GroupIndex g = 0; g < groups; ++g)
    if (std::ranges::none_of(plan.phases, [&](Phase const& p) { return lets_go(p.aspects[g]); }))
      faults.push_back(fmt::format("no phase lets group \"{}\" go", plan.groups[g].id));
  for (auto const& step : plan.fixed) {
    if (step.phase >= plan.phases.size()) faults.push_back(fmt::format("the fixed plan names phase {} of {}", step.phase, plan.phases.size()));
    if (step.length <= Millis{0} || step.length > kTimeMax)
      faults.push_back(fmt::format("a step of the fixed plan takes {} ms, not within 1 and {} ms", step.length.count(), kTimeMax.count()));
  }
}

}  // namespace

bool may_stand_together(Plan const& plan, GroupIndex a, Aspect shown_a, GroupIndex b, Aspect shown_b) {
  if (!lets_go(shown_a) || !lets_go(shown_b)) return true;
  switch (plan.conflict(a, b)) {
    case Conflict::kNone: return true;
    case Conflict::kNever: return false;
    case Conflict::kYield: break;
  }
  return plan.gives_way[plan.at(a, b)] ? shown_a == Aspect::kYield : shown_b == Aspect::kYield;
}

std::vector<std::string> faults_of(Plan const& plan) {
  std::vector<std::string> faults;
  if (!has_shape(plan, faults)) return faults;
  std::vector<int> used(plan.heads, 0);
  for (auto const& group : plan.groups) check_group(group, plan.heads, used, faults);
  auto const groups = static_cast<GroupIndex>(plan.groups.size());
  for (GroupIndex a = 0; a < groups; ++a)
    for (GroupIndex b = a; b < groups; ++b) check_pair(plan, a, b, faults);
  check_phases(plan, faults);
  return faults;
}

std::string letters_of(Plan const& plan, std::vector<Aspect> const& aspects) {
  std::string letters(plan.heads, 'r');
  for (GroupIndex g = 0; g < plan.groups.size(); ++g) {
    bool const on_foot = plan.groups[g].users == Users::kPedestrians;
    for (auto const head : plan.groups[g].heads) {
      switch (aspects[g]) {
        case Aspect::kRed: letters[head] = 'r'; break;
        case Aspect::kYellow: letters[head] = on_foot ? 'r' : 'y'; break;  // who walks may finish, and nobody begins
        case Aspect::kYield: letters[head] = 'g'; break;
        case Aspect::kGreen: letters[head] = 'G'; break;
        case Aspect::kFlashing: letters[head] = 'o'; break;
        case Aspect::kDark: letters[head] = 'O'; break;
      }
    }
  }
  return letters;
}

}  // namespace madang::mobility::signals
