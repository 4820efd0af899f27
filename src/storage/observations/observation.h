// What an observation is once it is inside: the number, its times and its quality, and, rarely, more.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/id.h"
#include "core/quality.h"
#include "core/time.h"
#include "storage/observations/rare.h"

namespace madang::storage {

/// The hot part. Integers and booleans (false 0, true 1) are kept as double; NaN and infinity are refused by the store.
/// For a text or JSON result `value` is 0, the detail holds the result, and is_number() is false.
struct Observation {
  DatastreamId datastream;
  Instant phenomenon_time;  ///< start, where it is an interval
  double value = 0;
  Instant received_at;
  Quality quality;
};

/// What most observations do not have; kept in a side table.
struct ObservationDetail {
  enum class ResultKind : std::uint8_t { kNumber, kBoolean, kText, kJson };

  ResultKind result_kind = ResultKind::kNumber;
  std::string result;                        ///< for kText and kJson
  std::optional<Instant> phenomenon_end;     ///< an interval's end, when it is not the Datastream's default
  std::optional<Instant> result_time;
  FeatureId feature;                         ///< 0: the Datastream's default
  std::string parameters;                    ///< a JSON object, or empty

  friend bool operator==(ObservationDetail const&, ObservationDetail const&) = default;
};

/// How far a store has come in a log that several stores follow (reading_log.h). Entries are numbered upwards, not
/// necessarily without gaps. 0: not from such a log.
struct Position {
  std::uint64_t value = 0;
  explicit operator bool() const { return value != 0; }
  friend auto operator<=>(Position const&, Position const&) = default;
};

/// One durable step: all of it or none.
struct Batch {
  std::vector<Observation> observations;
  /// (index into observations, detail), ascending by index.
  std::vector<std::pair<std::uint32_t, ObservationDetail>> details;
};

/// Whether `value` says anything. The store makes it so for what it gives out; before it is stored, see
/// set_aside_non_numbers.
[[nodiscard]] constexpr bool is_number(Observation const& o) { return is_number(o.quality); }
/// A text or JSON.
[[nodiscard]] bool is_number(ObservationDetail const& detail);
/// Gives every observation of the batch whose result is no number the quality that says so.
void set_aside_non_numbers(Batch& batch);

/// Ids are numbers below 2^53 and stable for ever: Datastream (27 bits) * 2^26 + arrival number there.
constexpr std::int64_t kArrivalBits = 26;
constexpr std::int64_t kDatastreamMax = (std::int64_t{1} << 27) - 1;
[[nodiscard]] constexpr ObservationId observation_id(DatastreamId stream, std::uint32_t arrival) {
  return ObservationId{(stream.value() << kArrivalBits) | arrival};
}
[[nodiscard]] constexpr DatastreamId datastream_of(ObservationId id) {
  return DatastreamId{id.value() >> kArrivalBits};
}
[[nodiscard]] constexpr std::uint32_t arrival_of(ObservationId id) {
  return static_cast<std::uint32_t>(id.value() & ((std::int64_t{1} << kArrivalBits) - 1));
}

struct StoredObservation : Observation {
  ObservationId id;
  Rare<ObservationDetail> detail;
};

}  // namespace madang::storage
