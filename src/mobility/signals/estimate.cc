#include "mobility/signals/estimate.h"

#include <algorithm>
#include <cmath>

namespace madang::mobility::signals {
namespace {

constexpr float kFlowFades = 120;        // seconds
constexpr float kCountsFade = 900;       // seconds, of turns
constexpr float kSharesEvery = 60;       // seconds
constexpr float kPriorVehicles = 25;     // that the shares of before count for
constexpr int kBalancings = 12;          // of rows and columns
constexpr float kHeadway = 2.0F;         // seconds, before anything is measured
constexpr float kHeadwaySeconds = 60;    // of getting away that this counts for
constexpr float kHeadwayMin = 1.2F, kHeadwayMax = 4.0F;
constexpr float kGains = 1.5F;            // m/s in a second, of one with a free road, as people drive
constexpr float kStartUp = 2;            // seconds of green until a queue moves
constexpr float kBlockedFill = 0.75F;    // of an exit's room
constexpr float kBlockedSpeed = 2.5F;    // m/s
constexpr float kStandingRoom = 7;        // metres that one takes in a queue
constexpr float kHiddenMax = 25;         // vehicles
constexpr float kHeadwayFull = 4;        // vehicles near the stop line: they get away as quickly as they can

/// Seconds to the stop line for one that goes on at its speed, or gains speed up to what is allowed.
float seconds_to(float metres, float speed, float allowed) {
  float const gaining = std::max(0.0F, (allowed - speed) / kGains);
  float const gained = speed * gaining + kGains * gaining * gaining / 2;
  if (metres <= gained) return (std::sqrt(speed * speed + 2 * kGains * metres) - speed) / kGains;
  return gaining + (metres - gained) / std::max(speed, allowed);
}

}  // namespace

Estimate::Estimate(Site const& site)
    : site_(site), lanes_(site.approaches.size()), shares_(site.approaches.size()), blocked_(site.exits.size(), false),
      away_(site.approaches.size()), passed_(site.approaches.size(), 0), entered_(site.exits.size(), 0) {
  for (std::size_t a = 0; a < lanes_.size(); ++a) {
    lanes_[a].headway = kHeadway;
    for (auto const& way : site.approaches[a].ways) shares_[a].push_back(way.share);
  }
}

void Estimate::look(ApproachIndex a, std::span<Reading const> readings) {
  auto& lane = lanes_[a];
  auto const& approach = site_.approaches[a];
  lane.vehicles.clear();
  lane.seen = false;
  lane.front_seen = !approach.cells.empty() && readings[approach.cells.front().sensor].valid;
  for (auto const& cell : approach.cells) {
    auto const& reading = readings[cell.sensor];
    if (!reading.valid) continue;
    lane.seen = true;
    auto const count = static_cast<int>(std::lround(reading.vehicles));
    auto const standing = std::min(count, static_cast<int>(std::lround(reading.standing)));
    float speed = reading.speed;
    if (count > standing && standing > 0) speed = speed * static_cast<float>(count) / static_cast<float>(count - standing);
    speed = std::clamp(speed, 0.0F, approach.speed);
    for (int i = static_cast<int>(cell.turn); i < count; i += static_cast<int>(cell.among)) {
      float const at = cell.near + (static_cast<float>(i) + 0.5F) * (cell.far - cell.near) / static_cast<float>(count);
      bool const stands = i < standing;
      lane.vehicles.push_back({stands ? 0 : seconds_to(at, speed, approach.speed), stands});
    }
  }
  // Who comes later passes later.
  for (std::size_t i = 1; i < lane.vehicles.size(); ++i) lane.vehicles[i].at = std::max(lane.vehicles[i].at, lane.vehicles[i - 1].at);
}

void Estimate::learn(ApproachIndex a, std::span<Reading const> readings, std::vector<Aspect> const& shown, float seconds) {
  auto& lane = lanes_[a];
  auto const& approach = site_.approaches[a];
  auto& away = away_[a];
  auto const count_of = [&](SensorIndex s) { return s != kNowhere && readings[s].valid ? readings[s].vehicles : 0.0F; };
  float const passed = count_of(approach.stop_loop);
  passed_[a] = passed_[a] * std::exp(-seconds / kCountsFade) + passed;
  float came = 0;
  for (auto const loop : approach.entrance_loops) came += count_of(loop);
  if (approach.entrance_loops.empty()) came = passed;
  lane.flow += (came / seconds - lane.flow) * (1 - std::exp(-seconds / kFlowFades));

  // A queue that reaches to the last area goes on behind it: those who come meanwhile are seen by nobody.
  if (approach.cells.empty()) return;
  auto const& last = readings[approach.cells.back().sensor];
  bool const is_full = last.valid && last.standing >= 1 && last.standing * kStandingRoom >= 0.5F * (approach.cells.back().far - approach.cells.back().near);
  if (is_full) lane.hidden = std::min(kHiddenMax, lane.hidden + lane.flow_free * seconds);
  else if (last.valid && last.vehicles == 0) lane.hidden = 0;
  else lane.hidden = std::max(0.0F, lane.hidden - came);
  if (!is_full) lane.flow_free += (came / seconds - lane.flow_free) * (1 - std::exp(-seconds / kFlowFades));

  bool const going = std::ranges::any_of(approach.ways, [&](Way const& w) { return shown[w.group] == Aspect::kGreen; });
  bool const some = std::ranges::any_of(approach.ways, [&](Way const& w) { return lets_go(shown[w.group]); });
  away.going_for = some ? away.going_for + seconds : 0;
  bool const stands_first = !lane.vehicles.empty() && lane.vehicles.front().stands;
  bool const counts = approach.stop_loop != kNowhere && readings[approach.stop_loop].valid;
  lane.stuck_for = counts && some && stands_first && passed == 0 && away.going_for > kStartUp ? lane.stuck_for + seconds : 0;
  float near = 0;
  for (auto const& cell : approach.cells)
    if (cell.near < 30 && readings[cell.sensor].valid) near += readings[cell.sensor].vehicles;
  if (counts && going && away.going_for > kStartUp && near >= kHeadwayFull && lane.stuck_for == 0) {
    away.seconds += seconds;
    away.vehicles += passed;
    lane.headway = std::clamp((kHeadwaySeconds + away.seconds) / (kHeadwaySeconds / kHeadway + away.vehicles), kHeadwayMin, kHeadwayMax);
    if (away.seconds > 20 * kHeadwaySeconds) {
      away.seconds /= 2;
      away.vehicles /= 2;
    }
  }
}

void Estimate::look_at_exit(ExitIndex e, std::span<Reading const> readings) {
  auto const& exit = site_.exits[e];
  float vehicles = 0, moved = 0;
  bool seen = false;
  for (auto const area : exit.areas) {
    auto const& reading = readings[area];
    if (!reading.valid) continue;
    seen = true;
    vehicles += reading.vehicles;
    moved += reading.vehicles * std::max(0.0F, reading.speed);
  }
  blocked_[e] = seen && vehicles >= kBlockedFill * exit.room && moved <= vehicles * kBlockedSpeed;
}

/// Where they turn to, from how many left each lane and how many came into each exit: rows and columns are balanced in turn, from the
/// shares of before on (iterative proportional fitting).
void Estimate::learn_shares() {
  auto counts = shares_;
  for (std::size_t a = 0; a < counts.size(); ++a)
    for (auto& c : counts[a]) c *= passed_[a];
  for (int round = 0; round < kBalancings; ++round) {
    std::vector<float> into(site_.exits.size(), 0);
    for (std::size_t a = 0; a < counts.size(); ++a)
      for (std::size_t w = 0; w < counts[a].size(); ++w) if (site_.approaches[a].ways[w].exit != kNowhere) into[site_.approaches[a].ways[w].exit] += counts[a][w];
    for (std::size_t a = 0; a < counts.size(); ++a) {
      float row = 0;
      for (std::size_t w = 0; w < counts[a].size(); ++w) {
        auto const exit = site_.approaches[a].ways[w].exit;
        if (exit != kNowhere && !site_.exits[exit].loops.empty() && into[exit] > 0) counts[a][w] *= entered_[exit] / into[exit];
        row += counts[a][w];
      }
      if (row > 0)
        for (auto& c : counts[a]) c *= passed_[a] / row;
    }
  }
  for (std::size_t a = 0; a < counts.size(); ++a) {
    float all = 0;
    for (std::size_t w = 0; w < counts[a].size(); ++w) {
      counts[a][w] += kPriorVehicles * site_.approaches[a].ways[w].share;
      all += counts[a][w];
    }
    for (std::size_t w = 0; w < counts[a].size(); ++w) shares_[a][w] = counts[a][w] / all;
  }
}

void Estimate::update(std::span<Reading const> readings, std::vector<Aspect> const& shown, float seconds) {
  for (ApproachIndex a = 0; a < lanes_.size(); ++a) {
    look(a, readings);
    learn(a, readings, shown, seconds);
  }
  for (ExitIndex e = 0; e < blocked_.size(); ++e) {
    look_at_exit(e, readings);
    float came = 0;
    for (auto const loop : site_.exits[e].loops)
      if (readings[loop].valid) came += readings[loop].vehicles;
    entered_[e] = entered_[e] * std::exp(-seconds / kCountsFade) + came;
  }
  until_shares_ -= seconds;
  if (until_shares_ <= 0) {
    until_shares_ = kSharesEvery;
    learn_shares();
  }
}

}  // namespace madang::mobility::signals
