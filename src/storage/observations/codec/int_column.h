// A column of 64-bit integers in the fewest bytes of five ways: equal but for a few, stepping evenly but for a few,
// near each other within a block, stepping by little, or wide with plain low bits. docs/formats/observation_store.md.
#pragma once

#include <limits>
#include <span>

#include "storage/observations/codec/bytes.h"

namespace madang::storage {

/// Which way a column is written, chosen once: writers that compare two columns write the better one as planned.
struct IntPlan {
  enum class Mode : std::uint8_t {
    kSparse = 0,       ///< all equal a centre, exceptions listed
    kSparseDelta = 1,  ///< all steps equal a centre, exceptions listed
    kBlocks = 2,       ///< blocks of 64: smallest value, width, differences from it
    kDeltaBlocks = 3,  ///< blocks of 64: width, zigzagged differences of each step from a centre
    kSplit = 4,        ///< the low 48 bits as they are, the rest in blocks: arbitrary doubles
  };
  Mode mode = Mode::kSparse;
  std::int64_t centre = 0;
  std::size_t size = 2;  ///< bytes, with the byte of the mode
};
[[nodiscard]] IntPlan plan_ints(std::span<std::int64_t const> values);
/// Appends the column; the count is not written, the reader brings it.
void write_ints(ByteWriter& out, std::span<std::int64_t const> values, IntPlan const& plan);
void write_ints(ByteWriter& out, std::span<std::int64_t const> values);

/// The rows of a column that somebody wants: [from, to).
struct Rows {
  std::size_t from = 0;
  std::size_t to = std::numeric_limits<std::size_t>::max();
  [[nodiscard]] bool touch(std::size_t begin, std::size_t end) const { return begin < to && from < end; }
};

/// Fills those rows of `values`, which has room for the whole column; what the others become is not said. The eight
/// bytes after the reader's end must be readable (see seal). A malformed column fails the reader.
void read_ints(ByteReader& in, std::span<std::int64_t> values, Rows rows = {});

}  // namespace madang::storage
