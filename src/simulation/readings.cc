#include "simulation/readings.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "simulation/noise.h"
#include "simulation/statistics.h"

namespace madang::simulation {
namespace {

constexpr std::uint64_t kDevicePurpose = 0x80;
constexpr std::uint64_t kSpellPurpose = 0x5E11;
enum Regional : std::uint64_t { kRegionalPm = 0x90, kRegionalTemperature, kRegionalHumidity, kRegionalCloud };

/// The share of a residual that a whole region has in common, and the noise that carries it.
double together(double share, double regional, double own) {
  return std::sqrt(share) * regional + std::sqrt(1 - share) * own;
}

/// Median `middle` and a 95th percentile of `ratio` times that.
double heavy_tailed(double middle, double ratio, std::uint64_t draw) {
  return middle * std::exp(std::log(ratio) / 1.645 * normal(draw));
}

std::int32_t to_wire(double value, Channel c, double low, double high) {
  auto const decimals = static_cast<std::size_t>(kDecimals[index_of(c)]);
  return static_cast<std::int32_t>(std::lround(std::clamp(value, low, high) * kPowersOfTen[decimals]));
}

/// Scores with mean 0 and deviation 1.
std::vector<double> standardised(std::vector<double> scores) {
  double mean = 0;
  for (double const s : scores) mean += s / static_cast<double>(scores.size());
  double square = 0;
  for (double const s : scores) square += (s - mean) * (s - mean) / static_cast<double>(scores.size());
  double const scale = square > 0 ? 1 / std::sqrt(square) : 0;
  for (double& s : scores) s = (s - mean) * scale;
  return scores;
}

/// Of the channels that have such spells.
double spell_height(std::uint64_t device, Channel c, double hours) {
  std::uint64_t const key = device ^ (kSpellPurpose + index_of(c));
  switch (c) {
    case Channel::kPm25: return kPmSpellHeight * spell(key, hours, kPmSpells);
    case Channel::kTemperature: return kTemperatureSpellHeight * spell(key, hours, kTemperatureSpells);
    case Channel::kNoise: return kNoiseSpellHeight * spell(key, hours, kNoiseSpells);
    default: return 0;
  }
}

}  // namespace

struct Readings::Moment {
  Device const& device;
  Surroundings const& around;
  Conditions city;
  std::int64_t millis = 0;
  double hours = 0;
  double regional_pm = 0, regional_temperature = 0, regional_humidity = 0;
  double cloud = 0;       ///< at this place
  double plume = 0;       ///< ug/m3
  double loud_energy = 0; ///< 10^(dB/10)
  double crowd = 0;       ///< people
  double fire = 0;        ///< degrees
  std::array<double, kChannelCount> leak{};  ///< ppm, by channel

  /// Slow wander of one channel of this device, deviation 1.
  [[nodiscard]] double wander(Channel c, double hours_scale) const {
    return noise(device.key + 2 * index_of(c), hours / hours_scale);
  }
  /// Fast noise of one reading, deviation 1.
  [[nodiscard]] double flicker(Channel c) const { return bell(at(device.key + 2 * index_of(c) + 1, millis)); }
  [[nodiscard]] double spell_of(Channel c) const { return spell_height(device.key, c, hours); }
};

Readings::Readings(CityPlan const& plan, ReadingOptions options) : plan_(plan), options_(std::move(options)) {
  make_devices();
  if (options_.given_faults == nullptr) return;
  given_of_node_.resize(plan_.nodes.size());
  for (std::size_t i = 0; i < options_.given_faults->size(); ++i) given_of_node_[(*options_.given_faults)[i].node].push_back(i);
}

void Readings::make_devices() {
  std::vector<double> busy;
  std::vector<double> built;
  for (auto const& node : plan_.nodes) {
    busy.push_back(node.around.traffic + 0.5 * node.around.commerce);
    built.push_back(node.around.density - node.around.green);
  }
  busy = standardised(std::move(busy));
  built = standardised(std::move(built));
  for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
    auto const& around = plan_.nodes[i].around;
    Device d;
    d.key = key_of(plan_.seed, kDevicePurpose, i);
    auto const draw = [&](std::int64_t n) { return at(d.key, -1 - n); };
    d.pm_gain = std::exp(kPmGainSpread * normal(draw(0)));
    d.pm_offset = kPmOffsetSpread * normal(draw(1));
    d.pm_spread = heavy_tailed(kPmSpread, kPmSpreadTail, draw(2));
    d.temperature_bias = kTemperatureBias * (0.45 * built[i] + 0.893 * normal(draw(3)));
    d.temperature_spread = heavy_tailed(kTemperatureSpread, kTemperatureSpreadTail, draw(4));
    d.humidity_bias = kHumidityBias * (-0.4 * built[i] + 0.917 * normal(draw(5)));
    d.humidity_spread = heavy_tailed(kHumiditySpread, kHumiditySpreadTail, draw(6));
    d.noise_base = 48.2 + kNoiseBias * (0.6 * busy[i] + 0.8 * normal(draw(7)));
    d.noise_spread = heavy_tailed(kNoiseSpread, kNoiseSpreadTail, draw(8));
    d.noise_rhythm = uniform(draw(9), 0.92, 1.08);
    d.gas_gain = std::exp(0.2 * normal(draw(10)));
    d.wind_exposure = uniform(draw(11), 0.45, 1.1) * (1 - 0.4 * around.density);
    d.shade = uniform(draw(12), 0.35, 1.0) * (1 - 0.3 * around.density);
    d.lamp = uniform(draw(13), 3, 30) * (0.4 + around.density);
    d.people_home = uniform(draw(14), 20, 90) * around.density;
    d.people_office = uniform(draw(15), 40, 220) * around.office;
    d.people_evening = uniform(draw(16), 60, 380) * around.commerce + 40 * around.green * uniform(draw(17));
    devices_.push_back(d);
  }
}

std::vector<Happening> const& Readings::happenings_of(std::int64_t hour) {
  HourSlot& slot = hours_[static_cast<std::size_t>(hour) % hours_.size()];
  if (slot.hour != hour) {
    slot.happenings = happenings_of_hour(plan_, hour);
    slot.hour = hour;
  }
  return slot.happenings;
}

Conditions const& Readings::conditions_of(Instant when) {
  if (conditions_when_ != when) {
    conditions_ = conditions_at(plan_.seed, when);
    conditions_when_ = when;
  }
  return conditions_;
}

void Readings::add_happenings(Moment& m, Point place, Instant when) {
  if (options_.given != nullptr) {
    for (auto const& happening : *options_.given) add(happening, place, when, m);
    return;
  }
  std::int64_t const hour = millis_of(when) / kHourMillis;
  std::int64_t const hours_back = kHappeningMax.count() / kHourMillis;
  for (std::int64_t h = hour - hours_back; h <= hour; ++h) {
    for (auto const& happening : happenings_of(h)) add(happening, place, when, m);
  }
}

void Readings::add(Happening const& happening, Point place, Instant when, Moment& m) {
  switch (happening.kind) {
    case HappeningKind::kPlume: m.plume += plume_at(happening, place, when, m.city); break;
    case HappeningKind::kLoud: {
      double const level = loudness_at(happening, place, when);
      if (level > 0) m.loud_energy += std::pow(10, level / 10);
      break;
    }
    case HappeningKind::kCrowd: m.crowd += happening.size * crowd_at(happening, place, when); break;
    case HappeningKind::kFire: m.fire += fire_at(happening, place, when); break;
    case HappeningKind::kLeak: m.leak[static_cast<std::size_t>(happening.channel)] += leak_at(happening, place, when); break;
  }
}

bool Readings::read(std::size_t node, Instant when, Reading& out) {
  measure(node, when, out);
  if (!options_.faults) return true;
  Trouble const trouble = trouble_of(node, when);
  if (trouble.fault) break_down(*trouble.fault, when, out);
  return !trouble.silence;
}

Trouble Readings::trouble_of(std::size_t node, Instant when) const {
  if (options_.given_faults == nullptr) return trouble_at(plan_.seed, node, when);
  Trouble trouble;
  for (auto const i : given_of_node_[node]) {
    Fault const& fault = (*options_.given_faults)[i];
    if (!fault.when.contains(when)) continue;
    (fault.kind == FaultKind::kSilence ? trouble.silence : trouble.fault) = fault;
  }
  return trouble;
}

bool Readings::is_touched(Fault const& fault, Instant when) const {
  if (!fault.when.contains(when)) return false;
  return fault.share >= 1 || uniform(at(devices_[fault.node].key ^ 0xFA17, millis_of(when))) < fault.share;
}

double Readings::spell_at(std::size_t node, Channel channel, Instant when) const {
  return spell_height(devices_[node].key, channel, static_cast<double>(millis_of(when)) / kHourMillis);
}

void Readings::measure(std::size_t node, Instant when, Reading& out) {
  Node const& station = plan_.nodes[node];
  Moment m{.device = devices_[node], .around = station.around, .city = conditions_of(when)};
  m.millis = millis_of(when);
  m.hours = static_cast<double>(m.millis) / kHourMillis;
  auto const regional = [&](Regional what, double km, double hours) {
    return noise(key_of(plan_.seed, what), station.place.x / km, station.place.y / km, m.hours / hours);
  };
  m.regional_pm = regional(kRegionalPm, kRegionKm, 2.2);
  m.regional_temperature = regional(kRegionalTemperature, kRegionKm, 2.2);
  m.regional_humidity = regional(kRegionalHumidity, kRegionKm, 2.2);
  m.cloud = std::clamp(m.city.cloud + 0.22 * regional(kRegionalCloud, 3.0, 0.4), 0.0, 1.0);
  if (options_.happenings) add_happenings(m, station.place, when);
  for (auto const& happening : options_.staged) add(happening, station.place, when, m);
  out.phenomenon_time = when;
  if (options_.air) measure_air(m, out);
  if (options_.climate) measure_climate(m, out);
  if (options_.street) measure_street(m, out);
}

void Readings::measure_air(Moment const& m, Reading& out) {
  Device const& d = m.device;
  double const near_traffic = m.around.traffic * m.city.traffic;
  double const still = 1 / (0.55 + 0.22 * m.city.wind_speed());
  double const residual = d.pm_spread * together(kPmTogether, m.regional_pm, m.wander(Channel::kPm25, 1.7));
  double const there = m.city.haze + 1.2 * near_traffic + m.plume;
  double const pm25 = d.pm_offset + d.pm_gain * there + residual + m.spell_of(Channel::kPm25) +
                      0.5 * m.flicker(Channel::kPm25);
  double const coarse = m.city.dust_ratio + 0.06 * m.wander(Channel::kPm10, 5);
  auto const set = [&](Channel c, double value, double high) { out.wire[index_of(c)] = to_wire(value, c, 0, high); };
  set(Channel::kPm25, pm25, 1500);
  set(Channel::kPm10, std::max(0.0, pm25) * coarse + 0.8 * m.flicker(Channel::kPm10), 1500);

  double const no2 = (0.009 + (0.014 * m.city.traffic + 0.02 * near_traffic) * still + 0.0001 * m.city.haze +
                      0.0003 * m.plume) * d.gas_gain * (1 + 0.1 * m.wander(Channel::kNo2, 2)) +
                     0.0008 * m.flicker(Channel::kNo2) + m.leak[index_of(Channel::kNo2)];
  double const sunny = std::exp(-0.5 * std::pow((m.city.hour - 15.2) / 3.4, 2)) * (1 - 0.6 * m.city.cloud);
  double const o3 = 0.016 + (0.03 + 0.02 * m.city.season) * sunny + 0.004 * m.regional_pm - 0.35 * (no2 - 0.02) +
                    0.002 * m.wander(Channel::kO3, 2) + 0.0008 * m.flicker(Channel::kO3);
  set(Channel::kNo2, no2, 2);
  set(Channel::kO3, o3, 1);
  set(Channel::kCo, 0.28 + 9 * no2 + 0.004 * m.city.haze + 0.008 * m.plume + 0.02 * m.flicker(Channel::kCo) +
                        m.leak[index_of(Channel::kCo)], 50);
  set(Channel::kSo2, 0.003 + 0.00003 * m.city.haze + 0.00018 * m.plume + 0.0004 * m.flicker(Channel::kSo2) +
                         m.leak[index_of(Channel::kSo2)], 1);
  set(Channel::kNh3, (0.02 + 0.03 * m.around.density + 0.012 * m.city.season) * d.gas_gain +
                         0.004 * m.wander(Channel::kNh3, 3) + 0.003 * m.flicker(Channel::kNh3) +
                         m.leak[index_of(Channel::kNh3)], 100);
  set(Channel::kH2s, 0.008 * d.gas_gain + 0.003 * m.wander(Channel::kH2s, 2) + 0.002 * m.flicker(Channel::kH2s) +
                         m.leak[index_of(Channel::kH2s)], 100);
}

void Readings::measure_climate(Moment const& m, Reading& out) {
  Device const& d = m.device;
  auto const set = [&](Channel c, double value, double low, double high) {
    out.wire[index_of(c)] = to_wire(value, c, low, high);
  };
  double const temperature =
      m.city.temperature + d.temperature_bias +
      d.temperature_spread * together(kTemperatureTogether, m.regional_temperature, m.wander(Channel::kTemperature, 1.7)) +
      m.spell_of(Channel::kTemperature) +
      0.06 * m.flicker(Channel::kTemperature) + m.fire;
  double const humidity =
      m.city.humidity + d.humidity_bias +
      d.humidity_spread * together(kHumidityTogether, m.regional_humidity, m.wander(Channel::kHumidity, 1.7)) +
      0.3 * m.flicker(Channel::kHumidity) - 1.5 * m.fire;
  double const gusty = 1 + 0.25 * m.wander(Channel::kWind, 0.5) + 0.2 * m.flicker(Channel::kWind);
  double const light = 118'000 * std::pow(m.city.sun, 1.2) * (1 - 0.78 * m.cloud) * d.shade;
  double const lamp = m.city.sun < 0.03 ? d.lamp : 0;
  double const beam = m.city.sun * (1 - 0.75 * m.cloud) * d.shade;
  set(Channel::kTemperature, temperature, -50, 80);
  set(Channel::kHumidity, humidity, 0, 100);
  set(Channel::kWind, m.city.wind_speed() * d.wind_exposure * std::max(0.0, gusty), 0, 100);
  set(Channel::kIlluminance, (light + lamp) * (1 + 0.03 * m.flicker(Channel::kIlluminance)), 0, 120'000);
  set(Channel::kUltraviolet, 12.5 * std::pow(m.city.sun, 2.3) * (1 - 0.65 * m.cloud) * d.shade, 0, 16);
  set(Channel::kGlobe, temperature + 17 * beam / (1 + 0.25 * m.city.wind_speed()) - (m.city.sun <= 0 ? 0.6 : 0) +
                           0.1 * m.flicker(Channel::kGlobe), -50, 80);
}

void Readings::measure_street(Moment const& m, Reading& out) {
  Device const& d = m.device;
  auto const set = [&](Channel c, double value, double low, double high) {
    out.wire[index_of(c)] = to_wire(value, c, low, high);
  };
  double const rhythm = 4.3 * (m.city.traffic - 0.45) * d.noise_rhythm;
  double level = d.noise_base + rhythm + d.noise_spread * m.wander(Channel::kNoise, 1.4) + 1.1 * m.flicker(Channel::kNoise) +
                 m.spell_of(Channel::kNoise);
  double const crowd_level = m.crowd > 1 ? 44 + 8 * std::log10(m.crowd) : 0;
  if (m.loud_energy > 0 || crowd_level > 0) {
    level = 10 * std::log10(std::pow(10, level / 10) + m.loud_energy + std::pow(10, crowd_level / 10));
  }
  set(Channel::kNoise, level, 30, 110);

  double const shaking = 0.05 * m.around.traffic * m.city.traffic * (1 + 0.5 * std::abs(m.flicker(Channel::kVibration)));
  set(Channel::kVibration, 1.02 + 0.008 * bell(mix(d.key)) + shaking + 0.004 * m.flicker(Channel::kVibration), 0, 16);

  double const usual = d.people_home * m.city.people_home + d.people_office * m.city.people_office +
                       d.people_evening * m.city.people_evening;
  double const today = usual * std::exp(0.25 * m.wander(Channel::kPeople, 6)) * (1 - 0.15 * m.city.cloud) + m.crowd;
  set(Channel::kPeople, today + std::sqrt(std::max(0.0, today)) * m.flicker(Channel::kPeople), 0, 100'000);
}

void Readings::break_down(Fault const& fault, Instant when, Reading& out) {
  if (fault.kind == FaultKind::kClock) {
    out.phenomenon_time = when + Millis{static_cast<std::int64_t>(fault.size)};
    return;
  }
  if (fault.channel < 0) return;
  auto const c = static_cast<std::size_t>(fault.channel);
  std::int32_t& wire = out.wire[c];
  auto const wires_of = [&](double value) {
    return static_cast<std::int32_t>(std::lround(value * kPowersOfTen[static_cast<std::size_t>(kDecimals[c])]));
  };
  switch (fault.kind) {
    case FaultKind::kStuck: {
      // Kept: what happened at its beginning may not be among the given happenings any more.
      auto const [held, fresh] = frozen_.try_emplace({fault.node, millis_of(fault.when.from)}, 0);
      if (fresh) {
        Reading first;
        measure(fault.node, fault.when.from, first);
        held->second = first.wire[c];
      }
      wire = held->second;
      break;
    }
    case FaultKind::kSpikes:
      if (is_touched(fault, when)) wire += wires_of(fault.size);
      break;
    case FaultKind::kDrift: {
      double const share = static_cast<double>((when - fault.when.from).count()) /
                           static_cast<double>(fault.when.length().count());
      std::int32_t const low = c == index_of(Channel::kTemperature) ? wires_of(-50) : 0;
      wire = std::max(low, wire + wires_of(share * fault.size));
      break;
    }
    case FaultKind::kSentinel:
      if (is_touched(fault, when)) wire = wires_of(fault.size);
      break;
    case FaultKind::kJump: wire += wires_of(fault.size); break;
    case FaultKind::kScale: wire = static_cast<std::int32_t>(std::lround(wire * fault.size)); break;
    case FaultKind::kSilence:
    case FaultKind::kClock: break;
  }
}

}  // namespace madang::simulation
