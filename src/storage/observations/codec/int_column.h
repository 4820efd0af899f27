// A column of 64-bit integers in the fewest bytes of four ways: equal but for a few, stepping evenly but
// for a few, near each other within a block, or stepping by little. docs/formats/observation_store.md.
#pragma once

#include <span>

#include "storage/observations/codec/bytes.h"

namespace madang::storage {

/// Appends the column; the count is not written, the reader brings it.
void write_ints(ByteWriter& out, std::span<std::int64_t const> values);
/// How many bytes write_ints would append.
[[nodiscard]] std::size_t size_of_ints(std::span<std::int64_t const> values);

/// Fills `values`. The eight bytes after the reader's end must be readable (see seal). A malformed column
/// fails the reader.
void read_ints(ByteReader& in, std::span<std::int64_t> values);

}  // namespace madang::storage
