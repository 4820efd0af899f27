// One station that no neighbour confirms: at once, when its size would be dangerous if it were true, a notice to
// operators that says so; after a while, when those around it see nothing, work for the crew. And what is gone on with
// after a restart.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

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
constexpr std::uint32_t kCeilingValues = 3;  // the same of three or more
constexpr std::uint32_t kAloneLasting = 4;  // where neighbours say nothing, lasting must
constexpr int kSuspectsReportedAfter = 15;      // the work waits for days, its numbers need not be the newest
constexpr double kQuickHours = 0.15;        // a fire is there within minutes; what swells for longer is the air, unless ...
constexpr std::uint32_t kCoolingValues = 3;  // a fire may cool, and smoke blow past, while it is made sure of: so many from the last large one on ...
constexpr double kCoolingShare = 0.5;       // ... of which the later ones need be half as large
constexpr double kSlowFactor = 1.5;         // ... it is so much larger
constexpr int kUnitsOff = 3;                // powers of ten by which a unit is taken for another
constexpr double kUnitTolerance = 0.55;     // of the factor's natural logarithm
constexpr double kRoseFactor = 3;           // a neighbour that says so many times what it should rose itself
constexpr double kFloatError = std::numeric_limits<float>::epsilon();  // of a value in its quantity's unit
constexpr Millis kSamePlume = std::chrono::minutes{20};  // since neighbours were up beside it: it is what they have told

/// By how many powers of ten a value is about what it should be; 0: by none.
int units_off(float value, float expected) {
  if (expected <= 0 || value <= 0) return 0;
  double const ratio = std::log(static_cast<double>(value) / static_cast<double>(expected));
  for (int tens = 1; tens <= kUnitsOff; ++tens)
    if (std::abs(ratio - tens * std::log(10.0)) < kUnitTolerance) return tens;
  return 0;
}

}  // namespace

/// What would be dangerous if it were true, as this device shows it. A gain above 1 asks for no more: where the city's level has hardly
/// moved it may be an offset, and smoke would be overlooked for it.
double Detector::excess_alone(Station const& s) const {
  return (rule_.excess_alone > 0 ? rule_.excess_alone : rule_.excess_serious) * std::min(1.0, share_shown(s));
}

double Detector::lonely_threshold() const { return std::min(kLonelyFactor * threshold_, kLonelyScoreMax); }

/// What lasts is told again, so that what stands of it is what is seen.
void Detector::report_lasting(std::vector<Single>& all, Finding::What what, int every, std::vector<Finding>& out) {
  for (auto& single : all) {
    Station const& s = stations_[single.place];
    single.score_max = std::max<double>(single.score_max, s.cusum);
    if (++single.steps_since_report < every || !s.present) continue;
    single.steps_since_report = 0;
    out.push_back(describe_single(single, what));
  }
}

/// A single station far above what it should say while those around it see nothing: the device, not the air. A level
/// that never trembles: the device, not the street.
bool Detector::is_device_at_fault(std::uint32_t place) const {
  Station const& s = stations_[place];
  if (s.run < std::max(kLonelyValues, kLonelyHours / plan_.step_hours) || s.cusum < lonely_threshold()) return false;
  if (s.excess < kLonelyExcess * rule_.excess_min) return false;
  if (rule_.method == Method::kPersistence) return is_stuck(s) && !s.heard_beside;
  std::size_t witnesses = 0;
  for (auto const other : neighbours_.of(place)) {
    Station const& neighbour = stations_[other];
    witnesses += neighbour.present && neighbour.cusum < threshold_ / 4 ? 1 : 0;
  }
  return witnesses >= kLonelyWitnesses;
}

void Detector::find_suspects(std::vector<Finding>& out) {
  if (rule_.method == Method::kSurge) return;
  report_lasting(suspects_, Finding::What::kSuspect, kSuspectsReportedAfter * report_every_, out);
  for (auto const place : up_) {
    Station& s = stations_[place];
    if (field_.is_witness(place) || s.suspect || causes_.has(place) || is_reported_near(s)) continue;
    if (!s.present || suspects_.size() >= kSuspectsMax || !is_device_at_fault(place)) continue;
    s.suspect = true;
    suspects_.push_back({place, device_key(place), s.onset, s.cusum, 0});
    out.push_back(describe_single(suspects_.back(), Finding::What::kSuspect));
  }
}

void Detector::end_suspects(std::vector<Finding>& out) {
  std::erase_if(suspects_, [&](Single const& single) {
    Station& s = stations_[single.place];
    if (s.back < static_cast<std::uint32_t>(rule_.back_steps) && !causes_.has(single.place)) return false;
    s.suspect = false;
    out.push_back(describe_single(single, Finding::What::kSuspectOver));
    return true;
  });
}

Finding::Over Detector::how_over(std::uint32_t place) const {
  if (causes_.has(place)) return Finding::Over::kJoined;
  if (stations_[place].outlasted) return Finding::Over::kUsual;
  return is_lost(stations_[place]) ? Finding::Over::kSilent : Finding::Over::kBack;
}

/// All through this excursion. One value that is only repeated may be round by chance, but not those of neighbours too.
bool Detector::speaks_in_another_unit(Station const& s) {
  return could_be_another_unit(s) && (s.unit_moves > 0 || s.shared_unit || s.up_for < kAloneLasting);
}

/// How long it took until it was so large, not how many values it takes until chance is ruled out: those are more where
/// many stations are watched and where values tremble, and a fire is no slower for that.
void Detector::follow_growth(std::uint32_t place) {
  Station& s = stations_[place];
  s.up_for = is_up(s) ? s.up_for + 1 : 0;
  s.high_for = s.excess >= excess_alone(s) ? s.high_for + 1 : 0;
  if (s.up_for == 0) {
    s.unit_for = s.unit_moves = 0;
    s.no_unit = s.shared_unit = false;
  } else if (is_in_another_unit(place)) {
    ++s.unit_for;
    s.unit_moves += s.unit_for > 1 && s.same == 0 ? 1 : 0;
  }
  if (s.up_for == 0) s.grew_for = 0;
  else if (s.grew_for == 0 && s.high_for > 0) s.grew_for = s.up_for;
  if (s.high_for > 0) s.hot_for = kCoolingValues;
  else s.hot_for = s.hot_for > 0 && s.excess >= kCoolingShare * excess_alone(s) ? s.hot_for - 1 : 0;
}

void Detector::learn_digits(Station& s) const {
  if (rule_.method == Method::kNeighbours && s.value != 0 && s.same == 0) s.resolution.learn(s.value);
}

/// About ten, a hundred or a thousand times what it should say, and so much coarser than all that it said before: the air
/// does not count in tens, a device whose whole numbers are taken for another unit does, and so does one that can say no more.
bool Detector::is_in_another_unit(std::uint32_t place) const {
  Station const& s = stations_[place];
  if (static_cast<double>(s.value) >= field_.streams()[place].value_most * (1 - kFloatError)) return false;
  if (rule_.method != Method::kNeighbours || !s.resolution.is_known()) return false;
  auto const tens = units_off(s.value, s.expected);
  return tens > 0 && s.resolution.is_coarser(s.value, tens);
}

/// Several times what it should say, and not about ten, a hundred or a thousand times: no unit makes that.
bool Detector::rose_by_no_unit(Station const& s) {
  return s.expected > 0 && s.value >= kRoseFactor * static_cast<double>(s.expected) && units_off(s.value, s.expected) == 0;
}

/// Of devices that begin in one step to say as many tens of times what they should a gateway may have changed the unit. Where some say
/// ten times and others three, five or a hundred times as much it is the air, and where all of them say the very same and never move, it
/// is the most that these sensors can say.
void Detector::compare_shared_units() {
  for (auto const place : up_) stations_[place].shared_unit = false;
  for (auto const place : up_) compare_unit_of(place);
}

void Detector::compare_unit_of(std::uint32_t place) {
  auto const tens_off = [](Station const& s) { return std::lround(std::log10(static_cast<double>(s.value) / static_cast<double>(s.expected))); };
  Station& s = stations_[place];
  if (!s.present || !could_be_another_unit(s)) return;
  int others = 0;
  bool equal = s.unit_moves == 0;
  for (auto const other : neighbours_.of(place)) {
    Station const& neighbour = stations_[other];
    if (!neighbour.present || neighbour.up_for != s.up_for) continue;
    if (rose_by_no_unit(neighbour)) s.no_unit = true;
    if (neighbour.unit_for < neighbour.up_for) continue;
    ++others;
    equal = equal && neighbour.value == s.value && neighbour.unit_moves == 0;
    if (tens_off(neighbour) != tens_off(s)) s.no_unit = true;
  }
  s.shared_unit = others > 0 && !equal;
  if (others > 0 && equal && s.up_for >= (others > 1 ? kCeilingValues : kAloneLasting)) s.no_unit = true;
}

bool Detector::grew_quickly(Station const& s) const {
  return s.grew_for > 0 && s.grew_for <= std::max<double>(kAloneValues, kQuickHours / plan_.step_hours);
}

/// So far above what it should say that it would be dangerous if it were true. A value that never moved while the city
/// did is a device that stands still, and no fire; one that speaks in another unit is for the crew. Where lasting or number makes a cause, only what cannot become one is
/// told here: a sound that never trembles, a crowd that came slowly.
bool Detector::is_dangerous_alone(Station const& s) const {
  bool const high = rule_.method == Method::kNeighbours ? s.hot_for > 0 : s.high_for > 0;
  if (!s.present || !high || s.cusum < threshold_ || s.same >= s.event) return false;
  switch (rule_.method) {
    case Method::kNeighbours:
      return s.run >= kAloneValues && !speaks_in_another_unit(s) && (grew_quickly(s) || s.excess >= kSlowFactor * excess_alone(s));
    case Method::kPersistence: return s.run >= kAloneLasting && is_stuck(s) && !s.heard_beside && s.value >= rule_.level_alone;
    case Method::kSurge: return s.run >= kAloneLasting && !is_crowd(s) && (s.square_metres <= 0 || density(s) >= rule_.density_min);
    case Method::kLevel: break;
  }
  return false;
}

/// Two quicker neighbours confirmed it of each other and have told it long ago: neither is this one alone, nor its device at
/// fault. Who is still up when they are back for a while is.
bool Detector::is_reported_near(Station const& s) const {
  return field_.step_begin() - s.reported_near <= std::max(kSamePlume, field_.step());
}

/// Under a key of its own for each excursion: what somebody dismissed in the morning keeps no fire quiet in the evening.
void Detector::find_alone(std::vector<Finding>& out) {
  report_lasting(alone_, Finding::What::kUnconfirmed, report_every_, out);
  for (auto const place : up_) {
    Station& s = stations_[place];
    if (field_.is_witness(place) || s.alone || causes_.has(place) || is_reported_near(s)) continue;
    if (alone_.size() >= kAloneMax || !is_dangerous_alone(s)) continue;
    s.alone = true;
    auto const since = s.onset;
    auto key = fmt::format("{}:{}:{}:{}", rule_.id, kAloneWord, field_.streams()[place].thing.value(), millis_of(since) / 1000);
    alone_.push_back({place, std::move(key), since, s.cusum, 0});
    out.push_back(describe_single(alone_.back(), Finding::What::kUnconfirmed));
  }
}

void Detector::end_alone(std::vector<Finding>& out) {
  std::erase_if(alone_, [&](Single const& single) {
    Station& s = stations_[single.place];
    if (s.back < static_cast<std::uint32_t>(rule_.back_steps) && !causes_.has(single.place)) return false;
    s.alone = false;
    out.push_back(describe_single(single, Finding::What::kUnconfirmedOver));
    return true;
  });
}

/// It was told, so it was as sure as the rule asks; how sure is known of the part that spoke.
double Detector::score_of(Before const& before) const { return before.score > 0 ? before.score : threshold_; }

/// Up until its values say otherwise. What is known from the engine before stays as it stood there.
void Detector::restore_excursion(std::uint32_t place, Instant since) {
  Station& s = stations_[place];
  if (s.judged > 0) return;
  if (s.event == 0) {
    s.onset = since;
    s.event = 1;
  }
  s.back = 0;
  s.cusum = std::max(s.cusum, static_cast<float>(threshold_));
}

bool Detector::was_seen_lately(Before const& before) const {
  auto const within = std::max(kGoesOnWithin, kGoesOnSteps * field_.step());
  return field_.started() && field_.step_begin() - before.seen <= within;
}

bool Detector::is_up_now(std::uint32_t place) const {
  Station const& s = stations_[place];
  return s.event > 0 && s.back == 0;
}

Adoption Detector::adopt(Before const& before, std::vector<std::uint32_t> const& places) {
  grow_to_field();
  auto const is_about = [&](std::string_view word) { return before.key.find(fmt::format(":{}:", word)) != std::string::npos; };
  if (is_about(kDeviceWord)) return adopt_suspect(before, places.front());
  if (is_about(kAloneWord)) return adopt_alone(before, places.front());
  return adopt_cause(before, places);
}

/// As the engine before left it, which knows who is back and for how long; else with all that were told as its stations.
Cause Detector::continued_cause(Before const& before, std::vector<std::uint32_t> const& places) {
  Cause cause;
  if (auto known = inherited_.extract(before.key); known && !known.mapped().members.empty()) cause = std::move(known.mapped());
  else cause.members = places;
  for (auto const place : cause.members) restore_excursion(place, before.since);
  cause.centre = field_.streams()[cause.members.front()].place;
  return cause;
}

/// The replay of the last hours may have found it already, under another name; then it gets its own back. What was gone
/// stays gone unless it is seen, and what is new does not take the name of something that somebody has settled.
Adoption Detector::adopt_cause(Before const& before, std::vector<std::uint32_t> const& places) {
  Cause* const found = causes_.with_most_of(places);
  if (found != nullptr && found->adopted) return Adoption::kElsewhere;
  bool const is_gone = before.stood == Before::Stood::kCleared;
  if (is_gone && (found == nullptr || std::ranges::none_of(found->members, [&](auto m) { return is_up_now(m); }))) {
    if (found != nullptr) causes_.drop(*found);
    causes_.remember_end(before.key, before.since, before.seen, field_.streams()[places.front()].place);
    return Adoption::kOver;
  }
  auto const within = std::max(kGoesOnWithin, kGoesOnSteps * field_.step());
  bool const settled = before.stood == Before::Stood::kSettled;
  if (settled && (found != nullptr ? found->since > before.seen + within : !was_seen_lately(before))) return Adoption::kOver;
  Cause cause = found != nullptr ? *found : continued_cause(before, places);
  cause.key = before.key;
  cause.since = before.since;
  cause.reported = cause.adopted = true;
  cause.score_max = std::max(cause.score_max, score_of(before));
  cause.reported_severity = before.severity;
  cause.reported_members = cause.members.size();
  cause.steps_since_report = 0;
  if (found != nullptr) *found = std::move(cause);
  else causes_.adopt(std::move(cause));
  return Adoption::kGoesOn;
}

Adoption Detector::adopt_suspect(Before const& before, std::uint32_t place) {
  Station& s = stations_[place];
  if (s.suspect) return Adoption::kElsewhere;
  if (before.stood == Before::Stood::kCleared && !is_up_now(place)) return Adoption::kOver;
  if (before.stood == Before::Stood::kSettled && !was_seen_lately(before)) return Adoption::kOver;
  restore_excursion(place, before.since);
  s.suspect = true;
  suspects_.push_back({place, before.key, before.since, score_of(before), 0});
  return Adoption::kGoesOn;
}

Adoption Detector::adopt_alone(Before const& before, std::uint32_t place) {
  Station& s = stations_[place];
  if (s.alone) return Adoption::kElsewhere;
  if (before.stood == Before::Stood::kCleared && !is_up_now(place)) return Adoption::kOver;
  bool const is_new = s.event > 0 && s.onset > before.seen + kGoesOnWithin;
  if (before.stood == Before::Stood::kSettled && (is_new || !was_seen_lately(before))) return Adoption::kOver;
  restore_excursion(place, before.since);
  s.alone = true;
  alone_.push_back({place, before.key, before.since, score_of(before), 0});
  return Adoption::kGoesOn;
}

}  // namespace madang::sensing::warning
