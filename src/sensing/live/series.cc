#include "sensing/live/series.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "runtime/refusal.h"
#include "sensing/limits.h"
#include "sensing/means.h"
#include "sensing/rules.h"

namespace madang::sensing {
namespace {

using namespace std::chrono_literals;
using storage::Bucket;
using storage::StoredObservation;

constexpr std::array<Millis, 20> kLadder = {1s,  5s, 10s, 30s, 1min, 2min, 5min, 10min, 15min, 30min, 1h, 2h,
                                            3h, 6h, 12h, 24h,  48h,  168h, 336h, 720h};

Instant bucket_start(Instant t, Millis step) {
  auto const since = t.time_since_epoch();
  auto whole = since / step;
  if (since % step < Millis{0}) --whole;
  return Instant{whole * step};
}

/// A number that a device measured: no text, and none that means "no value".
bool is_measured(StoredObservation const& o) {
  return storage::is_number(o) && o.quality.flag != QualityFlag::kMissing;
}

/// Of directions a lowest and a highest say nothing: 350° and 10° are neighbours.
SeriesPoint with_mean(SeriesPoint point, Bucket const& b, double mean, Averaging averaging) {
  bool const circular = averaging == Averaging::kCircular;
  point.value = mean;
  point.min = circular ? mean : b.min;
  point.max = circular ? mean : b.max;
  return point;
}

std::size_t detail_bytes_of(std::span<StoredObservation const> observations) {
  std::size_t bytes = 0;
  for (auto const& o : observations)
    if (o.detail) bytes += storage::bytes_of(*o.detail);
  return bytes;
}

QualityFlag worse(QualityFlag a, QualityFlag b) { return std::to_underlying(a) > std::to_underlying(b) ? a : b; }

/// Observations of one bucket. None when they hold no number, or directions that cancel each other out.
std::optional<SeriesPoint> summarize(Instant start, std::span<StoredObservation const> observations,
                                     Averaging averaging) {
  std::vector<double> good;
  std::vector<double> all;
  SeriesPoint point{start, 0, 0, 0, QualityFlag::kGood, {}};
  auto flag_of_good = QualityFlag::kGood;
  for (auto const& o : observations) {
    if (!is_measured(o)) continue;
    all.push_back(o.value);
    point.flag = worse(point.flag, o.quality.flag);
    if (!counts(o.quality.flag)) continue;
    good.push_back(o.value);
    flag_of_good = worse(flag_of_good, o.quality.flag);
  }
  if (!good.empty()) {
    all.swap(good);
    point.flag = flag_of_good;
  }
  if (all.empty()) {
    point.flag = QualityFlag::kMissing;
    return point;
  }
  Bucket sums;
  for (double const value : all) storage::add_value(sums, value, true, averaging);
  auto const mean = storage::mean_of(sums, averaging);
  if (!mean) return std::nullopt;
  return with_mean(point, sums, *mean, averaging);
}

std::vector<SeriesPoint> buckets_of(std::span<StoredObservation const> observations, Millis step, Averaging averaging) {
  std::vector<SeriesPoint> points;
  for (std::size_t begin = 0; begin < observations.size();) {
    auto const start = bucket_start(observations[begin].phenomenon_time, step);
    std::size_t end = begin;
    while (end < observations.size() && observations[end].phenomenon_time < start + step) ++end;
    if (auto const point = summarize(start, observations.subspan(begin, end - begin), averaging)) points.push_back(*point);
    begin = end;
  }
  return points;
}

std::vector<SeriesPoint> points_of(std::vector<storage::Series> const& series, Averaging averaging) {
  std::vector<SeriesPoint> points;
  for (auto const& s : series) {
    for (auto const& b : s.buckets) {
      // A bucket without any value that counts stays a gap: its sums hold nothing.
      auto const mean = storage::mean_of(b, averaging);
      if (mean) points.push_back(with_mean({b.from, 0, 0, 0, QualityFlag::kGood, {}}, b, *mean, averaging));
    }
  }
  return points;
}

/// Sums in the channel's unit.
Bucket converted(Bucket b, UnitConversion const& unit) {
  b.sum = unit.factor * b.sum + unit.offset * static_cast<double>(b.good);
  b.min = unit(b.min);
  b.max = unit(b.max);
  return b;
}

/// Streams of one unit are summed by the store; only what is in another unit is converted and added here.
Result<std::vector<storage::Series>> aggregate_together(storage::ObservationStore& store, Blocks<StreamRef> const& streams,
                                                        Interval when, storage::AggregateOptions const& options) {
  std::vector<std::pair<UnitConversion, std::vector<DatastreamId>>> by_unit;
  for (auto const& ref : streams) {
    auto found = std::ranges::find(by_unit, ref.unit, &std::pair<UnitConversion, std::vector<DatastreamId>>::first);
    if (found == by_unit.end()) found = by_unit.insert(by_unit.end(), {ref.unit, {}});
    found->second.push_back(ref.datastream);
  }
  if (by_unit.size() == 1 && by_unit.front().first.is_identity()) return store.aggregate(by_unit.front().second, when, options);
  std::map<Instant, Bucket> sums;
  for (auto const& [unit, ids] : by_unit) {
    MADANG_TRY(auto const series, store.aggregate(ids, when, options));
    for (auto const& s : series)
      for (auto const& b : s.buckets) {
        auto const [at, made] = sums.try_emplace(b.from, converted(b, unit));
        if (!made) storage::add_bucket(at->second, converted(b, unit));
      }
  }
  storage::Series all;
  for (auto const& [from, bucket] : sums) all.buckets.push_back(bucket);
  return std::vector{std::move(all)};
}

}  // namespace

Millis bucket_step(Millis span, std::size_t points) {
  auto const wanted = span / static_cast<std::int64_t>(std::max<std::size_t>(points, 1));
  auto const found = std::ranges::lower_bound(kLadder, wanted);
  if (found != kLadder.end()) return *found;
  auto const days = wanted / kLadder.back() + 1;
  return days * kLadder.back();
}

void convert(SeriesAnswer& answer, UnitConversion const& conversion, std::string_view unit) {
  answer.unit = unit;
  if (conversion.is_identity()) return;
  for (auto& p : answer.points) {
    if (p.flag == QualityFlag::kMissing) continue;  // what was sent in the place of a value stays as it was sent
    p.value = conversion(p.value);
    p.min = conversion(p.min);
    p.max = conversion(p.max);
  }
}

Result<SeriesAnswer> read_series(storage::ObservationStore& store, SeriesQuery const& query) {
  auto const& d = *query.datastream;
  auto const averaging = averaging_of(d);
  auto const* info = quantity(d.channel);
  SeriesAnswer answer{d.id, d.channel, d.unit.symbol, info == nullptr ? 2 : info->decimals, Millis{0}, {}, takes_words(d)};
  MADANG_TRY(auto const count, store.count(d.id, query.when, {.at_most = kSeriesRawMax, .deadline = query.deadline}));
  if (count > kSeriesRawMax) {
    answer.step = std::max<Millis>(bucket_step(query.when.length(), query.points), 1h);
    storage::AggregateOptions const hourly{.step = answer.step, .together = true, .from_raw = false, .averaging = averaging, .deadline = query.deadline};
    MADANG_TRY(auto const series, store.aggregate(std::span(&d.id, 1), query.when, hourly));
    answer.points = points_of(series, averaging);
    return answer;
  }
  bool const each = query.each_word && answer.takes_words;
  // What goes into buckets needs no more of a text than that it is none of the numbers.
  storage::ReadOptions const all{.limit = kSeriesRawMax, .with_details = each || count <= query.points, .deadline = query.deadline,
                                 .detail_bytes = kSeriesDetailBytesMax};
  MADANG_TRY(auto const observations, store.read(d.id, query.when, all));
  if (observations.size() > query.points && !each) {
    answer.step = bucket_step(query.when.length(), query.points);
    answer.points = buckets_of(observations, answer.step, averaging);
    return answer;
  }
  if (detail_bytes_of(observations) > kSeriesDetailBytesMax)
    return runtime::refuse_field(Code::kLimit, "from", "refusal.series.texts", {{"max", kSeriesDetailBytesMax}});
  for (auto const& o : observations) {
    auto const flag = is_measured(o) ? o.quality.flag : QualityFlag::kMissing;
    auto const end = o.detail ? o.detail->phenomenon_end : std::nullopt;
    answer.points.push_back({o.phenomenon_time, o.value, o.value, o.value, flag, o.quality, end,
                             o.detail && !storage::is_number(*o.detail) ? o.detail->result : std::string{}});
  }
  return answer;
}

Result<MediansAnswer> read_medians(storage::ObservationStore& store, Blocks<StreamRef> const& streams, MediansQuery const& query) {
  auto const averaging = averaging_of(query.property, query.unit);
  auto const& when = query.when;
  // Up to two days a quarter of an hour shows the rush hours; longer spans are answered from the hourly roll-ups.
  // Never finer than the stations report: hourly files would leave only single points with gaps between.
  auto const fine = when.length() <= 48h ? Millis{15min} : std::max<Millis>(bucket_step(when.length(), 750), 1h);
  auto const shortest = std::ranges::min_element(streams, {}, &StreamRef::interval);
  auto const step = shortest == streams.end() ? fine : std::max(fine, shortest->interval);
  storage::AggregateOptions const options{.step = step, .together = true, .from_raw = false, .averaging = averaging, .deadline = query.deadline};
  MADANG_TRY(auto const series, aggregate_together(store, streams, when, options));
  auto const* info = quantity(query.property);
  MediansAnswer answer{std::string(query.property), {}, info == nullptr ? 2 : info->decimals, step, {}};
  if (info != nullptr) answer.unit = info->unit_symbol;
  answer.points = points_of(series, averaging);
  return answer;
}

}  // namespace madang::sensing
