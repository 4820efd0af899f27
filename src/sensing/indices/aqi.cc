#include "sensing/indices/aqi_table.h"

#include <algorithm>
#include <limits>

namespace madang::sensing::indices {
namespace {

using Row = Breakpoints<kAqiClasses>;

/// None below the first class that exists. Above the last one the index stays at its highest.
std::optional<SubIndex> look_up(Row const& row, double value) {
  double const unit = std::pow(10.0, -row.decimals);
  double const truncated = to_digits(value * row.per_channel_unit, row.decimals, Digits::kTruncate);
  double const concentration = std::max(0.0, truncated);
  if (concentration < row.low - 1e-9) return std::nullopt;
  double low = row.low;
  for (std::size_t step = 0; step < kAqiClasses; ++step) {
    double const high = row.high[step];
    if (high == 0) continue;
    bool const last = step + 1 == kAqiClasses || row.high[step + 1] == 0;
    if (concentration > high + 1e-9 && !last) {
      low = high + unit;
      continue;
    }
    double const index_low = step == 0 ? 0 : kAqiClassTable[step - 1].index_max + 1;
    Segment const segment{low, high, index_low, static_cast<double>(kAqiClassTable[step].index_max)};
    return SubIndex{row.pollutant, step, index_on(segment, concentration), concentration};
  }
  return std::nullopt;
}

Row const& breakpoints_of(Pollutant pollutant) {
  return *std::ranges::find(kAqiBreakpoints, pollutant, &Row::pollutant);
}

/// Of eight hours or of the last hour, whichever is higher.
void add_ozone(std::vector<SubIndex>& parts, Hours<MoleFraction> const& hours) {
  std::optional<SubIndex> part;
  if (auto const mean = mean_of_last(hours, 8)) part = look_up(breakpoints_of(Pollutant::kO3), mean->value);
  if (auto const hour = last_hour(hours)) {
    auto const high = look_up(kAqiOzoneHour, hour->value);
    if (high && (!part || *high->value > *part->value)) part = high;
  }
  if (part) parts.push_back(*part);
}

void add_sulphur_dioxide(std::vector<SubIndex>& parts, Hours<MoleFraction> const& hours) {
  auto const hour = last_hour(hours);
  if (!hour) return;
  auto part = *look_up(breakpoints_of(Pollutant::kSo2), hour->value);
  if (part.step >= kAqiSo2DailyFrom) {
    auto const day = mean_of_last(hours, 24);
    auto const daily = day ? look_up(breakpoints_of(Pollutant::kSo2), day->value) : std::nullopt;
    bool const high = daily && daily->step >= kAqiSo2DailyFrom;
    part = high ? *daily : SubIndex{Pollutant::kSo2, kAqiSo2DailyFrom - 1, kAqiSo2HourMax, part.concentration};
  }
  parts.push_back(part);
}

}  // namespace

std::optional<SubIndex> aqi_sub_index(Pollutant pollutant, double value) { return look_up(breakpoints_of(pollutant), value); }

std::optional<MassDensity> nowcast(Hours<MassDensity> const& hours) {
  auto const first = hours.size() > kNowcastHours ? hours.size() - kNowcastHours : 0;
  std::vector<std::optional<MassDensity>> const last(hours.begin() + static_cast<std::ptrdiff_t>(first), hours.end());
  std::size_t recent = 0;
  // Monitors report a little below zero in clean air: no number here may stand for "none yet".
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (std::size_t i = 0; i < last.size(); ++i) {
    auto const& hour = last[last.size() - 1 - i];
    if (!hour) continue;
    if (i < kNowcastRecent) ++recent;
    low = std::min(low, hour->value);
    high = std::max(high, hour->value);
  }
  if (recent < kNowcastRecentMin) return std::nullopt;
  double const weight = high <= 0 ? 1 : std::max(kNowcastWeightMin, low / high);
  double sum = 0;
  double weights = 0;
  double power = 1;
  for (std::size_t i = 0; i < last.size(); ++i, power *= weight) {
    auto const& hour = last[last.size() - 1 - i];
    if (!hour) continue;
    sum += power * hour->value;
    weights += power;
  }
  return MassDensity{sum / weights};
}

AirAnswer aqi(AirHistory const& h) {
  std::vector<SubIndex> parts;
  add_part(parts, AirScale::kAqi, Pollutant::kPm25, nowcast(h.pm25));
  add_part(parts, AirScale::kAqi, Pollutant::kPm10, nowcast(h.pm10));
  add_ozone(parts, h.o3);
  add_part(parts, AirScale::kAqi, Pollutant::kNo2, last_hour(h.no2));
  add_sulphur_dioxide(parts, h.so2);
  add_part(parts, AirScale::kAqi, Pollutant::kCo, mean_of_last(h.co, 8));
  if (parts.empty()) return {std::nullopt, {Pollutant::kPm25, Pollutant::kPm10, Pollutant::kO3}};
  return {worst_of(std::move(parts)), {}};
}

}  // namespace madang::sensing::indices
