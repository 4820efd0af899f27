#include "storage/observations/codec/rollup.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "storage/observations/codec/int_column.h"
#include "storage/observations/rules.h"

namespace madang::storage {
namespace {

constexpr std::uint8_t kNone = 255;  ///< in place of the decimals
/// Below this a chunk's squares add up within 63 bits: 2^52 * kChunkValuesMax.
constexpr double kExactMax = 1 << 26;

enum Field : std::size_t { kHour, kCount, kBad, kMin, kMax, kSum, kSquares, kFirstSum, kSecondSum, kFields };
using Fields = std::array<std::vector<std::int64_t>, kFields>;

/// How many of the fields stand in the bytes.
std::size_t fields_of(Averaging averaging) {
  return kFirstSum + (averaging == Averaging::kArithmetic ? 0u : averaging == Averaging::kEnergy ? 1u : 2u);
}

Fields& scratch_fields() {
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
  Bucket sums;  ///< of energies or directions
};

void push(Fields& fields, std::int64_t hour, Exact const& e, Averaging averaging) {
  std::array<std::int64_t, kFields> const row{hour,
                                              e.count,
                                              e.count - e.good,
                                              e.min,
                                              e.max - e.min,
                                              e.sum - e.good * e.min,
                                              e.squares - level_squares(e.sum, e.good),
                                              ordered_bits(averaging == Averaging::kEnergy ? e.sums.energy : e.sums.sine),
                                              ordered_bits(e.sums.cosine)};
  for (std::size_t i = 0; i < kFields; ++i) fields[i].push_back(row[i]);
}

void collect_exact(Fields& fields, Columns const& columns, int decimals, Averaging averaging) {
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
      if (averaging != Averaging::kArithmetic) add_sums(e.sums, columns.values[i], averaging);
    }
    push(fields, hour, e, averaging);
  }
}

}  // namespace

void write_rollup(ByteWriter& out, Columns const& columns, int decimals, Averaging averaging) {
  bool exact = decimals != kNoDecimals;
  for (std::size_t i = 0; exact && i < columns.size(); ++i)
    exact = std::abs(columns.values[i]) * power_of_ten(decimals) < kExactMax;
  if (!exact) return out.u8(kNone);
  auto& fields = scratch_fields();
  collect_exact(fields, columns, decimals, averaging);
  out.u8(static_cast<std::uint8_t>(decimals));
  out.varint(fields[kHour].size());
  for (std::size_t i = 0; i < fields_of(averaging); ++i) write_ints(out, fields[i]);
}

bool has_rollup(ByteReader in) { return in.u8() != kNone; }

bool read_rollup(ByteReader& in, std::vector<Bucket>& buckets, Averaging averaging) {
  buckets.clear();
  int const decimals = in.u8();
  if (decimals == kNone) return false;
  auto const count = in.varint();
  if (count > kChunkValuesMax || decimals > 9) in.fail();
  if (!in.ok()) return false;
  auto& fields = scratch_fields();
  for (std::size_t i = 0; i < fields_of(averaging); ++i) {
    fields[i].resize(count);
    read_ints(in, fields[i]);
  }
  if (!in.ok()) return false;
  double const scale = power_of_ten(decimals);
  auto const& f = fields;
  buckets.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (f[kHour][i] > hour_of(millis_of(kInstantMax)) || f[kHour][i] < hour_of(millis_of(kInstantMin))) in.fail();
    if (!in.ok()) return false;
    Bucket& b = buckets[i];
    b.from = instant_of_millis(f[kHour][i] * kHourMillis);
    b.count = static_cast<std::uint32_t>(f[kCount][i]);
    b.good = b.count - static_cast<std::uint32_t>(f[kBad][i]);
    if (b.good == 0) continue;
    // Malformed columns may overflow; unsigned arithmetic then gives nonsense, not undefined behaviour.
    auto const unsigned_of = [&](Field field) { return static_cast<std::uint64_t>(f[field][i]); };
    auto const sum = static_cast<std::int64_t>(unsigned_of(kSum) + b.good * unsigned_of(kMin));
    auto const squares =
        static_cast<std::int64_t>(unsigned_of(kSquares) + static_cast<std::uint64_t>(level_squares(sum, b.good)));
    b.min = static_cast<double>(f[kMin][i]) / scale;
    b.max = static_cast<double>(static_cast<std::int64_t>(unsigned_of(kMin) + unsigned_of(kMax))) / scale;
    b.sum = static_cast<double>(sum) / scale;
    b.sum_of_squares = static_cast<double>(squares) / (scale * scale);
    if (averaging == Averaging::kEnergy) b.energy = from_ordered_bits(f[kFirstSum][i]);
    if (averaging == Averaging::kCircular) {
      b.sine = from_ordered_bits(f[kFirstSum][i]);
      b.cosine = from_ordered_bits(f[kSecondSum][i]);
    }
    if (!std::isfinite(b.energy + b.sine + b.cosine)) in.fail();
  }
  return in.ok();
}

}  // namespace madang::storage
