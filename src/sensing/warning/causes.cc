#include "sensing/warning/causes.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "core/geo.h"
#include "sensing/warning/limits.h"

namespace madang::sensing::warning {
namespace {

constexpr Millis kReturnsWithin = std::chrono::minutes{20};  // later it is another event
constexpr double kReturnsNear = 1500;                        // metres
constexpr std::size_t kEndedMax = 200;
constexpr std::size_t kManyMore = 2;                         // measured to be back for each that fell silent: it is over
constexpr Millis kLoneFor = std::chrono::minutes{20};  // so long one alone holds what others have left: then it is a matter of its own

LatLon centre_of(std::vector<std::uint32_t> const& members, std::vector<Stream> const& streams) {
  LatLon sum;
  for (auto const m : members) {
    sum.latitude += streams[m].place.latitude;
    sum.longitude += streams[m].place.longitude;
  }
  auto const n = static_cast<double>(members.size());
  return {sum.latitude / n, sum.longitude / n};
}

void add_once(std::vector<std::uint32_t>& places, std::uint32_t place) {
  if (std::ranges::find(places, place) == places.end()) places.push_back(place);
}

/// What became of it where others fell silent say those near them who were up as long as they were heard, and usual since: who was back
/// before knows only that it had moved on. Many more of these than of the silent ones make it sure.
bool is_measured_over(Cause const& cause, std::vector<std::uint32_t> const& silent, Millis step, Causes::View const& view,
                      Neighbours const& neighbours) {
  auto const are_near = [&neighbours](std::uint32_t a, std::uint32_t b) {
    return std::ranges::find(neighbours.of(a), b) != neighbours.of(a).end() || std::ranges::find(neighbours.of(b), a) != neighbours.of(b).end();
  };
  auto const knows = [&](CauseKnowledge::Back const& back) {
    return std::ranges::any_of(silent, [&](std::uint32_t s) { return view.newest_value_at(s) <= back.up_until + step && are_near(s, back.place); });
  };
  return std::cmp_greater_equal(std::ranges::count_if(cause.end.measured_back, knows), kManyMore * silent.size());
}

}  // namespace

std::vector<Cause> Causes::step(Instant now, Millis step, std::vector<std::uint32_t> const& starters, View const& view,
                                Neighbours const& neighbours, std::vector<Stream> const& streams) {
  resize(streams.size());
  merged_.clear();
  // Growing comes before leaving: a cause may move on from stations that it leaves in this very step.
  for (std::size_t c = 0; c < open_.size(); ++c) grow(c, open_[c].members, view, neighbours);
  for (auto const place : starters) {
    if (has(place) || open_.size() >= kCausesMax) continue;
    cause_of_[place] = static_cast<std::int32_t>(open_.size());
    open_.push_back(begin(place, now, view, streams));
    grow(open_.size() - 1, {place}, view, neighbours);
  }
  drop_members_back(now, step, view, neighbours);
  std::vector<Cause> over = std::move(merged_);
  std::vector<Cause> lasting;
  for (auto& cause : open_) {
    if (cause.key.empty()) continue;
    if (cause.members.empty()) {
      ended_.push_back({cause.key, cause.since, now + step, cause.centre});
      over.push_back(std::move(cause));
    } else {
      cause.centre = centre_of(cause.members, streams);
      lasting.push_back(std::move(cause));
    }
  }
  open_ = std::move(lasting);
  renumber();
  std::erase_if(ended_, [&](Ended const& e) { return now - e.at > kReturnsWithin; });
  if (ended_.size() > kEndedMax) ended_.erase(ended_.begin(), ended_.end() - kEndedMax);
  return over;
}

void Causes::drop_members_back(Instant now, Millis step, View const& view, Neighbours const& neighbours) {
  for (auto& cause : open_) {
    cause.left.clear();
    std::erase_if(cause.members, [&](std::uint32_t m) {
      bool const back = view.is_back(m);
      if (!back) return false;
      cause.left.push_back(m);
      if (view.is_outlasted(m)) add_once(cause.end.outlasted, m);
      if (!view.is_lost(m)) cause.end.measured_back.push_back({m, view.up_until(m)});
      else add_once(cause.end.unmeasured, m);
      return true;
    });
    if (lasts(cause, now, view)) continue;
    std::vector<std::uint32_t> silent;
    std::ranges::copy_if(cause.members, std::back_inserter(silent), view.is_unheard);
    std::ranges::copy_if(cause.end.unmeasured, std::back_inserter(silent), view.is_silent);
    cause.left_unheard = !is_measured_over(cause, silent, step, view, neighbours);
    cause.left.insert(cause.left.end(), cause.members.begin(), cause.members.end());
    cause.members.clear();
  }
}

/// Silence says nothing. But where at least as many were measured to be back, a station that went dead in it while its neighbours
/// speak, as in the fire that took its power, is no reason to go on warning, and neither is one whose own small spell merely met it.
bool Causes::lasts(Cause& cause, Instant now, View const& view) {
  auto const holding = std::ranges::count_if(cause.members, view.sustains);
  auto const is_heard = [&view](std::uint32_t m) { return view.sustains(m) && !view.is_unheard(m); };
  auto const heard = std::ranges::count_if(cause.members, is_heard);
  if (holding == 0) return false;
  bool const many_back = std::cmp_greater_equal(cause.end.measured_back.size(), holding);
  if (heard == 0) return !many_back;
  bool const lone = heard == 1 && many_back &&
                    !view.is_confirmed(*std::ranges::find_if(cause.members, is_heard));
  auto& lone_since = cause.end.lone_since;
  if (!lone) lone_since.reset();
  else if (!lone_since) lone_since = now;
  cause.left_to_one = lone && now - *lone_since >= kLoneFor;
  return !cause.left_to_one;
}

Cause Causes::begin(std::uint32_t place, Instant now, View const& view, std::vector<Stream> const& streams) {
  Cause cause;
  cause.members = {place};
  cause.centre = streams[place].place;
  cause.rose = view.onset(place);
  for (auto e = ended_.rbegin(); e != ended_.rend(); ++e) {
    if (now - e->at > kReturnsWithin || distance_metres(e->centre, cause.centre) > kReturnsNear) continue;
    cause.key = e->key;
    cause.since = e->since;
    ended_.erase(std::next(e).base());
    return cause;
  }
  cause.key = view.name(place);
  cause.since = cause.rose;
  return cause;
}

void Causes::grow(std::size_t cause, std::vector<std::uint32_t> frontier, View const& view,
                  Neighbours const& neighbours) {
  auto const number = static_cast<std::int32_t>(cause);
  // What one alone holds, which perhaps is broken, is no reason to make little of the next spell beside it.
  auto const& joins = open_[cause].end.lone_since ? view.starts : view.joins;
  while (!frontier.empty()) {
    auto const place = frontier.back();
    frontier.pop_back();
    for (auto const other : neighbours.of(place)) {
      if (cause_of_[other] == number || !joins(other) || open_[cause].members.size() >= kMembersMax) continue;
      if (cause_of_[other] != kNoCause) {
        auto const met = static_cast<std::size_t>(cause_of_[other]);
        merge_into(cause, met);
        continue;
      }
      cause_of_[other] = number;
      open_[cause].members.push_back(other);
      open_[cause].end.measured_back.clear();
      frontier.push_back(other);
    }
  }
}

/// The key that was told first stays with the place in open_ that grows; the other one is over.
void Causes::merge_into(std::size_t into, std::size_t from) {
  Cause& kept = open_[into];
  Cause& gone = open_[from];
  auto const rank = [](Cause const& c) { return std::tuple(!c.adopted, !c.reported, c.since, std::string_view{c.key}); };
  if (rank(gone) < rank(kept)) std::swap(kept, gone);
  for (auto const member : gone.members) kept.members.push_back(member);
  kept.score_max = std::max(kept.score_max, gone.score_max);
  kept.adopted = kept.adopted || gone.adopted;
  kept.end.measured_back.clear();
  kept.end.unmeasured.insert(kept.end.unmeasured.end(), gone.end.unmeasured.begin(), gone.end.unmeasured.end());
  for (auto const place : gone.end.outlasted) add_once(kept.end.outlasted, place);
  for (auto const member : kept.members) cause_of_[member] = static_cast<std::int32_t>(into);
  gone.members.clear();
  gone.joined = true;
  merged_.push_back(gone);
  gone.key.clear();  // what is left of it here is nothing
}

void Causes::renumber() {
  std::ranges::fill(cause_of_, kNoCause);
  for (std::size_t c = 0; c < open_.size(); ++c) {
    for (auto const member : open_[c].members) cause_of_[member] = static_cast<std::int32_t>(c);
  }
}

void Causes::adopt(Cause cause) {
  open_.push_back(std::move(cause));
  for (auto const member : open_.back().members) {
    if (member >= cause_of_.size()) resize(member + 1);
  }
  renumber();
}

Cause* Causes::with_most_of(std::span<std::uint32_t const> places) {
  std::map<std::size_t, std::size_t> counts;
  for (auto const place : places)
    if (has(place)) ++counts[static_cast<std::size_t>(cause_of_[place])];
  if (counts.empty()) return nullptr;
  return &open_[std::ranges::max_element(counts, {}, [](auto const& each) { return each.second; })->first];
}

void Causes::remember_end(std::string key, Instant since, Instant at, LatLon centre) {
  ended_.push_back({std::move(key), since, at, centre});
}

void Causes::drop(Cause const& cause) {
  auto const key = cause.key;
  std::erase_if(open_, [&key](Cause const& each) { return each.key == key; });
  renumber();
}

}  // namespace madang::sensing::warning
