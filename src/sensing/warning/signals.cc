#include "sensing/warning/signals.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sensing/quantities.h"

namespace madang::sensing::warning {
namespace {

constexpr std::array<std::string_view, 2> kLanguages{"en", "ko"};

using Arguments = runtime::Messages::Arguments;

/// Everything a text may speak of, in one language.
struct Facts {
  std::string quantity, unit, area, station;
  double value = 0, expected = 0, excess = 0, city = 0, level = 0;
  double ground = 0, density = 0;  ///< of a crowd whose ground is known: m2, people/m2
  std::int64_t stations = 0;
  Instant since;

  [[nodiscard]] Arguments arguments() const {
    return {{"quantity", quantity}, {"unit", unit},         {"area", area},   {"station", station}, {"value", value},
            {"expected", expected}, {"excess", excess},     {"city", city},   {"level", level},     {"stations", stations},
            {"since", since},       {"ground", ground},     {"density", density}};
  }
};

double rounded(double value, int decimals) {
  double const scale = std::pow(10.0, decimals);
  return std::round(value * scale) / scale;
}

QuantityInfo const* info_of(Rule const& rule) { return quantity(rule.channel); }

std::string area_name(Finding const& f, Wording const& w, std::string_view language) {
  AreaId const id = f.area ? f.area : f.place ? w.city.area_at(*f.place) : AreaId{};
  auto const area = id ? w.city.area(id) : nullptr;
  if (area == nullptr) return w.messages.text(language, "warning.whole_city");
  std::string name = area->name.in(language);
  auto const parent = area->parent ? w.city.area(area->parent) : nullptr;
  if (parent == nullptr) return name;
  // "Sangam-dong, Mapo-gu" but "마포구 상암동".
  return language == "ko" ? parent->name.in(language) + " " + name : name + ", " + parent->name.in(language);
}

Facts facts_of(Finding const& f, Engine const& engine, Wording const& w, std::string_view language) {
  Rule const& rule = engine.rules().rules[f.rule];
  auto const* info = info_of(rule);
  int const decimals = info != nullptr ? info->decimals : 1;
  Facts facts;
  facts.quantity = info == nullptr ? rule.channel : std::string(language == "ko" ? info->name_ko : info->name_en);
  facts.unit = info == nullptr ? "" : std::string(info->unit_symbol);
  facts.area = area_name(f, w, language);
  facts.excess = rounded(f.excess, decimals);
  facts.city = rounded(f.city_median, decimals);
  facts.level = rounded(f.threshold, decimals);
  facts.since = f.since;
  facts.stations = std::ranges::count(f.members, true, &Member::cause);
  if (f.members.empty()) {
    facts.value = rounded(f.excess, decimals);
    return facts;
  }
  Member const& first = f.members.front();
  facts.value = rounded(first.value, decimals);
  facts.expected = rounded(first.expected, decimals);
  facts.excess = rounded(first.value - first.expected, decimals);
  Stream const& stream = engine.stream(first.stream);
  if (stream.square_metres > 0) {
    facts.ground = rounded(stream.square_metres, 0);
    facts.density = rounded(first.value / stream.square_metres, 1);
  }
  auto const thing = w.city.thing(stream.thing);
  if (thing != nullptr) facts.station = thing->name.in(language);
  return facts;
}

/// Keys are written out, so that a search finds them.
struct Keys {
  std::string_view headline, description, instruction, reason;
};
Keys keys_of(Finding const& f, Engine const& engine) {
  Rule const& rule = engine.rules().rules[f.rule];
  if (f.what == Finding::What::kUnconfirmed) {
    return {"warning.unconfirmed.headline", "warning.unconfirmed.description", "warning.unconfirmed.instruction",
            "warning.unconfirmed.reason"};
  }
  if (f.what == Finding::What::kSuspect) {
    return {"warning.device_suspect.headline", "warning.device_suspect.description", "warning.device_suspect.instruction",
            "warning.device_suspect.reason"};
  }
  if (rule.kind == "noise_event") {
    return {"warning.noise_event.headline", "warning.noise_event.description", "warning.noise_event.instruction",
            "warning.noise_event.reason"};
  }
  if (rule.kind == "crowd_surge") {
    bool const dense = !f.members.empty() && engine.stream(f.members.front().stream).square_metres > 0;
    return {"warning.crowd_surge.headline", "warning.crowd_surge.description", "warning.crowd_surge.instruction",
            dense ? "warning.crowd_surge.reason_dense" : "warning.crowd_surge.reason"};
  }
  if (rule.kind == "hot_spot") {
    return {"warning.hot_spot.headline", "warning.hot_spot.description", "warning.hot_spot.instruction",
            "warning.plume.reason"};
  }
  if (rule.kind == "haze") {
    return {"warning.haze.headline", "warning.haze.description", "warning.haze.instruction", "warning.level.reason"};
  }
  if (rule.kind == "heat") {
    return {"warning.heat.headline", "warning.heat.description", "warning.heat.instruction", "warning.level.reason"};
  }
  if (rule.method == Method::kLevel) {
    return {"warning.level.headline", "warning.level.description", "warning.level.instruction", "warning.level.reason"};
  }
  return {"warning.plume.headline", "warning.plume.description", "warning.plume.instruction", "warning.plume.reason"};
}

situations::EvidenceStream stream_evidence(Member const& m, Engine const& engine, Rule const& rule) {
  Stream const& stream = engine.stream(m.stream);
  auto const* info = info_of(rule);
  situations::EvidenceStream e;
  e.datastream = stream.datastream;
  e.thing = stream.thing;
  e.channel = stream.channel;
  e.unit = info == nullptr ? "" : std::string(info->unit_symbol);
  e.role = m.cause ? "cause" : "neighbour";
  if (stream.placed) e.place = stream.place;
  e.expected = m.expected;
  e.values = engine.recent(m.stream);
  return e;
}

situations::EvidenceStream city_evidence(Finding const& f, Engine const& engine, Rule const& rule) {
  auto const* info = info_of(rule);
  situations::EvidenceStream e;
  e.channel = rule.channel;
  e.unit = info == nullptr ? "" : std::string(info->unit_symbol);
  e.role = "city";
  e.expected = f.city_median;
  if (!f.members.empty()) e.values = engine.recent_medians(f.members.front().stream);
  if (e.values.empty()) e.values.push_back({f.at, f.members.empty() ? f.excess : f.city_median, QualityFlag::kUnknown});
  return e;
}

}  // namespace

situations::Signal signal_of(Finding const& f, Engine const& engine, Wording const& w) {
  Rule const& rule = engine.rules().rules[f.rule];
  bool const unconfirmed = f.what == Finding::What::kUnconfirmed;
  bool const suspect = f.what == Finding::What::kSuspect || unconfirmed;
  situations::Signal s;
  s.source = kSource;
  s.key = f.key;
  s.kind = unconfirmed ? "unconfirmed" : suspect ? "device_suspect" : rule.kind;
  s.rule = rule.id;
  s.rule_version = engine.rules().version;
  s.severity = suspect ? Severity::kNotice : f.severity;
  s.place = f.place;
  s.radius = f.radius;
  s.area = f.area ? f.area : f.place ? w.city.area_at(*f.place) : AreaId{};
  s.since = f.since;
  s.is_public = rule.is_public && !suspect;
  s.simulated = f.simulated;
  Keys const keys = keys_of(f, engine);
  for (auto const language : kLanguages) {
    auto const arguments = facts_of(f, engine, w, language).arguments();
    s.headline.by_language.emplace(language, w.messages.text(language, keys.headline, arguments));
    s.description.by_language.emplace(language, w.messages.text(language, keys.description, arguments));
    s.instruction.by_language.emplace(language, w.messages.text(language, keys.instruction, arguments));
    s.evidence.reason.by_language.emplace(language, w.messages.text(language, keys.reason, arguments));
  }
  if (!rule.headline.by_language.empty() && !suspect) s.headline = rule.headline;
  if (!rule.instruction.by_language.empty() && !suspect) s.instruction = rule.instruction;
  s.evidence.score = f.score;
  s.evidence.threshold = f.threshold;
  for (auto const& m : f.members) s.evidence.streams.push_back(stream_evidence(m, engine, rule));
  s.evidence.streams.push_back(city_evidence(f, engine, rule));
  return s;
}

}  // namespace madang::sensing::warning
