#include "simulation/faults.h"

#include <array>
#include <cmath>

#include "simulation/channels.h"
#include "simulation/noise.h"

namespace madang::simulation {
namespace {

constexpr double kSilencesPerSlot = 0.14;  // about 2 % of all node time is silent
constexpr double kFaultsPerSlot = 0.06;

// Which channels a fault likes, with the size it has there.
struct Sized {
  Channel channel;
  double low;
  double high;
};
constexpr std::array kSpikeSizes{Sized{Channel::kPm25, 120, 700}, Sized{Channel::kNoise, 25, 45},
                                 Sized{Channel::kTemperature, 20, 45}, Sized{Channel::kWind, 20, 60}};
constexpr std::array kDriftSizes{Sized{Channel::kPm25, 15, 60}, Sized{Channel::kTemperature, 2, 6},
                                 Sized{Channel::kHumidity, -25, -10}, Sized{Channel::kNo2, 0.03, 0.12}};
constexpr std::array kSentinelSizes{Sized{Channel::kPm25, -999, -999}, Sized{Channel::kPm10, -999, -999},
                                    Sized{Channel::kTemperature, -999, -999}, Sized{Channel::kO3, -999, -999}};
constexpr std::array kScaleSizes{Sized{Channel::kUltraviolet, 10, 10}, Sized{Channel::kPm25, 10, 10},
                                 Sized{Channel::kVibration, 9.81, 9.81}, Sized{Channel::kWind, 10, 10}};

Interval lasting(Instant slot, Millis length, double begin_share, double hours) {
  Instant const from = slot + Millis{static_cast<std::int64_t>(begin_share * static_cast<double>(length.count()))};
  return {from, from + Millis{static_cast<std::int64_t>(hours * 3'600'000)}};
}

/// Evenly on a logarithmic scale.
double spread(std::uint64_t draw, double low, double high) { return low * std::pow(high / low, uniform(draw)); }

template <typename Table>
void take_size(Fault& fault, Table const& table, std::uint64_t draw) {
  Sized const& sized = table[draw % table.size()];
  fault.channel = static_cast<int>(sized.channel);
  fault.size = uniform(mix(draw), sized.low, sized.high);
}

}  // namespace

std::string_view name_of(FaultKind kind) {
  constexpr std::array<std::string_view, 7> kNames{"silence", "stuck", "spikes", "drift", "sentinel", "clock", "scale"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::optional<Fault> silence_of_slot(std::uint64_t seed, std::size_t node, std::int64_t slot) {
  std::uint64_t const draw = at(key_of(seed, 0x70, node), slot);
  if (uniform(draw) > kSilencesPerSlot) return std::nullopt;
  Instant const begin{kSilenceSlot * slot};
  Fault fault{FaultKind::kSilence, node, -1, {}, 0};
  fault.when = lasting(begin, kSilenceSlot, uniform(mix(draw), 0, 0.99), spread(mix(draw + 1), 2, 24 * 25));
  return fault;
}

std::optional<Fault> fault_of_slot(std::uint64_t seed, std::size_t node, std::int64_t slot) {
  std::uint64_t const draw = at(key_of(seed, 0x71, node), slot);
  if (uniform(draw) > kFaultsPerSlot) return std::nullopt;
  auto const kind = static_cast<FaultKind>(1 + mix(draw + 2) % 6);
  Instant const begin{kFaultSlot * slot};
  Fault fault{kind, node, -1, {}, 0};
  fault.when = lasting(begin, kFaultSlot, uniform(mix(draw), 0, 0.99), spread(mix(draw + 1), 1, 24 * 12));
  std::uint64_t const detail = mix(draw + 3);
  switch (kind) {
    case FaultKind::kStuck: fault.channel = static_cast<int>(detail % kChannelCount); break;
    case FaultKind::kSpikes: take_size(fault, kSpikeSizes, detail); break;
    case FaultKind::kDrift: take_size(fault, kDriftSizes, detail); break;
    case FaultKind::kSentinel: take_size(fault, kSentinelSizes, detail); break;
    case FaultKind::kScale: take_size(fault, kScaleSizes, detail); break;
    case FaultKind::kClock: fault.size = -std::floor(uniform(detail, 1, 9)) * 3'600'000; break;  // back, as after a reset
    case FaultKind::kSilence: break;
  }
  return fault;
}

Trouble trouble_at(std::uint64_t seed, std::size_t node, Instant when) {
  Trouble trouble;
  std::int64_t const silence_slot = millis_of(when) / kSilenceSlot.count();
  std::int64_t const fault_slot = millis_of(when) / kFaultSlot.count();
  for (std::int64_t back = 1; back >= 0; --back) {
    if (auto s = silence_of_slot(seed, node, silence_slot - back); s && s->when.contains(when)) trouble.silence = s;
    if (auto f = fault_of_slot(seed, node, fault_slot - back); f && f->when.contains(when)) trouble.fault = f;
  }
  return trouble;
}

}  // namespace madang::simulation
