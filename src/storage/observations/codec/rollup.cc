#include "storage/observations/codec/rollup.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "storage/observations/codec/int_column.h"
#include "storage/observations/rules.h"

namespace madang::storage {
namespace {

constexpr std::uint8_t kDoubles = 255;  ///< in place of the decimals: sums are doubles, not exact integers
/// Below this a chunk's squares add up within 63 bits: 2^52 * kChunkValuesMax.
constexpr double kExactMax = 1 << 26;

enum Field : std::size_t { kHour, kCount, kBad, kMin, kMax, kSum, kSquares, kFields };
using Fields = std::array<std::vector<std::int64_t>, kFields>;

Fields& scratch() {
  thread_local Fields fields;
  for (auto& field : fields) field.clear();
  return fields;
}

__extension__ using Wide = __int128;

/// What the squares would add up to if all values were the same; the rest is small and packs well.
std::int64_t level_squares(std::int64_t sum, std::int64_t good) {
  return good == 0 ? 0 : static_cast<std::int64_t>(static_cast<Wide>(sum) * sum / good);
}

struct Exact {
  std::int64_t count = 0, good = 0, min = 0, max = 0, sum = 0, squares = 0;
};

void push(Fields& fields, std::int64_t hour, Exact const& e) {
  std::array<std::int64_t, kFields> const row{hour, e.count, e.count - e.good, e.min, e.max - e.min, e.sum - e.good * e.min,
                                              e.squares - level_squares(e.sum, e.good)};
  for (std::size_t i = 0; i < kFields; ++i) fields[i].push_back(row[i]);
}

void collect_exact(Fields& fields, Columns const& columns, int decimals) {
  double const power = power_of_ten(decimals);
  for (std::size_t i = 0; i < columns.size();) {
    std::int64_t const hour = hour_of(columns.times[i]);
    std::int64_t const end = (hour + 1) * kHourMillis;
    Exact e;
    for (; i < columns.size() && columns.times[i] < end; ++i) {
      ++e.count;
      if (!counts_as_good(unpacked(columns.qualities[i]).flag)) continue;
      std::int64_t const v = scaled(columns.values[i], power);
      e.min = e.good == 0 ? v : std::min(e.min, v);
      e.max = e.good == 0 ? v : std::max(e.max, v);
      ++e.good;
      e.sum += v;
      e.squares += v * v;
    }
    push(fields, hour, e);
  }
}

void collect_doubles(Fields& fields, Columns const& columns) {
  for (std::size_t i = 0; i < columns.size();) {
    std::int64_t const hour = hour_of(columns.times[i]);
    Bucket b;
    for (; i < columns.size() && hour_of(columns.times[i]) == hour; ++i)
      add_value(b, columns.values[i], counts_as_good(unpacked(columns.qualities[i]).flag));
    std::array<std::int64_t, kFields> const row{hour, b.count, std::int64_t{b.count} - b.good, ordered_bits(b.min),
                                                ordered_bits(b.max), ordered_bits(b.sum), ordered_bits(b.sum_of_squares)};
    for (std::size_t f = 0; f < kFields; ++f) fields[f].push_back(row[f]);
  }
}

}  // namespace

void write_rollup(ByteWriter& out, Columns const& columns, int decimals) {
  auto& fields = scratch();
  bool exact = decimals != kNoDecimals;
  for (std::size_t i = 0; exact && i < columns.size(); ++i)
    exact = std::abs(columns.values[i]) * power_of_ten(decimals) < kExactMax;
  if (exact)
    collect_exact(fields, columns, decimals);
  else
    collect_doubles(fields, columns);
  out.u8(exact ? static_cast<std::uint8_t>(decimals) : kDoubles);
  out.varint(fields[kHour].size());
  for (auto const& field : fields) write_ints(out, field);
}

void read_rollup(ByteReader& in, std::vector<Bucket>& buckets) {
  buckets.clear();
  int const decimals = in.u8();
  auto const count = in.varint();
  if (count > kChunkValuesMax || (decimals > 9 && decimals != kDoubles)) return in.fail();
  auto& fields = scratch();
  for (auto& field : fields) {
    field.resize(count);
    read_ints(in, field);
  }
  if (!in.ok()) return;
  bool const exact = decimals != kDoubles;
  double const scale = exact ? power_of_ten(decimals) : 1;
  for (std::size_t i = 0; i < count; ++i) {
    auto const& f = fields;
    if (f[kHour][i] > hour_of(millis_of(kInstantMax)) || f[kHour][i] < hour_of(millis_of(kInstantMin))) return in.fail();
    Bucket b;
    b.from = instant_of_millis(f[kHour][i] * kHourMillis);
    b.count = static_cast<std::uint32_t>(f[kCount][i]);
    b.good = b.count - static_cast<std::uint32_t>(f[kBad][i]);
    if (!exact) {
      b.min = from_ordered_bits(f[kMin][i]);
      b.max = from_ordered_bits(f[kMax][i]);
      b.sum = from_ordered_bits(f[kSum][i]);
      b.sum_of_squares = from_ordered_bits(f[kSquares][i]);
    } else if (b.good > 0) {
      auto const unsigned_of = [&](Field field) { return static_cast<std::uint64_t>(f[field][i]); };
      auto const sum = static_cast<std::int64_t>(unsigned_of(kSum) + b.good * unsigned_of(kMin));
      auto const squares = static_cast<std::int64_t>(unsigned_of(kSquares) +
                                                     static_cast<std::uint64_t>(level_squares(sum, b.good)));
      b.min = static_cast<double>(f[kMin][i]) / scale;
      b.max = static_cast<double>(static_cast<std::int64_t>(unsigned_of(kMin) + unsigned_of(kMax))) / scale;
      b.sum = static_cast<double>(sum) / scale;
      b.sum_of_squares = static_cast<double>(squares) / (scale * scale);
    }
    buckets.push_back(b);
  }
}

}  // namespace madang::storage
