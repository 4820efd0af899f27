// The two blobs of a chunk: its body, and the summary that the index keeps beside the body's number.
// Format: docs/formats/observation_store.md.
#pragma once

#include <optional>
#include <string>

#include "core/id.h"
#include "storage/observations/codec/columns.h"
#include "storage/observations/codec/rollup.h"

namespace madang::storage {

/// What is known of a chunk without opening its body.
struct Summary {
  std::uint64_t moments_body = 0;  ///< number of the body that holds the moments; 0: they are in the chunk's own
  std::int64_t last = 0;           ///< time of the last value; the first one's is the row's key
  std::uint32_t count = 0;
  std::uint32_t arrival_min = 0;
  std::uint32_t arrival_max = 0;
  std::uint32_t details = 0;  ///< not 0: some value has a row in the side table
  Averaging averaging = Averaging::kArithmetic;  ///< of the roll-up
  // As read:
  bool has_rollup = false;
  bool marks_non_numbers = true;  ///< false: of version 1, where a text counts as the number 0 in values and roll-up
};

/// Values body; with `shared_moments` the moments stand in a body of their own.
[[nodiscard]] std::string encode_body(DatastreamId stream, Columns const& columns, int decimals,
                                      std::string_view own_moments);
[[nodiscard]] std::string encode_moments(Columns const& columns);
/// A moments body, sealed under its own number.
[[nodiscard]] std::string encode_moments_body(std::uint64_t body, std::size_t count, std::string_view moments);
[[nodiscard]] std::string encode_summary(DatastreamId stream, std::int64_t first, Summary const& summary,
                                         std::string_view rollup);
[[nodiscard]] std::string encode_rollup(Columns const& columns, int decimals, Averaging averaging);

/// The blobs of a stream that gets another number.
[[nodiscard]] std::string renumbered_body(ByteSpan body, DatastreamId from, DatastreamId to);
[[nodiscard]] std::string renumbered_summary(ByteSpan summary, DatastreamId from, DatastreamId to, std::int64_t first);

/// False when the checksum does not match or the content is malformed. `moments` is the shared body, or
/// empty. Fills what `wanted` says.
[[nodiscard]] bool decode_body(ByteSpan body, DatastreamId stream, ByteSpan moments, std::uint64_t moments_body,
                               Wanted wanted, Columns& columns);
/// `rollup`, when given, is filled too; it stays empty when the chunk has none, or one that counts texts.
[[nodiscard]] std::optional<Summary> decode_summary(ByteSpan bytes, DatastreamId stream, std::int64_t first,
                                                    std::vector<Bucket>* rollup);

}  // namespace madang::storage
