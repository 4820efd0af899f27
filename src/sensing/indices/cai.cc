#include "sensing/indices/cai_table.h"

#include <algorithm>

namespace madang::sensing::indices {
namespace {

constexpr std::size_t kLong = 12;
constexpr std::size_t kShort = 4;

int interpolated(Breakpoints<kCaiClasses> const& row, std::size_t step, double concentration) {
  double const unit = std::pow(10.0, -row.decimals);
  double const low = step == 0 ? 0 : row.high[step - 1] + unit;
  double const index_low = step == 0 ? 0 : kCaiClassTable[step - 1].index_max + 1;
  return index_on({low, row.high[step], index_low, static_cast<double>(kCaiClassTable[step].index_max)}, concentration);
}

/// More than one bad pollutant weighs more than the worst of them.
void add_surcharge(AirIndex& index) {
  auto const bad = [](SubIndex const& p) { return p.step >= kCaiSurchargeFrom; };
  auto const count = std::ranges::count_if(index.parts, bad);
  if (count < 2) return;
  auto const highest = kCaiClassTable.back().index_max;
  index.value = std::min(highest, index.value.value_or(0) + (count == 2 ? kCaiSurchargeTwo : kCaiSurchargeThree));
  auto const holds = [&index](IndexClass const& c) { return *index.value <= c.index_max; };
  index.step = static_cast<std::size_t>(std::ranges::find_if(kCaiClassTable, holds) - kCaiClassTable.begin());
}

}  // namespace

std::optional<SubIndex> cai_sub_index(Pollutant pollutant, double value) {
  auto const row = std::ranges::find(kCaiBreakpoints, pollutant, &Breakpoints<kCaiClasses>::pollutant);
  double const concentration = std::max(0.0, to_digits(value, row->decimals, Digits::kRound));
  auto const above = std::ranges::lower_bound(row->high, concentration - 1e-9);
  auto const step = std::min<std::size_t>(static_cast<std::size_t>(above - row->high.begin()), kCaiClasses - 1);
  return SubIndex{pollutant, step, interpolated(*row, step, concentration), concentration};
}

std::optional<MassDensity> predicted_mean_24h(Pollutant particle, Hours<MassDensity> const& hours) {
  auto const c12 = mean_of_last(hours, kLong);
  if (!c12) return std::nullopt;
  double const limit = particle == Pollutant::kPm10 ? kCaiMPm10 : kCaiMPm25;
  auto recent = hours;
  for (auto& hour : recent) {
    if (!hour || hour->value < limit) continue;
    double const ratio = hour->value / c12->value;
    if (ratio >= kCaiRatioMin && ratio <= kCaiRatioMax) hour->value *= kCaiDamping;
  }
  auto const c4 = mean_of_last(recent, kShort);
  if (!c4) return std::nullopt;
  return MassDensity{(12 * c12->value + 12 * c4->value) / 24};
}

AirAnswer cai(AirHistory const& h) {
  std::vector<SubIndex> parts;
  add_part(parts, AirScale::kCai, Pollutant::kPm25, predicted_mean_24h(Pollutant::kPm25, h.pm25));
  add_part(parts, AirScale::kCai, Pollutant::kPm10, predicted_mean_24h(Pollutant::kPm10, h.pm10));
  add_part(parts, AirScale::kCai, Pollutant::kO3, last_hour(h.o3));
  add_part(parts, AirScale::kCai, Pollutant::kNo2, last_hour(h.no2));
  add_part(parts, AirScale::kCai, Pollutant::kSo2, last_hour(h.so2));
  add_part(parts, AirScale::kCai, Pollutant::kCo, last_hour(h.co));
  AirAnswer answer;
  for (auto const needed : kCaiNeeds)
    if (std::ranges::find(parts, needed, &SubIndex::pollutant) == parts.end()) answer.missing.push_back(needed);
  if (!answer.missing.empty()) return answer;
  answer.index = worst_of(std::move(parts));
  add_surcharge(*answer.index);
  return answer;
}

}  // namespace madang::sensing::indices
