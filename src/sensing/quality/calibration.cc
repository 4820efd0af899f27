#include "runtime/shipped.h"
#include "sensing/quality/calibration.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/json_writer.h"
#include "sensing/means.h"
#include "sensing/quality/plans.h"
#include "sensing/quality/tests.h"
#include "sensing/reporting.h"

namespace madang::sensing {
namespace {

constexpr std::size_t kHoursMin = 72;
constexpr double kGainLeast = 0.2, kGainMost = 5;
constexpr double kR2Min = 0.25;
constexpr double kOutlierMedians = 5;  ///< about three deviations
constexpr std::size_t kBatch = 20'000;
constexpr std::chrono::hours kStepOfSums{1};

/// So late a value may come and still get its calibrated twin by the next run: data loggers that are emptied once a month.
constexpr Millis kLateMost = std::chrono::days{35};

/// What a calibrated Datastream holds of a moment.
struct Twin {
  double value = 0;
  std::optional<Instant> end;
  FeatureId feature;
  friend bool operator==(Twin const&, Twin const&) = default;
};
using Known = std::multimap<Instant, Twin>;

std::optional<Instant> end_of(storage::StoredObservation const& o) { return o.detail ? o.detail->phenomenon_end : std::nullopt; }
FeatureId feature_of(storage::StoredObservation const& o) { return o.detail ? o.detail->feature : FeatureId{}; }

/// How far sums that were added up in another order may lie apart.
constexpr double kSumTolerance = 1e-9;

/// Whether an hour of the twin is the raw one, calibrated, as far as sums tell. Sums hold neither what is doubted nor words: an hour with
/// some is looked at.
bool is_calibrated_from(storage::Bucket const& twin, storage::Bucket const& raw, Coefficients const& c) {
  if (raw.good != raw.count || twin.count != raw.count || twin.good != raw.good) return false;
  auto const same = [](double a, double b) { return std::abs(a - b) <= kSumTolerance * (1 + std::abs(a) + std::abs(b)); };
  double const n = raw.good;
  double const squares = n * c.offset * c.offset + 2 * c.offset * c.gain * twin.sum + c.gain * c.gain * twin.sum_of_squares;
  return same(n * c.offset + c.gain * twin.sum, raw.sum) && same(squares, raw.sum_of_squares) && same(c.calibrated(raw.min), twin.min) &&
         same(c.calibrated(raw.max), twin.max);
}

using HourSums = std::map<Instant, storage::Bucket>;

/// `when` begins with an hour.
Result<HourSums> hour_sums(storage::ObservationStore& store, DatastreamId stream, Interval when) {
  HourSums out;
  MADANG_TRY(auto const series, store.aggregate(std::span{&stream, 1}, when, {.step = kStepOfSums, .together = false}));
  for (auto const& one : series)
    for (auto const& bucket : one.buckets) out.emplace(bucket.from, bucket);
  return out;
}

using Pairs = std::vector<std::pair<double, double>>;

struct Moments {
  double mean_x = 0, mean_y = 0, xx = 0, xy = 0, yy = 0;
};
Moments moments_of(std::span<std::pair<double, double> const> pairs) {
  Moments m;
  auto const n = static_cast<double>(pairs.size());
  for (auto const& [x, y] : pairs) {
    m.mean_x += x / n;
    m.mean_y += y / n;
  }
  for (auto const& [x, y] : pairs) {
    m.xx += (x - m.mean_x) * (x - m.mean_x) / n;
    m.xy += (x - m.mean_x) * (y - m.mean_y) / n;
    m.yy += (y - m.mean_y) * (y - m.mean_y) / n;
  }
  return m;
}

std::optional<Coefficients> fit_once(std::span<std::pair<double, double> const> pairs, Follows follows, double r2_min) {
  if (pairs.size() < kHoursMin) return std::nullopt;
  auto const m = moments_of(pairs);
  Coefficients c;
  c.hours = pairs.size();
  c.r2 = m.xx > 0 && m.yy > 0 ? m.xy * m.xy / (m.xx * m.yy) : 0;
  if (follows == Follows::kLinear) {
    if (m.xx <= 0 || c.r2 < r2_min) return std::nullopt;
    c.gain = m.xy / m.xx;
  } else if (follows == Follows::kProportional) {
    if (m.mean_x <= 0) return std::nullopt;
    c.gain = m.mean_y / m.mean_x;
  }
  if (c.gain < kGainLeast || c.gain > kGainMost) return std::nullopt;
  c.offset = follows == Follows::kProportional ? 0 : m.mean_y - c.gain * m.mean_x;
  return c;
}

using Hours = std::map<Instant, double>;

Result<Hours> hourly_means(storage::ObservationStore& store, Averaging averaging, DatastreamId stream, Interval when) {
  Hours out;
  MADANG_TRY(auto const first, store.read(stream, when, {.limit = 1, .skip = 0, .descending = false, .with_details = false}));
  if (first.empty()) return out;
  MADANG_TRY(auto const last, store.read(stream, when, {.limit = 1, .skip = 0, .descending = true, .with_details = false}));
  Interval const span{std::chrono::floor<std::chrono::hours>(first[0].phenomenon_time), last[0].phenomenon_time + kStepOfSums};
  MADANG_TRY(auto const means, read_hour_means(store, averaging, std::span{&stream, 1}, span));
  for (auto const& m : means) out[m.hour] = m.mean;
  return out;
}

/// The median of these stations in each hour in which enough of them speak.
Hours medians_of(std::span<StreamPlan const* const> plans, std::map<DatastreamId, Hours> const& means_of) {
  std::map<Instant, std::vector<double>> by_hour;
  for (auto const* plan : plans)
    for (auto const& [hour, mean] : means_of.at(plan->id)) by_hour[hour].push_back(mean);
  Hours out;
  for (auto& [hour, means] : by_hour) {
    if (means.size() < kCalibrationMembersMin) continue;
    auto const middle = means.begin() + static_cast<std::ptrdiff_t>(means.size() / 2);
    std::ranges::nth_element(means, middle);
    out[hour] = *middle;
  }
  return out;
}

std::string provenance(DatastreamId raw, std::string_view channel, std::string_view reference, Coefficients const& c, Interval learned, Instant now) {
  JsonWriter w;
  w.begin_object().key("calibration").begin_object();
  w.field("of", raw.value()).field("channel", channel).field("reference", reference);
  w.field("offset", c.offset).field("gain", c.gain).field("r2", c.r2).field("hours", c.hours);
  w.field("learnedFrom", format_instant(learned.from)).field("learnedTo", format_instant(learned.to));
  w.field("madeAt", format_instant(now)).field("formula", "(raw - offset) / gain").end_object().end_object();
  return w.take();
}

/// What stations are fitted to.
struct Reference {
  std::string name;  ///< in words; empty: there is none
  Hours hours;
};
/// What is real is never fitted to what is simulated, nor the other way round.
struct References {
  Reference real, simulated;
  [[nodiscard]] Reference const& of(StreamPlan const& plan) const { return plan.simulated ? simulated : real; }
};

std::string names_of(References const& all) {
  bool const both = !all.real.name.empty() && !all.simulated.name.empty();
  return fmt::format("{}{}{}", all.real.name, both ? " and " : "", all.simulated.name);
}

/// Those that an existing calibrated Datastream was made with.
std::optional<Coefficients> coefficients_of(city::Datastream const& d) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  Coefficients c;
  if (parser.parse(d.properties).get(root) != simdjson::SUCCESS) return std::nullopt;
  if (root.at_pointer("/calibration/offset").get(c.offset) != simdjson::SUCCESS) return std::nullopt;
  if (root.at_pointer("/calibration/gain").get(c.gain) != simdjson::SUCCESS || c.gain == 0) return std::nullopt;
  return c;
}

class Calibration {
 public:
  Calibration(city::City& city, storage::ObservationStore& store, AppendBatch const& append, Instant now, CalibrationOptions const& options)
      : city_(city), store_(store), append_(append), now_(now), options_(options),
        name_(options.name.empty() ? options.channel + "_calibrated" : options.name) {}

  Result<CalibrationSummary> run() {
    auto plans = all_plans(city_);
    std::erase_if(plans, [this](StreamPlan const& p) { return p.channel != options_.channel || !p.fitted || p.foreign || !p.unit.is_identity(); });
    if (plans.empty()) return fail(Code::kNotFound, fmt::format("no station has the channel \"{}\"", options_.channel));
    std::map<DatastreamId, Hours> means;
    for (auto const& plan : plans) {
      MADANG_TRY(means[plan.id], hourly_means(store_, averaging_of(plan.channel, {}), plan.id, options_.learn));
    }
    MADANG_TRY(auto const references, references_of(plans, means));
    summary_.reference = names_of(references);
    for (auto const& plan : plans) MADANG_CHECK(take(plan, means.at(plan.id), references.of(plan)));
    MADANG_CHECK(flush());
    if (distances_ > 0) {
      summary_.spread_before /= static_cast<double>(distances_);
      summary_.spread_after /= static_cast<double>(distances_);
    }
    return summary_;
  }

 private:
  Result<References> references_of(std::vector<StreamPlan> const& plans, std::map<DatastreamId, Hours> const& means) {
    References out;
    if (options_.reference.empty()) {
      std::vector<StreamPlan const*> real, simulated;
      for (auto const& plan : plans) (plan.simulated ? simulated : real).push_back(&plan);
      if (!real.empty()) out.real = {fmt::format("median of {} stations", real.size()), medians_of(real, means)};
      if (!simulated.empty()) out.simulated = {fmt::format("median of {} simulated stations", simulated.size()), medians_of(simulated, means)};
      return out;
    }
    auto const thing = city_.thing_of_serial(options_.reference);
    auto const plan = std::ranges::find_if(plans, [&](StreamPlan const& p) { return thing != nullptr && p.thing == thing->id; });
    if (plan == plans.end())
      return fail(Code::kNotFound, fmt::format("{}: no such station, or it has no channel \"{}\"", options_.reference, options_.channel));
    auto& reference = plan->simulated ? out.simulated : out.real;
    reference.name = fmt::format("station {}", options_.reference);
    reference.hours = means.at(plan->id);
    return out;
  }

  Result<void> take(StreamPlan const& plan, Hours const& own, Reference const& reference) {
    ++summary_.stations;
    Pairs pairs;
    for (auto const& [hour, mean] : own)
      if (auto const there = reference.hours.find(hour); there != reference.hours.end()) pairs.emplace_back(there->second, mean);
    auto const twin = twin_of(plan.thing);
    auto const coefficients = twin != nullptr ? coefficients_of(*twin) : fit(pairs, limits_of(plan.channel).follows);
    if (!coefficients) {
      ++summary_.unfit;
      return {};
    }
    measure(pairs, *coefficients);
    if (twin != nullptr) {
      ++summary_.continued;
      return write(plan.id, twin->id, *coefficients);
    }
    MADANG_TRY(auto const made, make(plan, reference.name, *coefficients));
    ++summary_.made;
    return write(plan.id, made, *coefficients);
  }

  void measure(Pairs const& pairs, Coefficients const& c) {
    for (auto const& [there, raw] : pairs) {
      summary_.spread_before += std::abs(raw - there);
      summary_.spread_after += std::abs(c.calibrated(raw) - there);
    }
    distances_ += pairs.size();
  }

  city::DatastreamPtr twin_of(ThingId thing) const {
    for (auto const& d : city_.datastreams_of(thing))
      if (d->channel == name_) return d;
    return nullptr;
  }

  Result<DatastreamId> make(StreamPlan const& plan, std::string const& reference, Coefficients const& c) {
    auto const raw = city_.datastream(plan.id);
    city::NewDatastream made;
    made.datastream = *raw;
    made.datastream.id = DatastreamId{};
    made.datastream.channel = name_;
    for (auto const& [language, text] : raw->name.by_language)
      made.datastream.name.by_language.insert_or_assign(
          language, runtime::shipped_messages().text(language, "quantity.calibrated", {{"quantity", text}}));
    made.datastream.description = fmt::format("Calibrated against the {}; raw values stand beside", reference);
    made.datastream.properties = provenance(plan.id, plan.channel, reference, c, learned(), now_);
    made.sensor.id = raw->sensor;
    made.observed_property.id = raw->observed_property;
    return city_.add_datastream(plan.thing, std::move(made));
  }

  [[nodiscard]] Interval learned() const { return {std::max(options_.learn.from, kInstantMin), std::min(options_.learn.to, now_)}; }

  /// What the twin does not have yet: what is newer, and what came late.
  Result<void> write(DatastreamId raw, DatastreamId twin, Coefficients const& c) {
    MADANG_TRY(auto const newest, store_.newest(std::span{&twin, 1}, trusted_times()));
    if (!newest[0].trusted.id) return write_in({kInstantMin, kInstantMax}, raw, twin, c);
    auto const late = std::max(kInstantMin, newest[0].trusted.phenomenon_time - kLateMost);
    MADANG_TRY(auto const open, hours_that_differ(std::chrono::floor<std::chrono::hours>(late), raw, twin, c));
    for (auto const& hours : open) MADANG_CHECK(write_in(hours, raw, twin, c));
    return {};
  }

  Result<void> write_in(Interval when, DatastreamId raw, DatastreamId twin, Coefficients const& c) {
    Known known;
    auto const remember = [&known](storage::StoredObservation const& o) -> Result<void> {
      known.emplace(o.phenomenon_time, Twin{o.value, end_of(o), feature_of(o)});
      return {};
    };
    if (when.from > kInstantMin) MADANG_CHECK(each_in(when, twin, remember));
    return each_in(when, raw, [&](storage::StoredObservation const& o) -> Result<void> {
      if (is_calibrated(o)) write(o, twin, c.calibrated(o.value), known);
      if (batch_.observations.size() < kBatch) return {};
      return flush();
    });
  }

  /// The hours from `from` on, neighbours together, of which the sums do not say that the twin has all. They stand in the roll-ups, so
  /// a run costs what has changed, and not all that could have.
  Result<std::vector<Interval>> hours_that_differ(Instant from, DatastreamId raw, DatastreamId twin, Coefficients const& c) {
    std::vector<Interval> open;
    MADANG_TRY(auto const last, store_.read(raw, {from, kInstantMax}, {.limit = 1, .skip = 0, .descending = true, .with_details = false}));
    if (last.empty()) return open;
    Interval const span{from, last[0].phenomenon_time + kStepOfSums};
    MADANG_TRY(auto const of_raw, hour_sums(store_, raw, span));
    MADANG_TRY(auto const of_twin, hour_sums(store_, twin, span));
    for (auto const& [hour, sums] : of_raw) {
      auto const there = of_twin.find(hour);
      if (there != of_twin.end() && is_calibrated_from(there->second, sums, c)) continue;
      if (!open.empty() && open.back().to == hour)
        open.back().to = hour + kStepOfSums;
      else
        open.push_back({hour, hour + kStepOfSums});
    }
    return open;
  }

  /// In pages. A moment may hold several values, on both sides of a page's end.
  template <typename Take>
  Result<void> each_in(Interval when, DatastreamId stream, Take const& take) {
    storage::ReadOptions options{.limit = kBatch};
    while (true) {
      MADANG_TRY(auto const values, store_.read(stream, when, options));
      for (auto const& o : values) MADANG_CHECK(take(o));
      if (values.size() < kBatch) return {};
      options.after = storage::cursor_after(values, options);
    }
  }

  static bool is_calibrated(storage::StoredObservation const& o) {
    if (o.quality.flag == QualityFlag::kFail || o.quality.flag == QualityFlag::kMissing) return false;
    if (o.detail && o.detail->result_kind != storage::ObservationDetail::ResultKind::kNumber) return false;
    return has_trusted_time(o.phenomenon_time, o.received_at, o.quality);
  }

  /// With its interval and feature, which make it another observation of the same moment.
  void write(storage::StoredObservation const& raw, DatastreamId twin, double value, Known const& known) {
    auto const [first, last] = known.equal_range(raw.phenomenon_time);
    if (std::any_of(first, last, [&](auto const& each) { return each.second == Twin{value, end_of(raw), feature_of(raw)}; })) return;
    batch_.observations.push_back({twin, raw.phenomenon_time, value, now_, raw.quality});
    ++summary_.values;
    if (!end_of(raw) && !feature_of(raw)) return;
    storage::ObservationDetail detail;
    detail.phenomenon_end = end_of(raw);
    detail.feature = feature_of(raw);
    batch_.details.emplace_back(static_cast<std::uint32_t>(batch_.observations.size() - 1), std::move(detail));
  }

  Result<void> flush() {
    if (batch_.observations.empty()) return {};
    return append_(std::exchange(batch_, {}));
  }

  city::City& city_;
  storage::ObservationStore& store_;
  AppendBatch const& append_;
  Instant now_;
  CalibrationOptions const& options_;
  std::string name_;
  CalibrationSummary summary_;
  std::size_t distances_ = 0;
  storage::Batch batch_;
};

}  // namespace

std::optional<Coefficients> fit(std::span<std::pair<double, double> const> pairs, Follows follows) {
  auto const first = fit_once(pairs, follows, 0);
  if (!first) return std::nullopt;
  auto const off = [&first](std::pair<double, double> const& p) { return std::abs(p.second - (first->offset + first->gain * p.first)); };
  std::vector<double> distances;
  for (auto const& p : pairs) distances.push_back(off(p));
  auto const middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
  std::ranges::nth_element(distances, middle);
  double const most = std::max(kOutlierMedians * *middle, 1e-9);
  Pairs kept;
  for (auto const& p : pairs)
    if (off(p) <= most) kept.push_back(p);
  return fit_once(kept, follows, kR2Min);
}

Result<CalibrationSummary> calibrate(city::City& city, storage::ObservationStore& store, AppendBatch const& append,
                                     Instant now, CalibrationOptions const& options) {
  return Calibration(city, store, append, now, options).run();
}

}  // namespace madang::sensing
