#include "simulation/happenings.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "simulation/channels.h"
#include "simulation/noise.h"

namespace madang::simulation {
namespace {

constexpr double kMillisPerMinute = 60'000;
constexpr std::int64_t kPerHourMax = 64;  // room in the numbering
constexpr double kPlumesPerHour = 0.9;
constexpr double kLoudPerHour = 3;
constexpr double kCrowdsPerHour = 0.5;
constexpr double kFiresPerHour = 0.1;
constexpr double kLeaksPerHour = 0.05;
constexpr std::array<std::int64_t, kHappeningKinds> kFirstOfKind{0, 20, 40, 60, 62};  // in the numbering of an hour
constexpr double kStreetLevel = 50;   // dB(A) of a street where nothing happens, about
constexpr double kCatchesMax = 4;     // minutes until a fire is as hot as it gets
constexpr double kCools = 10;         // minutes until its warmth has gone
constexpr double kPlumeReach = 4;     // km
constexpr double kGatheringMax = 25;  // minutes until a crowd is there, and until it has gone

int how_many(double mean, std::uint64_t draw) {
  return static_cast<int>(mean + uniform(draw));  // mean on average, never far from it
}

/// 0 to 1: a quick beginning and end.
double fade(Interval const& when, Instant t, double minutes) {
  if (!when.contains(t)) return 0;
  double const since = static_cast<double>((t - when.from).count()) / kMillisPerMinute;
  double const left = static_cast<double>((when.to - t).count()) / kMillisPerMinute;
  return std::min({1.0, since / minutes, left / minutes});
}

struct Draw {
  CityPlan const& plan;
  std::uint64_t key;
  std::int64_t hour;

  Happening begin(HappeningKind kind, int index, double minutes_min, double minutes_max) const {
    std::int64_t const number = hour * kPerHourMax + kFirstOfKind[static_cast<std::size_t>(kind)] + index;
    std::uint64_t const draw = at(key, number);
    Node const& near = plan.nodes[mix(draw) % plan.nodes.size()];
    Point const place{near.place.x + 0.25 * bell(mix(draw + 1)), near.place.y + 0.25 * bell(mix(draw + 2))};
    Instant const from{Millis{hour * kHourMillis + static_cast<std::int64_t>(uniform(mix(draw + 3)) * kHourMillis)}};
    // Short ones are common, long ones rare.
    double const u = uniform(mix(draw + 4));
    double const minutes = minutes_min + (minutes_max - minutes_min) * u * u;
    return {kind, number, place, {from, from + Millis{static_cast<std::int64_t>(minutes * kMillisPerMinute)}}, 0, 0};
  }

  void add_fires(std::vector<Happening>& found, std::uint64_t counts) const {
    for (int i = 0; i < how_many(kFiresPerHour, counts); ++i) {
      Happening fire = begin(HappeningKind::kFire, i, 8, 60);
      fire.size = uniform(at(key + 5, fire.number), 4, 30);
      fire.radius = uniform(at(key + 6, fire.number), 0.1, 0.25);
      found.push_back(fire);
    }
  }

  void add_leaks(std::vector<Happening>& found, std::uint64_t counts) const {
    for (int i = 0; i < how_many(kLeaksPerHour, counts); ++i) {
      Happening leak = begin(HappeningKind::kLeak, i, 60, 220);
      std::uint64_t const which = at(key + 7, leak.number);
      auto const& gas = leaking_gases()[which % leaking_gases().size()];
      leak.channel = static_cast<int>(gas.channel);
      leak.size = gas.about * uniform(mix(which), 0.5, 5);
      leak.radius = uniform(at(key + 8, leak.number), 0.3, 0.8);
      found.push_back(leak);
    }
  }
};

}  // namespace

std::array<LeakingGas, 5> const& leaking_gases() {
  // About what is worth a word to the shipped rules.
  static constexpr std::array<LeakingGas, 5> kGases{
      {{Channel::kNo2, 0.03}, {Channel::kSo2, 0.01}, {Channel::kCo, 0.6}, {Channel::kNh3, 0.1}, {Channel::kH2s, 0.05}}};
  return kGases;
}

std::string_view name_of(HappeningKind kind) {
  switch (kind) {
    case HappeningKind::kPlume: return "plume";
    case HappeningKind::kLoud: return "noise_event";
    case HappeningKind::kCrowd: return "crowd_surge";
    case HappeningKind::kFire: return "fire";
    case HappeningKind::kLeak: return "leak";
  }
  return "";
}

std::string_view unit_of(HappeningKind kind) {
  switch (kind) {
    case HappeningKind::kPlume: return "ug/m3";
    case HappeningKind::kLoud: return "dB(A)";
    case HappeningKind::kCrowd: return "people";
    case HappeningKind::kFire: return "degC";
    case HappeningKind::kLeak: return "ppm";
  }
  return "";
}

std::vector<Happening> happenings_of_hour(CityPlan const& plan, std::int64_t hour) {
  std::vector<Happening> found;
  if (plan.nodes.empty()) return found;
  Draw const draw{plan, key_of(plan.seed, 0x60), hour};
  std::uint64_t const counts = at(key_of(plan.seed, 0x61), hour);
  Conditions const mood = conditions_at(plan.seed, Instant{Millis{hour * kHourMillis}});
  for (int i = 0; i < how_many(kPlumesPerHour, counts); ++i) {
    Happening plume = draw.begin(HappeningKind::kPlume, i, 6, 60);
    plume.size = uniform(at(draw.key + 1, plume.number), 35, 160);
    found.push_back(plume);
  }
  double const loud_mean = kLoudPerHour * (0.3 + mood.traffic);
  for (int i = 0; i < std::min(18, how_many(loud_mean, mix(counts))); ++i) {
    Happening loud = draw.begin(HappeningKind::kLoud, i, 2, 40);
    loud.size = uniform(at(draw.key + 2, loud.number), 68, 92);
    found.push_back(loud);
  }
  double const crowd_mean = kCrowdsPerHour * 2 * mood.people_evening;
  for (int i = 0; i < how_many(crowd_mean, mix(counts + 1)); ++i) {
    Happening crowd = draw.begin(HappeningKind::kCrowd, i, 60, 235);
    crowd.size = uniform(at(draw.key + 3, crowd.number), 300, 1800);
    crowd.radius = uniform(at(draw.key + 4, crowd.number), 0.15, 0.4);
    found.push_back(crowd);
  }
  draw.add_fires(found, mix(counts + 2));
  draw.add_leaks(found, mix(counts + 3));
  return found;
}

double plume_at(Happening const& plume, Point p, Instant when, Conditions const& conditions) {
  double const since = static_cast<double>((when - plume.when.from).count()) / 1000;
  if (since < 0 || when >= plume.when.to + Millis{kHourMillis}) return 0;
  double const dx = p.x - plume.place.x;
  double const dy = p.y - plume.place.y;
  if (dx * dx + dy * dy > kPlumeReach * kPlumeReach) return 0;
  // The air moves at least a little, so that a plume ends.
  double const speed = std::max(0.8, conditions.wind_speed());
  double const shorten = conditions.wind_speed() > 0.05 ? 1 / conditions.wind_speed() : 0;
  double const east = shorten > 0 ? conditions.wind_east * shorten : 1;
  double const north = shorten > 0 ? conditions.wind_north * shorten : 0;
  double const downwind = dx * east + dy * north;
  double const across = -dx * north + dy * east;
  double const until = static_cast<double>((when - plume.when.to).count()) / 1000;
  // The source reaches `radius` around its middle: there the smoke is at once, and leaves from the windward edge.
  double const front = plume.radius + speed * since / 1000;  // km the first smoke has come
  double const tail = until > 0 ? speed * until / 1000 - plume.radius : -kPlumeReach;  // km the last smoke has gone
  if (downwind > front || downwind < tail) return 0;
  double const beyond = std::max(0.0, downwind - plume.radius);
  double const width = std::max(0.13, plume.radius) + 0.14 * beyond;
  double const edge = std::max(0.1, plume.radius);
  double const upwind_loss = downwind < 0 ? std::exp(-0.5 * downwind * downwind / (edge * edge)) : 1;
  double const thinned = 1 / (1 + beyond / 0.7);
  return plume.size * upwind_loss * thinned * std::exp(-0.5 * across * across / (width * width));
}

double loudness_at(Happening const& loud, Point p, Instant when) {
  if (!loud.when.contains(when)) return 0;
  double const km = distance(p, loud.place);
  if (km > 1.2) return 0;
  // A point source over hard ground: 6 dB less per doubling, and what buildings take away.
  return loud.size - 20 * std::log10(std::max(0.05, km) / 0.05) - 8 * km;
}

double crowd_at(Happening const& crowd, Point p, Instant when) {
  // One that lasts less than an hour gathers faster.
  double const hours = static_cast<double>(crowd.when.length().count()) / static_cast<double>(kHourMillis);
  double const level = fade(crowd.when, when, kGatheringMax * std::min(1.0, hours));
  if (level <= 0) return 0;
  double const share = distance(p, crowd.place) / crowd.radius;
  return share > 4 ? 0 : level * std::exp(-0.5 * share * share);
}

double fire_at(Happening const& fire, Point p, Instant when) {
  double const share = distance(p, fire.place) / std::max(0.02, fire.radius);
  if (share > 3 || when < fire.when.from) return 0;
  double const minutes = static_cast<double>(fire.when.length().count()) / kMillisPerMinute;
  double const since = static_cast<double>((when - fire.when.from).count()) / kMillisPerMinute;
  double const left = (minutes - since) / std::min(kCools, minutes);
  double const level = std::min({1.0, since / std::min(kCatchesMax, minutes / 3), left});
  return level <= 0 ? 0 : fire.size * level * std::exp(-0.5 * share * share);
}

double leak_at(Happening const& leak, Point p, Instant when) {
  double const share = distance(p, leak.place) / std::max(0.02, leak.radius);
  if (share > 3 || !leak.when.contains(when)) return 0;
  double const passed = static_cast<double>((when - leak.when.from).count()) / static_cast<double>(leak.when.length().count());
  double const level = std::min(passed / 0.8, (1 - passed) / 0.2);  // slowly up; the wind takes it away soon
  return leak.size * level * std::exp(-0.5 * share * share);
}

double strength_at(Happening const& h, Point p, Instant when, Conditions const& conditions) {
  switch (h.kind) {
    case HappeningKind::kPlume: return plume_at(h, p, when, conditions);
    case HappeningKind::kLoud: {
      double const level = loudness_at(h, p, when);
      return level > 0 ? 10 * std::log10(1 + std::pow(10, (level - kStreetLevel) / 10)) : 0;
    }
    case HappeningKind::kCrowd: return h.size * crowd_at(h, p, when);
    case HappeningKind::kFire: return fire_at(h, p, when);
    case HappeningKind::kLeak: return leak_at(h, p, when);
  }
  return 0;
}

}  // namespace madang::simulation
