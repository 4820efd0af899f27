#include "mobility/network/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "mobility/network/limits.h"

namespace madang::mobility::network {
namespace {

using Sentences = std::vector<std::string>;

bool holds(std::vector<MovementIndex> const& list, MovementIndex movement) { return std::ranges::find(list, movement) != list.end(); }

bool is_driven(Lane const& lane) { return lane.motor || lane.buses; }

void check_lanes(Network const& network, Sentences& faults) {
  for (auto const& lane : network.lanes) {
    if (!(lane.length > 0)) faults.push_back(fmt::format("lane \"{}\" has no length", lane.id));
    if (!(lane.speed_max > 0)) faults.push_back(fmt::format("lane \"{}\" has no speed", lane.id));
  }
}

/// A road that no movement joins to another, and a lane that ends before a signal while those beside it go on.
void check_ends(Network const& network, Sentences& faults) {
  for (auto const& link : network.links) {
    if (link.kind != LinkClass::kRoad) continue;
    bool joined = false;
    bool driven = false;
    bool steered = false;
    for (auto const lane : link.lanes) {
      driven = driven || is_driven(network.lanes[lane]);
      joined = joined || !network.into[lane].empty() || !network.out_of[lane].empty();
      steered = steered || std::ranges::any_of(network.out_of[lane], [&](auto i) { return network.movements[i].signal != kNone; });
    }
    if (driven && !joined) faults.push_back(fmt::format("link \"{}\" leads nowhere and from nowhere", link.id));
    for (auto const lane : link.lanes)
      if (steered && is_driven(network.lanes[lane]) && network.out_of[lane].empty())
        faults.push_back(fmt::format("lane \"{}\" ends before a signal and leads nowhere", network.lanes[lane].id));
  }
}

void check_foes(Network const& network, Sentences& faults) {
  for (MovementIndex i = 0; i < network.movements.size(); ++i) {
    auto const& movement = network.movements[i];
    for (auto const foe : movement.foes)
      if (!holds(network.movements[foe].foes, i))
        faults.push_back(fmt::format("{} has the foe {}, which does not name it", way_of(network, i), way_of(network, foe)));
    for (auto const foe : movement.yields_to) {
      if (!holds(movement.foes, foe))
        faults.push_back(fmt::format("{} yields to {}, which is no foe of it", way_of(network, i), way_of(network, foe)));
    }
  }
}

/// What crosses a way that a signal steers must be steered too, or give way to it.
void check_unsteered(Network const& network, Sentences& faults) {
  for (MovementIndex i = 0; i < network.movements.size(); ++i) {
    auto const& movement = network.movements[i];
    if (movement.signal != kNone) continue;
    auto const crossed = std::ranges::find_if(movement.foes, [&](auto foe) {
      return network.movements[foe].signal != kNone && !holds(movement.yields_to, foe);
    });
    if (crossed == movement.foes.end()) continue;
    faults.push_back(fmt::format("{} has no signal and does not yield to {}, which signal \"{}\" lets go", way_of(network, i),
                                 way_of(network, *crossed), network.signals[network.movements[*crossed].signal].id));
  }
}

/// Junctions at which ways of several links are steered and none has a foe: their table is missing.
void check_tables(Network const& network, Sentences& faults) {
  struct Seen {
    SignalIndex signal = kNone;
    LinkIndex link = kNone;  ///< of the first steered way
    bool several = false;
    bool foes = false;
  };
  std::vector<Seen> seen(network.junctions.size());
  for (auto const& movement : network.movements) {
    if (movement.junction >= seen.size()) continue;
    auto& junction = seen[movement.junction];
    junction.foes = junction.foes || !movement.foes.empty();
    if (movement.signal == kNone) continue;
    auto const link = network.lanes[movement.from].link;
    junction.several = junction.several || (junction.signal != kNone && junction.link != link);
    junction.signal = movement.signal;
    junction.link = link;
  }
  for (std::size_t i = 0; i < seen.size(); ++i)
    if (seen[i].several && !seen[i].foes)
      faults.push_back(fmt::format("signal \"{}\": junction \"{}\" says of no movement which others it meets",
                                   network.signals[seen[i].signal].id, network.junctions[i].id));
}

void check_heads(Network const& network, SignalIndex index, std::vector<std::uint32_t>& heads_of, Sentences& faults) {
  auto const& signal = network.signals[index];
  bool const steers = std::ranges::any_of(signal.heads, [](auto const& head) { return !head.empty(); });
  if (!steers) faults.push_back(fmt::format("signal \"{}\" lets nothing go", signal.id));
  for (std::size_t head = 0; head < signal.heads.size(); ++head) {
    if (steers && signal.heads[head].empty()) faults.push_back(fmt::format("signal \"{}\": head {} lets nothing go", signal.id, head));
    auto together = signal.heads[head];
    std::ranges::sort(together);
    for (auto const movement : together) {
      if (++heads_of[movement] == 2)
        faults.push_back(fmt::format("signal \"{}\": {} is let go by two heads", signal.id, way_of(network, movement)));
      auto const& foes = network.movements[movement].foes;
      auto const foe = std::ranges::find_if(foes, [&](auto other) { return other > movement && std::ranges::binary_search(together, other); });
      if (foe != foes.end())
        faults.push_back(fmt::format("signal \"{}\": head {} lets two ways go that meet, {} and {}", signal.id, head,
                                     way_of(network, movement), way_of(network, *foe)));
    }
  }
}

}  // namespace

std::string way_of(Network const& network, MovementIndex movement) {
  auto const& way = network.movements[movement];
  return fmt::format("{} to {}", network.lanes[way.from].id, network.lanes[way.to].id);
}

std::vector<std::string> faults_of(Network const& network) {
  Sentences faults;
  check_lanes(network, faults);
  check_ends(network, faults);
  check_foes(network, faults);
  check_unsteered(network, faults);
  check_tables(network, faults);
  std::vector<std::uint32_t> heads_of(network.movements.size());
  for (SignalIndex i = 0; i < network.signals.size() && faults.size() < kFaultsMax; ++i) {
    check_heads(network, i, heads_of, faults);
    auto of_plans = faults_of_plans(network, network.signals[i]);
    std::ranges::move(of_plans, std::back_inserter(faults));
  }
  if (faults.size() > kFaultsMax) faults.resize(kFaultsMax);
  return faults;
}

}  // namespace madang::mobility::network
