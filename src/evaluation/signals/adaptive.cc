#include "evaluation/signals/adaptive.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include "mobility/network/sumo_net.h"
#include "mobility/signals/controller.h"
#include "mobility/signals/kernel.h"
#include "mobility/signals/monitor.h"
#include "mobility/signals/plan.h"

namespace madang::evaluation::signals {
namespace {

namespace field = mobility::signals;

/// One signal; where it lies it stays, because its parts refer to each other.
struct Junction {
  std::string id;
  field::Site site;
  field::Kernel kernel;
  field::Controller controller;
  field::Monitor monitor;
  std::size_t first_sensor = 0;
  std::string letters;

  Junction(std::string name, field::Site where, field::Kernel safe)
      : id(std::move(name)), site(std::move(where)), kernel(std::move(safe)), controller(kernel.plan(), site), monitor(kernel.plan()) {}
};

class Adaptive final : public Steering {
 public:
  Adaptive(AdaptiveOptions options, Millis begin) : options_(options), begin_(begin) {}

  Result<void> open(mobility::network::Network const& roads) {
    for (mobility::network::SignalIndex s = 0; s < roads.signals.size(); ++s) {
      MADANG_TRY(auto plan, field::plan_of(roads, s, options_.times));
      MADANG_TRY(auto site, field::site_of(roads, s, plan, options_.sensing));
      MADANG_TRY(auto kernel, field::Kernel::start(std::move(plan), begin_, options_.times.yellow + options_.times.all_red));
      auto junction = std::make_unique<Junction>(roads.signals[s].id, std::move(site), std::move(kernel));
      junction->monitor.watch(begin_, junction->kernel.aspects());
      junction->first_sensor = senses_.size();
      for (auto const& sensor : junction->site.sensors)
        senses_.push_back({fmt::format("m{}", senses_.size()), sensor.lane, sensor.from, sensor.kind == field::Sensor::Kind::kLoop ? sensor.from : sensor.to});
      junctions_.push_back(std::move(junction));
    }
    std::mt19937_64 random(options_.seed);
    std::bernoulli_distribution dies(options_.dead_share);
    for (std::size_t i = 0; i < senses_.size(); ++i) dead_.push_back(dies(random));
    return {};
  }

  std::vector<LaneArea> const& senses() const override { return senses_; }

  void step(Millis now, std::span<Sensed const> readings, std::vector<std::pair<std::string, std::string>>& states) override {
    bool const decides = ((now - begin_) / Millis{1'000}) % options_.decide_every == 0;
    for (auto& junction : junctions_) {
      read(*junction, readings);
      auto wish = junction->controller.decide(junction->kernel, now_, 1);
      if (!decides && junction->kernel.phase() != field::kNoPhase) wish.phase = junction->kernel.phase();
      junction->kernel.step(now, wish);
      if (auto const broken = junction->monitor.watch(now, junction->kernel.aspects()))
        fmt::print(stderr, "{}: at {} s: {}\n", junction->id, now.count() / 1000, *broken);
      auto letters = field::letters_of(junction->kernel.plan(), junction->kernel.aspects());
      if (letters == junction->letters) continue;
      junction->letters = letters;
      states.emplace_back(junction->id, std::move(letters));
    }
  }

 private:
  void read(Junction const& junction, std::span<Sensed const> readings) {
    now_.clear();
    for (std::size_t i = 0; i < junction.site.sensors.size(); ++i) {
      auto const& sensed = readings[junction.first_sensor + i];
      now_.push_back({.vehicles = sensed.vehicles, .standing = sensed.halting, .speed = sensed.speed, .valid = sensed.valid && !dead_[junction.first_sensor + i]});
    }
  }

  AdaptiveOptions options_;
  Millis begin_;
  std::vector<std::unique_ptr<Junction>> junctions_;
  std::vector<LaneArea> senses_;
  std::vector<bool> dead_;
  std::vector<field::Reading> now_;
};

}  // namespace

MakeSteering adaptive(AdaptiveOptions options) {
  return [options](std::filesystem::path const& net, Millis begin) -> Result<std::unique_ptr<Steering>> {
    MADANG_TRY(auto const roads, mobility::network::read_sumo_net_file(net));
    auto steering = std::make_unique<Adaptive>(options, begin);
    MADANG_CHECK(steering->open(roads));
    return std::unique_ptr<Steering>(std::move(steering));
  };
}

}  // namespace madang::evaluation::signals
