#include "storage/observations/rules.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "runtime/awaited.h"
#include "storage/observations/limits.h"

namespace madang::storage {
namespace {

std::string place(std::size_t index, char const* field) {
  return "observations[" + std::to_string(index) + "]." + field + ": ";
}

Result<void> check_observation(Observation const& o, std::size_t index) {
  if (o.datastream.value() <= 0)
    return fail(Code::kInvalid, place(index, "datastream") + std::to_string(o.datastream.value()) + " is not positive");
  if (o.datastream.value() > kDatastreamMax)
    return fail(Code::kLimit, place(index, "datastream") + std::to_string(o.datastream.value()) + " is above " +
                                  std::to_string(kDatastreamMax));
  if (!std::isfinite(o.value)) return fail(Code::kInvalid, place(index, "value") + "NaN and infinity are not kept");
  if (o.phenomenon_time < kInstantMin || o.phenomenon_time >= kInstantMax)
    return fail(Code::kInvalid, place(index, "phenomenon_time") + "outside the years 1900 to 2199");
  if (o.received_at < kInstantMin || o.received_at >= kInstantMax)
    return fail(Code::kInvalid, place(index, "received_at") + "outside the years 1900 to 2199");
  return {};
}

bool has_text(ObservationDetail const* detail) { return detail != nullptr && !is_number(*detail); }

/// 10^(L/10) of anything a level can be, and of nonsense still a number that adds up.
double energy_of(double level) { return std::pow(10.0, std::clamp(level, -3000.0, 3000.0) / 10.0); }

constexpr double kDegree = std::numbers::pi / 180;
/// A resultant shorter than this share of the values is the noise of sines: they point nowhere together.
constexpr double kResultantMin = 1e-6;

std::optional<double> direction_of(Bucket const& b) {
  if (std::hypot(b.sine, b.cosine) < kResultantMin * b.good) return std::nullopt;
  double const angle = std::atan2(b.sine, b.cosine) / kDegree;
  double const turned = angle < 0 ? angle + 360 : angle;
  return turned >= 360 ? 0 : turned;
}

/// A resultTime or parameters that the one before did not have. One that brings neither adds nothing.
bool adds_to(ObservationDetail const& detail, ObservationDetail const* old) {
  static ObservationDetail const kPlain;
  auto const& before = old == nullptr ? kPlain : *old;
  return (detail.result_time && detail.result_time != before.result_time) ||
         (!detail.parameters.empty() && detail.parameters != before.parameters);
}

}  // namespace

bool is_number(ObservationDetail const& detail) {
  return detail.result_kind == ObservationDetail::ResultKind::kNumber ||
         detail.result_kind == ObservationDetail::ResultKind::kBoolean;
}

void set_aside_non_numbers(Batch& batch) {
  for (auto const& [index, detail] : batch.details)
    if (index < batch.observations.size() && !is_number(detail)) batch.observations[index].quality = kNoNumber;
}

bool same_identity(DatastreamId stream, ObservationDetail const* a, ObservationDetail const* b,
                   DefaultFeature const& default_feature) {
  static ObservationDetail const kPlain;
  auto const& left = a == nullptr ? kPlain : *a;
  auto const& right = b == nullptr ? kPlain : *b;
  if (left.phenomenon_end != right.phenomenon_end) return false;
  if (left.feature == right.feature) return true;
  if ((left.feature && right.feature) || !default_feature) return false;
  return default_feature(stream) == (left.feature ? left.feature : right.feature);
}

bool Trust::holds(Observation const& o) const {
  if (o.phenomenon_time < not_before || o.phenomenon_time > o.received_at + ahead_max) return false;
  if (numbers_only && !is_number(o)) return false;
  bool const doubted = o.quality.flag != QualityFlag::kGood && o.quality.flag != QualityFlag::kUnknown;
  return !doubted || std::ranges::find(reasons, o.quality.reason) == reasons.end();
}

std::optional<double> mean_of(Bucket const& b, Averaging averaging) {
  if (b.good == 0) return std::nullopt;
  if (averaging == Averaging::kCircular) return direction_of(b);
  if (averaging == Averaging::kEnergy) return std::clamp(10 * std::log10(b.energy / b.good), b.min, b.max);
  return b.sum / b.good;
}

Result<void> check_batch(Batch const& batch) {
  if (batch.observations.size() > kBatchObservationsMax)
    return fail(Code::kLimit, "observations: " + std::to_string(batch.observations.size()) +
                                  " in one batch are above " + std::to_string(kBatchObservationsMax));
  for (std::size_t i = 0; i < batch.observations.size(); ++i) MADANG_CHECK(check_observation(batch.observations[i], i));
  std::int64_t previous = -1;
  for (auto const& [index, detail] : batch.details) {
    if (index >= batch.observations.size() || index <= previous)
      return fail(Code::kInvalid,
                  "details: index " + std::to_string(index) + " is not ascending or has no observation");
    if (detail.result.size() > kDetailTextMax || detail.parameters.size() > kDetailTextMax)
      return fail(Code::kLimit,
                  place(index, "result") + "a text is longer than " + std::to_string(kDetailTextMax) + " bytes");
    previous = index;
  }
  return {};
}

Result<void> check_judgements(DatastreamId stream, std::span<Judgement const> judgements) {
  if (stream.value() <= 0 || stream.value() > kDatastreamMax)
    return fail(Code::kInvalid, "datastream: " + std::to_string(stream.value()) + " is no Datastream's number");
  if (judgements.size() > kBatchObservationsMax)
    return fail(Code::kLimit, "judgements: " + std::to_string(judgements.size()) + " at once are above " +
                                  std::to_string(kBatchObservationsMax));
  auto const disordered = std::adjacent_find(judgements.begin(), judgements.end(), [](auto const& a, auto const& b) {
    return a.phenomenon_time >= b.phenomenon_time;
  });
  if (disordered != judgements.end())
    return fail(Code::kInvalid, "judgements[" + std::to_string(disordered - judgements.begin() + 1) +
                                    "].phenomenon_time: not later than the one before");
  return {};
}

Result<void> check_aggregate(std::size_t streams, Interval when, AggregateOptions const& options) {
  if (options.step <= Millis{0}) return fail(Code::kInvalid, "step: a bucket needs a positive length");
  if (when.from >= when.to) return fail(Code::kInvalid, "when: the range ends before it starts");
  auto const buckets = (static_cast<std::uint64_t>((when.length() - Millis{1}) / options.step) + 1) *
                       (options.together ? 1 : std::max<std::uint64_t>(streams, 1));
  if (buckets > kAggregateBucketsMax)
    return fail(Code::kLimit,
                "step: " + std::to_string(buckets) + " buckets are above " + std::to_string(kAggregateBucketsMax));
  return {};
}

void add_sums(Bucket& bucket, double value, Averaging averaging) {
  if (averaging == Averaging::kEnergy) bucket.energy += energy_of(value);
  if (averaging != Averaging::kCircular) return;
  bucket.sine += std::sin(value * kDegree);
  bucket.cosine += std::cos(value * kDegree);
}

void add_value(Bucket& bucket, double value, bool good, Averaging averaging) {
  ++bucket.count;
  if (!good) return;
  bucket.min = bucket.good == 0 ? value : std::min(bucket.min, value);
  bucket.max = bucket.good == 0 ? value : std::max(bucket.max, value);
  ++bucket.good;
  bucket.sum += value;
  bucket.sum_of_squares += value * value;
  if (averaging != Averaging::kArithmetic) add_sums(bucket, value, averaging);
}

void add_bucket(Bucket& bucket, Bucket const& more) {
  bucket.count += more.count;
  if (more.good == 0) return;
  bucket.min = bucket.good == 0 ? more.min : std::min(bucket.min, more.min);
  bucket.max = bucket.good == 0 ? more.max : std::max(bucket.max, more.max);
  bucket.good += more.good;
  bucket.sum += more.sum;
  bucket.sum_of_squares += more.sum_of_squares;
  bucket.energy += more.energy;
  bucket.sine += more.sine;
  bucket.cosine += more.cosine;
}

std::optional<Cursor> cursor_after(std::span<StoredObservation const> page, ReadOptions const& options) {
  MADANG_ASSERT(options.skip == 0);
  if (page.empty()) return options.after;
  Cursor out{page.back().phenomenon_time, 0};
  auto const same = std::find_if(page.rbegin(), page.rend(), [&out](auto const& o) { return o.phenomenon_time != out.time; });
  out.given = static_cast<std::size_t>(same - page.rbegin());
  if (out.given < page.size()) return out;
  // All of one time: those of it that were passed over or given before count too.
  if (options.after && options.after->time == out.time) out.given += options.after->given;
  return out;
}

void begin_after_cursor(Interval& when, ReadOptions& options, std::size_t present) {
  auto const after = std::exchange(options.after, std::nullopt);
  if (!after) return;
  if (options.descending)
    when.to = std::min(when.to, after->time + Millis{1});
  else
    when.from = std::max(when.from, after->time);
  options.skip += std::min(after->given, present);
}

Result<void> check_deadline(std::optional<Tick> deadline, runtime::Clock const& clock) {
  if (runtime::Awaited::by_nobody()) return fail(Code::kUnavailable, "observations: nobody waits for the answer any more");
  if (!deadline || clock.tick() < *deadline) return {};
  return fail(Code::kUnavailable, "observations: the answer took longer than the caller waits for it");
}

std::unexpected<Error> crowded_time(Observation const& o) {
  return fail(Code::kLimit, "datastream " + std::to_string(o.datastream.value()) + ": more than " +
                                std::to_string(kSameTimeMax) + " observations of one time, " +
                                format_instant(o.phenomenon_time));
}

std::unexpected<Error> nothing_in_place_of(ObservationId id) {
  return fail(Code::kNotFound, "nothing stands in the place of observation " + std::to_string(id.value()));
}

bool is_repeat(double value, ObservationDetail const* detail, double old_value, ObservationDetail const* old_detail) {
  if (value != old_value) return false;
  if (has_text(detail) != has_text(old_detail)) return false;
  if (detail != nullptr && adds_to(*detail, old_detail)) return false;
  return !has_text(detail) || (detail->result_kind == old_detail->result_kind && detail->result == old_detail->result);
}

BucketRow::BucketRow(Interval when, AggregateOptions const& options)
    : when_(when),
      step_(options.step),
      averaging_(options.averaging),
      buckets_(static_cast<std::size_t>((when.length() - Millis{1}) / step_) + 1) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i].from = when.from + step_ * static_cast<std::int64_t>(i);
}

void BucketRow::add(BucketRow const& more) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) add_bucket(buckets_[i], more.buckets_[i]);
}

std::vector<Bucket> BucketRow::take() const {
  std::vector<Bucket> out;
  for (auto const& bucket : buckets_)
    if (bucket.count > 0) out.push_back(bucket);
  return out;
}

}  // namespace madang::storage
