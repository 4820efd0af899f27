// How finely a device tells values apart, at each size: with so many decimals, with so many digits whatever the size, or
// with the bits of a short float. What is coarser than that may be a whole number that is taken for another unit.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace madang::sensing::warning {

/// How fine a station's values are is not known.
inline constexpr std::int8_t kNoDigits = 4;

class Resolution {
 public:
  /// A value, not 0, that the device moved to while nothing happened.
  void learn(double value);
  /// A few values are rounder than the device by chance.
  [[nodiscard]] bool is_known() const { return values_ >= kSeenLeast; }
  /// By so many powers of ten, at least, coarser than what this device says of such a size.
  [[nodiscard]] bool is_coarser(double value, int tens) const;

 private:
  static constexpr std::uint8_t kSeenLeast = 12;  ///< so many values are not all rounder than the device by chance
  static constexpr std::size_t kDecades = 8;  ///< from thousandths to tens of thousands

  [[nodiscard]] static std::size_t decade_of(double value);
  [[nodiscard]] int digits_at(double value) const;

  std::uint8_t values_ = 0;         ///< that it learned from, at most kSeenLeast
  std::int8_t finest_ = kNoDigits;  ///< power of ten of which all its values are whole multiples
  bool short_floats_ = true;        ///< all of them have at most eleven bits, as a float of two bytes
  std::array<std::int8_t, kDecades> digits_ = {kNoDigits, kNoDigits, kNoDigits, kNoDigits, kNoDigits, kNoDigits, kNoDigits, kNoDigits};
  std::array<std::uint8_t, kDecades> seen_ = {};
};

}  // namespace madang::sensing::warning
