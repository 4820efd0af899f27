#include "storage/observations/codec/log_codec.h"

#include <algorithm>

#include "storage/observations/codec/checksum.h"
#include "storage/observations/codec/int_column.h"
#include "storage/observations/layers.h"
#include "storage/observations/limits.h"

namespace madang::storage {
namespace {

constexpr std::uint8_t kLogVersion = 2;  ///< 1: layers numbered as in format 2
enum class RecordKind : std::uint8_t { kBatch = 'B', kPositioned = 'P', kRejudged = 'J', kErase = 'E', kRetention = 'R', kAveraging = 'A' };
/// Format 2 named all of a call in one row.
constexpr std::uint64_t kOldAveragingStreamsMax = std::uint64_t{1} << kOldDatastreamBits;
static_assert(kAveragingStreamsMax <= kOldAveragingStreamsMax);
enum DetailHas : std::uint8_t { kEnd = 1, kResultTime = 2, kFeature = 4, kParameters = 8 };

ByteWriter start_record(RecordKind kind) {
  ByteWriter out;
  out.u8(kLogVersion);
  out.u8(static_cast<std::uint8_t>(kind));
  return out;
}

Result<LogBatch> read_batch(ByteReader& in, std::uint8_t version, RecordKind kind) {
  LogBatch batch;
  if (kind == RecordKind::kPositioned) batch.position.value = in.varint();
  auto const count = in.varint();
  if (count > kBatchObservationsMax) return fail(Code::kCorrupt, "count");
  batch.streams.resize(count);
  auto& c = batch.columns;
  c.resize(count);
  for (auto* const column : {&batch.streams, &c.times, &c.received, &c.arrivals}) read_ints(in, *column);
  if (version == 1) std::ranges::transform(batch.streams, batch.streams.begin(), renumbered);
  read_values(in, c);
  auto const details = in.varint();
  for (std::uint64_t i = 0; i < details && in.ok(); ++i) {
    auto const index = in.varint();
    if (index >= count) in.fail();
    batch.details.emplace_back(static_cast<std::uint32_t>(index), read_detail(in));
    // Rows of version 1 have texts with the quality that their sender gave them.
    if (index < count && !is_number(batch.details.back().second)) c.qualities[index] = packed(kNoNumber);
  }
  return batch;
}

std::string encode_values(std::uint64_t sequence, RecordKind kind, LogBatch const& batch) {
  ByteWriter out = start_record(kind);
  auto const& c = batch.columns;
  if (kind == RecordKind::kPositioned) out.varint(batch.position.value);
  out.varint(c.size());
  for (auto const* const column : {&batch.streams, &c.times, &c.received, &c.arrivals}) write_ints(out, *column);
  write_values(out, c, decimals_of(c.values));
  out.varint(batch.details.size());
  for (auto const& [index, detail] : batch.details) {
    out.varint(index);
    write_detail(out, detail);
  }
  seal(out, sequence);
  return out.take();
}

}  // namespace

std::string encode_log(std::uint64_t sequence, LogBatch const& batch) {
  return encode_values(sequence, batch.position ? RecordKind::kPositioned : RecordKind::kBatch, batch);
}

std::string encode_rejudged(std::uint64_t sequence, LogBatch const& batch) {
  return encode_values(sequence, RecordKind::kRejudged, batch);
}

std::string encode_log(std::uint64_t sequence, LogErase const& erase) {
  ByteWriter out = start_record(RecordKind::kErase);
  out.varint(static_cast<std::uint64_t>(erase.stream.value()));
  out.svarint(millis_of(erase.when.from));
  out.svarint(millis_of(erase.when.to));
  seal(out, sequence);
  return out.take();
}

std::string encode_log(std::uint64_t sequence, LogRetention const& retention) {
  ByteWriter out = start_record(RecordKind::kRetention);
  out.varint(static_cast<std::uint64_t>(retention.stream.value()));
  out.svarint(retention.keep.count());
  seal(out, sequence);
  return out.take();
}

std::string encode_log(std::uint64_t sequence, LogAveraging const& averaging) {
  ByteWriter out = start_record(RecordKind::kAveraging);
  out.u8(static_cast<std::uint8_t>(averaging.averaging));
  out.varint(averaging.streams.size());
  write_ints(out, averaging.streams);
  seal(out, sequence);
  return out.take();
}

std::optional<LogRecord> decode_log(ByteSpan bytes, std::uint64_t sequence) {
  ByteReader in(unseal(bytes, sequence));
  auto const version = in.u8();
  if (version < 1 || version > kLogVersion) return std::nullopt;
  LogRecord out;
  auto const kind = static_cast<RecordKind>(in.u8());
  switch (kind) {
    case RecordKind::kBatch:
    case RecordKind::kPositioned:
    case RecordKind::kRejudged: {
      auto batch = read_batch(in, version, kind);
      if (!batch) return std::nullopt;
      (kind == RecordKind::kRejudged ? out.rejudged : out.batch) = std::move(*batch);
      break;
    }
    case RecordKind::kErase: {
      LogErase erase;
      erase.stream = DatastreamId{static_cast<std::int64_t>(in.varint())};
      erase.when.from = instant_of_millis(in.svarint());
      erase.when.to = instant_of_millis(in.svarint());
      out.erase = erase;
      break;
    }
    case RecordKind::kRetention: {
      LogRetention retention;
      retention.stream = DatastreamId{static_cast<std::int64_t>(in.varint())};
      retention.keep = Millis{in.svarint()};
      out.retention = retention;
      break;
    }
    case RecordKind::kAveraging: {
      LogAveraging averaging;
      auto const how = in.u8();
      auto const count = in.varint();
      if (how > static_cast<std::uint8_t>(Averaging::kCircular) || count > kOldAveragingStreamsMax) return std::nullopt;
      averaging.averaging = static_cast<Averaging>(how);
      averaging.streams.resize(count);
      read_ints(in, averaging.streams);
      out.averaging = std::move(averaging);
      break;
    }
    default:
      return std::nullopt;
  }
  return in.ok() ? std::optional(std::move(out)) : std::nullopt;
}

void write_detail(ByteWriter& out, ObservationDetail const& detail) {
  out.u8(static_cast<std::uint8_t>(detail.result_kind));
  out.u8(static_cast<std::uint8_t>((detail.phenomenon_end ? kEnd : 0) | (detail.result_time ? kResultTime : 0) |
                                   (detail.feature ? kFeature : 0) | (detail.parameters.empty() ? 0 : kParameters)));
  out.text(detail.result);
  if (detail.phenomenon_end) out.svarint(millis_of(*detail.phenomenon_end));
  if (detail.result_time) out.svarint(millis_of(*detail.result_time));
  if (detail.feature) out.varint(static_cast<std::uint64_t>(detail.feature.value()));
  if (!detail.parameters.empty()) out.text(detail.parameters);
}

ObservationDetail read_detail(ByteReader& in) {
  ObservationDetail out;
  auto const kind = in.u8();
  if (kind > static_cast<std::uint8_t>(ObservationDetail::ResultKind::kJson)) in.fail();
  out.result_kind = static_cast<ObservationDetail::ResultKind>(kind);
  auto const has = in.u8();
  out.result = in.text();
  if (has & kEnd) out.phenomenon_end = instant_of_millis(in.svarint());
  if (has & kResultTime) out.result_time = instant_of_millis(in.svarint());
  if (has & kFeature) out.feature = FeatureId{static_cast<std::int64_t>(in.varint())};
  if (has & kParameters) out.parameters = in.text();
  return out;
}

}  // namespace madang::storage
