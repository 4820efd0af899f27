#include "simulation/faults.h"

#include <array>
#include <cmath>

#include "simulation/channels.h"
#include "simulation/noise.h"

namespace madang::simulation {
namespace {

constexpr double kSilencesPerSlot = 0.14;  // about 2 % of all node time is silent
constexpr double kFaultsPerSlot = 0.06;
constexpr double kBelow = 0.4;  // the smallest is so much of `about`

/// Which channels a fault likes, and the size around which it is drawn there. The sizes are those from which the shipped
/// rules are meant to see it (src/sensing/quality/constants.h): of spikes the limit of a jump, of a drift twice the
/// movement of the own bias that is watched for.
struct Liked {
  Channel channel;
  double about;
  double most;  ///< times `about`
};
constexpr std::array kSpikeSizes{
    Liked{Channel::kPm25, 50, 14},  Liked{Channel::kPm10, 70, 12},       Liked{Channel::kNoise, 18, 2.5},
    Liked{Channel::kTemperature, 4, 10}, Liked{Channel::kHumidity, 15, 4}, Liked{Channel::kWind, 12, 5},
    Liked{Channel::kO3, 0.08, 7},   Liked{Channel::kNo2, 0.08, 10},      Liked{Channel::kCo, 3, 10},
    Liked{Channel::kVibration, 3, 4}, Liked{Channel::kGlobe, 12, 3.5}};
constexpr std::array kDriftSizes{Liked{Channel::kPm25, 16, 4},      Liked{Channel::kPm10, 24, 3.5},
                                 Liked{Channel::kTemperature, 2, 3}, Liked{Channel::kHumidity, -12, 2.2},
                                 Liked{Channel::kNo2, 0.04, 3},      Liked{Channel::kNoise, 8, 2}};
constexpr std::array kJumpSizes{Liked{Channel::kPm25, 30, 4}, Liked{Channel::kTemperature, 4, 4},
                                Liked{Channel::kHumidity, 20, 2}, Liked{Channel::kNoise, 10, 2}};
/// A wrong unit or a lost decimal point: no size around which they lie.
struct Factor {
  Channel channel;
  double factor;
};
constexpr std::array kFactors{Factor{Channel::kUltraviolet, 10}, Factor{Channel::kPm25, 10},      Factor{Channel::kPm10, 10},
                              Factor{Channel::kWind, 10},        Factor{Channel::kVibration, 9.80665}, Factor{Channel::kTemperature, 10},
                              Factor{Channel::kTemperature, 0.1}, Factor{Channel::kHumidity, 0.1}, Factor{Channel::kNoise, 0.1},
                              Factor{Channel::kCo, 1000},        Factor{Channel::kO3, 1000}};
constexpr double kStuckAbout = 30;          // hours: longer than any channel may naturally stand still by day and night
constexpr double kSilenceAbout = 0.5;       // hours: the work list has it by then
constexpr double kBehindAbout = 20 * 60'000;  // ms
constexpr double kAheadAbout = 5 * 60'000;

/// Evenly on a logarithmic scale.
double spread(std::uint64_t draw, double low, double high) { return low * std::pow(high / low, uniform(draw)); }

/// Half of all below `about`, half above.
double drawn_around(std::uint64_t draw, double about, double most) {
  return about * (mix(draw + 1) % 2 == 0 ? spread(draw, kBelow, 1) : spread(draw, 1, most));
}

void set_length(Fault& fault, double hours) { fault.when.to = fault.when.from + Millis{static_cast<std::int64_t>(hours * static_cast<double>(kHourMillis))}; }

template <typename Table>
void set_size(Fault& fault, Table const& table, std::uint64_t draw) {
  auto const& liked = table[draw % table.size()];
  fault.channel = static_cast<int>(liked.channel);
  fault.about = liked.about;
  fault.size = drawn_around(mix(draw), liked.about, liked.most);
}

void set_clock(Fault& fault, std::uint64_t draw) {
  bool const ahead = mix(draw + 7) % 3 == 0;
  fault.about = ahead ? kAheadAbout : -kBehindAbout;
  fault.size = std::floor(drawn_around(draw, fault.about, ahead ? 100 : 27));
}

void set_factor(Fault& fault, std::uint64_t draw) {
  auto const& one = kFactors[draw % kFactors.size()];
  fault.channel = static_cast<int>(one.channel);
  fault.size = one.factor;
}

void set_sentinel(Fault& fault, std::uint64_t draw) {
  fault.channel = static_cast<int>(draw % kChannelCount);
  fault.size = mix(draw) % 3 == 0 ? -9999 : -999;
  fault.share = mix(draw + 1) % 2 == 0 ? 1 : uniform(mix(draw + 2), 0.05, 0.5);
}

Instant begin_of(Instant slot, Millis length, std::uint64_t draw) {
  return slot + Millis{static_cast<std::int64_t>(uniform(draw, 0, 0.99) * static_cast<double>(length.count()))};
}

}  // namespace

std::string_view name_of(FaultKind kind) {
  constexpr std::array<std::string_view, kFaultKinds> kNames{"silence", "stuck", "spikes", "drift", "sentinel", "clock", "scale", "jump"};
  return kNames[static_cast<std::size_t>(kind)];
}

double relative_size(Fault const& fault) {
  if (fault.about == 0) return 0;
  bool const by_length = fault.kind == FaultKind::kSilence || fault.kind == FaultKind::kStuck;
  double const size = by_length ? static_cast<double>(fault.when.length().count()) / static_cast<double>(kHourMillis) : fault.size;
  return std::abs(size / fault.about);
}

Fault draw_fault(FaultKind kind, std::size_t node, Instant from, std::uint64_t draw) {
  Fault fault{.kind = kind, .node = node, .channel = -1, .when = {from, from}};
  std::uint64_t const detail = mix(draw + 3);
  std::uint64_t const length = mix(draw + 1);
  switch (kind) {
    case FaultKind::kSilence:
      fault.about = kSilenceAbout;
      set_length(fault, drawn_around(length, kSilenceAbout, 144));
      break;
    case FaultKind::kStuck:
      fault.channel = static_cast<int>(detail % kChannelCount);
      fault.about = kStuckAbout;
      set_length(fault, drawn_around(length, kStuckAbout, 3.2));
      break;
    case FaultKind::kSpikes:
      set_size(fault, kSpikeSizes, detail);
      fault.share = spread(mix(detail + 9), 0.005, 0.04);
      set_length(fault, spread(length, 12, 72));
      break;
    case FaultKind::kDrift:
      set_size(fault, kDriftSizes, detail);
      set_length(fault, spread(length, 72, 168));
      break;
    case FaultKind::kSentinel:
      set_sentinel(fault, detail);
      set_length(fault, spread(length, 1, 48));
      break;
    case FaultKind::kClock:
      set_clock(fault, detail);
      set_length(fault, spread(length, 6, 48));
      break;
    case FaultKind::kScale:
      set_factor(fault, detail);
      set_length(fault, spread(length, 12, 72));
      break;
    case FaultKind::kJump:
      set_size(fault, kJumpSizes, detail);
      set_length(fault, spread(length, 1, 48));
      break;
  }
  return fault;
}

std::optional<Fault> silence_of_slot(std::uint64_t seed, std::size_t node, std::int64_t slot) {
  std::uint64_t const draw = at(key_of(seed, 0x70, node), slot);
  if (uniform(draw) > kSilencesPerSlot) return std::nullopt;
  // By slot the long ones count: a device that has died for hours or weeks.
  Instant const from = begin_of(Instant{kSilenceSlot * slot}, kSilenceSlot, mix(draw));
  Fault fault{.kind = FaultKind::kSilence, .node = node, .channel = -1, .when = {from, from}, .about = kSilenceAbout};
  set_length(fault, spread(mix(draw + 1), 2, 24 * 25));
  return fault;
}

std::optional<Fault> fault_of_slot(std::uint64_t seed, std::size_t node, std::int64_t slot) {
  std::uint64_t const draw = at(key_of(seed, 0x71, node), slot);
  if (uniform(draw) > kFaultsPerSlot) return std::nullopt;
  auto const kind = static_cast<FaultKind>(1 + mix(draw + 2) % (kFaultKinds - 1));
  return draw_fault(kind, node, begin_of(Instant{kFaultSlot * slot}, kFaultSlot, mix(draw)), draw);
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
