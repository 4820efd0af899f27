// For tests: a drawn city of stations in a square, with values every two minutes.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <set>

#include "sensing/warning/engine.h"
#include "sensing/warning/rules.h"

namespace madang::sensing::warning {

inline constexpr Millis kStep{120'000};
inline constexpr double kMetresPerDegree = 111'195;
inline constexpr double kSpacing = 400;
inline Instant const kStart = *parse_instant("2026-11-23T00:00:00Z");

using Field2 = std::function<double(double x, double y, int step)>;  // metres, steps since the start

/// `side` x `side` stations 400 m apart, each with its own bias; values every two minutes.
class DrawnCity {
 public:
  /// `scale`: of how much devices differ and tremble, 1 as dust does. `lateness`: of all streams.
  explicit DrawnCity(std::string channel, int side = 6, RuleSet rules = shipped_rules(), double scale = 1, Millis lateness = {})
      : engine(std::move(rules), {.alarms_per_day = 5, .calendar = *indices::Calendar::of_zone("Asia/Seoul")}),
        side_(side),
        scale_(scale) {
    for (int i = 0; i < side * side; ++i) {
      Stream s;
      s.datastream = DatastreamId{100 + i};
      s.thing = ThingId{1 + i};
      s.channel = channel;
      s.place = {37.5 + y(i) / kMetresPerDegree, 127 + x(i) / kMetresPerDegree / std::cos(radians(37.5))};
      s.placed = true;
      s.area = AreaId{1};
      s.lateness = lateness;
      EXPECT_TRUE(engine.add(s).has_value());
      bias_.push_back(bias_of_(random_));
    }
  }

  [[nodiscard]] double x(int station) const { return station % side_ * kSpacing; }
  [[nodiscard]] double y(int station) const { return station / side_ * kSpacing; }

  /// Runs `steps` more steps of `usual` + `excess`; silent stations say nothing.
  void run(int steps, Field2 const& excess = {}, std::set<int> const& silent = {}) {
    for (int n = 0; n < steps; ++n, ++step_) {
      Instant const when = kStart + kStep * step_;
      for (int i = 0; i < side_ * side_; ++i) {
        double const value = next_value(i, excess ? excess(x(i), y(i), step_) : 0);
        auto const off = clock_off.find(i);
        if (!silent.contains(i)) engine.observe(static_cast<std::uint32_t>(i), when + (off == clock_off.end() ? Millis{0} : off->second), value);
      }
      for (auto& f : engine.advance(when + kStep)) findings.push_back(std::move(f));
    }
  }
  /// What station i says next, with this excess.
  double next_value(int i, double excess) {
    double const value = usual + scale_ * (bias_[static_cast<std::size_t>(i)] + tremble_(random_)) + excess;
    double const told = rounded ? rounded(value) : resolution > 0 ? resolution * std::round(value / resolution) : value;
    double const said = std::min(told, most);
    auto const factor = unit.find(i);
    return said * (factor == unit.end() ? 1 : factor->second);
  }
  /// Quiet hours for learning; nothing may be found in them.
  void learn(int steps = 360) {
    run(steps);
    EXPECT_TRUE(findings.empty());
    findings.clear();
  }

  [[nodiscard]] std::vector<std::string> keys(Finding::What what) const {
    std::vector<std::string> found;
    for (auto const& f : findings) {
      if (f.what == what && !std::ranges::count(found, f.key)) found.push_back(f.key);
    }
    return found;
  }
  [[nodiscard]] int now() const { return step_; }

  Engine engine;
  std::vector<Finding> findings;
  double usual = 20;
  double resolution = 0;            ///< of all devices; 0: they tell everything apart
  std::function<double(double)> rounded;  ///< how all devices round instead
  double most = std::numeric_limits<double>::infinity();  ///< all devices can say no more
  std::map<int, double> unit;       ///< of stations that speak in another one: what they say times so much
  std::map<int, Millis> clock_off;  ///< of stations whose clock is wrong

 private:
  int side_;
  double scale_;
  int step_ = 0;
  std::mt19937 random_{7};
  std::normal_distribution<double> bias_of_{0, 4};
  std::normal_distribution<double> tremble_{0, 0.8};
  std::vector<double> bias_;
};

/// A round cloud of `size` around a middle that moves.
inline Field2 cloud(double size, double x0, double y0, double dx_per_step = 0, int since = 0) {
  return [=](double x, double y, int step) {
    double const middle = x0 + dx_per_step * (step - since);
    double const d2 = (x - middle) * (x - middle) + (y - y0) * (y - y0);
    return size * std::exp(-0.5 * d2 / (350 * 350));
  };
}
inline Field2 only(double excess, double x0, double y0) {
  return [=](double x, double y, int) { return x == x0 && y == y0 ? excess : 0; };
}

}  // namespace madang::sensing::warning
