#include "sensing/warning/detector.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>
#include <ranges>
#include <utility>
#include <fmt/format.h>

#include "sensing/model/city_median.h"
#include "sensing/quantities.h"
#include "sensing/warning/limits.h"
#include "sensing/warning/rule_scale.h"

namespace madang::sensing::warning {
namespace {

// An excursion begins where the CUSUM is above so many deviations: from there on nothing is learned.
constexpr double kFreezeFrom = 4;
constexpr double kNothingLike = 6;         // deviations from what the first values said
constexpr double kCusumMax = 80;           // so that it comes down again soon
constexpr double kNewNormalHours = 24;     // after so long it is no event but how things are now
constexpr double kPartnerShare = 2;        // the second station needs half of what the first one needs
constexpr double kLeftShare = 0.1;          // so much left of an excursion is what the air does by itself
constexpr double kJoinShare = 0.5;         // and so does one that joins
constexpr std::uint32_t kFlatSteps = 2;    // so many repeats in a row: perhaps no real sound, and the next value tells
constexpr double kByChance = 1e-6;          // of a value, and only where it is loud besides
constexpr double kSoundChangesHours = 1.0 / 60;
constexpr double kRateMinutes = 10;        // over which a crowd's rate is taken
constexpr double kTogetherHours = 1.0 / 3; // so far apart neighbours rise in one plume; who rose at another time ...
constexpr double kAnewFactor = 2;          // so much more than what it was left alone with is another excursion
constexpr double kGainLeast = 0.7, kGainMost = 1.5;  // of a device, as far as what is worth a word follows it
constexpr Millis kUnheardFor = std::chrono::minutes{2};  // at least, though a station that speaks each second would be back in seconds
constexpr std::uint32_t kOwnValues = 3;
constexpr int kSoundSteps = 2;              // so far apart neighbours rise of one sound: values are measured at different moments of a step
constexpr Millis kOwnFor = std::chrono::minutes{30};     // who is high beside it for so long is no spell that happens to meet it
constexpr Millis kSameStory = std::chrono::minutes{30};  // who was up so long before the others began another story

BaselinePlan plan_of(Rule const& rule, Millis step) {
  return {.gain = rule.gain,
          .step_hours = static_cast<double>(step.count()) / static_cast<double>(kHourMillis),
          .bias = rule.bias,
          .spread = rule.spread,
          .spread_min = rule.spread_min,
          .memory_hours = rule.memory_minutes / 60};
}

}  // namespace

Detector::Detector(Rule const& rule, std::uint32_t rule_index, Field const& field, double alarms)
    : rule_(rule), rule_index_(rule_index), field_(field), alarms_(alarms), plan_(plan_of(rule, field.step())),
      steps_of_silence_(static_cast<std::uint32_t>(std::max(kSilentSteps, kSilentFor / field.step()))),
      steps_unheard_(static_cast<std::uint32_t>(std::max(static_cast<std::int64_t>(rule.back_steps), kUnheardFor / field.step()))),
      report_every_(std::max(1, static_cast<int>(kReportEvery / field.step()))) {
  set_threshold();
}

void Detector::grow_to_field() {
  if (stations_.size() == field_.size()) {
    if (std::exchange(neighbours_stale_, false)) neighbours_ = Neighbours(field_.streams(), rule_.radius);
    return;
  }
  neighbours_stale_ = false;
  Station fresh;
  fresh.base = fresh_baseline(plan_);
  for (std::size_t i = stations_.size(); i < field_.size(); ++i) {
    if (rule_.density_min > 0) fresh.square_metres = static_cast<float>(field_.streams()[i].square_metres);
    stations_.push_back(fresh);
  }
  profiles_.resize(field_.size());
  neighbours_ = Neighbours(field_.streams(), rule_.radius);
  causes_.resize(field_.size());
  set_threshold();
}

void Detector::step(double hour, std::vector<Finding>& out) {
  grow_to_field();
  if (!has_reference_) find_reference();
  double const city = field_.has_median() ? on_scale(rule_, field_.median()) : reference_;
  up_.clear();
  count_speaking();
  for (std::uint32_t i = 0; i < stations_.size(); ++i) judge(i, city, hour);
  confirm();
  if (--steps_until_threshold_ < 0) set_threshold();
  find_causes(out);
  end_suspects(out);
  find_suspects(out);
  end_alone(out);
  find_alone(out);
}

/// Once an hour: the city may have grown, and a flood may have begun or ended.
void Detector::set_threshold() {
  steps_until_threshold_ = static_cast<int>(1 / plan_.step_hours);
  threshold_ = rule_.threshold;
  if (threshold_ > 0) return;
  threshold_ = flood_.guard(threshold_for(rule_.method, alarms_, field_.watched(), field_.step()), alarms_,
                            field_.started() ? field_.step_begin() : Instant{});
}

void Detector::judge(std::uint32_t place, double city, double hour) {
  Station& s = stations_[place];
  s.elsewhere = false;
  float const value = field_.values()[place];
  s.present = !std::isnan(value) && step_number() >= s.judged;
  if (step_number() < s.judged) {
    if (s.cusum > 0) up_.push_back(place);
    return;
  }
  s.partner = 0;
  if (!s.present) return fall_silent(place);
  s.silent = s.missed = 0;
  s.withdrawn = false;
  s.same = value == s.value ? s.same + 1 : 0;
  if (s.same == 0 && !std::isnan(s.value)) s.finest = s.finest > 0 ? std::min(s.finest, std::abs(value - s.value)) : std::abs(value - s.value);
  s.value = value;
  s.value_at = field_.measured_at(place);
  double const x = on_scale(rule_, value);
  Expectation const e = expect(s.base, profiles_[place], plan_, city, reference_, hour);
  s.expected = static_cast<float>(off_scale(rule_, e.expected));
  s.excess = value - s.expected;
  double const z = (x - e.expected) / e.deviation;
  double const moved = s.cusum + std::clamp(z, -rule_.step_most, rule_.step_most) - rule_.slack;
  bool const packed = is_packed(s);
  // Of a station that is hardly known anything would be an excursion.
  if (s.known < kKnownLeast && !packed) {
    // The first value may be a wild one: what does not fit it begins anew.
    if (std::abs(z) > kNothingLike) s.base = fresh_baseline(plan_);
    return settle_as_usual(place, x, city, hour);
  }
  s.cusum = static_cast<float>(std::clamp(moved, packed ? threshold_ : 0.0, kCusumMax));
  s.run = packed || (z > rule_.slack && is_up(s)) ? s.run + 1 : 0;
  follow_growth(place);
  check_as_usual(s, x - city);
  s.back = is_up(s) && !is_nearly_over(s) ? 0 : s.back + 1;
  if (s.back == 0) s.up_at = s.value_at;
  bool const held = causes_.has(place) || s.suspect || s.alone;
  bool const long_back = s.back >= static_cast<std::uint32_t>(rule_.back_steps);
  bool const new_normal = s.event * plan_.step_hours > kNewNormalHours && !packed;
  s.outlasted = new_normal && !long_back;
  if (s.cusum <= 0 || long_back || new_normal) {
    if (s.outlasted) accept_as_usual(s, e, x, city);
    settle_as_usual(place, x, city, hour);
  } else if (s.cusum > kFreezeFrom || held) {
    if (s.event++ == 0) s.onset = s.value_at;
    s.peak = std::max(s.peak, s.excess);
    if (!held) follow_slowly(s.base, plan_, e, x);
    freeze(s.base);
    up_.push_back(place);
  } else {
    learn(s.base, profiles_[place], plan_, x, city, reference_, hour);
    up_.push_back(place);
  }
}

/// At least half of those that were ever heard and are not lost have spoken in as many steps as it takes to be back: some report on
/// change only.
template <typename Places>
bool Detector::do_most_speak(Places const& places) const {
  std::size_t speaking = 0, there = 0;
  for (auto const place : places) {
    Station const& s = stations_[place];
    bool const speaks = !std::isnan(field_.values()[place]);
    if (!speaks && (std::isnan(s.value) || is_lost(s))) continue;
    ++there;
    speaking += speaks || s.silent < static_cast<std::uint32_t>(rule_.back_steps) ? 1 : 0;
  }
  return 2 * speaking >= there;
}

/// While hardly anybody speaks, as when the server itself was away, nobody's silence is his own.
void Detector::count_speaking() { most_speak_ = do_most_speak(std::views::iota(std::uint32_t{0}, static_cast<std::uint32_t>(stations_.size()))); }

/// A gateway that is away takes the district with it.
bool Detector::do_others_speak(std::uint32_t place) const { return most_speak_ && do_most_speak(neighbours_.of(place)); }

/// Silence says nothing: an excursion stays as it is, what is known grows older. Who is silent for long is no witness.
void Detector::fall_silent(std::uint32_t place) {
  Station& s = stations_[place];
  s.outlasted = false;
  freeze(s.base);
  if (s.silent < steps_of_silence_) ++s.silent;
  bool const counts = (s.cusum > 0 || causes_.has(place)) && s.silent > static_cast<std::uint32_t>(rule_.back_steps);
  if (counts && s.missed < steps_unheard_ && do_others_speak(place)) ++s.missed;
  if (is_lost(s)) retract_newest(place);
  if (s.cusum > 0) up_.push_back(place);
}

void Detector::retract_newest(std::uint32_t place) {
  grow_to_field();
  Station& s = stations_[place];
  s.cusum = 0;
  s.event = 0;
  s.peak = 0;
  s.run = s.up_for = s.high_for = s.grew_for = s.hot_for = s.unit_for = s.unit_moves = 0;
  s.no_unit = s.shared_unit = false;
  s.rushed = false;
  s.left_with = 0;
  s.ago = kNoValue;
  s.as_usual = {};
  s.back = static_cast<std::uint32_t>(rule_.back_steps);
  s.withdrawn = true;
}

/// It has lasted for so long that it is how things are, and what comes on top of it is an event.
void Detector::accept_as_usual(Station& s, Expectation const& e, double x, double city) const {
  s.back = static_cast<std::uint32_t>(rule_.back_steps);
  s.as_usual = {static_cast<float>(e.expected - city), static_cast<float>(x - e.expected), 0};
  warning::accept_as_usual(s.base, e, x);
}

/// By the city's median: offset, hour and level have learned it meanwhile.
void Detector::check_as_usual(Station& s, double above_city) const {
  if (s.as_usual.more <= 0) return;
  bool const lasts = above_city - s.as_usual.from >= s.as_usual.more / 2;
  s.as_usual.back = lasts ? 0 : s.as_usual.back + 1;
  if (s.as_usual.back >= static_cast<std::uint32_t>(rule_.back_steps)) s.as_usual = {};
}

/// No excursion, or its end.
void Detector::settle_as_usual(std::uint32_t place, double x, double city, double hour) {
  Station& s = stations_[place];
  s.cusum = 0;
  s.event = 0;
  s.peak = 0;
  s.run = s.up_for = s.high_for = s.grew_for = s.hot_for = s.unit_for = s.unit_moves = 0;
  s.no_unit = s.shared_unit = false;
  s.rushed = false;
  s.left_with = 0;
  s.ago = kNoValue;
  if (s.known < kKnownLeast) ++s.known;
  learn_digits(s);
  learn(s.base, profiles_[place], plan_, x, city, reference_, hour);
}

bool Detector::is_up(Station const& s) const { return is_packed(s) || s.excess >= excess_min(s) / 2; }

/// What is expected was frozen at the onset and the air has moved since: of a great excursion a little may stay.
bool Detector::is_nearly_over(Station const& s) const { return !is_packed(s) && s.excess < kLeftShare * s.peak; }

/// A sound that never trembles comes from a broken device, unless it is as loud as the device can say.
bool Detector::is_flat(Station const& s) const {
  return s.same >= kFlatSteps && (rule_.saturation <= 0 || s.value < rule_.saturation);
}

/// So many repeats that chance makes none: two values of a sound that trembles by `spread` round to the same with the device's resolution
/// over 2 sqrt(pi) times that spread, and a sound that is asked more often than it changes says the same more often.
bool Detector::is_stuck(Station const& s) const {
  if (!is_flat(s)) return false;
  auto const* const info = quantity(rule_.channel);
  double const resolution = s.finest > 0 ? static_cast<double>(s.finest) : std::pow(10.0, info != nullptr ? -info->decimals : -1);
  double const spread = std::max(static_cast<double>(s.base.spread), rule_.spread_min);
  double const equal = std::clamp(resolution / (2 * std::sqrt(std::numbers::pi) * spread), 1e-6, 0.9);
  double const pace = std::max(1.0, kSoundChangesHours / plan_.step_hours);
  return s.same >= pace * std::log(kByChance) / std::log(equal);
}

/// Two devices do not break in one step: what a neighbour rose with, and shows still, is in the street, however steady it is. Those that say
/// the very same have it from their gateway.
bool Detector::is_heard_beside(std::uint32_t place) const {
  Station const& s = stations_[place];
  if (s.event == 0) return false;
  return std::ranges::any_of(neighbours_.of(place), [&](std::uint32_t other) {
    Station const& neighbour = stations_[other];
    if (neighbour.event == 0 || neighbour.cusum <= 0 || neighbour.back > 0 || is_unheard(neighbour)) return false;
    auto const apart = std::max(s.onset, neighbour.onset) - std::min(s.onset, neighbour.onset);
    return apart <= kSoundSteps * field_.step() && neighbour.value != s.value;
  });
}

double Detector::density(Station const& s) const {
  return s.square_metres > 0 ? s.value / s.square_metres : 0;
}

/// A device that shows half of what is in the air shows half of a plume.
double Detector::share_shown(Station const& s) const {
  return rule_.gain ? std::clamp(static_cast<double>(s.base.device.gain), kGainLeast, kGainMost) : 1;
}

/// What is too small to speak of: a narrow lane is dangerous with fewer people than a square has at noon.
double Detector::excess_min(Station const& s) const {
  if (rule_.gain) return rule_.excess_min * share_shown(s);
  if (s.square_metres <= 0) return rule_.excess_min;
  return std::min(rule_.excess_min, rule_.density_min * s.square_metres / 2);
}

/// Dangerous however slowly it came, and however usual it is.
bool Detector::is_packed(Station const& s) const {
  return rule_.density_critical > 0 && density(s) >= rule_.density_critical;
}

/// Many, and quickly more.
bool Detector::is_crowd(Station const& s) const {
  bool const many = s.square_metres > 0 ? density(s) >= rule_.density_min : s.value >= rule_.level_min;
  return is_packed(s) || (many && s.rushed);
}

double Detector::score(Station const& s) const {
  if (!is_up(s)) return 0;
  switch (rule_.method) {
    case Method::kNeighbours: return std::min<double>(s.cusum, kPartnerShare * s.partner);
    case Method::kPersistence: return s.run >= rule_.steps && (s.heard_beside || !is_flat(s)) ? s.cusum : 0;
    case Method::kSurge: return s.run >= rule_.steps && is_crowd(s) ? s.cusum : 0;
    case Method::kLevel: break;
  }
  return 0;
}

/// Two stations whose small spells merely meet are no plume: it comes to both at nearly the same time, or is large at both.
bool Detector::confirms(Station const& s, Station const& neighbour) const {
  if (!is_up(neighbour) || speaks_in_another_unit(s) || speaks_in_another_unit(neighbour)) return false;
  double const apart = std::abs(static_cast<double>(s.up_for) - static_cast<double>(neighbour.up_for)) * plan_.step_hours;
  if (apart <= std::max(kTogetherHours, plan_.step_hours)) return true;
  if (s.excess < excess_min(s) || neighbour.excess < excess_min(neighbour)) return false;
  auto const high_for = std::min(s.high_for, neighbour.high_for);
  bool const lasts = high_for >= kOwnValues && high_for * field_.step() >= kOwnFor;
  return lasts || !(is_leftover(s) || is_leftover(neighbour));
}

/// What one station still shows when all others are back is its own, a broken device's perhaps, and no confirmation of the next spell
/// near by, until it is twice as much or that lasts.
bool Detector::is_leftover(Station const& s) const { return s.left_with > 0 && s.excess < kAnewFactor * s.left_with; }

void Detector::mark_left_alone(Cause const& cause) {
  if (!cause.left_to_one) return;
  for (auto const place : cause.left) {
    Station& s = stations_[place];
    if (s.cusum > 0 && s.back == 0) s.left_with = std::max(s.left_with, s.excess);
  }
}

void Detector::confirm_by_neighbours(std::uint32_t place) {
  Station& s = stations_[place];
  if (rule_.method != Method::kNeighbours || !is_up(s)) return;
  bool const witness = field_.is_witness(place);
  for (auto const other : neighbours_.of(place)) {
    Station const& neighbour = stations_[other];
    bool const counts = witness ? field_.is_witness(other) : !neighbour.elsewhere;
    if (counts && neighbour.cusum > 0 && !is_unheard(neighbour) && confirms(s, neighbour)) s.partner = std::max(s.partner, neighbour.cusum);
    if (!witness && neighbour.elsewhere) s.reported_near = field_.step_begin();
  }
  s.elsewhere = witness && s.excess >= excess_min(s) && score(s) >= threshold_;
}

void Detector::confirm() {
  double const steps_back = std::max(1.0, kRateMinutes / 60 / plan_.step_hours);
  compare_shared_units();
  // What witnesses confirm among themselves is told where they belong.
  for (auto const place : up_)
    if (field_.is_witness(place)) confirm_by_neighbours(place);
  for (auto const place : up_) {
    Station& s = stations_[place];
    if (!field_.is_witness(place)) confirm_by_neighbours(place);
    s.heard_beside = rule_.method == Method::kPersistence && is_heard_beside(place);
    if (rule_.method == Method::kSurge && s.present) {
      double const minutes = steps_back * plan_.step_hours * 60;
      if (std::isnan(s.ago)) s.ago = s.expected;
      s.rushed = s.rushed || (s.value - s.ago) / minutes >= rule_.rate_min;
      s.ago += static_cast<float>((s.value - s.ago) / steps_back);
    }
  }
}

void Detector::find_causes(std::vector<Finding>& out) {
  std::vector<std::uint32_t> starters;
  auto const starts = [&](std::uint32_t place) {
    Station const& s = stations_[place];
    return s.present && (is_packed(s) || s.excess >= excess_min(s)) && score(s) >= threshold_;
  };
  auto const is_own = [&](std::uint32_t place) { return !field_.is_witness(place); };
  for (auto const place : up_) {
    if (is_own(place) && !causes_.has(place) && starts(place)) starters.push_back(place);
  }
  std::ranges::sort(starters, [&](auto a, auto b) { return stations_[a].cusum > stations_[b].cusum; });
  auto const joins = [&](std::uint32_t place) {
    Station const& s = stations_[place];
    return s.present && is_up(s) && !s.elsewhere && !speaks_in_another_unit(s) && s.cusum >= kJoinShare * threshold_;
  };
  auto const is_back = [&](std::uint32_t place) {
    return stations_[place].back >= static_cast<std::uint32_t>(rule_.back_steps);
  };
  auto const outlasted = [&](std::uint32_t place) { return stations_[place].outlasted; };
  auto const lost = [&](std::uint32_t place) { return is_lost(stations_[place]) || stations_[place].withdrawn || outlasted(place); };
  auto const unheard = [&](std::uint32_t place) { return is_unheard(stations_[place]); };
  auto const is_silent = [&](std::uint32_t place) { return is_lost(stations_[place]); };
  auto const newest_value_at = [&](std::uint32_t place) { return stations_[place].value_at; };
  auto const up_until = [&](std::uint32_t place) { return stations_[place].up_at; };
  auto const confirmed = [&](std::uint32_t place) { return is_confirmed_now(place); };
  auto const onset = [&](std::uint32_t place) { return confirmed_since(place); };
  auto const name = [&](std::uint32_t place) {
    return fmt::format("{}:{}:{}", rule_.id, field_.streams()[place].thing.value(), millis_of(field_.step_begin()) / 1000);
  };
  Causes::View const view{.starts = starts, .joins = joins, .is_back = is_back, .is_lost = lost, .is_outlasted = outlasted, .is_unheard = unheard, .is_silent = is_silent,
                          .newest_value_at = newest_value_at, .up_until = up_until, .is_confirmed = confirmed, .sustains = is_own, .onset = onset, .name = name};
  auto const over = causes_.step(field_.step_begin(), field_.step(), starters, view, neighbours_, field_.streams());
  for (auto const& cause : over) {
    mark_left_alone(cause);
    if (!cause.reported) continue;
    flood_.add(field_.step_begin(), cause.score_max);
    Finding f = describe(cause);
    f.what = Finding::What::kClear;
    auto const fell_silent = [&](std::uint32_t m) { return lost(m) && !outlasted(m); };
    bool const silent = cause.left_unheard || (!cause.left.empty() && std::ranges::all_of(cause.left, fell_silent));
    // Nobody is told that it is over while one still measures it.
    // What a witness measures is told where it belongs.
    auto const shows = [&](std::uint32_t m) { return is_own(m) && !is_back(m) && !unheard(m); };
    auto const says_as_usual = [&](std::uint32_t m) { return stations_[m].as_usual.more > 0; };
    bool const shown = std::ranges::any_of(cause.left, shows);
    bool const usual_now = std::ranges::any_of(cause.left, outlasted);
    bool const usual = std::ranges::any_of(cause.end.outlasted, says_as_usual);
    auto const name_all = [&](std::vector<std::uint32_t> const& places, auto const& which) {
      for (auto const m : places)
        if (which(m) && f.streams.size() < kMembersNamed) f.streams.push_back(field_.indices()[m]);
    };
    name_all(cause.left, shows);
    name_all(cause.end.outlasted, says_as_usual);
    f.over = cause.joined ? Finding::Over::kJoined
             : shown      ? Finding::Over::kUnconfirmed
             : usual_now  ? Finding::Over::kUsual
             : silent     ? Finding::Over::kSilent
             : usual      ? Finding::Over::kUsual
                          : Finding::Over::kBack;
    out.push_back(std::move(f));
  }
  for (auto& cause : causes_.open()) report_cause(cause, out);
}

/// What went silent while it was up says nothing of now.
bool Detector::is_confirmed_now(std::uint32_t place) const {
  if (rule_.method == Method::kPersistence) return stations_[place].heard_beside || !is_stuck(stations_[place]);
  if (rule_.method != Method::kNeighbours) return true;
  return std::ranges::any_of(neighbours_.of(place), [&](std::uint32_t other) {
    Station const& neighbour = stations_[other];
    return neighbour.cusum > 0 && !is_unheard(neighbour) && confirms(stations_[place], neighbour);
  });
}

/// When the second of those that confirm each other rose: what one had shown alone before may be its device.
Instant Detector::confirmed_since(std::uint32_t place) const {
  std::vector<Instant> onsets{stations_[place].onset};
  if (rule_.method != Method::kNeighbours) return onsets.front();
  for (auto const other : neighbours_.of(place)) {
    Station const& s = stations_[other];
    if (s.event > 0 && s.cusum > 0 && is_up(s)) onsets.push_back(s.onset);
  }
  std::ranges::sort(onsets);
  return onsets[onsets.size() > 1 ? 1 : 0];
}

bool Detector::rose_alone(Cause const& cause, std::uint32_t place) const {
  Station const& s = stations_[place];
  return rule_.method == Method::kNeighbours && s.event > 0 && s.onset + kSameStory < cause.since;
}

Expectation Detector::expectation(std::uint32_t place) const {
  double const city = field_.has_median() ? on_scale(rule_, field_.median()) : reference_;
  Station const& s = stations_[place];
  return expect(s.base, profiles_[place], plan_, city, reference_, s.base.hour >= kHoursOfWeek ? 0.0 : s.base.hour + 0.5);
}

}  // namespace madang::sensing::warning
