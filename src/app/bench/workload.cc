#include "app/bench/workload.h"

#include <array>
#include <bit>
#include <cmath>

namespace madang::app {
namespace {

struct Quantity {
  double unit;    ///< smallest step of the report
  double usual;   ///< in units, where the walk returns to
  double spread;  ///< of the usual level between nodes, in units
  double drift;   ///< per reading, in units
  double noise;   ///< of a reading, in units
  int fitted;     ///< one node in so many has it
};

constexpr std::array<Quantity, BenchWorkload::kQuantities> kWorld{{
    {1, 24, 8, 0.5, 0.8, 1},       // PM2.5, ug/m3
    {1, 42, 12, 0.8, 1.2, 1},      // PM10, ug/m3
    {0.001, 30, 8, 0.4, 0.8, 1},   // O3, ppm
    {0.001, 28, 8, 0.4, 0.8, 1},   // NO2, ppm
    {0.01, 50, 15, 0.5, 1.0, 1},   // CO, ppm
    {0.001, 4, 1, 0.1, 0.4, 1},    // SO2, ppm
    {0.01, 6, 2, 0.2, 0.5, 1},     // NH3, ppm
    {0.001, 3, 1, 0.1, 0.4, 1},    // H2S, ppm
    {0.1, 520, 40, 3, 12, 1},      // noise, dB
    {0.1, 180, 8, 0.8, 0.5, 1},    // temperature, degrees C
    {1, 58, 4, 0.4, 0.4, 1},       // humidity, %
    {0.1, 12, 6, 2, 4, 50},        // wind, m/s
    {1, 900, 300, 25, 12, 1},      // illuminance, lx
    {0.1, 7, 2, 0.2, 0.3, 1},      // ultraviolet index
    {0.01, 12, 4, 0.5, 1.5, 1},    // vibration, g
    {0.1, 200, 10, 0.8, 0.5, 50},  // globe temperature, degrees C
    {1, 14, 8, 1.5, 2.5, 1},       // people present
}};

constexpr std::size_t kLateSteps = 360;  ///< 12 hours
constexpr std::int64_t kStart = 1'790'000'000'000 / BenchWorkload::kStepMillis * BenchWorkload::kStepMillis;

}  // namespace

BenchWorkload::BenchWorkload(Options options)
    : options_(options), state_(options.seed * 0x9e3779b97f4a7c15 + 1), late_(kLateSteps + 1) {
  for (std::int64_t i = 0; i < streams(); ++i) {
    auto const& q = kWorld[static_cast<std::size_t>(i % kQuantities)];
    bool const fitted = (i / kQuantities) % q.fitted == 0;
    auto const usual = fitted ? static_cast<float>(std::max(1.0, q.usual + q.spread * normal())) : -1.0F;
    walks_.push_back({usual, usual});
  }
}

Instant BenchWorkload::begin() const { return instant_of_millis(kStart); }
Instant BenchWorkload::reached() const { return instant_of_millis(kStart + step_ * kStepMillis); }

std::uint64_t BenchWorkload::random() {
  // splitmix64
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/// The bits of a random word are 64 coins: their sum has a standard deviation of 4.
double BenchWorkload::normal() {
  std::uint64_t const r = random();
  double const fine = static_cast<double>(r & 0xffff) / 65536.0 - 0.5;
  return (std::popcount(r) - 32 + fine) / 4.0;
}

double BenchWorkload::value(std::int64_t index, std::int64_t quantity) {
  auto const& q = kWorld[static_cast<std::size_t>(quantity)];
  auto& walk = walks_[static_cast<std::size_t>(index)];
  if (walk.usual < 0) return 0;
  walk.level += static_cast<float>(q.drift * normal()) + 0.01F * (walk.usual - walk.level);
  double const read = std::max(0.0, walk.level + q.noise * normal());
  if (options_.unrounded) return (read + static_cast<double>(random() >> 11) * 0x1p-53) * q.unit;
  double const per_unit = 1.0 / q.unit;
  return std::floor(read + 0.5) / std::floor(per_unit + 0.5);
}

void BenchWorkload::emit_node(std::vector<storage::Observation>& out) {
  std::int64_t const phase = node_ * (kStepMillis - 2'000) / options_.nodes + 1'000;
  Instant const now = instant_of_millis(kStart + (step_ + 1) * kStepMillis);
  std::int64_t jitter = 0;
  bool late = false;
  std::size_t due = 0;
  for (std::int64_t quantity = 0; quantity < kQuantities; ++quantity) {
    if (quantity == 0 || !options_.shared_message) {
      std::uint64_t const r = random();
      jitter = static_cast<std::int64_t>((r & 0xffffffff) * 501 >> 32) - 250;
      late = (r >> 32) % 100 == 0;
      if (late)
        due =
            static_cast<std::size_t>(std::exp2(static_cast<double>(random() >> 11) * 0x1p-53 * std::log2(kLateSteps)));
    }
    storage::Observation o;
    o.datastream = stream_of(node_, quantity);
    o.phenomenon_time = instant_of_millis(kStart + step_ * kStepMillis + phase + jitter);
    o.value = value(node_ * kQuantities + quantity, quantity);
    o.quality = {QualityFlag::kGood, 0, 1};
    if (late) {
      auto const coming = static_cast<std::size_t>(step_) + due;
      o.received_at = now + Millis{kStepMillis} * static_cast<std::int64_t>(due);
      late_[coming % late_.size()].push_back(o);
    } else {
      o.received_at = now;
      out.push_back(o);
    }
  }
}

void BenchWorkload::next_step() {
  node_ = 0;
  ++step_;
}

void BenchWorkload::next(std::size_t count, storage::Batch& batch) {
  batch.details.clear();
  auto& out = batch.observations;
  out.clear();
  while (out.size() < count) {
    if (ready_at_ == ready_.size()) {
      ready_.clear();
      ready_at_ = 0;
      emit_node(ready_);
      if (++node_ == options_.nodes) {
        next_step();
        // What is due in the step that begins comes first in it.
        auto& due = late_[static_cast<std::size_t>(step_) % late_.size()];
        ready_.insert(ready_.end(), due.begin(), due.end());
        due.clear();
      }
    }
    std::size_t const take = std::min(count - out.size(), ready_.size() - ready_at_);
    out.insert(out.end(), ready_.begin() + static_cast<std::ptrdiff_t>(ready_at_),
               ready_.begin() + static_cast<std::ptrdiff_t>(ready_at_ + take));
    ready_at_ += take;
  }
}

}  // namespace madang::app
