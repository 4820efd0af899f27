// Where each stream stands in an engine: with those of its channel, step length and pace, and as a witness beside neighbours
// that wait longer or speak more seldom.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sensing/model/neighbours.h"
#include "sensing/warning/engine.h"
#include "sensing/warning/engine_part.h"
#include "sensing/warning/limits.h"

namespace madang::sensing::warning {
namespace {

constexpr Millis kStepLeast{1'000};
constexpr std::size_t kAllFrom = 4;  // one of so many streams began, moved or ended: all are gone through
constexpr std::int64_t kStepsOfWaitMax = kStepsOpenMax - kStepsAheadMax - 2;

/// Who delivers hours late and speaks every few seconds is judged in coarser steps, since a field takes only so many at once.
Millis step_of(Stream const& stream) {
  auto const step = std::max(stream.interval, kStepLeast);
  auto const steps = (stream.lateness + step - Millis{1}) / step;
  return step * std::max<std::int64_t>(1, (steps + kStepsOfWaitMax - 1) / kStepsOfWaitMax);
}

}  // namespace

Result<std::uint32_t> Engine::add(Stream const& stream) {
  if (places_.size() - removed_ >= options_.streams_max) {
    return fail(Code::kLimit, fmt::format("the early warning watches at most {} Datastreams", options_.streams_max));
  }
  auto const index = static_cast<std::uint32_t>(places_.size());
  places_.push_back(place_in_part(index, stream));
  mark_changed_around(index);
  return index;
}

Engine::Place Engine::place_in_part(std::uint32_t index, Stream const& stream) {
  Part& part = part_of(base_channel(stream.channel), stream, step_of(stream));
  auto const number = std::ranges::find(parts_, &part, &std::unique_ptr<Part>::get) - parts_.begin();
  auto const place = part.field.add(index, stream);
  for (auto const& detector : part.detectors) detector->relocate(place);
  return {static_cast<std::uint32_t>(number), place};
}

void Engine::mark_changed_around(std::uint32_t stream) {
  Stream const& s = this->stream(stream);
  changed_spots_.push_back({places_[stream].part, s.placed ? std::optional(s.place) : std::nullopt});
}

bool Engine::stays(std::uint32_t stream, Stream const& now) const {
  Part const& part = *parts_[places_[stream].part];
  return part.field.channel() == base_channel(now.channel) && part.field.step() == step_of(now) && part.lateness == now.lateness &&
         part.simulated == now.simulated;
}

bool Engine::would_end_what_is_open(std::uint32_t stream, Stream const& now) const {
  Stream const& before = this->stream(stream);
  // Where values are made up from now on, or measured, what those of before began is over.
  if (stays(stream, now) || before.unit != now.unit || before.channel != now.channel || before.simulated != now.simulated) return false;
  bool any = false;
  for_each_place(stream, [&](Place here, bool) {
    any = any || std::ranges::any_of(parts_[here.part]->detectors, [&](auto const& d) { return d->is_part(here.place); });
  });
  return any;
}

bool Engine::change(std::uint32_t stream, Stream const& now) {
  Stream const before = this->stream(stream);
  if (!stays(stream, now)) {
    remove_from_all_places(stream);
    places_[stream] = place_in_part(stream, now);
    mark_changed_around(stream);
    return true;
  }
  bool const values_anew = before.unit != now.unit || before.channel != now.channel;
  bool const moves = before.placed != now.placed || before.place != now.place;
  if (moves) mark_changed_around(stream);
  for_each_place(stream, [&](Place here, bool) {
    parts_[here.part]->field.replace(here.place, now, values_anew);
    for (auto const& detector : parts_[here.part]->detectors) {
      detector->relocate(here.place);
      if (values_anew) detector->forget(here.place);
    }
  });
  if (moves) mark_changed_around(stream);
  return values_anew;
}

void Engine::remove(std::uint32_t stream) {
  remove_from_all_places(stream);
  ++removed_;
}

void Engine::remove_from_all_places(std::uint32_t stream) {
  mark_changed_around(stream);
  for_each_place(stream, [&](Place place, bool) {
    parts_[place.part]->field.remove(place.place);
    for (auto const& detector : parts_[place.part]->detectors) detector->forget(place.place);
  });
  witness_places_.erase(stream);
}

bool Engine::add_witness(std::uint32_t part, std::uint32_t stream) {
  auto& beside = witness_places_[stream];
  if (std::ranges::find(beside, part, &Place::part) != beside.end()) return false;
  auto const place = parts_[part]->field.add(stream, this->stream(stream), true);
  for (auto const& detector : parts_[part]->detectors) detector->relocate(place);
  beside.push_back({part, place});
  return true;
}

/// Those near its own streams, the nearest of each before the next of any, and where there are few of either some more, so
/// that there is a median of the city.
void Engine::place_witnesses(std::uint32_t number, std::span<std::uint32_t const> quicker, std::span<LatLon const> about) {
  Part& part = *parts_[number];
  double radius = 1;
  for (auto const& detector : part.detectors) radius = std::max(radius, detector->rule().radius);
  std::vector<Site> sites;
  std::vector<std::uint32_t> others;
  auto const add_sites = [&](std::uint32_t p) {
    Field const& field = parts_[p]->field;
    for (std::uint32_t place = 0; place < field.size(); ++place) {
      if (field.is_empty(place) || field.is_witness(place)) continue;
      auto const stream = field.indices()[place];
      auto const& s = field.streams()[place];
      if (p != number) others.push_back(stream);
      if (s.placed) sites.push_back({.number = stream, .group = 0, .thing = s.thing, .place = s.place});
    }
  };
  add_sites(number);
  for (auto const p : quicker) add_sites(p);
  // Of a city that has just begun all is new.
  bool const all = kAllFrom * about.size() >= sites.size();
  auto const near = all ? Surroundings{sites, std::vector<bool>(sites.size(), true)} : surroundings_of(about, sites, radius);
  std::array<std::vector<std::uint32_t>, kNeighboursMax> wanted;  // the nearest ones, the second nearest ones, ...
  find_neighbours(near.sites, {.metres = radius, .most = kNeighboursMax}, [&](std::size_t site, std::span<std::uint32_t const> found) {
    if (!near.affected[site] || places_[near.sites[site].number].part != number) return;
    std::size_t rank = 0;
    for (auto const s : found)
      if (places_[s].part != number) wanted[rank++].push_back(s);
  });
  auto const most = std::min(kWitnessesMax, kWitnessSlotsMax / part.field.slots());
  for (std::size_t rank = 0; rank < wanted.size(); ++rank) {
    auto const room = rank < kWitnessesEach ? most : most / 4;
    for (auto const s : wanted[rank])
      if (part.field.witnesses() < room) add_witness(number, s);
  }
  auto const every = std::max<std::size_t>(1, others.size() / kWitnessesLeast);
  for (std::size_t i = 0; i < others.size() && part.field.watched() + part.field.witnesses() < kWitnessesLeast; i += every) add_witness(number, others[i]);
}

void Engine::place_witnesses() {
  auto const changed = std::exchange(changed_spots_, {});
  std::map<std::uint32_t, std::vector<LatLon>> spots;
  for (auto const& spot : changed) {
    auto& of = spots[spot.part];
    if (spot.place) of.push_back(*spot.place);
  }
  for (std::uint32_t p = 0; p < parts_.size(); ++p) {
    Field const& field = parts_[p]->field;
    if (parts_[p]->detectors.empty() || field.watched() == 0) continue;
    std::vector<std::uint32_t> quicker;
    for (std::uint32_t q = 0; q < parts_.size(); ++q) {
      Field const& of = parts_[q]->field;
      if (q != p && parts_[q]->simulated == parts_[p]->simulated && of.channel() == field.channel() && of.step() <= field.step() && of.wait() <= field.wait()) quicker.push_back(q);
    }
    if (quicker.empty()) continue;
    std::vector<LatLon> about;
    bool any = false;
    auto const take = [&](std::uint32_t part) {
      auto const found = spots.find(part);
      if (found == spots.end()) return;
      any = true;
      about.insert(about.end(), found->second.begin(), found->second.end());
    };
    take(p);
    std::ranges::for_each(quicker, take);
    if (any) place_witnesses(p, quicker, about);
  }
}

/// Where this stream is judged as in `part` of another engine: at the same step and pace, else where it is at home.
Engine::Place Engine::nearest_place(std::uint32_t stream, Part const& part) const {
  if (auto const beside = witness_places_.find(stream); beside != witness_places_.end())
    for (Place const place : beside->second)
      if (parts_[place.part]->field.step() == part.field.step() && parts_[place.part]->lateness == part.lateness) return place;
  return places_[stream];
}

}  // namespace madang::sensing::warning
