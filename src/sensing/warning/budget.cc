#include "sensing/warning/budget.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

namespace madang::sensing::warning {
namespace {

/// Threshold at `alarms` false ones a day among n thousand stations that speak each two minutes, or as many fewer or more as
/// have the same number of values: least + fall * ln(1 + often * n / alarms). Where few are
/// allowed it is the law of chance, often * n * exp(-h / fall), fitted to what `madang evaluate warning` counts on even
/// seeds (see docs/measurements.md); where many are, it nears `least`, below which real streams tremble by themselves.
/// So each alarm a day more lowers it, over the whole range. A method that is not evaluated there takes its kin's.
struct Law {
  double often;
  double fall;
  double least;
};
constexpr Law kNeighbours{1.5, 5, 12};
constexpr Law kPersistence{2.5, 12, 9};
constexpr Law kSurge{1, 5, 9};

constexpr Millis kCounted = std::chrono::minutes{2};  // between values where it was counted
constexpr double kMost = 75;  // the CUSUM ends at 80
constexpr Millis kRanked = std::chrono::days{3};
constexpr std::size_t kPeaksMax = 2'000;
constexpr double kFloodFactor = 40;
constexpr double kFloodLeast = 30;  // alarms in the ranked days before anything is called a flood

Law law_of(Method method) {
  switch (method) {
    case Method::kPersistence: return kPersistence;
    case Method::kSurge: return kSurge;
    case Method::kNeighbours:
    case Method::kLevel: break;
  }
  return kNeighbours;
}

}  // namespace

double threshold_for(Method method, double alarms, std::size_t stations, Millis step) {
  Law const law = law_of(method);
  double const occasions = static_cast<double>(kCounted.count()) / static_cast<double>(step.count());
  double const often = law.often * static_cast<double>(stations) / 1000 * occasions;
  if (alarms <= 0) return kMost;
  return std::min(law.least + law.fall * std::log1p(often / alarms), kMost);
}

void FloodGuard::add(Instant when, double peak) {
  peaks_.push_back({when, peak});
  if (peaks_.size() > kPeaksMax) peaks_.pop_front();
}

double FloodGuard::guard(double threshold, double alarms, Instant now) {
  while (!peaks_.empty() && now - peaks_.front().when > kRanked) peaks_.pop_front();
  double const days = std::chrono::duration<double, std::ratio<86'400>>(kRanked).count();
  double const allowed = std::max(kFloodLeast, kFloodFactor * alarms * days);
  auto const rank = static_cast<std::size_t>(allowed);
  if (peaks_.size() <= rank) return threshold;
  std::vector<double> scores;
  scores.reserve(peaks_.size());
  for (auto const& peak : peaks_) scores.push_back(peak.score);
  std::ranges::nth_element(scores, scores.begin() + static_cast<std::ptrdiff_t>(rank), std::greater{});
  return std::clamp(scores[rank], threshold, kMost);
}

}  // namespace madang::sensing::warning
