// From what a SUMO file says to a Network: names become places in lists, connections become movements, and the rows of the
// junctions' tables become foes.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "mobility/network/limits.h"
#include "mobility/network/sumo_file.h"

namespace madang::mobility::network {
namespace {

/// Which row of which junction's table.
struct TableRow {
  JunctionIndex junction = kNone;
  std::uint32_t row = 0;
};

std::unexpected<Error> fault_at(int line, std::string_view what) {
  return fail(Code::kInvalid, fmt::format("line {}: {}", line, what));
}

class RoadsBuilder {
 public:
  RoadsBuilder(SumoFile file, std::string id) : file_(std::move(file)) { network_.id = std::move(id); }
  Result<Network> build();

 private:
  Result<void> add_junctions();
  Result<void> add_links();
  Result<void> add_lanes(SumoEdge& edge, LinkIndex link);
  Result<void> add_signals();
  Result<void> add_plan(SumoProgram& program);
  Result<void> read_connections();
  Result<void> read_inside(SumoConnection const& connection, LaneIndex from, LaneIndex to);
  Result<void> add_movement(SumoConnection const& connection, Movement movement);
  Result<void> add_crossings();
  Result<void> give_signal(SumoConnection const& connection, std::uint32_t head, MovementIndex movement);
  void index_lanes();
  void give_rows();
  void give_rows_by_lanes(JunctionIndex junction);
  Result<void> add_foes(JunctionIndex junction);
  Result<void> check_table(JunctionIndex junction) const;
  [[nodiscard]] Result<LaneIndex> lane_at(std::string const& edge, std::uint32_t index, int line) const;
  [[nodiscard]] Result<JunctionIndex> junction_of(std::string const& id, SumoEdge const& edge) const;

  SumoFile file_;
  Network network_;
  std::vector<SumoJunction> tables_;  ///< of the network's junctions
  std::unordered_map<std::string, JunctionIndex> junctions_;
  std::unordered_map<std::string, LinkIndex> links_;
  std::unordered_map<std::string, LaneIndex> lanes_;
  std::unordered_map<std::string, SignalIndex> signals_;
  std::unordered_map<LaneIndex, TableRow> row_of_lane_;
  std::unordered_map<LaneIndex, LaneIndex> next_inside_;   ///< of a lane inside a junction: the part that follows
  std::unordered_map<LaneIndex, LaneIndex> behind_crossing_;
  std::vector<std::pair<SumoConnection, Movement>> onto_crossings_;
  std::size_t foes_ = 0;
  std::vector<std::vector<std::vector<MovementIndex>>> rows_;  ///< of each junction's table: the movements of a row
};

Result<void> RoadsBuilder::add_junctions() {
  for (auto& junction : file_.junctions) {
    if (junction.part) continue;
    auto const index = static_cast<JunctionIndex>(network_.junctions.size());
    if (!junctions_.emplace(junction.junction.id, index).second)
      return fault_at(junction.line, fmt::format("junction \"{}\" stands twice", junction.junction.id));
    network_.junctions.push_back(junction.junction);
    tables_.push_back(std::move(junction));
  }
  rows_.resize(tables_.size());
  return {};
}

Result<JunctionIndex> RoadsBuilder::junction_of(std::string const& id, SumoEdge const& edge) const {
  auto const found = junctions_.find(id);
  if (found == junctions_.end())
    return fault_at(edge.line, fmt::format("edge \"{}\" names the junction \"{}\", which does not exist", edge.link.id, id));
  return found->second;
}

Result<void> RoadsBuilder::add_links() {
  for (auto& edge : file_.edges) {
    auto const index = static_cast<LinkIndex>(network_.links.size());
    if (!links_.emplace(edge.link.id, index).second)
      return fault_at(edge.line, fmt::format("edge \"{}\" stands twice", edge.link.id));
    if (edge.lanes.empty()) return fault_at(edge.line, fmt::format("edge \"{}\" has no lanes", edge.link.id));
    network_.links.push_back(edge.link);
    if (edge.link.kind == LinkClass::kRoad) {
      MADANG_TRY(network_.links.back().from, junction_of(edge.from, edge));
      MADANG_TRY(network_.links.back().to, junction_of(edge.to, edge));
    }
    MADANG_CHECK(add_lanes(edge, index));
  }
  for (JunctionIndex junction = 0; junction < tables_.size(); ++junction) {
    std::uint32_t row = 0;
    for (auto const& inside : tables_[junction].lanes_inside) {
      auto const found = lanes_.find(inside);
      if (found == lanes_.end())
        return fault_at(tables_[junction].line, fmt::format("junction \"{}\" names the lane \"{}\", which does not exist",
                                                            tables_[junction].junction.id, inside));
      if (!row_of_lane_.emplace(found->second, TableRow{junction, row++}).second)
        return fault_at(tables_[junction].line, fmt::format("lane \"{}\" lies inside two junctions or twice in one", inside));
    }
  }
  return {};
}

Result<void> RoadsBuilder::add_lanes(SumoEdge& edge, LinkIndex link) {
  for (auto& lane : edge.lanes) {
    auto const index = static_cast<LaneIndex>(network_.lanes.size());
    if (!lanes_.emplace(lane.id, index).second)
      return fault_at(edge.line, fmt::format("edge \"{}\": lane \"{}\" stands twice", edge.link.id, lane.id));
    lane.link = link;
    network_.links[link].lanes.push_back(index);
    network_.lanes.push_back(std::move(lane));
  }
  return {};
}

Result<LaneIndex> RoadsBuilder::lane_at(std::string const& edge, std::uint32_t index, int line) const {
  auto const found = links_.find(edge);
  if (found == links_.end()) return fault_at(line, fmt::format("the connection names the edge \"{}\", which does not exist", edge));
  auto const& lanes = network_.links[found->second].lanes;
  if (index >= lanes.size())
    return fault_at(line, fmt::format("the connection names lane {} of edge \"{}\", which has {}", index, edge, lanes.size()));
  return lanes[index];
}

Result<void> RoadsBuilder::add_signals() {
  for (auto& program : file_.programs) {
    // Signals of railways follow the trains: SUMO writes a program of no steps, or none.
    if (program.railway) continue;
    MADANG_CHECK(add_plan(program));
  }
  return {};
}

Result<void> RoadsBuilder::add_plan(SumoProgram& program) {
  auto const& steps = program.plan.steps;
  if (steps.empty())
    return fault_at(program.line, fmt::format("signal \"{}\": plan \"{}\" has no steps", program.signal, program.plan.id));
  auto const [known, is_new] = signals_.emplace(program.signal, static_cast<SignalIndex>(network_.signals.size()));
  if (is_new) {
    network_.signals.push_back(Signal{program.signal, {}, {}});
    if (steps.front().state.size() > kHeadsMax)
      return fault_at(program.step_lines.front(), fmt::format("signal \"{}\" has more than {} heads", program.signal, kHeadsMax));
    network_.signals.back().heads.resize(steps.front().state.size());
  }
  auto& signal = network_.signals[known->second];
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (steps[i].state.size() != signal.heads.size())
      return fault_at(program.step_lines[i], fmt::format("signal \"{}\": step {} has {} letters for {} heads", signal.id, i,
                                                         steps[i].state.size(), signal.heads.size()));
  if (signal.plans.size() == kPlansPerSignalMax)
    return fault_at(program.line, fmt::format("signal \"{}\" has more than {} plans", signal.id, kPlansPerSignalMax));
  if (std::ranges::find(signal.plans, program.plan.id, &FixedPlan::id) != signal.plans.end())
    return fault_at(program.line, fmt::format("signal \"{}\" has two plans \"{}\"", signal.id, program.plan.id));
  signal.plans.push_back(std::move(program.plan));
  return {};
}

Result<void> RoadsBuilder::read_connections() {
  for (auto const& connection : file_.connections) {
    MADANG_TRY(auto const from, lane_at(connection.from, connection.from_lane, connection.line));
    MADANG_TRY(auto const to, lane_at(connection.to, connection.to_lane, connection.line));
    auto const& out_of = network_.links[network_.lanes[from].link];
    auto const into = network_.links[network_.lanes[to].link].kind;
    if (out_of.kind == LinkClass::kInsideJunction || out_of.kind == LinkClass::kCrossing) {
      MADANG_CHECK(read_inside(connection, from, to));
      continue;
    }
    Movement movement;
    movement.from = from;
    movement.to = to;
    movement.turn = connection.turn;
    if (into == LinkClass::kCrossing) onto_crossings_.emplace_back(connection, movement);
    // What else touches a walking area is the end of a footpath, which crosses nothing.
    if (out_of.kind != LinkClass::kRoad || into != LinkClass::kRoad) continue;
    movement.junction = out_of.to;
    if (!connection.via.empty()) {
      auto const via = lanes_.find(connection.via);
      if (via == lanes_.end())
        return fault_at(connection.line, fmt::format("the connection names the lane \"{}\", which does not exist", connection.via));
      movement.via = via->second;
    }
    MADANG_CHECK(add_movement(connection, std::move(movement)));
  }
  return add_crossings();
}

/// What leads on from a lane inside a junction says of which parts a way is made.
Result<void> RoadsBuilder::read_inside(SumoConnection const& connection, LaneIndex from, LaneIndex to) {
  if (network_.links[network_.lanes[from].link].kind == LinkClass::kCrossing) {
    behind_crossing_.emplace(from, to);
    return {};
  }
  if (connection.via.empty()) return {};
  auto const next = lanes_.find(connection.via);
  if (next == lanes_.end())
    return fault_at(connection.line, fmt::format("the connection names the lane \"{}\", which does not exist", connection.via));
  next_inside_.emplace(from, next->second);
  return {};
}

Result<void> RoadsBuilder::add_movement(SumoConnection const& connection, Movement movement) {
  auto const index = static_cast<MovementIndex>(network_.movements.size());
  network_.movements.push_back(std::move(movement));
  return give_signal(connection, connection.head, index);
}

/// Onto a crossing and off it are two connections of the file and one movement. A head of its own for who comes from the other side
/// makes a second one; without, people walk both ways at the same time and one movement stands for both.
Result<void> RoadsBuilder::add_crossings() {
  for (auto& [connection, movement] : onto_crossings_) {
    movement.via = movement.to;
    auto const& crossing = network_.lanes[movement.via].id;
    auto const behind = behind_crossing_.find(movement.via);
    if (behind == behind_crossing_.end()) return fault_at(connection.line, fmt::format("no connection leads off the crossing \"{}\"", crossing));
    auto const row = row_of_lane_.find(movement.via);
    if (row == row_of_lane_.end()) return fault_at(connection.line, fmt::format("no junction names the crossing \"{}\"", crossing));
    movement.to = behind->second;
    movement.junction = row->second.junction;
    MADANG_CHECK(add_movement(connection, movement));
    if (!connection.head_back) continue;
    std::swap(movement.from, movement.to);
    auto const back = static_cast<MovementIndex>(network_.movements.size());
    network_.movements.push_back(movement);
    MADANG_CHECK(give_signal(connection, *connection.head_back, back));
  }
  return {};
}

Result<void> RoadsBuilder::give_signal(SumoConnection const& connection, std::uint32_t head, MovementIndex movement) {
  if (connection.signal.empty()) return {};
  auto const found = signals_.find(connection.signal);
  if (found == signals_.end()) {
    auto const junction = network_.movements[movement].junction;
    if (tables_[junction].railway) return {};
    return fault_at(connection.line, fmt::format("the connection names the signal \"{}\", which has no plan", connection.signal));
  }
  auto& heads = network_.signals[found->second].heads;
  if (head >= heads.size())
    return fault_at(connection.line, fmt::format("the connection names head {} of signal \"{}\", whose plans have {} letters", head,
                                                 connection.signal, heads.size()));
  heads[head].push_back(movement);
  network_.movements[movement].signal = found->second;
  network_.movements[movement].head = head;
  return {};
}

void RoadsBuilder::index_lanes() {
  network_.into.resize(network_.lanes.size());
  network_.out_of.resize(network_.lanes.size());
  for (MovementIndex i = 0; i < network_.movements.size(); ++i) {
    network_.out_of[network_.movements[i].from].push_back(i);
    network_.into[network_.movements[i].to].push_back(i);
  }
}

/// The table names a way by the last of its parts that stands among the junction's lanes, which is the first of them only where
/// nobody waits inside.
void RoadsBuilder::give_rows() {
  for (JunctionIndex junction = 0; junction < tables_.size(); ++junction) rows_[junction].resize(tables_[junction].requests.size());
  for (MovementIndex i = 0; i < network_.movements.size(); ++i) {
    auto lane = network_.movements[i].via;
    for (int part = 0; part < kPartsInsideMax && lane != kNone; ++part) {
      if (auto const found = row_of_lane_.find(lane); found != row_of_lane_.end()) {
        auto& rows = rows_[found->second.junction];
        if (found->second.row < rows.size()) rows[found->second.row].push_back(i);
        break;
      }
      auto const next = next_inside_.find(lane);
      lane = next == next_inside_.end() ? kNone : next->second;
    }
  }
  for (JunctionIndex junction = 0; junction < tables_.size(); ++junction)
    if (tables_[junction].lanes_inside.empty()) give_rows_by_lanes(junction);
}

/// In a network without lanes inside junctions the rows follow the lanes that lead in, each with its connections in their order.
void RoadsBuilder::give_rows_by_lanes(JunctionIndex junction) {
  std::size_t row = 0;
  for (auto const& lane : tables_[junction].lanes_in) {
    auto const found = lanes_.find(lane);
    if (found == lanes_.end()) continue;
    for (auto const movement : network_.out_of[found->second]) {
      if (row == rows_[junction].size()) return;
      rows_[junction][row++].push_back(movement);
    }
  }
}

Result<void> RoadsBuilder::check_table(JunctionIndex junction) const {
  auto const& table = tables_[junction];
  auto const rows = table.requests.size();
  if (rows != 0 && !table.lanes_inside.empty() && rows != table.lanes_inside.size())
    return fault_at(table.line, fmt::format("junction \"{}\" has {} requests for {} lanes inside", table.junction.id, rows,
                                            table.lanes_inside.size()));
  for (auto const& request : table.requests)
    if (request.foes.size() != rows || request.response.size() != rows)
      return fault_at(request.line, fmt::format("junction \"{}\" has a request of {} and {} letters for {} requests", table.junction.id,
                                                request.response.size(), request.foes.size(), rows));
  return {};
}

/// Both of a pair name each other, also where the file says it of one alone.
Result<void> RoadsBuilder::add_foes(JunctionIndex junction) {
  MADANG_CHECK(check_table(junction));
  auto const& requests = tables_[junction].requests;
  auto const& rows = rows_[junction];
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t other = 0; other < rows.size(); ++other) {
      bool const yields = requests[row].response[rows.size() - 1 - other] == '1';
      if ((!yields && requests[row].foes[rows.size() - 1 - other] == '0') || row == other) continue;
      for (auto const movement : rows[row]) {
        for (auto const foe : rows[other]) {
          if (movement == foe) continue;
          if (++foes_ > kFoesMax) return fault_at(requests[row].line, fmt::format("the file has more than {} pairs of foes", kFoesMax));
          network_.movements[movement].foes.push_back(foe);
          network_.movements[foe].foes.push_back(movement);
          if (yields) network_.movements[movement].yields_to.push_back(foe);
        }
      }
    }
  }
  return {};
}

Result<Network> RoadsBuilder::build() {
  MADANG_CHECK(add_junctions());
  MADANG_CHECK(add_links());
  MADANG_CHECK(add_signals());
  MADANG_CHECK(read_connections());
  index_lanes();
  give_rows();
  for (JunctionIndex junction = 0; junction < tables_.size(); ++junction) MADANG_CHECK(add_foes(junction));
  for (auto& movement : network_.movements) {
    for (auto* const list : {&movement.foes, &movement.yields_to}) {
      std::ranges::sort(*list);
      auto const twice = std::ranges::unique(*list);
      list->erase(twice.begin(), twice.end());
    }
  }
  return std::move(network_);
}

}  // namespace

Result<Network> network_of(SumoFile file, std::string id) { return RoadsBuilder(std::move(file), std::move(id)).build(); }

}  // namespace madang::mobility::network
