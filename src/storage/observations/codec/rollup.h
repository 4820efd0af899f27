// Hourly roll-ups of one chunk: computed when the chunk is written, kept in the row that points to it.
#pragma once

#include <vector>

#include "storage/observations/codec/columns.h"
#include "storage/observations/store.h"

namespace madang::storage {

/// The hour UTC a time lies in, counted from 1970; right before 1970 too.
[[nodiscard]] constexpr std::int64_t hour_of(std::int64_t millis) {
  return (millis >= 0 ? millis : millis - (kHourMillis - 1)) / kHourMillis;
}

/// `decimals` as decimals_of gave it. Sums of decimal numbers are kept exactly, those of levels and directions as doubles.
/// Arbitrary doubles get none: four of them an hour would cost a byte a value, and reading the values is quick.
void write_rollup(ByteWriter& out, Columns const& columns, int decimals, Averaging averaging);

/// Ascending buckets of one hour each; empty hours are not there. False when there is none. A malformed column
/// fails the reader.
bool read_rollup(ByteReader& in, std::vector<Bucket>& buckets, Averaging averaging);
/// Whether one stands at the reader's place, which stays.
[[nodiscard]] bool has_rollup(ByteReader in);

}  // namespace madang::storage
