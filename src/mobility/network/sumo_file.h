// What a SUMO network file says, element by element, before its names are looked up: sumo_roads.cc makes a Network of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "mobility/network/model.h"

namespace madang::mobility::network {

struct SumoEdge {
  Link link;                ///< without junctions and lanes
  std::string from;         ///< junctions, of a road
  std::string to;
  std::vector<Lane> lanes;  ///< from the kerb to the middle, without their link
  int line = 0;
};

/// A row of a junction's table: a letter 0 or 1 for each row, the last letter for row 0.
struct SumoRequest {
  std::string response;
  std::string foes;
  int line = 0;
};

struct SumoJunction {
  Junction junction;
  bool part = false;     ///< a place where vehicles wait inside another junction
  bool railway = false;  ///< its signals follow trains and have no plan
  std::vector<std::string> lanes_in;
  std::vector<std::string> lanes_inside;  ///< in the order of the table's rows
  std::vector<SumoRequest> requests;
  int line = 0;
};

struct SumoConnection {
  std::string from;  ///< edges
  std::string to;
  std::uint32_t from_lane = 0;
  std::uint32_t to_lane = 0;
  std::string via;     ///< the first lane inside the junction
  std::string signal;  ///< empty: none
  std::uint32_t head = 0;
  std::optional<std::uint32_t> head_back;  ///< of a crossing: who comes from the other side
  Turn turn = Turn::kUnknown;
  int line = 0;
};

struct SumoProgram {
  std::string signal;
  FixedPlan plan;
  std::vector<int> step_lines;
  bool railway = false;
  int line = 0;
};

struct SumoFile {
  std::vector<SumoEdge> edges;
  std::vector<SumoJunction> junctions;
  std::vector<SumoConnection> connections;
  std::vector<SumoProgram> programs;
};

Result<SumoFile> read_sumo_file(std::string_view xml);

/// Looks up what the parts of the file call each other.
Result<Network> network_of(SumoFile file, std::string id);

}  // namespace madang::mobility::network
