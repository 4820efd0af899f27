// What stations report: the same bytes for the same seed, the statistics of a real network, and ground truth
// that the values show.
#include "simulation/readings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <span>

#include "sensing/quantities.h"
#include "simulation/statistics.h"
#include "simulation/test_city.h"
#include "simulation/truth.h"

namespace madang::simulation {
namespace {

constexpr std::int64_t kMinuteMillis = 60'000;
constexpr std::size_t kHours = 24;


Instant time(std::string_view text) { return *parse_instant(text); }

double median(std::vector<double> values) {
  auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

using Hourly = std::vector<std::array<double, kHours>>;

Hourly hourly_means(Channel channel, Instant midnight, int step_minutes, bool happenings = true) {
  Readings readings(city(), {.happenings = happenings, .faults = false});
  Hourly means(city().nodes.size());
  Reading reading;
  for (std::size_t node = 0; node < means.size(); ++node) {
    for (std::size_t hour = 0; hour < kHours; ++hour) {
      double sum = 0;
      for (int minute = 0; minute < 60; minute += step_minutes) {
        readings.read(node, midnight + Millis{(static_cast<std::int64_t>(hour) * 60 + minute) * kMinuteMillis}, reading);
        sum += reading.value(channel);
      }
      means[node][hour] = sum * step_minutes / 60;
    }
  }
  return means;
}

/// The same steps by which the real day was measured.
MeasuredStatistics statistics_of(Hourly const& hourly) {
  std::size_t const n = hourly.size();
  Hourly residual(n);
  std::vector<double> bias(n);
  std::vector<double> spread(n);
  std::array<double, kHours> city_median{};
  for (std::size_t h = 0; h < kHours; ++h) {
    std::vector<double> column;
    for (auto const& node : hourly) column.push_back(node[h]);
    city_median[h] = median(column);
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t h = 0; h < kHours; ++h) residual[i][h] = hourly[i][h] - city_median[h];
    bias[i] = median({residual[i].begin(), residual[i].end()});
    double const mean = std::accumulate(residual[i].begin(), residual[i].end(), 0.0) / kHours;
    double square = 0;
    for (double& r : residual[i]) {
      r -= mean;
      square += r * r;
    }
    spread[i] = std::sqrt(square / kHours);
    for (double& r : residual[i]) r = spread[i] > 0 ? r / spread[i] : 0;
  }
  double const mean_bias = std::accumulate(bias.begin(), bias.end(), 0.0) / static_cast<double>(n);
  double variance = 0;
  for (double const b : bias) variance += (b - mean_bias) * (b - mean_bias) / static_cast<double>(n);

  std::array<double, 5> sums{};
  std::array<double, 5> counts{};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      double const km = distance(city().nodes[i].place, city().nodes[j].place);
      if (km >= 5 && km <= 10) continue;
      if (km > 10 && (i + j) % 8 != 0) continue;  // there are half a million of these
      std::size_t const bin = km < 0.3 ? 0 : km < 1 ? 1 : km < 2 ? 2 : km < 5 ? 3 : 4;
      sums[bin] += std::inner_product(residual[i].begin(), residual[i].end(), residual[j].begin(), 0.0) / kHours;
      ++counts[bin];
    }
  }
  std::ranges::sort(spread);
  MeasuredStatistics found{std::sqrt(variance), spread[n / 2], spread[n * 95 / 100], {}};
  for (std::size_t bin = 0; bin < 5; ++bin) found.correlation[bin] = sums[bin] / counts[bin];
  return found;
}

/// `relative` for the deviations, `absolute` for the correlations.
void expect_like(MeasuredStatistics const& found, MeasuredStatistics const& measured, double relative, double absolute) {
  EXPECT_NEAR(found.bias, measured.bias, relative * measured.bias);
  EXPECT_NEAR(found.spread_median, measured.spread_median, relative * measured.spread_median);
  EXPECT_NEAR(found.spread_p95, measured.spread_p95, relative * measured.spread_p95);
  for (std::size_t bin = 0; bin < 5; ++bin) {
    EXPECT_NEAR(found.correlation[bin], measured.correlation[bin], absolute) << "distance bin " << bin;
  }
}

/// The bias of PM grows with its level, so the days must be like the measured one: city median 21 to 29 ug/m3.
constexpr std::array<std::string_view, 5> kDaysLikeTheMeasured{"2026-01-25T00:00:00+09:00", "2026-04-24T00:00:00+09:00",
                                                               "2026-06-11T00:00:00+09:00", "2026-08-11T00:00:00+09:00",
                                                               "2026-10-16T00:00:00+09:00"};
constexpr std::string_view kDayLikeTheMeasured = "2026-05-02T00:00:00+09:00";

/// Dust is moved by a few air masses a day, so single days differ by 0.1 to both sides in how it hangs together: the
/// mean of five is held against the real one.
TEST(readings, have_the_bias_spread_and_correlation_of_real_pm25) {
  MeasuredStatistics mean{};
  double const share = 1.0 / kDaysLikeTheMeasured.size();
  for (auto const day : kDaysLikeTheMeasured) {
    Hourly const hourly = hourly_means(Channel::kPm25, time(day), 15);
    std::vector<double> noon;
    for (auto const& node : hourly) noon.push_back(node[12]);
    EXPECT_NEAR(median(noon), 25, 5) << day;
    auto const found = statistics_of(hourly);
    mean.bias += share * found.bias;
    mean.spread_median += share * found.spread_median;
    mean.spread_p95 += share * found.spread_p95;
    for (std::size_t bin = 0; bin < 5; ++bin) mean.correlation[bin] += share * found.correlation[bin];
  }
  expect_like(mean, kMeasuredPm25, 0.25, 0.09);
}

TEST(readings, have_the_bias_spread_and_correlation_of_real_temperature) {
  expect_like(statistics_of(hourly_means(Channel::kTemperature, time(kDayLikeTheMeasured), 20)), kMeasuredTemperature,
              0.25, 0.10);
}

TEST(readings, have_the_bias_spread_and_correlation_of_real_humidity) {
  expect_like(statistics_of(hourly_means(Channel::kHumidity, time(kDayLikeTheMeasured), 20)), kMeasuredHumidity, 0.25,
              0.12);
}

TEST(readings, have_noise_that_neighbours_do_not_share) {
  expect_like(statistics_of(hourly_means(Channel::kNoise, time(kDayLikeTheMeasured), 10)), kMeasuredNoise, 0.3, 0.12);
}

double quantile(std::vector<double>& values, double share) {
  auto const at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size()));
  std::ranges::nth_element(values, at);
  return *at;
}

/// The six nearest nodes within 2 km.
std::vector<std::size_t> neighbours_of(std::size_t node) {
  std::vector<std::pair<double, std::size_t>> near;
  for (std::size_t j = 0; j < city().nodes.size(); ++j) {
    double const km = distance(city().nodes[node].place, city().nodes[j].place);
    if (j != node && km < 2) near.emplace_back(km, j);
  }
  std::ranges::sort(near);
  if (near.size() > 6) near.resize(6);
  std::vector<std::size_t> nodes;
  for (auto const& [km, j] : near) nodes.push_back(j);
  return nodes;
}

/// Over some days like the measured one, by the steps by which the real tails were measured.
MeasuredTails tails_of(Channel channel, std::span<std::string_view const> days) {
  std::vector<double> steps;
  std::vector<double> beside;
  for (auto const day : days) {
    Hourly residual = hourly_means(channel, time(day), 10, false);
    for (std::size_t h = 0; h < kHours; ++h) {
      std::vector<double> column;
      for (auto const& node : residual) column.push_back(node[h]);
      double const middle = median(column);
      for (auto& node : residual) node[h] -= middle;
    }
    for (auto& node : residual) {
      double const own = median({node.begin(), node.end()});
      for (double& r : node) r -= own;
      for (std::size_t h = 1; h < kHours; ++h) steps.push_back(node[h] - node[h - 1]);
    }
    for (std::size_t i = 0; i < residual.size(); ++i) {
      auto const near = neighbours_of(i);
      for (std::size_t h = 0; h < kHours && near.size() >= 3; ++h) {
        std::vector<double> others;
        for (auto const j : near) others.push_back(residual[j][h]);
        beside.push_back(residual[i][h] - median(others));
      }
    }
  }
  return {quantile(steps, 0.99), quantile(steps, 0.999), quantile(beside, 0.99), quantile(beside, 0.999)};
}

void expect_like(MeasuredTails const& found, MeasuredTails const& measured) {
  EXPECT_NEAR(found.step_99, measured.step_99, 0.35 * measured.step_99);
  EXPECT_NEAR(found.step_999, measured.step_999, 0.35 * measured.step_999);
  EXPECT_NEAR(found.beside_99, measured.beside_99, 0.35 * measured.beside_99);
  EXPECT_NEAR(found.beside_999, measured.beside_999, 0.35 * measured.beside_999);
}

/// Whole rare hours of single stations decide about false alarms, more than any deviation does. The real network's tails
/// hold its real events, too: the simulated ones are as heavy without any.
TEST(readings, have_dust_with_tails_as_heavy_as_the_real_network) {
  expect_like(tails_of(Channel::kPm25, kDaysLikeTheMeasured), kTailsPm25);
}

TEST(readings, have_temperatures_with_tails_as_heavy_as_the_real_network) {
  expect_like(tails_of(Channel::kTemperature, kDaysLikeTheMeasured), kTailsTemperature);
}

TEST(readings, have_noise_with_tails_as_heavy_as_the_real_network) {
  auto const noise = tails_of(Channel::kNoise, kDaysLikeTheMeasured);
  EXPECT_NEAR(noise.step_99, kTailsNoise.step_99, 0.35 * kTailsNoise.step_99);
  EXPECT_NEAR(noise.step_999, kTailsNoise.step_999, 0.35 * kTailsNoise.step_999);
}

TEST(readings, are_the_same_bytes_in_any_order) {
  Readings forward(city());
  Readings backward(city());
  Instant const start = time("2026-11-24T00:00:00Z");
  std::vector<Reading> first(500);
  std::vector<Reading> second(500);
  for (std::size_t i = 0; i < 500; ++i) forward.read(i * 2, start + Millis{static_cast<std::int64_t>(i) * 997'000}, first[i]);
  for (std::size_t i = 500; i-- > 0;) {
    backward.read(i * 2, start + Millis{static_cast<std::int64_t>(i) * 997'000}, second[i]);
  }
  EXPECT_TRUE(std::ranges::equal(first, second, {}, &Reading::wire, &Reading::wire));
}

TEST(readings, stay_within_the_physical_range_without_faults) {
  Readings readings(city(), {.happenings = true, .faults = false});
  Reading reading;
  std::vector<std::string> outside;
  for (int i = 0; i < 4000; ++i) {
    readings.read(static_cast<std::size_t>(i) % 1100, time("2026-01-01T00:00:00Z") + Millis{i * 7'884'000LL}, reading);
    for (std::size_t c = 0; c < kChannelCount; ++c) {
      auto const& info = sensing::city_node_quantities()[c];
      double const value = physical(reading.wire[c], c);
      if (value < info.valid_min || value > info.valid_max) outside.emplace_back(info.channel);
    }
  }
  EXPECT_EQ(outside, std::vector<std::string>{});
}

TEST(readings, use_the_channels_of_the_quantity_table) {
  auto const table = sensing::city_node_quantities();

  ASSERT_EQ(table.size(), kChannelCount);
  EXPECT_EQ(table[index_of(Channel::kPm25)].channel, "pm25");
  EXPECT_EQ(table[index_of(Channel::kNoise)].channel, "noise");
  EXPECT_EQ(table[index_of(Channel::kTemperature)].channel, "temperature");
  EXPECT_EQ(table[index_of(Channel::kUltraviolet)].channel, "ultraviolet");
  EXPECT_EQ(table[index_of(Channel::kPeople)].channel, "people");
}

TEST(readings, are_warm_in_august_cold_in_january_and_dark_at_night) {
  Readings readings(city(), {.happenings = false, .faults = false});
  Reading summer;
  Reading winter;
  readings.read(0, time("2026-08-02T14:00:00+09:00"), summer);
  readings.read(0, time("2026-01-20T02:00:00+09:00"), winter);

  EXPECT_GT(summer.value(Channel::kTemperature), 18);
  EXPECT_LT(winter.value(Channel::kTemperature), 8);
  EXPECT_GT(summer.value(Channel::kIlluminance), 2000);
  EXPECT_LT(winter.value(Channel::kIlluminance), 100);
  EXPECT_EQ(winter.value(Channel::kUltraviolet), 0);
}

/// How far a channel rises above what it would be without happenings, over the time of a happening.
double excess_near(Happening const& happening, Channel channel) {
  Readings with(city(), {.happenings = true, .faults = false});
  Readings without(city(), {.happenings = false, .faults = false});
  Reading a;
  Reading b;
  double largest = 0;
  for (std::size_t node = 0; node < city().nodes.size(); ++node) {
    if (distance(city().nodes[node].place, happening.place) > 0.6) continue;
    for (Instant t = happening.when.from; t < happening.when.to; t += Millis{2 * kMinuteMillis}) {
      with.read(node, t, a);
      without.read(node, t, b);
      largest = std::max(largest, a.value(channel) - b.value(channel));
    }
  }
  return largest;
}

std::vector<Happening> happenings_of_day(HappeningKind kind) {
  std::vector<Happening> found;
  std::int64_t const first = millis_of(time("2026-11-23T00:00:00Z")) / 3'600'000;
  for (std::int64_t hour = first; hour < first + 24; ++hour) {
    for (auto const& h : happenings_of_hour(city(), hour)) {
      if (h.kind == kind) found.push_back(h);
    }
  }
  return found;
}

/// The share of happenings that lift a channel by at least `least` somewhere within 0.6 km.
double share_seen(HappeningKind kind, Channel channel, double least) {
  auto const all = happenings_of_day(kind);
  auto const seen = std::ranges::count_if(all, [&](Happening const& h) { return excess_near(h, channel) >= least; });
  return static_cast<double>(seen) / static_cast<double>(all.size());
}

TEST(happenings, show_in_the_values_near_them) {
  EXPECT_GE(share_seen(HappeningKind::kPlume, Channel::kPm25, 10), 0.6);
  EXPECT_GE(share_seen(HappeningKind::kLoud, Channel::kNoise, 3), 0.6);
  EXPECT_GE(share_seen(HappeningKind::kCrowd, Channel::kPeople, 100), 0.6);
}

TEST(happenings, leave_far_stations_alone) {
  Happening const plume = happenings_of_day(HappeningKind::kPlume).front();
  Conditions const conditions = conditions_at(1, plume.when.from);

  EXPECT_EQ(plume_at(plume, {plume.place.x + 5, plume.place.y}, plume.when.from, conditions), 0);
  EXPECT_EQ(plume_at(plume, plume.place, plume.when.from - Millis{1}, conditions), 0);
}

TEST(faults, silence_about_two_percent_of_all_node_time) {
  Readings readings(city());
  Reading reading;
  int silent = 0;
  for (int i = 0; i < 22'000; ++i) {
    Instant const t = time("2026-01-01T00:00:00Z") + Millis{i * 1'433'000LL};
    silent += readings.read(static_cast<std::size_t>(i * 7) % 1100, t, reading) ? 0 : 1;
  }
  EXPECT_NEAR(silent / 22'000.0, 0.022, 0.012);
}

TEST(faults, do_to_the_values_what_the_truth_says) {
  Interval const when{time("2026-10-01T00:00:00Z"), time("2026-11-01T00:00:00Z")};
  auto const truths = truth_of(city(), when);
  Readings broken(city());
  Readings sound(city(), {.happenings = true, .faults = false});
  Reading a;
  Reading b;
  std::set<std::string> kinds_seen;
  std::vector<std::string> wrong;
  for (auto const& truth : truths) {
    if (!truth.kind.starts_with("fault_") || truth.when.length() < Millis{30 * kMinuteMillis}) continue;
    auto const node = static_cast<std::size_t>(std::stoi(truth.serial.substr(3)) - 1);
    Instant const late = truth.when.to - Millis{1};
    bool const speaks = broken.read(node, late, a);
    sound.read(node, late, b);
    kinds_seen.insert(truth.kind);
    if (truth.kind == "fault_silence" && speaks) wrong.push_back(truth.id);
    if (truth.kind == "fault_clock" && a.phenomenon_time == late) wrong.push_back(truth.id);
    if (truth.kind == "fault_sentinel" && truth.share >= 1 && a.wire == b.wire) wrong.push_back(truth.id);
    if (truth.kind == "fault_drift" && a.wire == b.wire) wrong.push_back(truth.id);
  }
  EXPECT_EQ(kinds_seen.size(), 8U);
  EXPECT_EQ(wrong, std::vector<std::string>{});
}

TEST(truth, is_one_json_object_per_line_that_says_it_is_simulated) {
  Truth const plume{.id = "plume-7", .kind = "plume", .when = {time("2026-11-24T05:00:00Z"), time("2026-11-24T05:30:00Z")},
                    .size = 80, .unit = "ug/m3", .channel = "", .serial = "MD-000001", .place = {37.5, 127}};

  EXPECT_EQ(json_line(plume),
            "{\"id\":\"plume-7\",\"kind\":\"plume\",\"node\":\"MD-000001\",\"place\":[127,37.5],"
            "\"from\":\"2026-11-24T05:00:00Z\",\"to\":\"2026-11-24T05:30:00Z\",\"size\":80,\"unit\":\"ug/m3\","
            "\"simulated\":true}\n");
}

TEST(truth, of_an_interval_overlaps_it_and_has_unique_ids) {
  Interval const day{time("2026-11-23T00:00:00Z"), time("2026-11-24T00:00:00Z")};
  auto const truths = truth_of(city(), day);
  std::set<std::string> ids;
  for (auto const& truth : truths) ids.insert(truth.id);

  EXPECT_GT(truths.size(), 100U);
  EXPECT_EQ(ids.size(), truths.size());
  EXPECT_TRUE(std::ranges::all_of(truths, [&](Truth const& t) { return t.when.from < day.to && day.from < t.when.to; }));
}

}  // namespace
}  // namespace madang::simulation
