#include "sensing/warning/sight.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "sensing/warning/limits.h"

namespace madang::sensing::warning {
namespace {

/// For so long it may be a start, or a parcel on its way.
constexpr Millis kBlindAfter = std::chrono::minutes{2};
/// So long no word of any station (at least kSilentSteps of its steps) is no pause.
constexpr Millis kNobodyFor = std::chrono::minutes{30};

}  // namespace

std::string_view name_of(Blind why) {
  switch (why) {
    case Blind::kLate: return "late";
    case Blind::kHistory: return "history";
    case Blind::kSilent: return "silent";
    case Blind::kUnit: return "unit";
  }
  return "";
}

void Sightedness::set_foreign(Instant now, OnlyForeign const& foreign) {
  std::erase_if(foreign_, [&](auto const& each) { return !foreign.contains(each.first); });
  for (auto const& [name, streams] : foreign) foreign_.try_emplace(name, Foreign{0, std::max(now, start_)}).first->second.streams = streams;
}

std::optional<Blindness> Sightedness::of_foreign_units(Instant now) const {
  Blindness b{.why = Blind::kUnit, .channels = {}, .streams = 0, .since = now};
  for (auto const& [name, foreign] : foreign_) {
    if (now - foreign.met < kBlindAfter) continue;  // somebody may just be entering them
    b.since = std::min(b.since, foreign.met);
    b.channels.push_back(name);
    b.streams += foreign.streams;
  }
  return b.channels.empty() ? std::nullopt : std::optional(std::move(b));
}

void Sightedness::restart_counts(Instant now, std::span<Engine::Sight const> sights) {
  for (auto& [name, c] : channels_) c.taken = c.late = 0;
  for (auto const& s : sights) {
    if (s.streams == 0) continue;
    auto& c = channel(now, s.channel);
    c.taken += s.taken;
    c.late += s.late;
  }
}

Sightedness::Channel& Sightedness::channel(Instant now, std::string const& name) {
  auto const [at, made] = channels_.try_emplace(name);
  if (made) at->second.met = at->second.known_at = std::max(now, start_);
  return at->second;
}

bool Sightedness::sees(std::string_view key, std::string const& channel) const {
  if (key.ends_with(name_of(Blind::kUnit))) return !foreign_.contains(channel);
  auto const known = channels_.find(channel);
  if (known == channels_.end()) return true;  // no station measures it any more
  auto const& c = known->second;
  if (key.ends_with(name_of(Blind::kSilent))) return std::max(c.taken_at, c.late_at) > Instant{};
  if (key.ends_with(name_of(Blind::kLate))) return c.taken_at > Instant{};
  return c.speaking > 0 && 2 * c.known >= c.speaking;
}

void Sightedness::count(Instant now, std::span<Engine::Sight const> sights) {
  std::map<std::string, Channel> sums;
  for (auto const& s : sights) {
    if (s.streams == 0) continue;
    auto& sum = sums[s.channel];
    sum.taken += s.taken;
    sum.late += s.late;
    sum.streams += s.streams;
    sum.speaking += s.speaking;
    sum.known += s.known;
    sum.step = std::max(sum.step, s.step);
  }
  std::erase_if(channels_, [&](auto const& each) { return !sums.contains(each.first); });
  for (auto const& [name, sum] : sums) {
    auto& c = channel(now, name);
    if (sum.taken > c.taken) c.taken_at = now;
    if (sum.late > c.late) c.late_at = now;
    if (2 * sum.known >= sum.speaking) c.known_at = now;
    c.taken = sum.taken;
    c.late = sum.late;
    c.streams = sum.streams;
    c.speaking = sum.speaking;
    c.known = sum.known;
    c.step = sum.step;
  }
}

bool Sightedness::holds(Blind why, Channel const& c, Instant now, Instant& since) {
  auto const heard = std::max(c.taken_at, c.late_at);
  switch (why) {
    case Blind::kLate:
      since = std::max(c.taken_at, c.met);
      return c.late_at > since && now - since >= std::max(kBlindAfter, 2 * c.step);
    case Blind::kHistory:
      since = c.known_at;
      return c.taken_at > Instant{} && c.speaking > 0 && 2 * c.known < c.speaking && now - since >= kBlindAfter;
    case Blind::kSilent:
      since = std::max(heard, c.met);
      return now - since >= std::max(kNobodyFor, kSilentSteps * c.step);
    case Blind::kUnit: return false;  // has no stream here
  }
  return false;
}

std::vector<Blindness> Sightedness::look(Instant now, std::span<Engine::Sight const> sights) {
  count(now, sights);
  std::vector<Blindness> found;
  std::set<std::string_view> said;  // of one quantity one reason
  for (auto const why : {Blind::kSilent, Blind::kLate, Blind::kHistory}) {
    Blindness b;
    b.why = why;
    for (auto const& [name, c] : channels_) {
      Instant since;
      if (!holds(why, c, now, since) || !said.insert(name).second) continue;
      b.since = b.channels.empty() ? since : std::min(b.since, since);
      b.channels.push_back(name);
      b.streams += c.streams;
    }
    if (!b.channels.empty()) found.push_back(std::move(b));
  }
  if (auto foreign = of_foreign_units(now)) found.push_back(*std::move(foreign));
  return found;
}

}  // namespace madang::sensing::warning
