#include "sensing/means.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

#include "sensing/quality/tests.h"
#include "sensing/quantities.h"

namespace madang::sensing {
namespace {

static_assert(kNoNumberReason == static_cast<std::uint8_t>(QualityTest::kSyntax));

// Weighted and unweighted sound levels as people write them. dBm and dBi are no sound, and are left as numbers.
constexpr std::array<std::string_view, 9> kLevelUnits{"dB",  "dB(A)", "dBA",     "dB(B)", "dB(C)",
                                                      "dBC", "dB(Z)", "dB[SPL]", "decibel"};
constexpr std::array<std::string_view, 4> kAngleUnits{"°", "deg", "degree", "degrees"};

}  // namespace

Averaging averaging_of(std::string_view channel, std::string_view unit) {
  if (auto const* const info = quantity(channel)) return info->averaging;
  if (std::ranges::find(kLevelUnits, unit) != kLevelUnits.end()) return Averaging::kEnergy;
  bool const angle = std::ranges::find(kAngleUnits, unit) != kAngleUnits.end();
  return angle && channel.find("direction") != std::string_view::npos ? Averaging::kCircular : Averaging::kArithmetic;
}

Result<std::vector<HourMean>> read_hour_means(storage::ObservationStore& store, Averaging averaging,
                                              std::span<DatastreamId const> streams, Interval when) {
  storage::AggregateOptions const hourly{
      .step = std::chrono::hours{1}, .together = false, .from_raw = false, .averaging = averaging};
  MADANG_TRY(auto const series, store.aggregate(streams, when, hourly));
  std::vector<HourMean> out;
  for (auto const& one : series)
    for (auto const& bucket : one.buckets)
      if (auto const mean = storage::mean_of(bucket, averaging))
        out.push_back({one.datastream, bucket.from, *mean, bucket.good});
  return out;
}

Result<void> keep_averaging(city::City const& city, storage::ObservationStore& store) {
  auto const all = city.datastreams({.top = std::numeric_limits<std::size_t>::max(), .skip = 0, .descending = false});
  std::array<std::vector<DatastreamId>, 3> by_averaging;
  for (auto const& d : all.entities) by_averaging[static_cast<std::size_t>(averaging_of(*d))].push_back(d->id);
  for (auto const averaging : {Averaging::kArithmetic, Averaging::kEnergy, Averaging::kCircular})
    MADANG_CHECK(store.set_averaging(by_averaging[static_cast<std::size_t>(averaging)], averaging));
  return {};
}

}  // namespace madang::sensing
