// One station that no neighbour confirms: at once, when its size would be dangerous if it were true, a notice to
// operators that says so; after a while, when those around it see nothing, work for the crew. And what is gone on with
// after a restart.
#include <algorithm>

#include "sensing/warning/detector.h"
#include "sensing/warning/limits.h"

namespace madang::sensing::warning {
namespace {

constexpr double kLonelyFactor = 3;         // a single station needs so much more ...
constexpr double kLonelyHours = 0.5;        // ... for so long, at least some values, to be work for the crew
constexpr double kLonelyValues = 3;
constexpr double kLonelyExcess = 3;
constexpr std::size_t kLonelyWitnesses = 2;  // neighbours that report and see nothing
constexpr double kLonelyScoreMax = 60;      // so that the CUSUM, which ends at 80, reaches it
constexpr std::uint32_t kAloneValues = 2;   // one value may be a spike: the next one says so
constexpr std::uint32_t kAloneTellEvery = 5;
constexpr double kQuickHours = 0.15;        // a fire is there within minutes; what swells for longer is the air, unless ...
constexpr double kSlowFactor = 1.5;         // ... it is so much larger

}  // namespace

double Detector::lonely_threshold() const { return std::min(kLonelyFactor * threshold_, kLonelyScoreMax); }

/// A single station far above what it should say while those around it see nothing: the device, not the air. A level
/// that never trembles: the device, not the street.
void Detector::find_suspects(std::vector<Finding>& out) {
  if (rule_.method == Method::kSurge) return;
  for (std::uint32_t i = 0; i < stations_.size(); ++i) {
    Station& s = stations_[i];
    if (s.suspect && (s.back >= static_cast<std::uint32_t>(rule_.back_steps) || causes_.has(i))) {
      s.suspect = false;
      --suspects_;
      out.push_back(describe_station(i, Finding::What::kSuspectOver));
    }
  }
  for (auto const place : up_) {
    Station& s = stations_[place];
    if (s.suspect || causes_.has(place) || !s.present || suspects_ >= kSuspectsMax) continue;
    if (s.run < std::max(kLonelyValues, kLonelyHours / plan_.step_hours) || s.cusum < lonely_threshold()) continue;
    if (s.excess < kLonelyExcess * rule_.excess_min) continue;
    if (rule_.method == Method::kPersistence && !is_flat(s)) continue;
    std::size_t witnesses = 0;
    for (auto const other : neighbours_.of(place)) {
      Station const& neighbour = stations_[other];
      witnesses += neighbour.present && neighbour.cusum < threshold_ / 4 ? 1 : 0;
    }
    if (rule_.method == Method::kNeighbours && witnesses < kLonelyWitnesses) continue;
    s.suspect = true;
    ++suspects_;
    out.push_back(describe_station(place, Finding::What::kSuspect));
  }
}

Finding::Over Detector::how_over(std::uint32_t place) const {
  if (causes_.has(place)) return Finding::Over::kJoined;
  return is_lost(stations_[place]) ? Finding::Over::kSilent : Finding::Over::kBack;
}

/// A value that never moved while the city did is a device that stands still, and no fire.
bool Detector::is_dangerous_alone(Station const& s) const {
  double const least = rule_.excess_alone > 0 ? rule_.excess_alone : rule_.excess_serious;
  if (!s.present || s.run < kAloneValues || s.cusum < threshold_ || s.same >= s.event) return false;
  auto const quick = std::max<double>(kAloneValues, kQuickHours / plan_.step_hours);
  return s.excess >= (s.up_for <= quick ? least : kSlowFactor * least);
}

void Detector::find_alone(std::vector<Finding>& out) {
  if (rule_.method != Method::kNeighbours) return;
  for (auto const place : up_) {
    Station& s = stations_[place];
    if (s.alone) {
      if (s.present && s.event % kAloneTellEvery == 0) out.push_back(describe_station(place, Finding::What::kUnconfirmed));
      continue;
    }
    if (causes_.has(place) || alone_.size() >= kAloneMax || !is_dangerous_alone(s)) continue;
    s.alone = true;
    alone_.push_back(place);
    out.push_back(describe_station(place, Finding::What::kUnconfirmed));
  }
}

void Detector::end_alone(std::vector<Finding>& out) {
  std::erase_if(alone_, [&](std::uint32_t place) {
    Station& s = stations_[place];
    if (s.back < static_cast<std::uint32_t>(rule_.back_steps) && !causes_.has(place)) return false;
    s.alone = false;
    out.push_back(describe_station(place, Finding::What::kUnconfirmedOver));
    return true;
  });
}

void Detector::adopt(std::string const& key, Instant since, std::vector<std::uint32_t> const& places) {
  grow_to_field();
  Cause cause;
  cause.key = key;
  cause.since = since;
  cause.told = true;
  for (auto const place : places) {
    if (causes_.has(place)) {
      causes_.rename(place, key, since);
      return;
    }
    Station& s = stations_[place];
    s.onset = millis_of(since) / field_.step().count();
    s.event = std::max<std::uint32_t>(s.event, 1);
    s.back = 0;
    s.cusum = std::max(s.cusum, static_cast<float>(threshold_));
    cause.centre = field_.streams()[place].place;
    cause.members.push_back(place);
  }
  cause.told_members = cause.members.size();
  if (!cause.members.empty()) causes_.adopt(std::move(cause));
}

void Detector::adopt_suspect(std::uint32_t place) {
  grow_to_field();
  Station& s = stations_[place];
  if (s.suspect) return;
  s.suspect = true;
  s.back = 0;
  s.cusum = std::max(s.cusum, static_cast<float>(threshold_));
  ++suspects_;
}

void Detector::adopt_alone(std::uint32_t place) {
  grow_to_field();
  Station& s = stations_[place];
  if (s.alone) return;
  s.alone = true;
  s.back = 0;
  s.cusum = std::max(s.cusum, static_cast<float>(threshold_));
  alone_.push_back(place);
}

}  // namespace madang::sensing::warning
