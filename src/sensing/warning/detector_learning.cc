// What a detector knows before it judges: taught from hours that passed, taken over from the detector before it, and forgotten.
#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "sensing/model/city_median.h"
#include "sensing/warning/detector.h"
#include "sensing/warning/rule_scale.h"

namespace madang::sensing::warning {

/// About where this quantity lies, also in a town of a few stations: what is expected fades towards it in a long event.
void Detector::find_reference() {
  if (field_.has_median()) return set_reference(on_scale(rule_, field_.median()));
  std::vector<float> present;
  for (float const v : field_.values())
    if (!std::isnan(v)) present.push_back(v);
  if (!present.empty()) set_reference(on_scale(rule_, median_of(present)));
}

void Detector::set_reference(double city) {
  if (has_reference_) return;
  reference_ = city;
  has_reference_ = true;
}

void Detector::teach(double hour, std::vector<float> const& means) {
  grow_to_field();
  std::vector<float> present;
  for (float const m : means) {
    if (!std::isnan(m)) present.push_back(m);
  }
  if (present.empty()) return;
  bool const enough = present.size() >= kMedianMembersMin;
  double const middle = on_scale(rule_, median_of(present));
  set_reference(middle);
  double const city = enough ? middle : reference_;
  for (std::size_t i = 0; i < means.size(); ++i) {
    if (std::isnan(means[i]) || stations_[i].judged > 0) continue;
    learn_hour(stations_[i].base, profiles_[i], plan_, on_scale(rule_, means[i]), city, reference_, hour);
    if (stations_[i].known < kKnownLeast) ++stations_[i].known;
  }
}

/// Of each cause those members that are here now, in the state in which they are.
void Detector::inherit_causes(Detector const& before, std::span<Move const> stations) {
  std::unordered_map<std::uint32_t, std::uint32_t> here;
  for (auto const& move : stations)
    if (stations_[move.here].judged > 0) here.emplace(move.there, move.here);
  for (auto const& cause : before.causes_.open()) {
    Cause moved = cause;
    auto const is_gone = [&here](std::uint32_t m) { return !here.contains(m); };
    for (auto* const places : {&moved.members, &moved.end.unmeasured, &moved.end.outlasted}) {
      std::erase_if(*places, is_gone);
      for (auto& m : *places) m = here.at(m);
    }
    std::erase_if(moved.end.measured_back, [&](auto const& back) { return is_gone(back.place); });
    for (auto& back : moved.end.measured_back) back.place = here.at(back.place);
    inherited_.insert_or_assign(cause.key, std::move(moved));
  }
}

bool Detector::inherit(Detector const& before, std::span<Move const> stations) {
  grow_to_field();
  if (!before.field_.started()) return false;
  auto const in_steps_here = [&](std::uint32_t steps) -> std::uint32_t {
    auto const there = before.field_.step(), here = field_.step();
    if (steps == 0 || there == here) return steps;
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(steps * there.count() / here.count(), 1, INT32_MAX));
  };
  bool all = true;
  for (auto const& move : stations) {
    if (move.there >= before.stations_.size() || before.stations_[move.there].known < kKnownLeast) {
      all = false;
      continue;
    }
    Station& s = stations_[move.here];
    s = before.stations_[move.there];
    s.judged = millis_of(before.field_.step_begin()) / field_.step().count();
    for (auto* const count : {&s.run, &s.up_for, &s.high_for, &s.grew_for, &s.unit_for, &s.back, &s.event, &s.silent, &s.missed, &s.as_usual.back}) *count = in_steps_here(*count);
    s.suspect = s.alone = s.elsewhere = false;
    s.present = false;
    profiles_[move.here] = before.profiles_[move.there];
  }
  if (before.has_reference_) set_reference(before.reference_);
  inherit_causes(before, stations);
  if (flood_.empty()) flood_ = before.flood_;
  set_threshold();
  return all;
}

void Detector::teach(std::uint32_t place, double hour, std::optional<double> city, double mean) {
  grow_to_field();
  set_reference(on_scale(rule_, city.value_or(mean)));
  double const middle = city ? on_scale(rule_, *city) : reference_;
  learn_hour(stations_[place].base, profiles_[place], plan_, on_scale(rule_, mean), middle, reference_, hour);
  if (stations_[place].known < kKnownLeast) ++stations_[place].known;
}

void Detector::relocate(std::uint32_t place) {
  neighbours_stale_ = true;
  if (place >= stations_.size()) return;
  if (rule_.density_min > 0) stations_[place].square_metres = static_cast<float>(field_.streams()[place].square_metres);
}

void Detector::forget(std::uint32_t place) {
  neighbours_stale_ = true;
  if (place >= stations_.size()) return;
  Station& s = stations_[place];
  Station fresh;
  fresh.base = fresh_baseline(plan_);
  fresh.square_metres = s.square_metres;
  // What was told of it as suspect or alone is ended by the next step, as for one that fell silent.
  fresh.suspect = s.suspect;
  fresh.alone = s.alone;
  fresh.silent = steps_of_silence_;
  fresh.back = static_cast<std::uint32_t>(rule_.back_steps);
  s = fresh;
  profiles_[place] = {};
}

void Detector::mark_open_unreported() {
  causes_.mark_open_unreported();
  for (auto& s : stations_) s.suspect = s.alone = false;
  suspects_.clear();
  alone_.clear();
}

}  // namespace madang::sensing::warning
