#include "evaluation/rivals.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "sensing/quantities.h"

namespace madang::evaluation {
namespace {

constexpr double kNearKm = 1.2;      // as the shipped rules have it for air
constexpr double kNearStreetKm = 0.5;  // for noise and people
constexpr int kLasts = 3;            // values in a row confirm where no neighbour does
constexpr int kBackSteps = 5;
constexpr Millis kReturnsWithin = std::chrono::minutes{20};
constexpr std::size_t kPast = 144;   // of 24 hours, one in 10 minutes
constexpr std::size_t kPastLeast = 6;

using Near = std::vector<std::vector<std::uint32_t>>;

Near near_of(simulation::CityPlan const& plan, double km) {
  Near near(plan.nodes.size());
  for (std::uint32_t i = 0; i < plan.nodes.size(); ++i) {
    for (std::uint32_t j = 0; j < plan.nodes.size(); ++j) {
      if (i != j && simulation::distance(plan.nodes[i].place, plan.nodes[j].place) <= km) near[i].push_back(j);
    }
  }
  return near;
}

/// Robust deviations of each station from its own usual distance to the city's median.
class OwnDay {
 public:
  explicit OwnDay(std::size_t nodes) : stations_(nodes) {}

  void judge(std::span<float const> values, bool sample, std::vector<float>& z) {
    std::vector<float> present;
    for (float const v : values) {
      if (!std::isnan(v)) present.push_back(v);
    }
    z.assign(values.size(), std::nanf(""));
    if (present.empty()) return;
    auto const middle = present.begin() + static_cast<std::ptrdiff_t>(present.size() / 2);
    std::ranges::nth_element(present, middle);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!std::isnan(values[i])) z[i] = stations_[i].judge(values[i] - *middle, sample);
    }
  }

 private:
  struct Station {
    std::vector<float> past;
    std::size_t at = 0;
    float middle = 0, deviation = 0;

    float judge(float residual, bool sample) {
      if (sample) {
        if (past.size() < kPast) past.push_back(residual);
        else past[at++ % past.size()] = residual;
        if (past.size() >= kPastLeast && (at % 3 == 0 || past.size() < kPast)) measure();
      }
      return deviation > 0 ? (residual - middle) / deviation : 0;
    }
    void measure() {
      auto const median = [](std::vector<float>& v) {
        std::ranges::nth_element(v, v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2));
        return v[v.size() / 2];
      };
      std::vector<float> sorted = past;
      middle = median(sorted);
      for (float& v : sorted) v = std::abs(v - middle);
      deviation = std::max(1.4826F * median(sorted), 0.1F);
    }
  };
  std::vector<Station> stations_;
};

/// Stations that are up, confirmed, and grouped into causes.
class Alarms {
 public:
  explicit Alarms(std::size_t nodes) : run_(nodes, 0), back_(nodes, 0), cause_(nodes, kNone) {}

  void step(Instant when, std::span<float const> scores, double limit, Near const& near, bool neighbours_confirm, Alarm const& like) {
    for (std::size_t i = 0; i < scores.size(); ++i) {
      bool const up = scores[i] >= static_cast<float>(limit);  // NaN is not
      run_[i] = up ? run_[i] + 1 : 0;
      back_[i] = up || std::isnan(scores[i]) ? 0 : back_[i] + 1;
      if (back_[i] >= kBackSteps) cause_[i] = kNone;
    }
    for (std::uint32_t i = 0; i < scores.size(); ++i) {
      if (run_[i] == 0) continue;
      bool const partner = neighbours_confirm && std::ranges::any_of(near[i], [&](auto n) { return run_[n] > 0; });
      bool const counts = partner || run_[i] >= kLasts;
      if (cause_[i] == kNone) cause_[i] = cause_near(i, near);
      if (cause_[i] == kNone && counts) cause_[i] = begin(i, when, near, like);
      if (cause_[i] == kNone) continue;
      raised[cause_[i]].nodes.insert(i);
      raised[cause_[i]].ended_at = last_[cause_[i]] = when;
    }
  }

  std::vector<Alarm> raised;

 private:
  static constexpr std::size_t kNone = SIZE_MAX;

  [[nodiscard]] std::size_t cause_near(std::uint32_t node, Near const& near) const {
    std::size_t oldest = kNone;
    for (auto const n : near[node]) oldest = std::min(oldest, cause_[n]);
    return oldest;
  }

  /// One that comes back soon is the same.
  std::size_t begin(std::uint32_t node, Instant when, Near const& near, Alarm const& like) {
    for (std::size_t c = raised.size(); c-- > 0 && when - raised[c].at < std::chrono::hours{24};) {
      if (when - last_[c] > kReturnsWithin) continue;
      bool const there = raised[c].nodes.contains(node) ||
                         std::ranges::any_of(near[node], [&](auto n) { return raised[c].nodes.contains(n); });
      if (there) return c;
    }
    raised.push_back(like);
    raised.back().at = when;
    raised.back().confirmed_at = when;
    last_.push_back(when);
    return raised.size() - 1;
  }

  std::vector<int> run_, back_;
  std::vector<std::size_t> cause_;
  std::vector<Instant> last_;
};

}  // namespace

struct Rivals::Watch {
  Watch(simulation::CityPlan const& plan, simulation::Channel channel)
      : own_day(plan.nodes.size()), alarms(2, std::vector<Alarms>(kSettings, Alarms(plan.nodes.size()))) {
    like.rule = sensing::city_node_quantities()[simulation::index_of(channel)].channel;
    like.kind = like.rule;
    like.family = family_of_channel(like.rule);
    neighbours_confirm = like.family == Family::kAir || like.family == Family::kWarmth;
    near = near_of(plan, neighbours_confirm ? kNearKm : kNearStreetKm);
  }
  Alarm like;
  bool neighbours_confirm = true;
  Near near;
  OwnDay own_day;
  std::vector<std::vector<Alarms>> alarms;  ///< by rule and setting
  std::vector<float> z;
  std::int64_t steps = 0;
};

Rivals::Rivals(simulation::CityPlan const& plan, Millis step) : step_(step) {
  for (auto const channel : kWatched) watches_.push_back(std::make_unique<Watch>(plan, channel));
}
Rivals::~Rivals() = default;

void Rivals::step(std::size_t watched, Instant when, std::span<float const> values) {
  Watch& w = *watches_[watched];
  auto const sample_every = std::max<std::int64_t>(1, 600'000 / step_.count());
  w.own_day.judge(values, ++w.steps % sample_every == 0, w.z);
  for (std::size_t s = 0; s < kSettings; ++s) {
    w.alarms[0][s].step(when + step_, values, kLimits[watched][s], w.near, w.neighbours_confirm, w.like);
    w.alarms[1][s].step(when + step_, w.z, kDeviations[s], w.near, w.neighbours_confirm, w.like);
  }
}

std::vector<Alarm> const& Rivals::alarms(std::size_t watched, std::size_t rule, std::size_t setting) const {
  return watches_[watched]->alarms[rule][setting].raised;
}

}  // namespace madang::evaluation
