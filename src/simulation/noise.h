// Randomness that needs no state: a number is a function of the seed and of what it is for, so any instant of
// any node can be computed directly, in any order, on any machine, with the same result.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace madang::simulation {

inline constexpr double kTurn = 2 * std::numbers::pi;  ///< radians

/// splitmix64's finaliser (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

/// A key for one purpose: key_of(seed, purpose, which one).
[[nodiscard]] constexpr std::uint64_t key_of(std::uint64_t seed, std::uint64_t purpose, std::uint64_t which = 0) {
  return mix(mix(mix(seed) ^ (purpose * 0xD6E8FEB86659FD93ULL)) ^ (which * 0xA0761D6478BD642FULL));
}

[[nodiscard]] constexpr std::uint64_t at(std::uint64_t key, std::int64_t counter) {
  return mix(key + static_cast<std::uint64_t>(counter) * 0xE7037ED1A0B428DBULL);
}

/// In [0, 1).
[[nodiscard]] constexpr double uniform(std::uint64_t hash) { return static_cast<double>(hash >> 11) * 0x1p-53; }
[[nodiscard]] constexpr double uniform(std::uint64_t hash, double from, double to) {
  return from + (to - from) * uniform(hash);
}

/// Nearly normal with mean 0 and deviation 1: the sum of four 16-bit uniforms, so never beyond 3.5.
[[nodiscard]] constexpr double bell(std::uint64_t hash) {
  auto const sum = (hash & 0xFFFF) + ((hash >> 16) & 0xFFFF) + ((hash >> 32) & 0xFFFF) + (hash >> 48);
  return (static_cast<double>(sum) - 131070.0) * (1.7320508075688772 / 65536.0);
}

/// Exactly normal (Box and Muller); for things made once.
[[nodiscard]] inline double normal(std::uint64_t hash) {
  double const u = uniform(hash) + 0x1p-54;
  return std::sqrt(-2 * std::log(u)) * std::cos(6.283185307179586 * uniform(mix(hash)));
}

/// Where a coordinate lies between two lattice points, with weights that keep the variance 1 everywhere.
struct Between {
  explicit Between(double x) : low(static_cast<std::int64_t>(std::floor(x))) {
    double const f = x - static_cast<double>(low);
    double const s = f * f * (3 - 2 * f);
    double const norm = 1 / std::sqrt((1 - s) * (1 - s) + s * s);
    weight_low = (1 - s) * norm;
    weight_high = s * norm;
  }
  std::int64_t low;
  double weight_low = 1;
  double weight_high = 0;
};

/// Smooth noise along one axis; mean 0, deviation 1, independent beyond two lattice steps.
[[nodiscard]] inline double noise(std::uint64_t key, double x) {
  Between const b(x);
  return b.weight_low * bell(at(key, b.low)) + b.weight_high * bell(at(key, b.low + 1));
}

/// Short local things that are nobody's event (a bus that waits, a barbecue, sun on the housing): mostly 0, now and then
/// a hump of at least 1 whose height has a heavy tail. `chance`: of one that begins in a slot; `tail`: exponent of the
/// heights, the smaller the heavier.
struct SpellOptions {
  double slot_hours = 1;
  double chance = 0.02;
  double tail = 2;
  double height_max = 40;
};
[[nodiscard]] inline double spell(std::uint64_t key, double hours, SpellOptions const& o) {
  auto const slot = static_cast<std::int64_t>(std::floor(hours / o.slot_hours));
  double sum = 0;
  for (std::int64_t s = slot - 1; s <= slot; ++s) {
    std::uint64_t const draw = at(key, s);
    if (uniform(draw) >= o.chance) continue;
    double const begin = (static_cast<double>(s) + uniform(mix(draw))) * o.slot_hours;
    double const length = o.slot_hours * 0.08 * std::pow(12.5, uniform(mix(draw + 1)));  // up to a whole slot
    double const share = (hours - begin) / length;
    if (share <= 0 || share >= 1) continue;
    double const height = std::min(o.height_max, std::pow(uniform(mix(draw + 2)) + 1e-9, -1 / o.tail));
    double const hump = std::sin(3.141592653589793 * share);
    sum += height * hump * hump;
  }
  return sum;
}

/// Noise in three dimensions (two of place, one of time).
[[nodiscard]] inline double noise(std::uint64_t key, double x, double y, double t) {
  Between const bx(x);
  Between const by(y);
  Between const bt(t);
  auto const corner = [&](std::int64_t i, std::int64_t j, std::int64_t k) {
    return bell(mix(key + static_cast<std::uint64_t>(bx.low + i) * 0xE7037ED1A0B428DBULL +
                    static_cast<std::uint64_t>(by.low + j) * 0x8EBC6AF09C88C6E3ULL +
                    static_cast<std::uint64_t>(bt.low + k) * 0x589965CC75374CC3ULL));
  };
  auto const along_x = [&](std::int64_t j, std::int64_t k) {
    return bx.weight_low * corner(0, j, k) + bx.weight_high * corner(1, j, k);
  };
  auto const plane = [&](std::int64_t k) { return by.weight_low * along_x(0, k) + by.weight_high * along_x(1, k); };
  return bt.weight_low * plane(0) + bt.weight_high * plane(1);
}

}  // namespace madang::simulation
