#include "mobility/signals/from_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "mobility/network/upstream.h"
#include "mobility/signals/plan.h"

namespace madang::mobility::signals {
namespace {

using network::MovementIndex;
using network::Network;
using network::Turn;

bool goes(char letter) { return letter == 'g' || letter == 'G'; }
/// A step in which nothing changes: somebody goes and nobody's green ends.
bool is_phase(std::string const& state) {
  return std::ranges::any_of(state, goes) && std::ranges::none_of(state, [](char c) { return c == 'y' || c == 'Y' || c == 'u'; });
}

struct Reader {
  Network const& roads;
  network::Signal const& signal;
  SafetyTimes const& times;
  Plan plan;
  std::vector<std::string> states;  ///< of the phases

  [[nodiscard]] network::Link const& arm_of(std::uint32_t head) const {
    auto const& movement = roads.movements[signal.heads[head].front()];
    return roads.links[roads.lanes[movement.from].link];
  }
  /// Metres that somebody on foot crosses under this head; 0: nobody does.
  [[nodiscard]] double crossing_of(std::uint32_t head) const {
    double longest = 0;
    for (auto const m : signal.heads[head]) {
      auto const via = roads.movements[m].via;
      if (via != network::kNone && roads.links[roads.lanes[via].link].kind == network::LinkClass::kCrossing) longest = std::max(longest, roads.lanes[via].length);
    }
    return longest;
  }
  void read_phases();
  void read_groups();
  void read_conflicts();
  void read_aspects();
  void read_fixed();
  Group group_of(std::uint32_t head) const;
  [[nodiscard]] bool has_table(GroupIndex g) const {
    return std::ranges::all_of(plan.groups[g].heads, [&](auto head) {
      return std::ranges::all_of(signal.heads[head], [&](auto m) { return !roads.movements[m].foes.empty(); });
    });
  }
  /// To somebody whom this signal does not hold back.
  [[nodiscard]] bool yields_beyond(GroupIndex g) const;
  Conflict conflict_of(GroupIndex a, GroupIndex b, bool& a_gives_way) const;
};

void Reader::read_phases() {
  for (auto const& step : signal.plans.front().steps)
    if (is_phase(step.state) && std::ranges::find(states, step.state) == states.end()) states.push_back(step.state);
}

Group Reader::group_of(std::uint32_t head) const {
  Group group;
  group.id = fmt::format("{}:{}", arm_of(head).id, head);
  group.green_max = times.green_max;
  group.red_min = times.red_min;
  group.red_max = times.red_max;
  group.green_min = times.green_min;
  group.yellow = times.yellow;
  return group;
}

/// Heads of one arm that every phase treats alike.
void Reader::read_groups() {
  std::map<std::pair<std::string, std::string>, GroupIndex> known;
  for (std::uint32_t head = 0; head < signal.heads.size(); ++head) {
    if (signal.heads[head].empty()) continue;
    std::string column;
    for (auto const& state : states) column += goes(state[head]) ? state[head] : 'r';
    if (std::ranges::none_of(column, goes)) continue;  // never let go
    auto const [place, is_new] = known.try_emplace({arm_of(head).id, column}, static_cast<GroupIndex>(plan.groups.size()));
    if (is_new) plan.groups.push_back(group_of(head));
    auto& group = plan.groups[place->second];
    group.heads.push_back(head);
    if (auto const metres = crossing_of(head); metres > 0) {
      // Who walks is let finish, over the longest of what belongs together.
      group.users = Users::kPedestrians;
      group.green_min = std::max(group.green_min, times.walk_min);
      group.yellow = std::max(group.yellow, Millis{static_cast<std::int64_t>(1000 * metres / times.walking_speed)});
    }
  }
}

Conflict Reader::conflict_of(GroupIndex a, GroupIndex b, bool& a_gives_way) const {
  std::size_t a_yields = 0, b_yields = 0;
  bool meet = false;
  for (auto const head : plan.groups[a].heads)
    for (auto const m : signal.heads[head])
      for (auto const foe : roads.movements[m].foes) {
        auto const& other = roads.movements[foe];
        if (roads.movements[m].signal != other.signal || std::ranges::find(plan.groups[b].heads, other.head) == plan.groups[b].heads.end()) continue;
        meet = true;
        a_yields += std::ranges::count(roads.movements[m].yields_to, foe) > 0 ? 1 : 0;
        b_yields += std::ranges::count(other.yields_to, m) > 0 ? 1 : 0;
      }
  bool together = false;
  std::size_t a_small = 0, b_small = 0;
  for (auto const& state : states) {
    char const of_a = state[plan.groups[a].heads.front()], of_b = state[plan.groups[b].heads.front()];
    if (!goes(of_a) || !goes(of_b)) continue;
    together = true;
    a_small += of_a == 'g' && of_b == 'G' ? 1 : 0;
    b_small += of_b == 'g' && of_a == 'G' ? 1 : 0;
  }
  if (!meet) {
    // A table that says of a movement nothing at all does not say that it meets nobody.
    bool const known = has_table(a) && has_table(b);
    return known || together || arm_of(plan.groups[a].heads.front()).id == arm_of(plan.groups[b].heads.front()).id ? Conflict::kNone : Conflict::kNever;
  }
  if (!together) return Conflict::kNever;
  a_gives_way = a_small != b_small ? a_small > b_small : a_yields > b_yields;
  return Conflict::kYield;
}

void Reader::read_conflicts() {
  auto const n = plan.groups.size();
  plan.conflicts.assign(n * n, Conflict::kNone);
  plan.gives_way.assign(n * n, false);
  plan.intergreen.assign(n * n, 0);
  for (GroupIndex a = 0; a < n; ++a)
    for (GroupIndex b = a + 1; b < n; ++b) {
      bool a_gives_way = false;
      auto const conflict = conflict_of(a, b, a_gives_way);
      if (conflict == Conflict::kNone) continue;
      plan.conflicts[plan.at(a, b)] = plan.conflicts[plan.at(b, a)] = conflict;
      plan.gives_way[plan.at(a, b)] = conflict == Conflict::kYield && a_gives_way;
      plan.gives_way[plan.at(b, a)] = conflict == Conflict::kYield && !a_gives_way;
      plan.intergreen[plan.at(a, b)] = static_cast<std::int32_t>((plan.groups[a].yellow + times.all_red).count());
      plan.intergreen[plan.at(b, a)] = static_cast<std::int32_t>((plan.groups[b].yellow + times.all_red).count());
    }
}

bool Reader::yields_beyond(GroupIndex g) const {
  auto const own = roads.movements[signal.heads[plan.groups[g].heads.front()].front()].signal;
  for (auto const head : plan.groups[g].heads)
    for (auto const m : signal.heads[head])
      for (auto const foe : roads.movements[m].yields_to)
        if (roads.movements[foe].signal != own) return true;
  return false;
}

/// Who gives way to nobody that is let go needs not yield, but for those whom no signal, or another, holds back.
void Reader::read_aspects() {
  for (auto const& state : states) {
    Phase phase{.name = state, .aspects = std::vector<Aspect>(plan.groups.size(), Aspect::kRed)};
    for (GroupIndex g = 0; g < plan.groups.size(); ++g)
      if (goes(state[plan.groups[g].heads.front()])) phase.aspects[g] = Aspect::kGreen;
    auto const all = phase.aspects;
    for (GroupIndex g = 0; g < plan.groups.size(); ++g)
      if (all[g] == Aspect::kGreen && state[plan.groups[g].heads.front()] == 'g' && yields_beyond(g)) phase.aspects[g] = Aspect::kYield;
    for (GroupIndex a = 0; a < all.size(); ++a)
      for (GroupIndex b = 0; b < all.size(); ++b)
        if (all[a] == Aspect::kGreen && all[b] == Aspect::kGreen && plan.gives_way[plan.at(a, b)]) phase.aspects[a] = Aspect::kYield;
    plan.phases.push_back(std::move(phase));
  }
}

void Reader::read_fixed() {
  for (auto const& step : signal.plans.front().steps) {
    auto const found = std::ranges::find(states, step.state);
    if (found != states.end()) plan.fixed.push_back({static_cast<PhaseIndex>(found - states.begin()), Millis{step.millis}});
    else if (!plan.fixed.empty()) plan.fixed.back().length += Millis{step.millis};
  }
}

float share_of(Turn turn) {
  switch (turn) {
    case Turn::kStraight: return 1.0F;
    case Turn::kSlightLeft:
    case Turn::kSlightRight: return 0.6F;
    case Turn::kRight: return 0.3F;
    case Turn::kLeft: return 0.3F;
    case Turn::kBack: return 0.01F;
    case Turn::kUnknown: break;
  }
  return 0.5F;
}

/// Detectors and ways of one signal, lane by lane.
struct Surveyor {
  Network const& roads;
  network::SignalIndex signal;
  Plan const& plan;
  Sensing const& sensing;
  Site site;
  std::vector<GroupIndex> group_of_head;
  std::map<network::LaneIndex, ExitIndex> exits;
  std::map<network::LaneIndex, ApproachIndex> approaches;

  SensorIndex add(Sensor sensor) {
    site.sensors.push_back(std::move(sensor));
    return static_cast<SensorIndex>(site.sensors.size() - 1);
  }
  void add_approach(network::LaneIndex lane);
  void add_cells(Approach& approach, network::LaneIndex lane);
  ExitIndex exit_of(network::LaneIndex lane);
  void share_cells();
  void add_ways_that_give_way();
};

constexpr double kLoopSetback = 2;   // metres before the stop line, after a lane's begin
constexpr double kAreaLeast = 1;     // metres; shorter ones see nobody
constexpr float kVehicleRoom = 7.5F;  // metres that one takes where it stands

void Surveyor::add_cells(Approach& approach, network::LaneIndex lane) {
  for (auto const& stretch : network::stretches_before(roads, lane, 0, sensing.reach)) {
    auto const length = stretch.to - stretch.from;
    auto const parts = std::max(1.0, std::round(length / sensing.cell));
    for (double part = 0; part < parts; ++part) {
      auto const near = length * part / parts, far = length * (part + 1) / parts;
      if (far - near < kAreaLeast) continue;
      auto const sensor = add({Sensor::Kind::kArea, roads.lanes[stretch.lane].id, stretch.to - far, stretch.to - near});
      approach.cells.push_back({sensor, static_cast<float>(stretch.distance + near), static_cast<float>(stretch.distance + far)});
      approach.reach = std::max(approach.reach, static_cast<float>(stretch.distance + far));
    }
    // The last of its branch: what comes before it is seen by nobody.
    if (stretch.distance + length >= sensing.reach - 1 && stretch.from > kLoopSetback)
      approach.entrance_loops.push_back(add({Sensor::Kind::kLoop, roads.lanes[stretch.lane].id, stretch.from, stretch.from}));
  }
  std::ranges::sort(approach.cells, {}, &Cell::near);
  auto const& own = roads.lanes[lane];
  if (own.length > 2 * kLoopSetback) {
    auto const at = own.length - kLoopSetback;
    approach.stop_loop = add({Sensor::Kind::kLoop, own.id, at, at});
  }
}

ExitIndex Surveyor::exit_of(network::LaneIndex lane) {
  auto const [place, is_new] = exits.try_emplace(lane, static_cast<ExitIndex>(site.exits.size()));
  if (!is_new) return place->second;
  Exit exit;
  exit.lane = roads.lanes[lane].id;
  double covered = 0;
  for (auto const& stretch : network::stretches_after(roads, lane, sensing.exit_reach)) {
    if (stretch.to - stretch.from < kAreaLeast) continue;
    exit.areas.push_back(add({Sensor::Kind::kArea, roads.lanes[stretch.lane].id, stretch.from, stretch.to}));
    covered += stretch.to - stretch.from;
  }
  exit.room = std::max(1.0F, static_cast<float>(covered) / kVehicleRoom);
  if (roads.lanes[lane].length > 2 * kLoopSetback) exit.loops.push_back(add({Sensor::Kind::kLoop, exit.lane, kLoopSetback, kLoopSetback}));
  site.exits.push_back(std::move(exit));
  return place->second;
}

void Surveyor::add_approach(network::LaneIndex lane) {
  Approach approach;
  approach.lane = roads.lanes[lane].id;
  approach.speed = static_cast<float>(roads.lanes[lane].speed_max);
  add_cells(approach, lane);
  float all = 0;
  for (auto const m : roads.out_of[lane]) {
    auto const& movement = roads.movements[m];
    if (movement.signal != signal || group_of_head[movement.head] == kNowhere) continue;
    Way way{.group = group_of_head[movement.head], .exit = exit_of(movement.to), .share = share_of(movement.turn), .gives_way_to = {}};
    all += way.share;
    approach.ways.push_back(std::move(way));
  }
  for (auto& way : approach.ways) way.share /= all;
  if (approach.ways.empty()) return;
  approaches.emplace(lane, static_cast<ApproachIndex>(site.approaches.size()));
  site.approaches.push_back(std::move(approach));
}

/// A lane that parts before the stop line is in front of several: nobody is to be counted twice.
void Surveyor::share_cells() {
  std::map<std::tuple<std::string, double, double>, std::vector<Cell*>> same;
  for (auto& approach : site.approaches)
    for (auto& cell : approach.cells) {
      auto const& sensor = site.sensors[cell.sensor];
      same[{sensor.lane, sensor.from, sensor.to}].push_back(&cell);
    }
  for (auto& [where, cells] : same)
    for (std::uint32_t i = 0; i < cells.size(); ++i) {
      cells[i]->among = static_cast<std::uint32_t>(cells.size());
      cells[i]->turn = i;
    }
}

void Surveyor::add_ways_that_give_way() {
  for (auto const& [lane, index] : approaches) {
    std::size_t way = 0;
    for (auto const m : roads.out_of[lane]) {
      auto const& movement = roads.movements[m];
      if (movement.signal != signal || group_of_head[movement.head] == kNowhere) continue;
      auto& gives = site.approaches[index].ways[way++].gives_way_to;
      for (auto const foe : movement.foes) {
        auto const other = approaches.find(roads.movements[foe].from);
        auto const theirs = roads.movements[foe].signal == signal ? group_of_head[roads.movements[foe].head] : kNowhere;
        if (other == approaches.end() || theirs == kNowhere || other->second == index) continue;
        if (plan.gives_way[plan.at(group_of_head[movement.head], theirs)] && std::ranges::count(gives, other->second) == 0) gives.push_back(other->second);
      }
    }
  }
}

}  // namespace

Result<Plan> plan_of(Network const& roads, network::SignalIndex signal, SafetyTimes const& times) {
  auto const& source = roads.signals[signal];
  Reader reader{.roads = roads, .signal = source, .times = times, .plan = {}, .states = {}};
  reader.plan.id = source.id;
  reader.plan.heads = static_cast<std::uint32_t>(source.heads.size());
  if (source.plans.empty()) return fail(Code::kInvalid, fmt::format("signal \"{}\" has no plan", source.id));
  reader.read_phases();
  reader.read_groups();
  if (reader.plan.groups.empty()) return fail(Code::kInvalid, fmt::format("signal \"{}\": its plan lets nobody go", source.id));
  reader.read_conflicts();
  reader.read_aspects();
  reader.read_fixed();
  if (auto const faults = faults_of(reader.plan); !faults.empty()) return fail(Code::kInvalid, fmt::format("signal \"{}\": {}", source.id, faults.front()));
  return std::move(reader.plan);
}

Result<Site> site_of(Network const& roads, network::SignalIndex signal, Plan const& plan, Sensing const& sensing) {
  Surveyor surveyor{.roads = roads, .signal = signal, .plan = plan, .sensing = sensing, .site = {}, .group_of_head = {}, .exits = {}, .approaches = {}};
  surveyor.group_of_head.assign(plan.heads, kNowhere);
  for (GroupIndex g = 0; g < plan.groups.size(); ++g)
    for (auto const head : plan.groups[g].heads) surveyor.group_of_head[head] = g;
  std::set<network::LaneIndex> lanes;
  for (auto const& head : roads.signals[signal].heads)
    for (auto const m : head)
      if (roads.lanes[roads.movements[m].from].motor || roads.lanes[roads.movements[m].from].buses) lanes.insert(roads.movements[m].from);
  for (auto const lane : lanes) surveyor.add_approach(lane);
  if (surveyor.site.approaches.empty()) return fail(Code::kInvalid, fmt::format("signal \"{}\" lets no vehicle go", plan.id));
  surveyor.share_cells();
  surveyor.add_ways_that_give_way();
  return std::move(surveyor.site);
}

}  // namespace madang::mobility::signals
