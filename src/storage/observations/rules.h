// What is true of observations whichever store keeps them: what may come in, what counts as good, how
// buckets add up. Pure functions.
#pragma once

#include <optional>

#include "runtime/clock.h"
#include "storage/observations/store.h"

namespace madang::storage {

Result<void> check_aggregate(std::size_t streams, Interval when, AggregateOptions const& options);

/// Unknown (not yet judged) values are taken as good.
[[nodiscard]] constexpr bool counts_as_good(QualityFlag flag) {
  return flag == QualityFlag::kGood || flag == QualityFlag::kUnknown;
}

/// A known Datastream number, times ascending without repeats and no more than a batch may hold.
Result<void> check_judgements(DatastreamId stream, std::span<Judgement const> judgements);

/// One observation is told from another of its Datastream and start by its end and its feature. A feature that is the default
/// is the same whether it is named or not: older stores hold it named.
[[nodiscard]] bool same_identity(DatastreamId stream, ObservationDetail const* a, ObservationDetail const* b,
                                 DefaultFeature const& default_feature);
/// Narrows the range to what stands behind the options' cursor, which goes. `present`: how many stand at its time now.
void begin_after_cursor(Interval& when, ReadOptions& options, std::size_t present);
/// kUnavailable when the time is over, or nobody waits for what this thread works at (runtime/awaited.h).
Result<void> check_deadline(std::optional<Tick> deadline, runtime::Clock const& clock);
/// Until when somebody waits for what is walked through; as it is made, as long as it takes.
struct Patience {
  std::optional<Tick> deadline = {};
  runtime::Clock const* clock = nullptr;  ///< needed for a deadline
  [[nodiscard]] Result<void> check() const { return deadline ? check_deadline(deadline, *clock) : Result<void>{}; }
};
/// The refusal of one too many at one time.
std::unexpected<Error> crowded_time(Observation const& o);
/// The answer of ObservationStore::successor where there is none.
std::unexpected<Error> nothing_in_place_of(ObservationId id);
/// What a value adds to the sums of its averaging.
void add_sums(Bucket& bucket, double value, Averaging averaging);
/// The quality that is stored: its own, or the one that says that the result is no number.
[[nodiscard]] inline Quality stored_quality(Quality quality, ObservationDetail const* detail) {
  return detail == nullptr || is_number(*detail) ? quality : kNoNumber;
}

/// A repeat is the same number and the same text or JSON, and says nothing new: a resultTime or parameters that it brings
/// are those of before. Times of arrival and quality may differ.
[[nodiscard]] bool is_repeat(double value, ObservationDetail const* detail, double old_value,
                             ObservationDetail const* old_detail);

/// Buckets counted from `when.from` in steps; only those that got something are given out.
class BucketRow {
 public:
  BucketRow(Interval when, AggregateOptions const& options);
  void add(Instant t, double value, bool good) { add_value(at(t), value, good, averaging_); }
  void add(Bucket const& more) { add_bucket(at(more.from), more); }
  void add(BucketRow const& more);
  [[nodiscard]] std::vector<Bucket> take() const;
  [[nodiscard]] Millis step() const { return step_; }
  [[nodiscard]] Averaging averaging() const { return averaging_; }
  [[nodiscard]] Bucket& at(Instant t) { return buckets_[static_cast<std::size_t>((t - when_.from) / step_)]; }

 private:
  Interval when_;
  Millis step_;
  Averaging averaging_;
  std::vector<Bucket> buckets_;
};

}  // namespace madang::storage
