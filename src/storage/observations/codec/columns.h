// One chunk as columns, and the bytes of each column group. Format: docs/formats/observation_store.md.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "core/quality.h"
#include "storage/observations/codec/bytes.h"
#include "storage/observations/codec/int_column.h"

namespace madang::storage {

inline constexpr std::size_t kChunkValuesMax = 2048;

/// Values of one Datastream, ascending by time, no time twice. Equal lengths; plain 64-bit integers inside
/// because that is what the codec packs: milliseconds UTC, arrival numbers, qualities as packed below.
struct Columns {
  std::vector<std::int64_t> times;
  std::vector<std::int64_t> received;
  std::vector<std::int64_t> arrivals;
  std::vector<std::int64_t> qualities;
  std::vector<double> values;

  [[nodiscard]] std::size_t size() const { return times.size(); }
  void resize(std::size_t count);
  void clear() { resize(0); }
  /// Becomes the rows [from, to) of `other`.
  void assign(Columns const& other, std::size_t from, std::size_t to);
  void append_row(Columns const& from, std::size_t row);
};

[[nodiscard]] constexpr std::uint32_t packed(Quality q) {
  return static_cast<std::uint32_t>(q.flag) | static_cast<std::uint32_t>(q.reason) << 8 |
         static_cast<std::uint32_t>(q.rule_version) << 16;
}
[[nodiscard]] constexpr Quality unpacked(std::int64_t q) {
  return {static_cast<QualityFlag>(q & 0xff), static_cast<std::uint8_t>(q >> 8), static_cast<std::uint16_t>(q >> 16)};
}

/// How many decimals all values have in common (0 to 9), or kNoDecimals when they are no decimal numbers.
inline constexpr int kNoDecimals = -1;
[[nodiscard]] int decimals_of(std::vector<double> const& values);
[[nodiscard]] double power_of_ten(int exponent);
/// value * 10^decimals, exact for values that decimals_of has accepted.
[[nodiscard]] inline std::int64_t scaled(double value, double power) {
  double const product = value * power;
  return static_cast<std::int64_t>(product < 0 ? product - 0.5 : product + 0.5);
}

/// An order-preserving integer for any finite double, and back.
[[nodiscard]] std::int64_t ordered_bits(double value);
[[nodiscard]] double from_ordered_bits(std::int64_t bits);

/// phenomenonTime, received-at and arrival order: what the channels of one message have in common.
void write_moments(ByteWriter& out, Columns const& columns);
/// Quality and value.
void write_values(ByteWriter& out, Columns const& columns, int decimals);

/// What is read of a chunk: all times, and of the other columns the rows of [from, to).
struct Wanted {
  bool moments = true;  ///< received-at and arrival numbers too
  std::int64_t from = std::numeric_limits<std::int64_t>::min();
  std::int64_t to = std::numeric_limits<std::int64_t>::max();
};
/// All fill columns already resized to the chunk's count; a malformed column fails the reader.
void read_times(ByteReader& in, std::vector<std::int64_t>& times);
void read_arrivals(ByteReader& in, std::int64_t arrival_base, Columns& columns, Rows rows);
void read_values(ByteReader& in, Columns& columns, Rows rows = {});

}  // namespace madang::storage
