#include "mobility/network/upstream.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>
#include <unordered_set>
#include <utility>

#include "mobility/network/limits.h"

namespace madang::mobility::network {
namespace {

enum class Direction : std::uint8_t { kUpstream, kDownstream };

/// A lane with the metres between where the walk began and its near end. The nearest first, and of those the first of the list.
using Reached = std::pair<double, LaneIndex>;

/// Of the way through the junction: the lane inside, and what is missing from its end to the lane behind where a way has two parts
/// (a movement names the first of them alone).
double metres_inside(Network const& network, Movement const& movement) {
  if (movement.via == kNone) return 0;
  auto const& via = network.lanes[movement.via];
  auto const& to = network.lanes[movement.to];
  if (via.shape.empty() || to.shape.empty()) return via.length;
  return via.length + std::hypot(to.shape.front().x - via.shape.back().x, to.shape.front().y - via.shape.back().y);
}

/// Lanes within `reach` metres, each with its least distance.
std::vector<Reached> lanes_within(Network const& network, LaneIndex start, double reach, Direction direction) {
  std::priority_queue<Reached, std::vector<Reached>, std::greater<>> ahead;
  std::unordered_set<LaneIndex> visited;
  std::vector<Reached> lanes;
  ahead.emplace(0.0, start);
  while (!ahead.empty() && lanes.size() < kStretchLanesMax) {
    auto const [distance, lane] = ahead.top();
    ahead.pop();
    if (!visited.insert(lane).second) continue;
    lanes.emplace_back(distance, lane);
    bool const upstream = direction == Direction::kUpstream;
    for (auto const index : upstream ? network.into[lane] : network.out_of[lane]) {
      auto const& movement = network.movements[index];
      double const next = distance + network.lanes[lane].length + metres_inside(network, movement);
      if (movement.signal == kNone && next < reach) ahead.emplace(next, upstream ? movement.from : movement.to);
    }
  }
  return lanes;
}

bool is_road(Network const& network, LaneIndex lane) {
  return network.links[network.lanes[lane].link].kind == LinkClass::kRoad;
}

}  // namespace

std::vector<Stretch> stretches_before(Network const& network, LaneIndex lane, double from_metres, double to_metres) {
  std::vector<Stretch> stretches;
  if (lane >= network.lanes.size()) return stretches;
  for (auto const& [distance, reached] : lanes_within(network, lane, to_metres, Direction::kUpstream)) {
    double const length = network.lanes[reached].length;
    double const near = std::max(from_metres, distance);
    double const far = std::min(to_metres, distance + length);
    if (near < far && is_road(network, reached)) stretches.push_back({reached, length - (far - distance), length - (near - distance), near});
  }
  return stretches;
}

std::vector<Stretch> stretches_after(Network const& network, LaneIndex lane, double to_metres) {
  std::vector<Stretch> stretches;
  if (lane >= network.lanes.size()) return stretches;
  for (auto const& [distance, reached] : lanes_within(network, lane, to_metres, Direction::kDownstream)) {
    double const far = std::min(network.lanes[reached].length, to_metres - distance);
    if (far > 0 && is_road(network, reached)) stretches.push_back({reached, 0, far, distance});
  }
  return stretches;
}

}  // namespace madang::mobility::network
