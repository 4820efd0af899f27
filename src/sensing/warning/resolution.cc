#include "sensing/warning/resolution.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace madang::sensing::warning {
namespace {

constexpr double kWhole = 1e-3;           // so near a whole number it is one, or nearer than a float can tell:
constexpr double kFloatRounding = std::numeric_limits<float>::epsilon();  // rounded as it came, and once more in its quantity's unit
constexpr int kDecadeLeast = -3;
constexpr double kShortFloat = 2'048;     // eleven bits
constexpr int kFinerThanDecimal = -3;     // a half or a quarter is a decimal too

/// The highest power of ten of which this is a whole multiple, as far as a float can tell.
std::int8_t digits_of(double value) {
  for (std::int8_t digits = kNoDigits; digits > -kNoDigits; --digits) {
    double const parts = value / std::pow(10, digits);
    double const near = std::max(kWhole, kFloatRounding * std::abs(parts));
    if (std::round(parts) != 0 && std::abs(parts - std::round(parts)) < near) return digits;
  }
  return -kNoDigits;
}

bool is_short_float(double value) {
  int exponent = 0;
  double const bits = std::frexp(value, &exponent) * kShortFloat;
  return bits == std::round(bits);
}

}  // namespace

std::size_t Resolution::decade_of(double value) {
  auto const decade = static_cast<int>(std::floor(std::log10(std::abs(value))));
  return static_cast<std::size_t>(std::clamp(decade - kDecadeLeast, 0, static_cast<int>(kDecades) - 1));
}

void Resolution::learn(double value) {
  auto const digits = digits_of(value);
  auto const decade = decade_of(value);
  finest_ = std::min(finest_, digits);
  digits_[decade] = std::min(digits_[decade], digits);
  if (values_ < kSeenLeast) ++values_;
  if (seen_[decade] < kSeenLeast) ++seen_[decade];
  short_floats_ = short_floats_ && is_short_float(value);
}

/// As it was seen at this size. Above all that was seen: one coarser with each power of ten where it was so below, else as fine as it
/// ever was.
int Resolution::digits_at(double value) const {
  auto const here = decade_of(value);
  if (seen_[here] >= kSeenLeast) return digits_[here];
  std::optional<std::size_t> below;
  for (auto decade = here; decade-- > 0;) {
    if (seen_[decade] < kSeenLeast) continue;
    if (!below) {
      below = decade;
      continue;
    }
    auto const grown = digits_[*below] - digits_[decade];
    bool const grows = grown > 0 && static_cast<std::size_t>(grown) == *below - decade;
    return grows ? digits_[*below] + static_cast<int>(here - *below) : finest_;
  }
  return finest_;
}

bool Resolution::is_coarser(double value, int tens) const {
  // It does not count in tens, but in halves of halves: how round its numbers are by chance says nothing.
  if (short_floats_ && finest_ <= kFinerThanDecimal) return false;
  return digits_of(value) >= digits_at(value) + tens;
}

}  // namespace madang::sensing::warning
