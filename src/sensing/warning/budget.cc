#include "sensing/warning/budget.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

namespace madang::sensing::warning {
namespace {

/// False alarms a day of 1,000 stations at a threshold h: often * exp(-h / fall). Fitted to what `madang evaluate
/// warning` counts on even seeds (see docs/measurements.md); a method that is not evaluated there takes its kin's.
struct Law {
  double often;
  double fall;
};
constexpr Law kNeighbours{1.5, 8};
constexpr Law kPersistence{2.5, 30};
constexpr Law kSurge{1, 8};

// Real streams tremble more than generated ones: no threshold is lower than this, where recall is still whole.
constexpr double kLeast = 12, kMost = 60;
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

double threshold_for(Method method, double alarms, std::size_t stations) {
  Law const law = law_of(method);
  double const often = law.often * static_cast<double>(stations) / 1000;
  if (alarms <= 0 || often <= 0) return kMost;
  return std::clamp(law.fall * std::log(often / alarms), kLeast, kMost);
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
