#include "sensing/warning/shared_cause.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "sensing/warning/limits.h"
#include "sensing/warning/one_source.h"
#include "situations/kinds.h"

namespace madang::sensing::warning {
namespace {

using situations::Signal;

constexpr std::string_view kRestEnding = ":rest";  // of the key under which a lone one goes on

/// Those that speak for a cause: what is confirmed, or all where nothing is.
template <typename Parts>
std::vector<Signal const*> speakers(Parts const& parts) {
  std::vector<Signal const*> all;
  std::vector<Signal const*> confirmed;
  for (auto const& [key, part] : parts) {
    all.push_back(&part);
    if (!is_single(part)) confirmed.push_back(&part);
  }
  return confirmed.empty() ? all : confirmed;
}

bool has_confirmed(auto const& parts) {
  return std::ranges::any_of(parts, [](auto const& each) { return !is_single(each.second); });
}

/// A lone one that stands inside a cause ties it to nothing else.
bool ties(auto const& parts, Signal const& part) {
  return std::ranges::any_of(speakers(parts), [&part](Signal const* p) { return are_one_cause(*p, part); });
}

/// A plume speaks for the heat of its fire, a crowd for its noise; then the worst for all; among equals the one that began first. Where nothing is
/// confirmed, that the device is at fault is what was found last.
bool speaks_before(Signal const& a, Signal const& b) {
  auto const rank = [](Signal const& s) {
    bool const effect = s.kind == situations::kHotSpot || s.kind == situations::kNoiseEvent;
    return std::tuple{is_lone(s) ? 2 : is_suspect(s) ? 1 : 0, effect, -static_cast<int>(s.severity), s.since, std::string_view{s.key}};
  };
  return rank(a) < rank(b);
}

/// `beside`: what is shown belongs to no measure of the cause.
void add_evidence(Signal& to, Signal const& more, bool beside) {
  for (auto stream : more.evidence.streams) {
    if (beside && stream.role == "cause") stream.role = "neighbour";
    bool const city = stream.role == "city";
    bool const there = std::ranges::any_of(to.evidence.streams, [&](auto const& s) {
      return s.channel == stream.channel && (city ? s.role == stream.role : s.datastream == stream.datastream);
    });
    if (!there && to.evidence.streams.size() < kEvidenceOfCause) to.evidence.streams.push_back(stream);
  }
}

/// Each station once: several quantities of one station are one, clusters of one quantity are different stations.
std::int64_t stations_of(Signal const& whole) {
  std::set<ThingId> shown;
  for (auto const& stream : whole.evidence.streams)
    if (stream.role == "cause" && stream.thing) shown.insert(stream.thing);
  auto most = static_cast<std::int64_t>(shown.size());
  for (auto const& q : situations::by_channel(whole.facts)) most = std::max(most, q.stations);
  return most;
}

/// The parts of a Situation that stood before a restart, as far as it says.
std::vector<Signal> parts_in(Signal const& whole) {
  std::vector<Signal> out;
  for (auto const& q : whole.facts.quantities) {
    Signal part = whole;
    part.key = q.part;
    if (!q.kind.empty()) part.kind = q.kind;
    part.is_public = whole.is_public && !is_single(part);
    part.rule = q.rule;
    part.severity = q.severity;
    part.since = q.since;
    part.facts = {.stations = q.stations, .quantities = {q}, .named_at = {}};
    std::erase_if(part.evidence.streams, [&q](auto const& s) {
      bool const other = s.role == "cause" && !q.members.empty() && std::ranges::find(q.members, s.datastream) == q.members.end();
      return s.channel != q.channel || other;
    });
    out.push_back(std::move(part));
  }
  if (out.empty()) out.push_back(whole);
  return out;
}

}  // namespace

SharedCauses::All::iterator SharedCauses::cause_with(std::string_view part_key) {
  return std::ranges::find_if(causes_, [&](auto const& cause) { return cause.second.contains(part_key); });
}

Signal const* SharedCauses::part(std::string_view key) const {
  for (auto const& [cause, parts] : causes_)
    if (auto const found = parts.find(key); found != parts.end()) return &found->second;
  return nullptr;
}

std::vector<std::string> SharedCauses::parts_of(std::string_view key) const {
  std::vector<std::string> out;
  auto const found = causes_.find(key);
  if (found == causes_.end()) return out;
  for (auto const& [part, signal] : found->second) out.push_back(part);
  return out;
}

Signal SharedCauses::whole(std::string const& key, Parts const& parts) {
  std::vector<Signal const*> order;
  for (auto const& [part_key, part] : parts) order.push_back(&part);
  std::ranges::sort(order, [](Signal const* a, Signal const* b) { return speaks_before(*a, *b); });
  Signal out = *order.front();
  out.key = key;
  std::size_t speaking = 1;
  for (auto const* part : std::span(order).subspan(1)) {
    bool const beside = is_single(*part) && !is_single(out);
    out.simulated = out.simulated || part->simulated;
    add_evidence(out, *part, beside);
    for (auto const& q : part->facts.quantities)
      out.facts.quantities.push_back(q);
    if (beside) continue;
    ++speaking;
    out.since = std::min(out.since, part->since);
    out.severity = std::max(out.severity, part->severity);
    out.is_public = out.is_public || part->is_public;
    if (out.place && part->place)
      out.radius = std::max(out.radius, distance_metres(*out.place, *part->place) + part->radius);
  }
  if (speaking > 1) out.radius = std::min(100 * std::ceil(out.radius / 100), kReachMax);
  out.facts.stations = stations_of(out);
  return out;
}

void SharedCauses::adopt(Signal const& whole) {
  if (causes_.size() >= kCausesMax) return;
  told_.try_emplace(whole.key, next_told_++);
  auto& parts = causes_[whole.key];
  for (auto& part : parts_in(whole)) parts.insert_or_assign(part.key, std::move(part));
}

void SharedCauses::adopt_resting(Signal const& whole) {
  if (resting_.size() >= kCausesMax) return;
  auto& parts = resting_[whole.key];
  for (auto& part : parts_in(whole)) parts.insert_or_assign(part.key, std::move(part));
}

void SharedCauses::rest_only(std::function<bool(std::string_view key)> const& is_open) {
  std::erase_if(resting_, [&](auto const& each) { return !is_open(each.first); });
}

/// Causes that the part ties together become one, under the key of the one that was told first; what is confirmed keeps its
/// own before what is not. `key`: of the part's own.
std::vector<std::string> SharedCauses::absorb(std::string& key, Signal const& part, bool untold) {
  std::vector<std::string> absorbed;
  absorb_those(true, key, part, untold, absorbed);
  absorb_those(false, key, part, untold, absorbed);
  return absorbed;
}

void SharedCauses::absorb_those(bool confirmed, std::string& key, Signal const& part, bool& untold, std::vector<std::string>& absorbed) {
  for (auto other = causes_.begin(); other != causes_.end();) {
    auto const own = causes_.find(key);
    bool const one = other != own && has_confirmed(other->second) == confirmed &&
                     own->second.size() + other->second.size() <= kPartsMax && ties(other->second, part);
    if (!one) {
      ++other;
      continue;
    }
    auto const age = [this](auto const& cause) { return std::pair{!has_confirmed(cause->second), told_.find(cause->first)->second}; };
    bool const older = untold || age(other) < age(own);
    auto const from = older ? own : other;
    auto const into = older ? other : own;
    key = into->first;
    if (!std::exchange(untold, false)) absorbed.push_back(from->first);
    into->second.merge(from->second);
    if (!older) ++other;
    told_.erase(from->first);
    causes_.erase(from);
    if (older) ++other;
  }
}

/// What one station shows alone belongs to the nearest cause that it may be part of, and to no other.
std::vector<std::string> SharedCauses::take_into_nearest(std::string& key, Signal const& part, bool untold) {
  auto const own = causes_.find(key);
  if (own->second.size() > 1 || !part.place) return {};
  auto nearest = causes_.end();
  double least = kReachMax;
  for (auto other = causes_.begin(); other != causes_.end(); ++other) {
    if (other == own || other->second.size() >= kPartsMax || !ties(other->second, part)) continue;
    for (auto const* speaker : speakers(other->second)) {
      double const apart = speaker->place ? distance_metres(*speaker->place, *part.place) : kReachMax;
      if (apart >= least) continue;
      least = apart;
      nearest = other;
    }
  }
  if (nearest == causes_.end()) return {};
  std::vector<std::string> absorbed;
  if (!untold) absorbed.push_back(own->first);
  key = nearest->first;
  nearest->second.merge(own->second);
  told_.erase(own->first);
  causes_.erase(own);
  return absorbed;
}

/// Its own, unless it rises where a cause has just been over.
std::string SharedCauses::key_for(Signal const& part) const {
  for (auto const& [key, parts] : resting_) {
    if ((is_single(part) && has_confirmed(parts)) || causes_.contains(key)) continue;
    if (ties(parts, part)) return key;
  }
  return part.key;
}

SharedCauses::Raised SharedCauses::raise(Signal part) {
  auto cause = cause_with(part.key);
  bool const is_new = cause == causes_.end();
  if (is_new && causes_.size() >= kCausesMax) return {std::move(part), {}};
  std::string key = is_new ? key_for(part) : cause->first;
  bool const returns = resting_.erase(key) > 0;
  auto const part_key = part.key;
  // A key may already name a cause that goes on with other parts.
  auto& parts = causes_[key];
  told_.try_emplace(key, next_told_++);
  parts.insert_or_assign(part_key, std::move(part));
  bool const untold = is_new && parts.size() == 1 && !returns;
  auto const& own = *this->part(part_key);
  auto absorbed = is_lone(own) ? take_into_nearest(key, own, untold) : absorb(key, own, untold);
  return {whole(key, causes_.find(key)->second), std::move(absorbed)};
}

/// When the last part that was confirmed is over, so is the cause: what one station still shows alone is a matter of its own.
SharedCauses::Cleared SharedCauses::clear(std::string_view part_key) {
  auto const cause = cause_with(part_key);
  if (cause == causes_.end()) return {std::string(part_key), std::nullopt};
  return clear_in(cause, part_key);
}

SharedCauses::Cleared SharedCauses::clear(std::string_view key, std::string_view part_key) {
  auto const cause = causes_.find(key);
  if (cause == causes_.end() || !cause->second.contains(part_key)) return {std::string(key), std::nullopt};
  return clear_in(cause, part_key);
}

SharedCauses::Cleared SharedCauses::clear_in(All::iterator cause, std::string_view part_key) {
  std::string const key = cause->first;
  auto gone = cause->second.extract(cause->second.find(part_key));
  bool const was_single = is_single(gone.mapped());
  auto left = std::move(cause->second);
  if (!left.empty() && (was_single || has_confirmed(left))) {
    cause->second = std::move(left);
    return {key, whole(key, cause->second)};
  }
  causes_.erase(cause);
  told_.erase(key);
  if (!left.empty()) {
    auto const rest = left.contains(key) ? key + std::string{kRestEnding} : left.begin()->first;
    told_.insert_or_assign(rest, next_told_++);
    causes_.insert_or_assign(rest, std::move(left));
  }
  if (resting_.size() < kCausesMax) resting_[key].insert(std::move(gone));
  return {key, std::nullopt};
}

}  // namespace madang::sensing::warning
