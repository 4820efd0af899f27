#include "storage/observations/codec/columns.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>

namespace madang::storage {
namespace {

constexpr int kDecimalsMax = 9;
constexpr std::uint8_t kOrderedBits = 255;  ///< in place of the decimals
enum class TimeMode : std::uint8_t { kPlain = 0, kGrid = 1 };
enum class ReceivedMode : std::uint8_t { kSinceTime = 0, kPlain = 1 };

std::vector<std::int64_t>& scratch(std::size_t which, std::size_t count) {
  thread_local std::array<std::vector<std::int64_t>, 3> buffers;
  buffers[which].resize(count);
  return buffers[which];
}

/// The even step that a jittering series follows, when there is one: the mean step, or the round number near it.
std::optional<std::int64_t> grid_step(std::span<std::int64_t const> times) {
  if (times.size() < 8) return std::nullopt;
  std::array<std::int64_t, 31> steps{};
  std::size_t const count = std::min(steps.size(), times.size() - 1);
  for (std::size_t i = 0; i < count; ++i) steps[i] = times[i + 1] - times[i];
  std::nth_element(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(count / 2),
                   steps.begin() + static_cast<std::ptrdiff_t>(count));
  std::int64_t const middle = steps[count / 2];
  for (std::int64_t const unit : {3'600'000, 600'000, 60'000, 30'000, 10'000, 5'000, 1'000, 500, 100}) {
    std::int64_t const rounded = (middle + unit / 2) / unit * unit;
    if (rounded > 0 && std::abs(rounded - middle) * 50 <= rounded) return rounded;
  }
  return std::nullopt;
}

void write_times(ByteWriter& out, std::vector<std::int64_t> const& times) {
  if (auto const step = grid_step(times)) {
    auto& slots = scratch(0, times.size());
    auto& jitter = scratch(1, times.size());
    for (std::size_t i = 0; i < times.size(); ++i) {
      slots[i] = (times[i] - times[0] + *step / 2) / *step;
      jitter[i] = times[i] - times[0] - slots[i] * *step;
    }
    auto const slot_plan = plan_ints(slots);
    auto const jitter_plan = plan_ints(jitter);
    if (auto const plain = plan_ints(times); slot_plan.size + jitter_plan.size + 10 >= plain.size) {
      out.u8(static_cast<std::uint8_t>(TimeMode::kPlain));
      return write_ints(out, times, plain);
    }
    out.u8(static_cast<std::uint8_t>(TimeMode::kGrid));
    out.svarint(times[0]);
    out.varint(static_cast<std::uint64_t>(*step));
    write_ints(out, slots, slot_plan);
    return write_ints(out, jitter, jitter_plan);
  }
  out.u8(static_cast<std::uint8_t>(TimeMode::kPlain));
  write_ints(out, times);
}

void write_received(ByteWriter& out, Columns const& columns) {
  auto& delays = scratch(0, columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) delays[i] = columns.received[i] - columns.times[i];
  auto const plain = plan_ints(columns.received);
  auto const since = plan_ints(delays);
  bool const is_plain = plain.size < since.size;
  out.u8(static_cast<std::uint8_t>(is_plain ? ReceivedMode::kPlain : ReceivedMode::kSinceTime));
  write_ints(out, is_plain ? columns.received : delays, is_plain ? plain : since);
}

void read_received(ByteReader& in, Columns& columns, Rows rows) {
  auto const mode = static_cast<ReceivedMode>(in.u8());
  if (mode > ReceivedMode::kPlain) return in.fail();
  read_ints(in, columns.received, rows);
  if (mode == ReceivedMode::kPlain) return;
  for (std::size_t i = rows.from; i < std::min(rows.to, columns.size()); ++i)
    columns.received[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(columns.received[i]) +
                                                    static_cast<std::uint64_t>(columns.times[i]));
}

/// Rounds to the nearest integer by adding and taking away 1.5 * 2^52; right below 2^51.
constexpr double kRounder = 6755399441055744.0;
constexpr double kRoundable = 2251799813685248.0;

bool is_decimal(double value, double power) {
  double const product = value * power;
  double const whole = (product + kRounder) - kRounder;
  return std::abs(product) < kRoundable &&
         std::bit_cast<std::uint64_t>(whole / power) == std::bit_cast<std::uint64_t>(value);
}

}  // namespace

void Columns::resize(std::size_t count) {
  times.resize(count);
  received.resize(count);
  arrivals.resize(count);
  qualities.resize(count);
  values.resize(count);
}

void Columns::assign(Columns const& other, std::size_t from, std::size_t to) {
  auto const copy = [from, to](auto& mine, auto const& theirs) {
    mine.assign(theirs.begin() + static_cast<std::ptrdiff_t>(from), theirs.begin() + static_cast<std::ptrdiff_t>(to));
  };
  copy(times, other.times);
  copy(received, other.received);
  copy(arrivals, other.arrivals);
  copy(qualities, other.qualities);
  copy(values, other.values);
}

void Columns::append_row(Columns const& from, std::size_t row) {
  times.push_back(from.times[row]);
  received.push_back(from.received[row]);
  arrivals.push_back(from.arrivals[row]);
  qualities.push_back(from.qualities[row]);
  values.push_back(from.values[row]);
}

double power_of_ten(int exponent) {
  static constexpr std::array<double, kDecimalsMax + 1> kPowers{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
  return kPowers[static_cast<std::size_t>(exponent)];
}

int decimals_of(std::vector<double> const& values) {
  int decimals = 0;
  double power = 1;
  for (double const value : values)
    while (!is_decimal(value, power)) {
      if (++decimals > kDecimalsMax) return kNoDecimals;
      power = power_of_ten(decimals);
    }
  // What was a decimal with fewer places still is one, unless its scaled value has become too large.
  for (double const value : values)
    if (!is_decimal(value, power)) return kNoDecimals;
  return decimals;
}

std::int64_t ordered_bits(double value) {
  auto const bits = std::bit_cast<std::int64_t>(value);
  return bits >= 0 ? bits : bits ^ std::int64_t{0x7fffffffffffffff};
}

double from_ordered_bits(std::int64_t bits) {
  return std::bit_cast<double>(bits >= 0 ? bits : bits ^ std::int64_t{0x7fffffffffffffff});
}

void write_moments(ByteWriter& out, Columns const& columns) {
  write_times(out, columns.times);
  write_received(out, columns);
  auto const base = columns.arrivals.empty() ? 0 : *std::min_element(columns.arrivals.begin(), columns.arrivals.end());
  auto& relative = scratch(0, columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) relative[i] = columns.arrivals[i] - base;
  write_ints(out, relative);
}

void read_times(ByteReader& in, std::vector<std::int64_t>& times) {
  auto const mode = static_cast<TimeMode>(in.u8());
  if (mode == TimeMode::kPlain) return read_ints(in, times);
  if (mode != TimeMode::kGrid) return in.fail();
  auto const start = static_cast<std::uint64_t>(in.svarint());
  auto const step = in.varint();
  auto& jitter = scratch(0, times.size());
  read_ints(in, times);
  read_ints(in, jitter);
  for (std::size_t i = 0; i < times.size(); ++i)
    times[i] = static_cast<std::int64_t>(start + static_cast<std::uint64_t>(times[i]) * step +
                                         static_cast<std::uint64_t>(jitter[i]));
}

void read_arrivals(ByteReader& in, std::int64_t arrival_base, Columns& columns, Rows rows) {
  read_received(in, columns, rows);
  read_ints(in, columns.arrivals, rows);
  for (std::size_t i = rows.from; i < std::min(rows.to, columns.size()); ++i)
    columns.arrivals[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(columns.arrivals[i]) +
                                                    static_cast<std::uint64_t>(arrival_base));
}

void write_values(ByteWriter& out, Columns const& columns, int decimals) {
  write_ints(out, columns.qualities);
  auto& ints = scratch(0, columns.size());
  if (decimals == kNoDecimals) {
    out.u8(kOrderedBits);
    std::transform(columns.values.begin(), columns.values.end(), ints.begin(), ordered_bits);
  } else {
    out.u8(static_cast<std::uint8_t>(decimals));
    double const power = power_of_ten(decimals);
    for (std::size_t i = 0; i < columns.size(); ++i) ints[i] = scaled(columns.values[i], power);
  }
  write_ints(out, ints);
}

void read_values(ByteReader& in, Columns& columns, Rows rows) {
  read_ints(in, columns.qualities, rows);
  int const decimals = in.u8();
  auto& ints = scratch(0, columns.size());
  read_ints(in, ints, rows);
  if (!in.ok()) return;
  if (decimals != kOrderedBits && decimals > kDecimalsMax) return in.fail();
  std::size_t const to = std::min(rows.to, columns.size());
  if (decimals == kOrderedBits) {
    for (std::size_t i = rows.from; i < to; ++i) columns.values[i] = from_ordered_bits(ints[i]);
    return;
  }
  double const power = power_of_ten(decimals);
  for (std::size_t i = rows.from; i < to; ++i) columns.values[i] = static_cast<double>(ints[i]) / power;
}

}  // namespace madang::storage
