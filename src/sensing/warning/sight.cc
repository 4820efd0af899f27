#include "sensing/warning/sight.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "sensing/warning/limits.h"

namespace madang::sensing::warning {
namespace {

/// Of the streams of a quantity: so many of which all comes too late are a hole in what is seen.
constexpr double kShareLate = 0.1;
/// So long no word of any station (at least kSilentSteps of its steps) is no pause.
constexpr Millis kNobodyFor = std::chrono::minutes{30};

/// Those that say whether a quantity is seen: what simulated stations say hides no silence of real ones. Where all are simulated,
/// they are the city.
std::vector<Engine::Sight> deciding(std::span<Engine::Sight const> sights) {
  std::set<std::string_view> real;
  for (auto const& s : sights)
    if (s.streams > 0 && !s.simulated) real.insert(s.channel);
  std::vector<Engine::Sight> all;
  for (auto const& s : sights)
    if (s.streams > 0 && (!s.simulated || !real.contains(s.channel))) all.push_back(s);
  return all;
}

/// Quantities of which simulated stations are judged beside real ones, which decide.
std::set<std::string_view> simulated_beside(std::span<Engine::Sight const> sights) {
  std::set<std::string_view> real, judged;
  for (auto const& s : sights) {
    if (s.streams > 0 && !s.simulated) real.insert(s.channel);
    if (s.simulated && s.accepted > 0 && s.speaking > 0 && 2 * s.known >= s.speaking) judged.insert(s.channel);
  }
  std::erase_if(judged, [&real](std::string_view channel) { return !real.contains(channel); });
  return judged;
}

}  // namespace

std::string_view name_of(Blind why) {
  switch (why) {
    case Blind::kLate: return "late";
    case Blind::kHistory: return "history";
    case Blind::kSilent: return "silent";
    case Blind::kUnit: return "unit";
    case Blind::kRoom: return "room";
  }
  return "";
}

void Sightedness::set(ByQuantity& known, Instant now, std::map<std::string, std::size_t, std::less<>> const& found) const {
  std::erase_if(known, [&](auto const& each) { return !found.contains(each.first); });
  for (auto const& [name, streams] : found) known.try_emplace(name, Unheard{0, std::max(now, start_)}).first->second.streams = streams;
}

void Sightedness::set_foreign(Instant now, OnlyForeign const& foreign) { set(foreign_, now, foreign); }
void Sightedness::set_crowded_out(Instant now, CrowdedOut const& out) { set(crowded_out_, now, out); }

std::optional<Blindness> Sightedness::lasting(Blind why, ByQuantity const& unheard, Instant now) {
  Blindness b{.why = why, .channels = {}, .streams = 0, .since = now};
  for (auto const& [name, of_quantity] : unheard) {
    if (now - of_quantity.first_seen < kBlindAfter) continue;  // somebody may just be entering them
    b.since = std::min(b.since, of_quantity.first_seen);
    b.channels.push_back(name);
    b.streams += of_quantity.streams;
  }
  return b.channels.empty() ? std::nullopt : std::optional(std::move(b));
}

void Sightedness::restart_counts(Instant now, std::span<Engine::Sight const> sights) {
  for (auto& [name, c] : channels_) c.accepted = c.late = 0;
  for (auto const& s : deciding(sights)) {
    auto& c = channel(now, s.channel);
    c.accepted += s.accepted;
    c.late += s.late;
  }
}

Sightedness::Channel& Sightedness::channel(Instant now, std::string const& name) {
  auto const [at, made] = channels_.try_emplace(name);
  if (made) at->second.first_seen = at->second.known_at = std::max(now, start_);
  return at->second;
}

bool Sightedness::sees(std::string_view key, std::string const& channel) const {
  if (key.ends_with(name_of(Blind::kUnit))) return !foreign_.contains(channel);
  if (key.ends_with(name_of(Blind::kRoom))) return !crowded_out_.contains(channel);
  auto const known = channels_.find(channel);
  if (known == channels_.end()) return true;  // no station measures it any more
  auto const& c = known->second;
  if (key.ends_with(name_of(Blind::kSilent))) return std::max(c.accepted_at, c.late_at) > Instant{};
  if (key.ends_with(name_of(Blind::kLate))) return c.accepted_at > Instant{};
  return c.speaking > 0 && c.are_most_known();
}

void Sightedness::count(Instant now, std::span<Engine::Sight const> sights) {
  std::map<std::string, Channel> sums;
  for (auto const& s : deciding(sights)) {
    auto& sum = sums[s.channel];
    sum.accepted += s.accepted;
    sum.late += s.late;
    sum.streams += s.streams;
    sum.speaking += s.speaking;
    sum.known += s.known;
    sum.stopped += s.stopped;
    sum.only_late += s.only_late;
    sum.step = std::max(sum.step, s.step);
  }
  std::erase_if(channels_, [&](auto const& each) { return !sums.contains(each.first); });
  for (auto const& [name, sum] : sums) {
    auto& c = channel(now, name);
    if (sum.accepted > c.accepted) c.accepted_at = now;
    if (sum.late > c.late) c.late_at = now;
    if (sum.are_most_known()) c.known_at = now;
    bool const share_late = sum.only_late > 0 && static_cast<double>(sum.only_late) >= kShareLate * static_cast<double>(sum.streams);
    if (!share_late) c.share_late_at = {};
    else if (c.share_late_at == Instant{}) c.share_late_at = now;
    c.only_late = sum.only_late;
    c.accepted = sum.accepted;
    c.late = sum.late;
    c.streams = sum.streams;
    c.speaking = sum.speaking;
    c.known = sum.known;
    c.stopped = sum.stopped;
    c.step = sum.step;
  }
}

bool Sightedness::is_all_late(Channel const& c, Instant now) {
  auto const since = std::max(c.accepted_at, c.first_seen);
  return c.late_at > since && now - since >= std::max(kBlindAfter, 2 * c.step);
}

bool Sightedness::holds(Blind why, Channel const& c, Instant now, Instant& since) {
  auto const heard = std::max(c.accepted_at, c.late_at);
  switch (why) {
    case Blind::kLate:
      since = is_all_late(c, now) ? std::max(c.accepted_at, c.first_seen) : c.share_late_at;
      return since > Instant{};
    case Blind::kHistory:
      since = c.known_at;
      return c.accepted_at > Instant{} && c.speaking > 0 && !c.are_most_known() && now - since >= kBlindAfter;
    case Blind::kSilent:
      since = std::max(heard, c.first_seen);
      return now - since >= std::max(kNobodyFor, kSilentSteps * c.step);
    case Blind::kUnit:
    case Blind::kRoom: return false;  // have no stream here
  }
  return false;
}

std::vector<Blindness> Sightedness::find_blind(Instant now, std::span<Engine::Sight const> sights) {
  count(now, sights);
  std::vector<Blindness> found;
  auto const beside = simulated_beside(sights);
  std::set<std::string_view> said;  // of one quantity one reason
  for (auto const why : {Blind::kSilent, Blind::kLate, Blind::kHistory}) {
    Blindness b;
    b.why = why;
    for (auto const& [name, c] : channels_) {
      Instant since;
      if (!holds(why, c, now, since) || !said.insert(name).second) continue;
      b.since = b.channels.empty() ? since : std::min(b.since, since);
      b.channels.push_back(name);
      if (beside.contains(name)) b.simulated_seen.push_back(name);
      b.streams += why == Blind::kLate && !is_all_late(c, now) ? c.only_late : c.streams;
    }
    if (!b.channels.empty()) found.push_back(std::move(b));
  }
  if (auto foreign = lasting(Blind::kUnit, foreign_, now)) found.push_back(*std::move(foreign));
  if (auto out = lasting(Blind::kRoom, crowded_out_, now)) found.push_back(*std::move(out));
  return found;
}

}  // namespace madang::sensing::warning
