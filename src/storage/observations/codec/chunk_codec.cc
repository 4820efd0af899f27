#include "storage/observations/codec/chunk_codec.h"

#include <algorithm>

#include "storage/observations/codec/checksum.h"

namespace madang::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kSummaryVersion = 2;
enum class Kind : std::uint8_t { kValues = 'V', kValuesWithMoments = 'W', kMoments = 'M', kSummary = 'S' };

ByteWriter start(Kind kind) {
  ByteWriter out;
  out.u8(kind == Kind::kSummary ? kSummaryVersion : kVersion);
  out.u8(static_cast<std::uint8_t>(kind));
  return out;
}

/// Different kinds under one number never match each other.
std::uint64_t seed_of(Kind kind, std::uint64_t number) { return number << 8 | static_cast<std::uint64_t>(kind); }
std::uint64_t seed_of(DatastreamId stream) {
  return seed_of(Kind::kValues, static_cast<std::uint64_t>(stream.value()));
}
std::uint64_t summary_seed(DatastreamId stream, std::int64_t first) {
  return seed_of(Kind::kSummary, static_cast<std::uint64_t>(stream.value())) ^
         (static_cast<std::uint64_t>(first) * checksum_detail::kOdd2);
}

std::uint32_t u32_of(ByteReader& in) {
  auto const v = in.varint();
  if (v > 0xffffffffu) in.fail();
  return static_cast<std::uint32_t>(v);
}

bool ascending(std::vector<std::int64_t> const& times) {
  return std::adjacent_find(times.begin(), times.end(), std::greater_equal<>{}) == times.end() &&
         (times.empty() || (times.front() >= millis_of(kInstantMin) && times.back() < millis_of(kInstantMax)));
}

}  // namespace

std::string encode_moments(Columns const& columns) {
  ByteWriter out;
  write_moments(out, columns);
  return out.take();
}

std::string encode_rollup(Columns const& columns, int decimals, Averaging averaging) {
  ByteWriter out;
  write_rollup(out, columns, decimals, averaging);
  return out.take();
}

std::string encode_body(DatastreamId stream, Columns const& columns, int decimals, std::string_view own_moments) {
  ByteWriter out = start(own_moments.empty() ? Kind::kValues : Kind::kValuesWithMoments);
  out.varint(columns.size());
  out.varint(static_cast<std::uint64_t>(*std::min_element(columns.arrivals.begin(), columns.arrivals.end())));
  write_values(out, columns, decimals);
  out.raw(own_moments.data(), own_moments.size());
  seal(out, seed_of(stream));
  return out.take();
}

std::string encode_moments_body(std::uint64_t body, std::size_t count, std::string_view moments) {
  ByteWriter out = start(Kind::kMoments);
  out.varint(count);
  out.raw(moments.data(), moments.size());
  seal(out, seed_of(Kind::kMoments, body));
  return out.take();
}

std::string encode_summary(DatastreamId stream, std::int64_t first, Summary const& summary, std::string_view rollup) {
  ByteWriter out = start(Kind::kSummary);
  out.varint(summary.moments_body);
  out.varint(static_cast<std::uint64_t>(summary.last - first));
  out.varint(summary.count);
  out.varint(summary.arrival_min);
  out.varint(summary.arrival_max - summary.arrival_min);
  out.varint(summary.details);
  out.u8(static_cast<std::uint8_t>(summary.averaging));
  out.raw(rollup.data(), rollup.size());
  seal(out, summary_seed(stream, first));
  return out.take();
}

std::string renumbered_body(ByteSpan body, DatastreamId from, DatastreamId to) {
  return resealed(body, seed_of(from), seed_of(to));
}

std::string renumbered_summary(ByteSpan summary, DatastreamId from, DatastreamId to, std::int64_t first) {
  return resealed(summary, summary_seed(from, first), summary_seed(to, first));
}

bool decode_body(ByteSpan bytes, DatastreamId stream, ByteSpan moments, std::uint64_t moments_body, Wanted wanted,
                 Columns& columns) {
  ByteReader in(unseal(bytes, seed_of(stream)));
  if (in.u8() != kVersion) return false;
  auto const kind = static_cast<Kind>(in.u8());
  bool const own = kind == Kind::kValuesWithMoments;
  if (!own && kind != Kind::kValues) return false;
  auto const count = in.varint();
  auto const arrival_base = u32_of(in);
  if (!in.ok() || count == 0 || count > kChunkValuesMax) return false;
  columns.resize(count);
  // Times say which rows are wanted, so the values, which stand before them, are stepped over first.
  ByteReader values = in;
  ByteReader at = own ? in : ByteReader(unseal(moments, seed_of(Kind::kMoments, moments_body)));
  if (own)
    read_values(at, columns, {0, 0});
  else if (at.u8() != kVersion || at.u8() != static_cast<std::uint8_t>(Kind::kMoments) || at.varint() != count)
    return false;
  read_times(at, columns.times);
  if (!at.ok() || !ascending(columns.times)) return false;
  auto const row_of = [&times = columns.times](std::int64_t t) {
    return static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), t) - times.begin());
  };
  Rows const rows{row_of(wanted.from), row_of(wanted.to)};
  if (wanted.moments) read_arrivals(at, arrival_base, columns, rows);
  read_values(values, columns, rows);
  return at.ok() && values.ok();
}

std::optional<Summary> decode_summary(ByteSpan bytes, DatastreamId stream, std::int64_t first,
                                      std::vector<Bucket>* rollup) {
  ByteReader in(unseal(bytes, summary_seed(stream, first)));
  auto const version = in.u8();
  if (version < 1 || version > kSummaryVersion || in.u8() != static_cast<std::uint8_t>(Kind::kSummary))
    return std::nullopt;
  Summary out;
  out.moments_body = in.varint();
  out.last = static_cast<std::int64_t>(static_cast<std::uint64_t>(first) + in.varint());
  out.count = u32_of(in);
  out.arrival_min = u32_of(in);
  out.arrival_max = out.arrival_min + u32_of(in);
  out.details = u32_of(in);
  auto const averaging = version == 1 ? std::uint8_t{0} : in.u8();
  if (averaging > static_cast<std::uint8_t>(Averaging::kCircular)) return std::nullopt;
  out.averaging = static_cast<Averaging>(averaging);
  out.marks_non_numbers = version > 1 || out.details == 0;
  out.has_rollup = in.ok() && has_rollup(in);
  if (rollup != nullptr && in.ok() && out.marks_non_numbers) (void)read_rollup(in, *rollup, out.averaging);
  return in.ok() ? std::optional(out) : std::nullopt;
}

}  // namespace madang::storage
