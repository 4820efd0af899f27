#include "mobility/signals/controller.h"

#include <algorithm>
#include <array>
#include <limits>

namespace madang::mobility::signals {
namespace {

constexpr std::array kStays = {0.0F, 1.0F, 2.0F, 3.0F, 4.0F, 6.0F, 8.0F, 11.0F, 14.0F, 18.0F, 24.0F, 32.0F};  // seconds more
constexpr float kWorthIt = 0.5F;        // vehicle seconds that a change must save: less than one who waits loses in a second
constexpr float kDemandMax = 30.0F;     // seconds of one phase in a sequence
constexpr float kChange = 3.0F;         // seconds from phase to phase
constexpr std::size_t kStagesMax = 10;
constexpr std::size_t kOrderMax = 4;    // phases that are put in each order

}  // namespace

Controller::Controller(Plan const& plan, Site const& site) : plan_(plan), site_(site), estimate_(site), outlook_(plan, site), green_min_(plan.phases.size(), 0) {
  for (PhaseIndex p = 0; p < plan.phases.size(); ++p)
    for (GroupIndex g = 0; g < plan.groups.size(); ++g)
      if (lets_go(plan.phases[p].aspects[g])) green_min_[p] = std::max(green_min_[p], seconds_of(plan.groups[g].green_min));
}

/// Somebody waits for a group, or nobody can see whether somebody does.
void Controller::call(Kernel const& kernel, Wish& wish) const {
  wish.called.assign(plan_.groups.size(), true);
  std::vector<bool> has_lane(plan_.groups.size(), false), wanted(plan_.groups.size(), false);
  for (ApproachIndex a = 0; a < site_.approaches.size(); ++a) {
    auto const& lane = estimate_.lane(a);
    for (auto const& way : site_.approaches[a].ways) {
      has_lane[way.group] = true;
      if (!lane.front_seen || std::ranges::any_of(lane.vehicles, &Coming::stands)) wanted[way.group] = true;
      // Whoever waited once waits until it went: one that creeps is not seen to stand.
      if (!lane.vehicles.empty() && kernel.waited_for(way.group) > Millis{0}) wanted[way.group] = true;
    }
  }
  for (GroupIndex g = 0; g < wish.called.size(); ++g) wish.called[g] = !has_lane[g] || wanted[g];
}

void Controller::try_sequence(PhaseIndex now, float stay, std::span<PhaseIndex const> next) {
  stages_.clear();
  stages_.push_back({now, 0});
  float at = stay;
  // Round and round in the same order, for all who are seen and for those who come meanwhile.
  for (std::size_t i = 0; at < Outlook::kHorizon && !next.empty() && stages_.size() < kStagesMax; ++i) {
    auto const phase = i % (next.size() + 1) < next.size() ? next[i % (next.size() + 1)] : now;
    stages_.push_back({phase, at});
    at += kChange + std::max(green_min_[phase], std::min(kDemandMax, outlook_.demand(phase)));
  }
  float const cost = outlook_.cost(stages_);
  if (stay > 0 || next.empty()) {
    if (cost < best_stay_) {
      best_stay_ = cost;
      stay_for_ = stay;
    }
  } else if (cost < best_change_) {
    best_change_ = cost;
    change_to_ = next.front();
  }
}

void Controller::choose(Kernel const& kernel) {
  auto const now = kernel.phase();
  std::vector<PhaseIndex> others;
  for (PhaseIndex p = 0; p < plan_.phases.size(); ++p)
    if (p != now && outlook_.demand(p) > 0) others.push_back(p);
  best_stay_ = best_change_ = std::numeric_limits<float>::max();
  change_to_ = kNoPhase;
  stay_for_ = 0;
  std::ranges::sort(others, [&](auto a, auto b) { return outlook_.demand(a) > outlook_.demand(b); });
  if (others.size() > kOrderMax) others.resize(kOrderMax);
  try_sequence(now, Outlook::kHorizon, {});
  if (others.empty()) return;
  std::ranges::sort(others);
  std::array<PhaseIndex, 3> order{};
  for (float const stay : kStays)
    for (auto const first : others) {
      order[0] = first;
      // Nobody need be served between two phases whom one of them serves as well.
      try_sequence(now, stay, std::span{order}.first(1));
      for (auto const second : others) {
        if (second == first) continue;
        order[1] = second;
        std::size_t n = 2;
        if (others.size() > 2) try_sequence(now, stay, std::span{order}.first(n));
        for (auto const third : others)
          if (third != first && third != second && n < order.size()) order[n++] = third;
        try_sequence(now, stay, std::span{order}.first(n));
      }
    }
}

Wish Controller::decide(Kernel const& kernel, std::span<Reading const> readings, float seconds) {
  estimate_.update(readings, kernel.aspects(), seconds);
  Wish wish;
  call(kernel, wish);
  if (kernel.phase() == kNoPhase) {
    wish.phase = 0;
    return wish;
  }
  if (!kernel.stands()) {
    wish.phase = kernel.phase();
    return wish;
  }
  outlook_.begin(kernel, estimate_);
  choose(kernel);
  bool const changes = change_to_ != kNoPhase && best_change_ + kWorthIt < best_stay_;
  last_ = {.phase = changes ? change_to_ : kernel.phase(), .rival = changes ? kernel.phase() : change_to_, .cost = changes ? best_change_ : best_stay_,
           .cost_rival = changes ? best_stay_ : best_change_, .stays_for = changes ? 0 : stay_for_};
  wish.phase = last_.phase;
  return wish;
}

}  // namespace madang::mobility::signals
