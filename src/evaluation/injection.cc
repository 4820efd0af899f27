#include "evaluation/injection.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <random>

namespace madang::evaluation {
namespace {

using simulation::Channel;

struct Sized {
  Channel channel;
  double low, high;
};

// Sizes as sensors of these kinds show them: an insect in the dust chamber, a loose contact, a lost decimal point.
constexpr std::array kSpikes{
    Sized{Channel::kPm25, 80, 800},      Sized{Channel::kPm10, 120, 900},  Sized{Channel::kNoise, 25, 45},
    Sized{Channel::kTemperature, 8, 40}, Sized{Channel::kHumidity, 25, 60}, Sized{Channel::kWind, 20, 60},
    Sized{Channel::kO3, 0.12, 0.6},      Sized{Channel::kNo2, 0.12, 0.8},  Sized{Channel::kCo, 5, 30},
    Sized{Channel::kVibration, 4, 12},   Sized{Channel::kGlobe, 20, 45}};
constexpr std::array kDrifts{Sized{Channel::kPm25, 15, 60},      Sized{Channel::kPm10, 20, 80},
                             Sized{Channel::kTemperature, 2, 6}, Sized{Channel::kHumidity, -25, -10},
                             Sized{Channel::kNo2, 0.03, 0.12},   Sized{Channel::kNoise, 8, 16}};
constexpr std::array kScales{Sized{Channel::kUltraviolet, 10, 10},  Sized{Channel::kPm25, 10, 10},
                             Sized{Channel::kPm10, 10, 10},         Sized{Channel::kWind, 10, 10},
                             Sized{Channel::kVibration, 9.80665, 9.80665}, Sized{Channel::kTemperature, 10, 10},
                             Sized{Channel::kTemperature, 0.1, 0.1}, Sized{Channel::kHumidity, 0.1, 0.1},
                             Sized{Channel::kNoise, 0.1, 0.1},      Sized{Channel::kCo, 1000, 1000},
                             Sized{Channel::kO3, 1000, 1000}};

/// splitmix64: the same bytes for the same reading, whatever was asked before.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31U);
}

class Planner {
 public:
  Planner(std::uint64_t seed, Interval when) : random_(seed * 7919 + 17), when_(when) {}

  Injection plan(Fault fault, std::size_t node) {
    Injection i{fault, node, 0, {}, 0};
    switch (fault) {
      case Fault::kStuck: i.channel = random_() % simulation::kChannelCount; lasting(i, 30, 96); break;
      case Fault::kSpike: take(i, kSpikes); i.share = uniform(0.005, 0.04); lasting(i, 12, 72); break;
      case Fault::kDrift: take(i, kDrifts); lasting(i, 72, 168); break;
      case Fault::kSentinel:
        i.channel = random_() % simulation::kChannelCount;
        i.size = random_() % 3 == 0 ? -9999 : -999;
        i.share = random_() % 2 == 0 ? 1 : uniform(0.05, 0.5);
        lasting(i, 1, 48);
        break;
      case Fault::kScale: take(i, kScales); lasting(i, 12, 72); break;
      case Fault::kDropout: lasting(i, 0.5, 72); break;
      case Fault::kClock:
        i.size = (random_() % 3 == 0 ? uniform(0.2, 9) : -uniform(0.6, 9)) * 3'600'000;
        lasting(i, 6, 48);
        break;
    }
    return i;
  }

  double uniform(double low, double high) { return std::uniform_real_distribution(low, high)(random_); }
  std::mt19937_64& random() { return random_; }

 private:
  template <typename Table>
  void take(Injection& i, Table const& table) {
    auto const& sized = table[random_() % table.size()];
    i.channel = simulation::index_of(sized.channel);
    i.size = uniform(sized.low, sized.high);
  }

  /// Evenly on a logarithmic scale, anywhere within the time.
  void lasting(Injection& i, double low_hours, double high_hours) {
    double const hours = low_hours * std::pow(high_hours / low_hours, uniform(0, 1));
    Millis const length{static_cast<std::int64_t>(hours * 3'600'000)};
    auto const room = std::max<std::int64_t>(0, (when_.length() - length).count());
    i.when.from = when_.from + Millis{static_cast<std::int64_t>(uniform(0, 1) * static_cast<double>(room))};
    i.when.to = i.when.from + length;
  }

  std::mt19937_64 random_;
  Interval when_;
};

}  // namespace

char const* name_of(Fault fault) {
  constexpr std::array kNames{"stuck", "spike", "drift", "sentinel", "scale", "dropout", "clock"};
  return kNames[static_cast<std::size_t>(fault)];
}

std::vector<Injection> plan_injections(std::uint64_t seed, std::size_t nodes, std::size_t per_fault, Interval when) {
  Planner planner(seed, when);
  std::vector<std::size_t> order(nodes);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::shuffle(order, planner.random());
  std::vector<Injection> out;
  for (std::size_t k = 0; k < kFaults; ++k)
    for (std::size_t n = 0; n < per_fault && out.size() < nodes; ++n)
      out.push_back(planner.plan(static_cast<Fault>(k), order[out.size()]));
  return out;
}

bool is_touched(std::uint64_t seed, Injection const& i, Instant when) {
  if (!i.when.contains(when)) return false;
  if (i.share >= 1) return true;
  auto const draw = mixed(seed ^ mixed(i.node * 31 + static_cast<std::uint64_t>(when.time_since_epoch().count())));
  return static_cast<double>(draw >> 11U) * 0x1p-53 < i.share;
}

double broken(Injection& i, double value, Instant when) {
  switch (i.fault) {
    case Fault::kStuck:
      if (!i.begun) i.frozen = value;
      i.begun = true;
      return i.frozen;
    case Fault::kSpike: return value + i.size;
    case Fault::kDrift:
      return std::max(i.channel == simulation::index_of(Channel::kTemperature) ? -50.0 : 0.0,
                      value + i.size * static_cast<double>((when - i.when.from).count()) /
                                  static_cast<double>(i.when.length().count()));
    case Fault::kSentinel: return i.size;
    case Fault::kScale: return value * i.size;
    case Fault::kDropout:
    case Fault::kClock: break;
  }
  return value;
}

}  // namespace madang::evaluation
