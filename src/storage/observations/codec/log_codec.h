// One row of the log: a batch of values with what belongs to them, another judgement of values, a deletion, or a retention.
// Format: docs/formats/observation_store.md.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/averaging.h"
#include "storage/observations/codec/columns.h"
#include "storage/observations/observation.h"

namespace madang::storage {

struct LogBatch {
  Position position = {};  ///< in the log of readings that it came from, if from one
  std::vector<std::int64_t> streams;
  Columns columns;  ///< any order; arrival numbers are whole
  std::vector<std::pair<std::uint32_t, ObservationDetail>> details;
};
struct LogErase {
  DatastreamId stream;
  Interval when;
};
struct LogRetention {
  DatastreamId stream;
  Millis keep{0};
};
struct LogAveraging {
  std::vector<std::int64_t> streams;
  Averaging averaging = Averaging::kArithmetic;
};
/// Exactly one is there.
struct LogRecord {
  std::optional<LogBatch> batch;
  std::optional<LogBatch> rejudged;  ///< values that stand already, whole, with their new quality
  std::optional<LogErase> erase;
  std::optional<LogRetention> retention;
  std::optional<LogAveraging> averaging;
};

[[nodiscard]] std::string encode_log(std::uint64_t sequence, LogBatch const& batch);
[[nodiscard]] std::string encode_rejudged(std::uint64_t sequence, LogBatch const& batch);
[[nodiscard]] std::string encode_log(std::uint64_t sequence, LogErase const& erase);
[[nodiscard]] std::string encode_log(std::uint64_t sequence, LogRetention const& retention);
[[nodiscard]] std::string encode_log(std::uint64_t sequence, LogAveraging const& averaging);
/// Nothing when the checksum does not match or the content is malformed.
[[nodiscard]] std::optional<LogRecord> decode_log(ByteSpan bytes, std::uint64_t sequence);

void write_detail(ByteWriter& out, ObservationDetail const& detail);
[[nodiscard]] ObservationDetail read_detail(ByteReader& in);

}  // namespace madang::storage
