#include "runtime/refusal.h"
#include "situations/kinds.h"

#include <algorithm>
#include <array>

namespace madang::situations {
namespace {

constexpr std::array kKinds = {
    Kind{.name = kPlume, .key = "situation.kind_plume", .category = "Env"},
    Kind{.name = kHaze, .key = "situation.kind_haze", .category = "Env"},
    Kind{.name = "index", .key = "situation.kind_index", .category = "Env"},
    Kind{.name = kNoiseEvent, .key = "situation.kind_noise_event", .category = "Env"},
    Kind{.name = kNoiseLevel, .key = "situation.kind_noise_level", .category = "Env"},
    Kind{.name = kCrowdSurge, .key = "situation.kind_crowd_surge", .category = "Safety", .by_hand = true},
    Kind{.name = kHeat, .key = "situation.kind_heat", .category = "Met"},
    Kind{.name = kHotSpot, .key = "situation.kind_hot_spot", .category = "Fire"},
    Kind{.name = kUnconfirmed, .key = "situation.kind_unconfirmed", .category = "Safety", .internal = true},
    Kind{.name = kDeviceSuspect, .key = "situation.kind_device_suspect", .category = "Infra", .internal = true},
    Kind{.name = kWarningBlind, .key = "situation.kind_warning_blind", .category = "Infra", .internal = true},
    Kind{.name = "fire", .key = "situation.kind_fire", .category = "Fire", .by_hand = true},
    Kind{.name = "gas", .key = "situation.kind_gas", .category = "CBRNE", .by_hand = true},
    Kind{.name = "flood", .key = "situation.kind_flood", .category = "Met", .by_hand = true},
    Kind{.name = "road", .key = "situation.kind_road", .category = "Transport", .by_hand = true},
    Kind{.name = "outage", .key = "situation.kind_outage", .category = "Infra", .by_hand = true},
    Kind{.name = "other", .key = "situation.kind_other", .category = "Other", .by_hand = true},
};

}  // namespace

std::span<Kind const> kinds() { return kKinds; }

Kind const* known_kind(std::string_view name) {
  auto const found = std::ranges::find(kKinds, name, &Kind::name);
  return found == kKinds.end() ? nullptr : &*found;
}

Kind const& kind_of(std::string_view name) {
  auto const* const known = known_kind(name);
  return known != nullptr ? *known : kKinds.back();
}

Result<void> check_kind(std::string_view field, std::string_view name) {
  if (known_kind(name) != nullptr) return {};
  std::string all;
  for (auto const& kind : kKinds) all += (all.empty() ? "" : ", ") + std::string{kind.name};
  return runtime::refuse_field(Code::kInvalid, field, "refusal.situation.kind", {{"kind", name.substr(0, 40)}, {"known", all}});
}

}  // namespace madang::situations
