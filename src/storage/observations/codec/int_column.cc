#include "storage/observations/codec/int_column.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

namespace madang::storage {
namespace {

using Mode = IntPlan::Mode;

constexpr std::size_t kBlock = 64;
constexpr unsigned kPlainBits = 48;  ///< of a split column

// All arithmetic wraps in 64 bits, so that any column comes back as it was.
std::int64_t minus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
std::int64_t plus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

unsigned width_of(std::uint64_t largest) { return static_cast<unsigned>(std::bit_width(largest)); }
constexpr std::size_t packed_size(std::size_t count, unsigned width) { return (count * width + 7) / 8; }

/// The value in the middle of a few samples, which is what a regular column steps by, and how many of them equal it.
struct Centre {
  std::int64_t value = 0;
  std::size_t equal = 0;
  std::size_t samples = 0;
  /// Too few of the samples for a list of exceptions to be worth a look.
  [[nodiscard]] bool rare() const { return equal * 3 < samples; }
};
Centre centre_of(std::span<std::int64_t const> values) {
  constexpr std::size_t kSamples = 9;
  std::array<std::int64_t, kSamples> samples{};
  std::size_t const count = std::min(values.size(), kSamples);
  if (count == 0) return {};
  // Insertion sort: for so few it beats everything else.
  for (std::size_t i = 0; i < count; ++i) {
    std::int64_t const v = values[i * values.size() / count];
    std::size_t at = i;
    for (; at > 0 && samples[at - 1] > v; --at) samples[at] = samples[at - 1];
    samples[at] = v;
  }
  Centre out{samples[count / 2], 0, count};
  for (std::size_t i = 0; i < count; ++i) out.equal += samples[i] == out.value ? 1 : 0;
  return out;
}

/// Steps between neighbours, in a buffer that lives as long as the thread.
std::span<std::int64_t> steps_of(std::span<std::int64_t const> values) {
  thread_local std::vector<std::int64_t> buffer;
  if (values.size() < 2) return {};
  if (buffer.size() < values.size()) buffer.resize(values.size());
  for (std::size_t i = 1; i < values.size(); ++i) buffer[i - 1] = minus(values[i], values[i - 1]);
  return {buffer.data(), values.size() - 1};
}

/// The first place from `i` on that is not `centre`. Eight at a time, since most are.
std::size_t next_other(std::span<std::int64_t const> values, std::size_t i, std::int64_t centre) {
  constexpr std::size_t kAtOnce = 8;
  for (; i + kAtOnce <= values.size(); i += kAtOnce) {
    std::int64_t differences = 0;
    for (std::size_t k = 0; k < kAtOnce; ++k) differences |= values[i + k] ^ centre;
    if (differences != 0) break;
  }
  while (i < values.size() && values[i] == centre) ++i;
  return i;
}

/// The largest size there is when more than `give_up` bytes would be needed.
std::size_t size_of_sparse(std::span<std::int64_t const> values, std::int64_t centre, std::size_t give_up) {
  std::size_t size = 0;
  std::size_t exceptions = 0;
  std::size_t last = 0;
  for (auto i = next_other(values, 0, centre); i < values.size(); i = next_other(values, i + 1, centre)) {
    size += varint_size(i - last) + varint_size(zigzag(minus(values[i], centre)));
    last = i;
    ++exceptions;
    if (size > give_up) return std::numeric_limits<std::size_t>::max();
  }
  return size + varint_size(zigzag(centre)) + varint_size(exceptions);
}

void write_sparse(ByteWriter& out, std::span<std::int64_t const> values, std::int64_t centre) {
  out.svarint(centre);
  std::size_t exceptions = 0;
  for (auto const v : values) exceptions += v != centre;
  out.varint(exceptions);
  std::size_t last = 0;
  for (auto i = next_other(values, 0, centre); i < values.size(); i = next_other(values, i + 1, centre)) {
    out.varint(i - last);
    out.svarint(minus(values[i], centre));
    last = i;
  }
}

void read_sparse(ByteReader& in, std::span<std::int64_t> values, Rows rows) {
  std::int64_t const centre = in.svarint();
  std::size_t const from = std::min(rows.from, values.size());
  std::size_t const to = std::clamp(rows.to, from, values.size());
  std::fill(values.begin() + static_cast<std::ptrdiff_t>(from), values.begin() + static_cast<std::ptrdiff_t>(to), centre);
  std::uint64_t at = 0;
  for (std::uint64_t left = in.varint(); left > 0 && in.ok(); --left) {
    at += in.varint();
    std::int64_t const difference = in.svarint();
    if (at >= values.size()) return in.fail();
    if (at >= from && at < to) values[at] = plus(centre, difference);
  }
}

/// Even stretches between the exceptions: each value is reckoned from the stretch's beginning, not from its neighbour.
void read_sparse_steps(ByteReader& in, std::int64_t first, std::span<std::int64_t> values, Rows rows) {
  std::int64_t const centre = in.svarint();
  std::size_t const to = std::min(rows.to, values.size());
  std::size_t begin = 0;  // of the stretch; its first value is `first`
  auto const fill_until = [&](std::size_t end) {
    for (std::size_t i = std::max(begin, rows.from); i < std::min(end, to); ++i)
      values[i] = plus(first, static_cast<std::int64_t>(static_cast<std::uint64_t>(centre) * (i - begin)));
  };
  std::uint64_t at = 0;
  for (std::uint64_t left = in.varint(); left > 0 && in.ok(); --left) {
    at += in.varint();
    std::int64_t const difference = in.svarint();
    std::size_t const next = at + 1;
    if (next >= values.size() || next <= begin) return in.fail();
    fill_until(next);
    auto const steps = static_cast<std::uint64_t>(centre) * (next - begin) + static_cast<std::uint64_t>(difference);
    first = plus(first, static_cast<std::int64_t>(steps));
    begin = next;
  }
  fill_until(values.size());
}

struct Range {
  std::int64_t min = 0;
  std::uint64_t span = 0;
};
Range range_of(std::span<std::int64_t const> block) {
  std::int64_t min = block[0];
  std::int64_t max = block[0];
  for (auto const v : block) {
    min = std::min(min, v);
    max = std::max(max, v);
  }
  return {min, static_cast<std::uint64_t>(minus(max, min))};
}
std::uint64_t largest_zigzag(std::span<std::int64_t const> block, std::int64_t centre) {
  std::uint64_t all = 0;
  for (auto const v : block) all |= zigzag(minus(v, centre));
  return all;
}

template <typename Each>
void for_blocks(std::size_t count, Each each) {
  for (std::size_t at = 0; at < count; at += kBlock) each(at, std::min(kBlock, count - at));
}

std::size_t size_of_blocks(std::span<std::int64_t const> values) {
  std::size_t size = 0;
  std::int64_t base = 0;
  for_blocks(values.size(), [&](std::size_t at, std::size_t count) {
    auto const range = range_of(values.subspan(at, count));
    size += 1 + varint_size(zigzag(minus(range.min, base))) + packed_size(count, width_of(range.span));
    base = range.min;
  });
  return size;
}

std::size_t size_of_delta_blocks(std::span<std::int64_t const> steps, std::int64_t centre) {
  std::size_t size = varint_size(zigzag(centre));
  for_blocks(steps.size(), [&](std::size_t at, std::size_t count) {
    size += 1 + packed_size(count, width_of(largest_zigzag(steps.subspan(at, count), centre)));
  });
  return size;
}

template <typename ValueAt>
void pack(ByteWriter& out, std::size_t count, unsigned width, ValueAt value_at) {
  std::uint8_t* to = out.grow(packed_size(count, width));
  if (width == 0) return;
  std::uint64_t word = 0;
  unsigned filled = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t const v = value_at(i);
    word |= v << filled;
    filled += width;
    if (filled < 64) continue;
    std::memcpy(to, &word, 8);
    to += 8;
    filled -= 64;
    word = filled == 0 ? 0 : v >> (width - filled);
  }
  std::memcpy(to, &word, (filled + 7) / 8);
}

/// Of `count` packed values those in `rows`; steps over all.
template <typename Take>
void unpack(ByteReader& in, std::size_t count, unsigned width, Rows rows, Take take) {
  if (width > 64) return in.fail();
  auto const* const from = in.skip(packed_size(count, width));
  if (from == nullptr) return;
  std::uint64_t const mask = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
  for (std::size_t i = rows.from; i < std::min(count, rows.to); ++i) {
    std::size_t const bit = i * width;
    std::uint64_t word = 0;
    std::memcpy(&word, from + bit / 8, 8);
    word >>= bit % 8;
    // One word loaded at any byte holds 57 whole bits; the top of a wider value lies in the byte after it.
    if (width > 57 && bit % 8 > 0) word |= static_cast<std::uint64_t>(from[bit / 8 + 8]) << (64 - bit % 8);
    take(i, word & mask);
  }
}
/// A block is taken whole or not at all.
template <typename Take>
void unpack_block(ByteReader& in, std::size_t count, bool wanted, Take take) {
  unsigned const width = in.u8();
  unpack(in, count, width, wanted ? Rows{} : Rows{0, 0}, take);
}

void write_blocks(ByteWriter& out, std::span<std::int64_t const> values) {
  std::int64_t base = 0;
  for_blocks(values.size(), [&](std::size_t at, std::size_t count) {
    auto const range = range_of(values.subspan(at, count));
    unsigned const width = width_of(range.span);
    out.svarint(minus(range.min, base));
    out.u8(static_cast<std::uint8_t>(width));
    pack(out, count, width,
         [&](std::size_t i) { return static_cast<std::uint64_t>(minus(values[at + i], range.min)); });
    base = range.min;
  });
}

void read_blocks(ByteReader& in, std::span<std::int64_t> values, Rows rows) {
  std::int64_t base = 0;
  for_blocks(values.size(), [&](std::size_t at, std::size_t count) {
    base = plus(base, in.svarint());
    auto* const to = values.data() + at;
    unpack_block(in, count, rows.touch(at, at + count),
                 [to, base](std::size_t i, std::uint64_t v) { to[i] = plus(base, static_cast<std::int64_t>(v)); });
  });
}

void write_delta_blocks(ByteWriter& out, std::span<std::int64_t const> steps, std::int64_t centre) {
  out.svarint(centre);
  for_blocks(steps.size(), [&](std::size_t at, std::size_t count) {
    unsigned const width = width_of(largest_zigzag(steps.subspan(at, count), centre));
    out.u8(static_cast<std::uint8_t>(width));
    pack(out, count, width, [&](std::size_t i) { return zigzag(minus(steps[at + i], centre)); });
  });
}

void read_delta_blocks(ByteReader& in, std::int64_t first, std::span<std::int64_t> values, Rows rows) {
  std::int64_t const centre = in.svarint();
  values[0] = first;
  for_blocks(values.size() - 1, [&](std::size_t at, std::size_t count) {
    auto* const to = values.data() + at + 1;
    unpack_block(in, count, at + 1 < rows.to, [&](std::size_t i, std::uint64_t v) {
      first = plus(first, plus(centre, unzigzag(v)));
      to[i] = first;
    });
  });
}

/// The low bits as they are: what arbitrary doubles have there is noise that no width could spare.
std::span<std::int64_t> tops_of(std::span<std::int64_t const> values) {
  thread_local std::vector<std::int64_t> buffer;
  if (buffer.size() < values.size()) buffer.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) buffer[i] = values[i] >> kPlainBits;
  return {buffer.data(), values.size()};
}

std::size_t size_of_split(std::span<std::int64_t const> values) {
  return packed_size(values.size(), kPlainBits) + size_of_blocks(tops_of(values));
}

void write_split(ByteWriter& out, std::span<std::int64_t const> values) {
  write_blocks(out, tops_of(values));
  constexpr std::uint64_t kMask = (std::uint64_t{1} << kPlainBits) - 1;
  pack(out, values.size(), kPlainBits, [&](std::size_t i) { return static_cast<std::uint64_t>(values[i]) & kMask; });
}

void read_split(ByteReader& in, std::span<std::int64_t> values, Rows rows) {
  read_blocks(in, values, rows);
  unpack(in, values.size(), kPlainBits, rows, [values](std::size_t i, std::uint64_t low) {
    values[i] = static_cast<std::int64_t>((static_cast<std::uint64_t>(values[i]) << kPlainBits) | low);
  });
}

IntPlan choose(std::span<std::int64_t const> values) {
  IntPlan best{Mode::kSparse, 0, std::numeric_limits<std::size_t>::max()};
  auto const offer = [&best](Mode mode, std::int64_t centre, std::size_t size) {
    if (size < best.size) best = {mode, centre, size};
  };
  if (values.empty()) return {Mode::kSparse, 0, 2};
  // Blocks need an eighth of a byte a value for one bit; a list of many exceptions is slow and seldom smaller.
  std::size_t const few = values.size() / 2 + 32;
  if (auto const centre = centre_of(values); !centre.rare())
    offer(Mode::kSparse, centre.value, size_of_sparse(values, centre.value, few));
  if (best.size <= 4) return best;
  auto const steps = steps_of(values);
  auto const step = centre_of(steps);
  auto const first = varint_size(zigzag(values[0]));
  if (!step.rare()) {
    if (auto const size = size_of_sparse(steps, step.value, std::min(best.size, few)); size <= few)
      offer(Mode::kSparseDelta, step.value, first + size);
    if (best.size <= 8) return best;
  }
  offer(Mode::kBlocks, 0, size_of_blocks(values));
  offer(Mode::kDeltaBlocks, step.value, first + size_of_delta_blocks(steps, step.value));
  if (best.size > packed_size(values.size(), kPlainBits)) offer(Mode::kSplit, 0, size_of_split(values));
  return best;
}

}  // namespace

IntPlan plan_ints(std::span<std::int64_t const> values) {
  auto plan = choose(values);
  ++plan.size;
  return plan;
}

void write_ints(ByteWriter& out, std::span<std::int64_t const> values) { write_ints(out, values, plan_ints(values)); }

void write_ints(ByteWriter& out, std::span<std::int64_t const> values, IntPlan const& plan) {
  out.u8(static_cast<std::uint8_t>(plan.mode));
  if (plan.mode == Mode::kSparseDelta || plan.mode == Mode::kDeltaBlocks) out.svarint(values[0]);
  switch (plan.mode) {
    case Mode::kSparse:
      return write_sparse(out, values, plan.centre);
    case Mode::kSparseDelta:
      return write_sparse(out, steps_of(values), plan.centre);
    case Mode::kBlocks:
      return write_blocks(out, values);
    case Mode::kDeltaBlocks:
      return write_delta_blocks(out, steps_of(values), plan.centre);
    case Mode::kSplit:
      return write_split(out, values);
  }
}

void read_ints(ByteReader& in, std::span<std::int64_t> values, Rows rows) {
  auto const mode = static_cast<Mode>(in.u8());
  if (mode == Mode::kSparse) return read_sparse(in, values, rows);
  if (mode == Mode::kBlocks) return read_blocks(in, values, rows);
  if (mode == Mode::kSplit) return read_split(in, values, rows);
  if (mode > Mode::kSplit || values.empty()) return in.fail();
  std::int64_t const first = in.svarint();
  if (mode == Mode::kSparseDelta)
    read_sparse_steps(in, first, values, rows);
  else
    read_delta_blocks(in, first, values, rows);
}

}  // namespace madang::storage
