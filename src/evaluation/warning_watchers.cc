#include "evaluation/warning_watchers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <set>

namespace madang::evaluation {
namespace {

using sensing::warning::Causes;
using sensing::warning::Engine;
using sensing::warning::Finding;
using sensing::warning::Neighbours;
using sensing::warning::Stream;

constexpr std::array<std::string_view, kWatchedCount> kNames{"pm25", "noise", "people"};
constexpr double kGroupingRadius = 1200;
constexpr int kBackSteps = 5;

/// The shipped rules; with a fixed threshold unless it is 0.
sensing::warning::RuleSet rules_with(double threshold) {
  auto rules = sensing::warning::shipped_rules();
  for (auto& rule : rules.rules) rule.threshold = threshold;
  return rules;
}

class Ours final : public Watcher {
 public:
  Ours(simulation::CityPlan const& plan, Millis step, double alarms_per_day, double threshold)
      : step_(step),
        nodes_(plan.nodes.size()),
        engine_(rules_with(threshold),
                {.alarms_per_day = alarms_per_day, .calendar = sensing::indices::Calendar::of_zone("Asia/Seoul").value()}) {
    for (std::size_t c = 0; c < kWatchedCount; ++c) {
      for (auto const& stream : streams_of(plan, static_cast<Watched>(c), step)) MADANG_ASSERT(engine_.add(stream).has_value());
    }
  }

  std::vector<Alarm> step(Instant when, Watched what, std::span<float const> values) override {
    auto const base = static_cast<std::uint32_t>(static_cast<std::size_t>(what) * nodes_);
    for (std::uint32_t i = 0; i < values.size(); ++i) {
      if (!std::isnan(values[i])) engine_.observe(base + i, when, static_cast<double>(values[i]));
    }
    std::vector<Alarm> alarms;
    if (static_cast<std::size_t>(what) + 1 < kWatchedCount) return alarms;  // after the last channel the step is over
    for (auto const& f : engine_.advance(when + step_)) {
      if (f.what != Finding::What::kRaise && f.what != Finding::What::kSuspect) continue;
      auto const& rule = engine_.rules().rules[f.rule];
      if (rule.method == sensing::warning::Method::kLevel) continue;  // haze is no event of a place
      Alarm a;
      a.what = static_cast<Watched>(f.members.front().stream / nodes_);
      a.suspect = f.what == Finding::What::kSuspect;
      a.at = f.at;
      for (auto const& m : f.members) {
        if (m.cause) a.nodes.push_back(static_cast<std::uint32_t>(m.stream % nodes_));
      }
      // Reports of a cause that was told before are no new alarm.
      if (told_.insert(a.suspect ? fmt::format("{}@{}", f.key, millis_of(f.since)) : f.key).second) alarms.push_back(std::move(a));
    }
    return alarms;
  }

  [[nodiscard]] std::string describe() const override {
    std::string text = "ours:";
    for (auto const& s : engine_.standing()) {
      if (s.streams == 0) continue;
      auto const& id = engine_.rules().rules[s.rule].id;
      text += fmt::format(" {} fires from {:.1f};", id, s.threshold);
    }
    return text;
  }

 private:
  Millis step_;
  std::size_t nodes_;
  Engine engine_;
  std::set<std::string> told_;
};

/// What the two simple rules share: a station is up or not, and neighbours that are up are one alarm.
class Simple : public Watcher {
 public:
  Simple(simulation::CityPlan const& plan, Millis step, Watched what)
      : step_(step), what_(what), streams_(streams_of(plan, what, step)), neighbours_(streams_, kGroupingRadius),
        back_(streams_.size(), 0) {}

  std::vector<Alarm> step(Instant when, Watched what, std::span<float const> values) override {
    if (what != what_) return {};
    up_ = judge(when, values);
    std::vector<std::uint32_t> starters;
    for (std::uint32_t i = 0; i < up_.size(); ++i) {
      back_[i] = up_[i] || std::isnan(values[i]) ? 0 : back_[i] + 1;
      if (up_[i] && !causes_.has(i)) starters.push_back(i);
    }
    auto const up = [&](std::uint32_t i) { return up_[i]; };
    auto const back = [&](std::uint32_t i) { return back_[i] >= kBackSteps; };
    auto const since = [&](std::uint32_t) { return when; };
    auto const name = [&](std::uint32_t i) { return fmt::format("{}@{}", i, millis_of(when)); };
    causes_.step(when, step_, starters, {up, up, back, since, name}, neighbours_, streams_);
    std::vector<Alarm> alarms;
    for (auto& cause : causes_.open()) {
      if (cause.told) continue;
      cause.told = true;
      if (told_.insert(cause.key).second) alarms.push_back({what_, false, when, cause.members});
    }
    return alarms;
  }

 protected:
  virtual std::vector<bool> judge(Instant when, std::span<float const> values) = 0;
  Millis step_;
  Watched what_;

 private:
  std::vector<Stream> streams_;
  Neighbours neighbours_;
  Causes causes_;
  std::vector<bool> up_;
  std::vector<int> back_;
  std::set<std::string> told_;
};

class Threshold final : public Simple {
 public:
  Threshold(simulation::CityPlan const& plan, Millis step, Watched what, double limit)
      : Simple(plan, step, what), limit_(limit) {}
  [[nodiscard]] std::string describe() const override { return fmt::format("threshold {}", limit_); }

 protected:
  std::vector<bool> judge(Instant, std::span<float const> values) override {
    std::vector<bool> up;
    for (float const v : values) up.push_back(v >= limit_);  // NaN is not
    return up;
  }

 private:
  double limit_;
};

class RobustZ final : public Simple {
 public:
  RobustZ(simulation::CityPlan const& plan, Millis step, Watched what, double z)
      : Simple(plan, step, what), z_(z), stations_(plan.nodes.size()) {}
  [[nodiscard]] std::string describe() const override { return fmt::format("robust z {}", z_); }

 protected:
  std::vector<bool> judge(Instant, std::span<float const> values) override {
    std::vector<float> present;
    for (float const v : values) {
      if (!std::isnan(v)) present.push_back(v);
    }
    std::ranges::nth_element(present, present.begin() + static_cast<std::ptrdiff_t>(present.size() / 2));
    float const city = present[present.size() / 2];
    auto const sample_every = std::max<std::int64_t>(1, 600'000 / step_.count());
    bool const sample = ++steps_ % sample_every == 0;
    std::vector<bool> up(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isnan(values[i])) continue;
      up[i] = stations_[i].judge(values[i] - city, z_, sample);
    }
    return up;
  }

 private:
  struct Station {
    std::vector<float> past;  ///< of 24 hours, one in 10 minutes
    std::size_t at = 0;
    float middle = 0, deviation = 0;

    bool judge(float residual, double z, bool sample) {
      if (sample) {
        if (past.size() < 144) past.push_back(residual);
        else past[at++ % past.size()] = residual;
        if (past.size() >= 6 && (at % 3 == 0 || past.size() < 144)) measure();
      }
      return deviation > 0 && residual - middle >= z * deviation;
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

  double z_;
  std::int64_t steps_ = 0;
  std::vector<Station> stations_;
};

}  // namespace

std::vector<Stream> streams_of(simulation::CityPlan const& plan, Watched what, Millis step) {
  std::vector<Stream> streams;
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    Stream s;
    s.datastream = DatastreamId{static_cast<std::int64_t>(i * kWatchedCount + static_cast<std::size_t>(what) + 1)};
    s.thing = ThingId{static_cast<std::int64_t>(i + 1)};
    s.channel = kNames[static_cast<std::size_t>(what)];
    s.place = plan.nodes[i].position;
    s.placed = true;
    s.area = AreaId{static_cast<std::int64_t>(plan.nodes[i].district + 1)};
    s.interval = step;
    s.simulated = true;
    streams.push_back(std::move(s));
  }
  return streams;
}

std::unique_ptr<Watcher> make_ours(simulation::CityPlan const& plan, Millis step, double alarms_per_day, double threshold) {
  return std::make_unique<Ours>(plan, step, alarms_per_day, threshold);
}
std::unique_ptr<Watcher> make_threshold(simulation::CityPlan const& plan, Millis step, Watched what, double limit) {
  return std::make_unique<Threshold>(plan, step, what, limit);
}
std::unique_ptr<Watcher> make_robust_z(simulation::CityPlan const& plan, Millis step, Watched what, double z) {
  return std::make_unique<RobustZ>(plan, step, what, z);
}

}  // namespace madang::evaluation
