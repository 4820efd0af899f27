#include "sensing/warning/shared_cause.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "sensing/warning/lateness.h"
#include "sensing/warning/limits.h"
#include "sensing/warning/one_source.h"
#include "situations/kinds.h"

namespace madang::sensing::warning {
namespace {

using situations::Signal;

/// The quantity that speaks for all goes on doing so while it has at least this share of the stations of the one that has most.
constexpr double kLeadShare = 0.5;

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
bool ties(auto const& parts, Signal const& part, bool (&are_one)(Signal const&, Signal const&) = are_one_cause) {
  return std::ranges::any_of(speakers(parts), [&](Signal const* p) { return are_one(*p, part); });
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

/// What one station shows alone is no measure of a quantity that others confirm. Of another one, as of the heat of a fire inside its smoke,
/// it is all that is known, and whoever looks for the fire must find where it is.
bool is_measured_by_others(std::vector<Signal const*> const& parts, Signal const& single) {
  auto const measures = [&single](Signal const* part) { return !is_single(*part) && part->rule == single.rule; };
  return is_suspect(single) || std::ranges::any_of(parts, measures);
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
std::int64_t stations_of_signal(Signal const& whole) {
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

/// Whether a lone one shows the same quantity inside the circle that is drawn around what is confirmed: it may stand between two
/// groups of stations, far from the middle of each.
bool is_inside(auto const& parts, Signal const& part) {
  auto order = speakers(parts);
  if (order.empty() || is_single(*order.front()) || order.front()->simulated != part.simulated || !part.place || part.facts.quantities.empty()) return false;
  auto const channel = [](Signal const& s) { return s.facts.quantities.empty() ? std::string_view{} : std::string_view{s.facts.quantities.front().channel}; };
  if (std::ranges::none_of(order, [&](Signal const* p) { return channel(*p) == channel(part); })) return false;
  auto const* const first = *std::ranges::min_element(order, [](Signal const* a, Signal const* b) { return speaks_before(*a, *b); });
  if (!first->place) return false;
  double radius = first->radius;
  for (auto const* p : order)
    if (p->place) radius = std::max(radius, distance_metres(*first->place, *p->place) + p->radius);
  return distance_metres(*first->place, *part.place) <= radius;
}

/// What two parts are compared by; the series shown are not.
void put_without_values(Signal& to, Signal const& part) {
  to = part;
  for (auto& stream : to.evidence.streams) stream.values.clear();
}

/// The stations that show it.
std::vector<DatastreamId> members_of(Signal const& part) {
  std::vector<DatastreamId> all;
  for (auto const& q : part.facts.quantities) all.insert(all.end(), q.members.begin(), q.members.end());
  if (!all.empty()) return all;
  for (auto const& stream : part.evidence.streams)
    if (stream.role == "cause") all.push_back(stream.datastream);
  return all;
}

/// Of parts of one kind, in the order in which they speak, the quantity that leads: the one that was told, or that most stations show.
std::string leading_channel(std::span<Signal const* const> of_one_kind, std::string_view told) {
  situations::Facts facts;
  for (auto const* part : of_one_kind)
    facts.quantities.insert(facts.quantities.end(), part->facts.quantities.begin(), part->facts.quantities.end());
  auto const all = situations::by_channel(facts);
  if (all.empty()) return {};
  auto const& most = *std::ranges::max_element(all, {}, &situations::Quantity::stations);
  auto const known = std::ranges::find(all, told, &situations::Quantity::channel);
  bool const stays = known != all.end() && static_cast<double>(known->stations) >= kLeadShare * static_cast<double>(most.stations);
  return stays ? known->channel : most.channel;
}

/// The worst says of what kind a cause is; of that kind its quantity goes first that most stations show, or that has been told.
void put_lead_first(std::vector<Signal const*>& order, std::string_view told) {
  auto const kind = std::string_view{order.front()->kind};
  auto const end = std::ranges::stable_partition(order, [kind](Signal const* part) { return part->kind == kind; }).begin();
  std::span const same(order.begin(), end);
  auto const channel = leading_channel(same, told);
  std::ranges::stable_partition(same, [&channel](Signal const* part) {
    return !part->facts.quantities.empty() && part->facts.quantities.front().channel == channel;
  });
}

/// How strong it is, beside its severity.
double size_of(Signal const& part) { return part.facts.quantities.empty() ? 0 : part.facts.quantities.front().value; }

}  // namespace

void SharedCauses::Worst::add(Signal const& part) {
  severity_max = std::max(severity_max, part.severity);
  auto const found = parts.find(part.key);
  if (found == parts.end() && parts.size() >= kPastPartsMax) return;
  if (found == parts.end()) {
    put_without_values(parts[part.key], part);
    return;
  }
  auto& known = found->second;
  // It was no exercise any more once one report of it was real, and reached as far as it ever did.
  bool const simulated = known.simulated && part.simulated;
  double const radius = std::max(known.radius, part.radius);
  if (std::pair(part.severity, size_of(part)) >= std::pair(known.severity, size_of(known))) put_without_values(known, part);
  known.simulated = simulated;
  known.radius = radius;
}

void SharedCauses::Told::add(Told const& more) {
  if (channel.empty() || (more.confirmed && !confirmed)) *this = more;
  else if (more.confirmed == confirmed) since = std::min(since, more.since);
}

void SharedCauses::Worst::add(Worst const& more) {
  told.add(more.told);
  for (auto const& [key, part] : more.parts) add(part);
  severity_max = std::max(severity_max, more.severity_max);
}

void SharedCauses::forget() {
  worst_before_ = std::exchange(worst_, {});
  for (auto& [key, dormant] : dormant_) worst_before_[key].add(dormant.worst);
  causes_.clear();
  dormant_.clear();
  report_order_.clear();
}

/// A Situation that stands already was told with the quantity that is its first.
SharedCauses::Told SharedCauses::told_of(Signal const& whole) {
  if (whole.facts.quantities.empty()) return {};
  return {whole.facts.quantities.front().channel, whole.since, !is_single(whole)};
}

SharedCauses::Worst SharedCauses::worst_before(std::string const& key, Parts const& parts, situations::Severity severity_max) const {
  Worst worst;
  if (auto const known = worst_before_.find(key); known != worst_before_.end()) worst = known->second;
  for (auto const& [part_key, part] : parts) worst.add(part);
  worst.severity_max = std::max(worst.severity_max, severity_max);
  return worst;
}

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

Signal SharedCauses::tell(std::string const& key, Parts const& parts) {
  auto& told = worst_[key].told;
  auto out = whole(key, parts, told.channel);
  bool const confirmed = !is_single(out);
  if (told.confirmed == confirmed) out.since = std::min(out.since, told.since);
  told = {out.facts.quantities.empty() ? std::string{} : out.facts.quantities.front().channel, out.since, confirmed};
  return out;
}

Signal SharedCauses::whole(std::string const& key, Parts const& parts, std::string_view told) {
  std::vector<Signal const*> order;
  for (auto const& [part_key, part] : parts) order.push_back(&part);
  std::ranges::sort(order, [](Signal const* a, Signal const* b) { return speaks_before(*a, *b); });
  put_lead_first(order, told);
  Signal out = *order.front();
  out.key = key;
  std::size_t speaking = 1;
  for (auto const* part : std::span(order).subspan(1)) {
    bool const beside = is_single(*part) && !is_single(out);
    add_evidence(out, *part, beside && is_measured_by_others(order, *part));
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
  out.facts.stations = stations_of_signal(out);
  return out;
}

void SharedCauses::adopt(Signal const& whole, situations::Severity severity_max) {
  if (causes_.size() >= kCausesMax) return;
  report_order_.try_emplace(whole.key, next_report_++);
  auto& parts = causes_[whole.key];
  for (auto& part : parts_in(whole)) parts.insert_or_assign(part.key, std::move(part));
  worst_[whole.key] = worst_before(whole.key, parts, severity_max);
  worst_[whole.key].told.add(told_of(whole));
}

void SharedCauses::adopt_dormant(Signal const& whole, Instant over, situations::Severity severity_max) {
  if (dormant_.size() >= kCausesMax) return;
  auto& dormant = dormant_[whole.key];
  dormant.over = over;
  for (auto& part : parts_in(whole)) dormant.parts.insert_or_assign(part.key, std::move(part));
  dormant.worst = worst_before(whole.key, dormant.parts, severity_max);
  dormant.worst.told.add(told_of(whole));
}

void SharedCauses::drop_dormant_unless(std::function<bool(std::string_view key)> const& is_open) {
  for (auto each = dormant_.begin(); each != dormant_.end();) {
    auto const dormant = each++;
    if (is_open(dormant->first)) continue;
    add_past(dormant->first, std::move(dormant->second.parts), std::move(dormant->second.worst), dormant->second.over);
    dormant_.erase(dormant);
  }
}

void SharedCauses::remember(Signal const& whole, Instant over, situations::Severity severity_max) {
  Parts parts;
  for (auto& part : parts_in(whole)) parts.insert_or_assign(part.key, std::move(part));
  auto worst = worst_before(whole.key, parts, severity_max);
  add_past(whole.key, std::move(parts), std::move(worst), over);
}

void SharedCauses::add_past(std::string key, Parts parts, Worst worst, Instant over) {
  if (over == Instant{}) return;
  std::erase_if(past_, [&](Past const& p) { return p.key == key || over - p.over > kLatenessMax; });
  if (past_.size() >= kCausesMax) past_.erase(past_.begin());
  past_.push_back({std::move(key), std::move(parts), std::move(worst), over});
}

bool SharedCauses::is_reported_already(Signal const& part, Instant measured) const {
  if (is_suspect(part) || this->part(part.key) != nullptr) return false;
  return std::ranges::any_of(past_, [&](Past const& past) {
    // What rose when it was over, or lasted longer, is another matter.
    if (measured > past.over || part.since > past.over || !has_confirmed(past.worst.parts)) return false;
    if (!ties(past.parts, part, could_be_one_source) && !ties(past.worst.parts, part, could_be_one_source)) return false;
    // An exercise is no word of what is real.
    bool const as_real = part.simulated || std::ranges::any_of(past.worst.parts, [](auto const& told) { return !told.second.simulated; });
    return as_real && past.worst.severity_max >= part.severity;
  });
}

/// Causes that the part ties together become one, under the key of the one that was told first; what is confirmed keeps its
/// own before what is not. `key`: of the part's own.
std::vector<std::string> SharedCauses::absorb(std::string& key, Signal const& part, bool unreported) {
  std::vector<std::string> absorbed;
  absorb_those(true, key, part, unreported, absorbed);
  absorb_those(false, key, part, unreported, absorbed);
  return absorbed;
}

void SharedCauses::absorb_those(bool confirmed, std::string& key, Signal const& part, bool& unreported, std::vector<std::string>& absorbed) {
  for (auto other = causes_.begin(); other != causes_.end();) {
    auto const own = causes_.find(key);
    bool const one = other != own && has_confirmed(other->second) == confirmed &&
                     own->second.size() + other->second.size() <= kPartsMax && ties(other->second, part);
    if (!one) {
      ++other;
      continue;
    }
    auto const age = [this](auto const& cause) { return std::pair{!has_confirmed(cause->second), report_order_.find(cause->first)->second}; };
    bool const older = unreported || age(other) < age(own);
    auto const from = older ? own : other;
    auto const into = older ? other : own;
    key = into->first;
    if (!std::exchange(unreported, false)) absorbed.push_back(from->first);
    into->second.merge(from->second);
    worst_[into->first].add(worst_[from->first]);
    worst_.erase(from->first);
    if (!older) ++other;
    report_order_.erase(from->first);
    causes_.erase(from);
    if (older) ++other;
  }
}

/// What one station shows alone belongs to the nearest cause that it may be part of, and to no other.
std::vector<std::string> SharedCauses::absorb_into_nearest(std::string& key, Signal const& part, bool unreported) {
  auto const own = causes_.find(key);
  if (own->second.size() > 1 || !part.place) return {};
  auto nearest = causes_.end();
  double least = kReachMax;
  for (auto other = causes_.begin(); other != causes_.end(); ++other) {
    if (other == own || other->second.size() >= kPartsMax) continue;
    if (!ties(other->second, part) && !is_inside(other->second, part)) continue;
    for (auto const* speaker : speakers(other->second)) {
      double const apart = speaker->place ? distance_metres(*speaker->place, *part.place) : kReachMax;
      if (apart >= least) continue;
      least = apart;
      nearest = other;
    }
  }
  if (nearest == causes_.end()) return {};
  std::vector<std::string> absorbed;
  if (!unreported) absorbed.push_back(own->first);
  key = nearest->first;
  nearest->second.merge(own->second);
  worst_[nearest->first].add(worst_[own->first]);
  worst_.erase(own->first);
  report_order_.erase(own->first);
  causes_.erase(own);
  return absorbed;
}

/// Its own, unless it rises where a cause has just been over.
std::string SharedCauses::key_for(Signal const& part) const {
  for (auto const& [key, dormant] : dormant_) {
    auto const& parts = dormant.parts;
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
  auto const dormant = dormant_.extract(key);
  bool const returns = !dormant.empty();
  if (returns) worst_[key].add(dormant.mapped().worst);
  auto const part_key = part.key;
  // A key may already name a cause that goes on with other parts.
  auto& parts = causes_[key];
  report_order_.try_emplace(key, next_report_++);
  worst_[key].add(part);
  parts.insert_or_assign(part_key, std::move(part));
  bool const unreported = is_new && parts.size() == 1 && !returns;
  auto const& own = *this->part(part_key);
  auto absorbed = is_lone(own) ? absorb_into_nearest(key, own, unreported) : absorb(key, own, unreported);
  return {tell(key, causes_.find(key)->second), std::move(absorbed)};
}

/// When the last part that was confirmed is over, so is the cause: what one station still shows alone is a matter of its own.
SharedCauses::Cleared SharedCauses::clear(std::string_view part_key, Instant over) {
  auto const cause = cause_with(part_key);
  if (cause == causes_.end()) return {std::string(part_key), std::nullopt, {}};
  return clear_in(cause, part_key, over);
}

SharedCauses::Cleared SharedCauses::clear(std::string_view key, std::string_view part_key) {
  auto const cause = causes_.find(key);
  if (cause == causes_.end() || !cause->second.contains(part_key)) return {std::string(key), std::nullopt, {}};
  return clear_in(cause, part_key, {});
}

SharedCauses::Cleared SharedCauses::clear_in(All::iterator cause, std::string_view part_key, Instant over) {
  std::string const key = cause->first;
  auto gone = cause->second.extract(cause->second.find(part_key));
  bool const was_single = is_single(gone.mapped());
  auto left = std::move(cause->second);
  if (!left.empty() && (was_single || has_confirmed(left))) {
    cause->second = std::move(left);
    return {key, tell(key, cause->second), {}};
  }
  causes_.erase(cause);
  report_order_.erase(key);
  set_dormant(key, std::move(gone), over);
  std::vector<Lone> lone_left;
  for (auto const& [left_key, lone] : left)
    if (is_lone(lone)) lone_left.push_back({lone.rule, members_of(lone)});
  if (!left.empty()) {
    auto const alone = left.contains(key) ? key + std::string{kRestEnding} : left.begin()->first;
    report_order_.insert_or_assign(alone, next_report_++);
    worst_[alone] = worst_before({}, left, {});
    causes_.insert_or_assign(alone, std::move(left));
  }
  return {key, std::nullopt, std::move(lone_left)};
}

/// It is over, and stood like this last.
void SharedCauses::set_dormant(std::string const& key, Parts::node_type part, Instant over) {
  auto worst = worst_.extract(key);
  if (dormant_.size() >= kCausesMax && !dormant_.contains(key)) return;
  auto& dormant = dormant_[key];
  if (!worst.empty()) dormant.worst.add(worst.mapped());
  dormant.worst.add(part.mapped());
  dormant.parts.insert(std::move(part));
  dormant.over = std::max(dormant.over, over);
}

}  // namespace madang::sensing::warning
