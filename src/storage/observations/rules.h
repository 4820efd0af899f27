// What is true of observations whichever store keeps them: what may come in, what counts as good, how
// buckets add up. Pure functions.
#pragma once

#include <optional>

#include "storage/observations/store.h"

namespace madang::storage {

/// The limits named at ObservationStore. The sentence names the field and its index.
Result<void> check_batch(Batch const& batch);
Result<void> check_aggregate(std::size_t streams, Interval when, AggregateOptions const& options);

/// Unknown (not yet judged) values are taken as good.
[[nodiscard]] constexpr bool counts_as_good(QualityFlag flag) {
  return flag == QualityFlag::kGood || flag == QualityFlag::kUnknown;
}

/// A known Datastream number, times ascending without repeats and no more than a batch may hold.
Result<void> check_judgements(DatastreamId stream, std::span<Judgement const> judgements);

void add_value(Bucket& bucket, double value, bool good);

/// A repeat is the same number and the same text or JSON; times of arrival and quality may differ.
[[nodiscard]] bool is_repeat(double value, ObservationDetail const* detail, double old_value,
                             ObservationDetail const* old_detail);

/// Buckets counted from `when.from` in steps; only those that got something are given out.
class BucketRow {
 public:
  BucketRow(Interval when, Millis step);
  void add(Instant t, double value, bool good) { add_value(at(t), value, good); }
  void add(Bucket const& more) { add_bucket(at(more.from), more); }
  void add(BucketRow const& more);
  [[nodiscard]] std::vector<Bucket> take() const;
  [[nodiscard]] Millis step() const { return step_; }
  [[nodiscard]] Bucket& at(Instant t) { return buckets_[static_cast<std::size_t>((t - when_.from) / step_)]; }

 private:
  Interval when_;
  Millis step_;
  std::vector<Bucket> buckets_;
};

}  // namespace madang::storage
