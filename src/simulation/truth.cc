#include "simulation/truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/json_writer.h"
#include "sensing/quantities.h"
#include "simulation/channels.h"
#include "simulation/faults.h"
#include "simulation/happenings.h"
#include "simulation/weather.h"

namespace madang::simulation {
namespace {

bool overlap(Interval const& a, Interval const& b) { return a.from < b.to && b.from < a.to; }

std::int64_t slot_of(Instant t, Millis length) { return millis_of(t) / length.count(); }

void add_haze(std::vector<Truth>& found, CityPlan const& plan, Interval when) {
  for (auto slot = slot_of(when.from, kHazeSlot) - 1; slot <= slot_of(when.to, kHazeSlot); ++slot) {
    HazeEpisode const haze = haze_of_slot(plan.seed, slot);
    if (haze.size <= 0 || !overlap(haze.when, when)) continue;
    found.push_back({.id = fmt::format("haze-{}", slot), .kind = "haze", .when = haze.when, .size = haze.size,
                     .unit = "ug/m3", .channel = "pm25", .serial = "", .place = on_earth({})});
  }
}

Truth truth_of_happening(CityPlan const& plan, Happening const& h) {
  auto const nearest =
      std::ranges::min_element(plan.nodes, {}, [&](Node const& node) { return distance(node.place, h.place); });
  return {.id = fmt::format("{}-{}", name_of(h.kind), h.number), .kind = std::string(name_of(h.kind)), .when = h.when,
          .size = h.size, .unit = std::string(unit_of(h.kind)),
          .channel = h.channel >= 0 ? std::string(sensing::city_node_quantities()[static_cast<std::size_t>(h.channel)].channel) : "",
          .serial = nearest->serial, .place = on_earth(h.place), .radius_km = h.radius, .staged = h.staged,
          .effect = effect_of(plan, h)};
}

void add_happenings(std::vector<Truth>& found, CityPlan const& plan, Interval when) {
  constexpr Millis kHour{3'600'000};
  for (auto hour = slot_of(when.from - kHappeningMax, kHour); hour <= slot_of(when.to, kHour); ++hour) {
    for (auto const& h : happenings_of_hour(plan, hour)) {
      if (overlap(h.when, when)) found.push_back(truth_of_happening(plan, h));
    }
  }
}

Truth truth_of_fault(CityPlan const& plan, Fault const& fault, std::int64_t slot) {
  Node const& node = plan.nodes[fault.node];
  Truth truth{.id = fmt::format("{}-{}-{}", name_of(fault.kind), node.serial, slot),
              .kind = fmt::format("fault_{}", name_of(fault.kind)), .when = fault.when, .size = fault.size, .unit = "",
              .channel = "", .serial = node.serial, .place = node.position, .about = fault.about, .share = fault.share};
  if (fault.channel >= 0) {
    auto const& info = sensing::city_node_quantities()[static_cast<std::size_t>(fault.channel)];
    truth.channel = info.channel;
    bool const in_unit = fault.kind == FaultKind::kSpikes || fault.kind == FaultKind::kDrift ||
                         fault.kind == FaultKind::kJump;
    truth.unit = in_unit ? std::string(info.unit_definition) : "";
  }
  if (fault.kind == FaultKind::kClock) truth.unit = "ms";
  if (fault.kind == FaultKind::kScale) truth.unit = "factor";
  return truth;
}

void add_faults(std::vector<Truth>& found, CityPlan const& plan, Interval when) {
  for (std::size_t node = 0; node < plan.nodes.size(); ++node) {
    for (auto slot = slot_of(when.from, kSilenceSlot) - 1; slot <= slot_of(when.to, kSilenceSlot); ++slot) {
      auto const fault = silence_of_slot(plan.seed, node, slot);
      if (fault && overlap(fault->when, when)) found.push_back(truth_of_fault(plan, *fault, slot));
    }
    for (auto slot = slot_of(when.from, kFaultSlot) - 1; slot <= slot_of(when.to, kFaultSlot); ++slot) {
      auto const fault = fault_of_slot(plan.seed, node, slot);
      if (fault && overlap(fault->when, when)) found.push_back(truth_of_fault(plan, *fault, slot));
    }
  }
}

}  // namespace

Effect effect_of(CityPlan const& plan, Happening const& happening) {
  constexpr Millis kLook{120'000};
  Effect effect;
  for (auto t = happening.when.from; t < happening.when.to; t += kLook) {
    auto const conditions = conditions_at(plan.seed, t);
    double first = 0;
    double second = 0;
    for (auto const& node : plan.nodes) {
      double const strength = strength_at(happening, node.place, t, conditions);
      if (strength > first) second = std::exchange(first, strength);
      else second = std::max(second, strength);
    }
    effect.peak = std::max(effect.peak, first);
    effect.peak_second = std::max(effect.peak_second, second);
    if (second >= kPairStrong) effect.pair_minutes += static_cast<double>(kLook.count()) / 60'000;
  }
  return effect;
}

std::vector<Truth> truth_of(CityPlan const& plan, Interval when, std::span<Happening const> staged) {
  std::vector<Truth> found;
  add_haze(found, plan, when);
  add_happenings(found, plan, when);
  for (auto const& h : staged) {
    if (overlap(h.when, when)) found.push_back(truth_of_happening(plan, h));
  }
  add_faults(found, plan, when);
  std::ranges::sort(found, {}, [](Truth const& t) { return std::pair(t.when.from, t.id); });
  return found;
}

std::string json_line(Truth const& truth) {
  JsonWriter json;
  json.begin_object().field("id", truth.id).field("kind", truth.kind);
  if (!truth.serial.empty()) json.field("node", truth.serial);
  if (!truth.channel.empty()) json.field("channel", truth.channel);
  json.key("place").begin_array().value(truth.place.longitude).value(truth.place.latitude).end_array();
  if (truth.radius_km > 0) json.field("radius_km", truth.radius_km);
  json.field("from", format_instant(truth.when.from)).field("to", format_instant(truth.when.to));
  if (truth.size != 0) json.field("size", truth.size);
  if (!truth.unit.empty()) json.field("unit", truth.unit);
  if (truth.about != 0) json.field("about", truth.about);
  if (truth.share < 1) json.field("share", truth.share);
  if (truth.effect.peak > 0) {
    json.field("peak", truth.effect.peak).field("peak_second", truth.effect.peak_second);
    json.field("pair_minutes", truth.effect.pair_minutes);
  }
  if (truth.staged) json.field("staged", true);
  json.field("simulated", true).end_object();
  return json.take() + "\n";
}

}  // namespace madang::simulation
