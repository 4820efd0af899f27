#include "mobility/signals/outlook.h"

#include <algorithm>
#include <cmath>

namespace madang::mobility::signals {
namespace {

constexpr float kStartLost = 1.0F;     // seconds of green until the first of a queue passes
constexpr float kYellowUsed = 1.0F;    // seconds of yellow in which some still pass
constexpr float kStopLoses = 4.0F;     // seconds that a stop costs beside the wait: braking and going again at 50 km/h
constexpr float kStopAfter = 1.0F;     // seconds of waiting without a stop
constexpr float kGap = 4.5F;           // seconds between two of the others that one who gives way needs (Highway Capacity Manual: 4.1 to 4.5)
constexpr float kBlockedFor = 8.0F;    // seconds that a full exit is taken to stay so
constexpr float kUnservedLoses = 8.0F;  // seconds beyond the horizon
constexpr float kStuckAfter = 3.0F;    // seconds after which the first one is taken for one that wants another way
constexpr float kSeen = 6.0F;         // seconds within which those who are not seen yet count
constexpr std::size_t kQueueMax = 40;  // vehicles of a lane that are looked at

}  // namespace

Outlook::Outlook(Plan const& plan, Site const& site)
    : plan_(plan), site_(site), queues_(site.approaches.size()), passes_(site.approaches.size()), headways_(site.approaches.size(), 2),
      blocked_(site.exits.size(), false), windows_(plan.groups.size()), demands_(plan.phases.size(), 0), now_(plan.groups.size()) {}

/// Which way each wants is not known: they are dealt out by the shares, evenly.
void Outlook::line_up(ApproachIndex a, Estimate const& estimate) {
  auto const& view = estimate.lane(a);
  auto const& approach = site_.approaches[a];
  auto& queue = queues_[a];
  queue.clear();
  headways_[a] = view.headway;
  std::array<float, 16> owed{};
  auto const ways = std::min(approach.ways.size(), owed.size());
  for (std::size_t w = 0; w < ways; ++w) owed[w] = estimate.share(a, w) * 0.5F;
  auto const take_way = [&] {
    std::size_t best = 0;
    for (std::size_t w = 0; w < ways; ++w) {
      owed[w] += estimate.share(a, w);
      if (owed[w] > owed[best]) best = w;
    }
    owed[best] -= 1;
    return static_cast<std::uint8_t>(best);
  };
  for (auto const& v : view.vehicles) {
    if (queue.size() >= kQueueMax) break;
    auto way = take_way();
    if (queue.empty() && view.stuck_for >= kStuckAfter)
      // It stands where its lane goes: it wants what does not go, or what gives way.
      for (std::size_t w = 0; w < ways; ++w)
        if (now_[approach.ways[w].group].yields || !now_[approach.ways[w].group].goes) way = static_cast<std::uint8_t>(w);
    queue.push_back({v.at, way, v.stands});
  }
  for (float hidden = view.hidden; hidden >= 1 && queue.size() < kQueueMax; --hidden)
    queue.push_back({approach.reach / std::max(3.0F, approach.speed), take_way(), true});
  float const first_unseen = approach.reach / std::max(3.0F, approach.speed);
  float const every = 1 / std::max(0.005F, view.flow);
  for (float at = first_unseen + every / 2; at < kSeen && queue.size() < kQueueMax; at += every) queue.push_back({at, take_way(), false});
}

void Outlook::begin(Kernel const& kernel, Estimate const& estimate) {
  for (GroupIndex g = 0; g < now_.size(); ++g) {
    auto const shown = kernel.aspects()[g];
    now_[g] = {.goes = lets_go(shown), .yields = shown == Aspect::kYield, .since = -seconds_of(kernel.let_go_for(g)), .ended = -seconds_of(kernel.ended_for(g))};
  }
  for (ExitIndex e = 0; e < blocked_.size(); ++e) blocked_[e] = estimate.is_blocked(e);
  std::ranges::fill(demands_, 0.0F);
  for (ApproachIndex a = 0; a < queues_.size(); ++a) {
    line_up(a, estimate);
    auto const& view = estimate.lane(a);
    float waiting = 0;
    for (auto const& v : queues_[a]) waiting += v.at < 10 ? 1.0F : 0.0F;
    if (waiting == 0) continue;
    for (PhaseIndex p = 0; p < demands_.size(); ++p) {
      float share = 0;
      for (std::size_t w = 0; w < site_.approaches[a].ways.size(); ++w)
        if (lets_go(plan_.phases[p].aspects[site_.approaches[a].ways[w].group])) share += estimate.share(a, w);
      if (share > 0) demands_[p] = std::max(demands_[p], share * (kStartLost + waiting * view.headway));
    }
  }
}

/// As the kernel would do it: what ends keeps its minimum, what begins waits for those that it must not meet.
void Outlook::open_windows(std::span<Stage const> stages) {
  std::array<Now, 64> state{};
  std::ranges::copy(now_, state.begin());
  auto const groups = static_cast<GroupIndex>(now_.size());
  for (GroupIndex g = 0; g < groups; ++g) windows_[g].count = 0;
  auto const close = [&](GroupIndex g, float at) {
    auto& w = windows_[g];
    if (w.count < kWindowsMax) w.all[w.count++] = {state[g].since, at, state[g].yields};
  };
  for (auto const& stage : stages) {
    auto const& wanted = plan_.phases[stage.phase].aspects;
    for (GroupIndex g = 0; g < groups; ++g) {
      if (!state[g].goes || lets_go(wanted[g])) continue;
      float const end = std::max(stage.begin, state[g].since + seconds_of(plan_.groups[g].green_min));
      close(g, end + kYellowUsed);
      state[g].goes = false;
      state[g].ended = end;
    }
    for (GroupIndex g = 0; g < groups; ++g) {
      if (!lets_go(wanted[g])) continue;
      bool const yields = wanted[g] == Aspect::kYield;
      if (state[g].goes) {
        if (state[g].yields == yields) continue;
        close(g, stage.begin);
        state[g].since = std::max(stage.begin, state[g].since);
        state[g].yields = yields;
        continue;
      }
      float begin = std::max(stage.begin, state[g].ended + seconds_of(plan_.groups[g].yellow + plan_.groups[g].red_min));
      for (GroupIndex other = 0; other < groups; ++other)
        if (plan_.conflict(g, other) != Conflict::kNone && !state[other].goes)
          begin = std::max(begin, state[other].ended + static_cast<float>(plan_.intergreen[plan_.at(other, g)]) / 1000);
      state[g] = {.goes = true, .yields = yields, .since = begin, .ended = 0};
    }
  }
  for (GroupIndex g = 0; g < groups; ++g)
    if (state[g].goes && state[g].since < kHorizon) close(g, kHorizon);
}

float Outlook::first_free(Windows const& windows, float at, std::vector<ApproachIndex> const& foes, bool give_way, bool stands, bool& found) const {
  for (std::size_t i = 0; i < windows.count; ++i) {
    auto const& w = windows.all[i];
    float t = std::max(at, w.from + (stands || at < w.from ? kStartLost : 0));
    if (w.yields && give_way)
      for (auto const foe : foes)
        for (float const p : passes_[foe]) {
          if (p > t + kGap) break;
          if (p > t - 0.5F) t = p + 0.5F;
        }
    if (t > w.to) continue;
    found = true;
    return t;
  }
  found = false;
  return kHorizon;
}

float Outlook::serve(ApproachIndex a, bool give_way) {
  auto const& approach = site_.approaches[a];
  auto& passes = passes_[a];
  passes.clear();
  float free = -1, cost = 0;
  bool shut = false;
  for (auto const& v : queues_[a]) {
    auto const& way = approach.ways[v.way];
    bool found = false;
    float t = kHorizon;
    if (!shut) {
      float at = std::max(v.at, free);
      if (way.exit != kNowhere && blocked_[way.exit]) at = std::max(at, kBlockedFor);
      t = first_free(windows_[way.group], at, way.gives_way_to, give_way, v.stands, found);
    }
    if (found) {
      passes.push_back(t);
      free = t + headways_[a];
    } else {
      shut = true;  // those behind it wait as well
      t = kHorizon + kUnservedLoses;
    }
    float const waits = t - v.at;
    cost += waits + (!v.stands && waits > kStopAfter ? kStopLoses : 0);
  }
  return cost;
}

bool Outlook::gives_way_at(ApproachIndex a) const {
  return std::ranges::any_of(site_.approaches[a].ways, [&](Way const& way) {
    if (way.gives_way_to.empty()) return false;
    auto const& w = windows_[way.group];
    for (std::size_t i = 0; i < w.count; ++i)
      if (w.all[i].yields) return true;
    return false;
  });
}

float Outlook::cost(std::span<Stage const> stages) {
  open_windows(stages);
  float all = 0;
  std::array<bool, 64> yields{};
  auto const lanes = std::min<std::size_t>(queues_.size(), yields.size());
  for (ApproachIndex a = 0; a < lanes; ++a) {
    yields[a] = gives_way_at(a);
    float const own = serve(a, false);
    if (!yields[a]) all += own;
  }
  // Those that give way, once it is known when the others pass.
  for (ApproachIndex a = 0; a < lanes; ++a)
    if (yields[a]) all += serve(a, true);
  return all;
}

}  // namespace madang::mobility::signals
