// The words of a cause: all numbers come from its facts, all names from the registry.
#include <algorithm>
#include <chrono>
#include <cmath>

#include "sensing/quantity_names.h"
#include "sensing/warning/signals.h"

namespace madang::sensing::warning {
namespace {

using situations::Quantity;
using situations::Signal;
using Arguments = runtime::Messages::Arguments;

constexpr std::size_t kAlsoMax = 4;  ///< quantities told beside the leading one

/// SignalKeys are written out, so that a search finds them.
struct SignalKeys {
  std::string_view headline, description, instruction, reason;
};

SignalKeys keys_of(Signal const& s, Method method, bool harms_hearing, bool dense) {
  if (s.kind == situations::kDeviceSuspect)
    return {"warning.device_suspect.headline", "warning.device_suspect.description", "warning.device_suspect.instruction",
            "warning.device_suspect.reason"};
  if (s.kind == situations::kUnconfirmed)
    return {"warning.unconfirmed.headline",
            harms_hearing ? "warning.unconfirmed.description_sound" : "warning.unconfirmed.description", "warning.unconfirmed.instruction",
            "warning.unconfirmed.reason"};
  if (s.kind == situations::kNoiseEvent)
    return {"warning.noise_event.headline", "warning.noise_event.description", "warning.noise_event.instruction",
            "warning.noise_event.reason"};
  if (s.kind == situations::kCrowdSurge)
    return {"warning.crowd_surge.headline", "warning.crowd_surge.description", "warning.crowd_surge.instruction",
            dense ? "warning.crowd_surge.reason_dense" : "warning.crowd_surge.reason"};
  if (s.kind == situations::kHotSpot)
    return {"warning.hot_spot.headline", "warning.hot_spot.description", "warning.hot_spot.instruction", "warning.plume.reason"};
  if (s.kind == situations::kHaze)
    return {"warning.haze.headline", "warning.haze.description", "warning.haze.instruction", "warning.level.reason"};
  if (s.kind == situations::kHeat)
    return {"warning.heat.headline", "warning.heat.description", "warning.heat.instruction", "warning.level.reason"};
  if (method == Method::kLevel)
    return {"warning.level.headline", "warning.level.description", "warning.level.instruction", "warning.level.reason"};
  return {"warning.plume.headline", "warning.plume.description", "warning.plume.instruction", "warning.plume.reason"};
}

std::string area_name(AreaId id, Wording const& w, std::string_view language) {
  auto const area = id ? w.city.area(id) : nullptr;
  if (area == nullptr) return w.messages.text(language, "warning.whole_city");
  std::string name = area->name.in(language);
  auto const parent = area->parent ? w.city.area(area->parent) : nullptr;
  if (parent == nullptr) return name;
  return w.messages.text(language, "warning.area_in", {{"area", std::move(name)}, {"parent", parent->name.in(language)}});
}

/// Of the station where the peak was measured.
std::string station_name(Signal const& s, Quantity const& q, Wording const& w, std::string_view language) {
  for (auto const& stream : s.evidence.streams) {
    bool const at_peak = stream.role == "cause" && std::ranges::any_of(stream.values, [&q](auto const& v) {
                           return v.time == q.peak_at && v.value == q.peak;
                         });
    auto const thing = at_peak ? w.city.thing(stream.thing) : nullptr;
    if (thing != nullptr) return thing->name.in(language);
  }
  for (auto const& stream : s.evidence.streams) {
    auto const thing = stream.role == "cause" ? w.city.thing(stream.thing) : nullptr;
    if (thing != nullptr) return thing->name.in(language);
  }
  return {};
}

/// Differences of rounded numbers have no more digits than these.
double difference(double a, double b, std::string const& channel) {
  auto const* const info = quantity(channel);
  double const scale = std::pow(10.0, info != nullptr ? info->decimals : 1);
  return std::round((a - b) * scale) / scale;
}

/// Sentences say minutes: two values at one of them would contradict each other.
bool is_one_minute(Instant a, Instant b) {
  return std::chrono::floor<std::chrono::minutes>(a) == std::chrono::floor<std::chrono::minutes>(b);
}

Arguments arguments_of(Signal const& s, Quantity const& q, Wording const& w, std::string_view language) {
  double const density = q.ground > 0 ? std::round(10 * q.peak / q.ground) / 10 : 0.0;
  return {{"quantity", quantity_name(w.messages, language, std::string_view{q.channel})},
          {"unit", q.unit},
          {"area", area_name(s.area, w, language)},
          {"station", station_name(s, q, w, language)},
          {"value", q.value},
          {"peak", q.peak},
          {"expected", q.expected},
          {"level", q.expected},
          {"excess", difference(q.peak, q.expected, q.channel)},
          {"city", std::isnan(q.city) ? 0.0 : q.city},
          {"has_city", std::string(std::isnan(q.city) ? "no" : "yes")},
          {"stations", q.stations},
          {"all", s.facts.stations},
          {"more", std::string(s.facts.stations > q.stations ? "yes" : "no")},
          {"since", s.since},  // of the whole, as page, API and messages have it
          // Ready made, since a time inside a choice of a text is told in the zone of the machine.
          {"clock", w.messages.text(language, "warning.clock", {{"time", q.at}})},
          {"peak_at", q.peak_at},
          {"same", std::string(is_one_minute(q.at, q.peak_at) ? "yes" : "no")},
          {"ground", q.ground},
          {"density", density}};
}

Rule const* rule_of(Signal const& s, RuleSet const& rules) {
  auto const found = std::ranges::find(rules.rules, s.rule, &Rule::id);
  return found == rules.rules.end() ? nullptr : &*found;
}

}  // namespace

void put_words(Signal& s, RuleSet const& rules, Wording const& w) {
  for (auto& q : s.facts.quantities) q.name = quantity_names(w.messages, q.channel);
  auto const told = situations::by_channel(s.facts);
  if (told.empty()) return;
  auto const& first = told.front();
  auto const* const rule = rule_of(s, rules);
  bool const harms_hearing = first.channel == kNoise && first.peak >= kHarmfulSound;
  auto const keys = keys_of(s, rule != nullptr ? rule->method : Method::kNeighbours, harms_hearing, first.ground > 0);
  for (auto const& language : w.messages.languages()) {
    auto const arguments = arguments_of(s, first, w, language);
    auto const say = [&](std::string_view key) { return w.messages.text(language, key, arguments); };
    auto description = say(keys.description);
    for (std::size_t i = 1; i < std::min(told.size(), kAlsoMax + 1); ++i)
      description += " " + w.messages.text(language, "warning.also", arguments_of(s, told[i], w, language));
    std::string const key{language};
    s.headline.by_language[key] = say(keys.headline);
    s.description.by_language[key] = std::move(description);
    s.instruction.by_language[key] = say(keys.instruction);
    s.evidence.reason.by_language[key] = say(keys.reason);
  }
  bool const own = rule != nullptr && rule->kind == s.kind;
  if (own && !rule->headline.by_language.empty()) s.headline = rule->headline;
  if (own && !rule->instruction.by_language.empty()) s.instruction = rule->instruction;
}

}  // namespace madang::sensing::warning
