// Where each stream stands in an engine: with those of its channel, step length and pace, and as a witness beside neighbours
// that wait longer or speak more seldom.
#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "sensing/model/neighbours.h"
#include "sensing/warning/engine.h"
#include "sensing/warning/engine_part.h"
#include "sensing/warning/limits.h"

namespace madang::sensing::warning {
namespace {

constexpr Millis kStepLeast{1'000};
constexpr std::int64_t kStepsOfWaitMax = kStepsOpenMax - kStepsAheadMax - 2;

/// Who delivers hours late and speaks every few seconds is judged in coarser steps, since a field takes only so many at once.
Millis step_of(Stream const& stream) {
  auto const step = std::max(stream.interval, kStepLeast);
  auto const steps = (stream.lateness + step - Millis{1}) / step;
  return step * std::max<std::int64_t>(1, (steps + kStepsOfWaitMax - 1) / kStepsOfWaitMax);
}

}  // namespace

Result<std::uint32_t> Engine::add(Stream const& stream) {
  if (places_.size() >= kStreamsMax) {
    return fail(Code::kLimit, fmt::format("the early warning watches at most {} Datastreams", kStreamsMax));
  }
  auto const index = static_cast<std::uint32_t>(places_.size());
  places_.push_back(place_in_part(index, stream));
  return index;
}

Engine::Place Engine::place_in_part(std::uint32_t index, Stream const& stream) {
  Part& part = part_of(base_channel(stream.channel), step_of(stream), stream.lateness);
  auto const number = std::ranges::find(parts_, &part, &std::unique_ptr<Part>::get) - parts_.begin();
  placed_ = false;
  return {static_cast<std::uint32_t>(number), part.field.add(index, stream)};
}

bool Engine::stays(std::uint32_t stream, Stream const& now) const {
  Part const& part = *parts_[places_[stream].part];
  return part.field.channel() == base_channel(now.channel) && part.field.step() == step_of(now) && part.lateness == now.lateness;
}

bool Engine::would_end_what_is_open(std::uint32_t stream, Stream const& now) const {
  Stream const& before = this->stream(stream);
  if (stays(stream, now) || before.unit != now.unit || before.channel != now.channel) return false;
  bool any = false;
  at_each_place(stream, [&](Place here, bool) {
    any = any || std::ranges::any_of(parts_[here.part]->detectors, [&](auto const& d) { return d->is_part(here.place); });
  });
  return any;
}

bool Engine::change(std::uint32_t stream, Stream const& now) {
  Stream const before = this->stream(stream);
  if (!stays(stream, now)) {
    remove(stream);
    places_[stream] = place_in_part(stream, now);
    return true;
  }
  bool const values_anew = before.unit != now.unit || before.channel != now.channel;
  placed_ = false;
  at_each_place(stream, [&](Place here, bool) {
    parts_[here.part]->field.replace(here.place, now, values_anew);
    for (auto const& detector : parts_[here.part]->detectors) {
      detector->relocate(here.place);
      if (values_anew) detector->forget(here.place);
    }
  });
  return values_anew;
}

void Engine::remove(std::uint32_t stream) {
  at_each_place(stream, [&](Place place, bool) {
    parts_[place.part]->field.leave(place.place);
    for (auto const& detector : parts_[place.part]->detectors) detector->forget(place.place);
  });
  beside_.erase(stream);
}

/// Those near its own streams, and where there are few of either some more, so that there is a median of the city.
void Engine::place_witnesses(std::uint32_t number) {
  Part& part = *parts_[number];
  double radius = 0;
  for (auto const& detector : part.detectors) radius = std::max(radius, detector->rule().radius);
  std::vector<std::uint32_t> quicker;
  std::vector<Site> sites;
  for (std::uint32_t s = 0; s < places_.size(); ++s) {
    Part const& of = *parts_[places_[s].part];
    bool const own = &of == &part;
    bool const is_quicker = !own && of.field.channel() == part.field.channel() && of.field.step() <= part.field.step() && of.field.wait() <= part.field.wait();
    if (!own && !is_quicker) continue;
    if (is_quicker) quicker.push_back(s);
    if (stream(s).placed) sites.push_back({.number = s, .group = 0, .thing = stream(s).thing, .place = stream(s).place});
  }
  if (quicker.empty()) return;
  std::set<std::uint32_t> chosen;
  auto const is_own = [&](std::uint32_t s) { return places_[s].part == number; };
  find_neighbours(sites, {.metres = radius, .most = kNeighboursMax}, [&](std::size_t site, std::span<std::uint32_t const> near) {
    if (!is_own(sites[site].number)) return;
    for (auto const s : near)
      if (!is_own(s) && chosen.size() < kWitnessesMax) chosen.insert(s);
  });
  auto const every = std::max<std::size_t>(1, quicker.size() / kWitnessesLeast);
  for (std::size_t i = 0; i < quicker.size() && part.field.watched() + chosen.size() < kWitnessesLeast; i += every) chosen.insert(quicker[i]);
  for (auto const s : chosen) {
    auto& beside = beside_[s];
    if (std::ranges::find(beside, number, &Place::part) != beside.end()) continue;
    beside.push_back({number, part.field.add(s, stream(s), true)});
  }
}

void Engine::place_witnesses() {
  placed_ = true;
  for (std::uint32_t p = 0; p < parts_.size(); ++p)
    if (!parts_[p]->detectors.empty()) place_witnesses(p);
}

/// Where this stream is judged as in `part` of another engine: at the same step and pace, else where it is at home.
Engine::Place Engine::nearest_place(std::uint32_t stream, Part const& part) const {
  if (auto const beside = beside_.find(stream); beside != beside_.end())
    for (Place const place : beside->second)
      if (parts_[place.part]->field.step() == part.field.step() && parts_[place.part]->lateness == part.lateness) return place;
  return places_[stream];
}

}  // namespace madang::sensing::warning
