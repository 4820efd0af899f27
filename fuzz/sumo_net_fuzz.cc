// SUMO networks: no crash, and what is read is whole: every place in a list exists, foes name each other, letters and heads agree.
// The checks and the walks along lanes go over it too.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "mobility/network/checks.h"
#include "mobility/network/limits.h"
#include "mobility/network/sumo_net.h"
#include "mobility/network/upstream.h"

namespace {

using namespace madang::mobility::network;

void need(bool held) {
  if (!held) __builtin_trap();
}

void check_movements(Network const& network) {
  for (MovementIndex i = 0; i < network.movements.size(); ++i) {
    auto const& movement = network.movements[i];
    need(movement.from < network.lanes.size() && movement.to < network.lanes.size());
    need(movement.via == kNone || movement.via < network.lanes.size());
    need(movement.junction < network.junctions.size());
    for (auto const foe : movement.foes)
      need(std::ranges::binary_search(network.movements.at(foe).foes, i));
    for (auto const foe : movement.yields_to) need(std::ranges::binary_search(movement.foes, foe));
    if (movement.signal != kNone) need(!network.signals.at(movement.signal).heads.at(movement.head).empty());
  }
}

void check_lists(Network const& network) {
  need(network.into.size() == network.lanes.size() && network.out_of.size() == network.lanes.size());
  for (auto const& lane : network.lanes) need(lane.length > 0 && lane.speed_max > 0 && lane.shape.size() >= 2 && lane.link < network.links.size());
  for (auto const& link : network.links) need(!link.lanes.empty());
  for (auto const& signal : network.signals) {
    need(!signal.plans.empty());
    for (auto const& plan : signal.plans)
      for (auto const& step : plan.steps) need(step.state.size() == signal.heads.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto const network = read_sumo_net({reinterpret_cast<char const*>(data), size}, "fuzz");
  if (!network) return 0;
  check_movements(*network);
  check_lists(*network);
  need(faults_of(*network).size() <= kFaultsMax);
  if (!network->lanes.empty()) {
    need(stretches_before(*network, 0, 0, 100).size() <= kStretchLanesMax);
    need(stretches_after(*network, 0, 100).size() <= kStretchLanesMax);
  }
  return 0;
}
