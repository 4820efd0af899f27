#include "simulation/roads.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "simulation/noise.h"

namespace madang::simulation {
namespace {

/// A line that wanders a little: midpoints are pushed aside, twice.
std::vector<Point> winding(Point from, Point to, double push, std::uint64_t key, int depth) {
  if (depth == 0) return {from, to};
  double const side = push * uniform(mix(key), -1, 1);
  Point const middle{(from.x + to.x) / 2 - side * (to.y - from.y), (from.y + to.y) / 2 + side * (to.x - from.x)};
  auto line = winding(from, middle, push, mix(key + 1), depth - 1);
  auto const rest = winding(middle, to, push, mix(key + 2), depth - 1);
  line.insert(line.end(), rest.begin() + 1, rest.end());
  return line;
}

/// A polyline through its corners' neighbourhoods instead of its corners (Chaikin).
std::vector<Point> rounded_line(std::vector<Point> const& line) {
  std::vector<Point> out{line.front()};
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    Point const a = line[i];
    Point const b = line[i + 1];
    out.push_back({0.75 * a.x + 0.25 * b.x, 0.75 * a.y + 0.25 * b.y});
    out.push_back({0.25 * a.x + 0.75 * b.x, 0.25 * a.y + 0.75 * b.y});
  }
  out.push_back(line.back());
  return out;
}

bool all_dry(Land const& land, std::vector<Point> const& line) {
  return std::ranges::all_of(line, [&](Point p) { return land.to_water(p) > 0.05; });
}

std::size_t nearest_region(std::vector<Tessellation::Region> const& regions, Point p) {
  auto const found = std::ranges::min_element(regions, {}, [&](auto const& r) { return distance(r.centre, p); });
  return static_cast<std::size_t>(found - regions.begin());
}

/// Keeps the stretches of a line that lie inside the city.
std::vector<Point> longest_inside(Land const& land, std::vector<Point> const& line) {
  std::vector<Point> best;
  std::vector<Point> run;
  for (auto const& p : line) {
    if (land.inside(p)) {
      run.push_back(p);
      if (run.size() > best.size()) best = run;
    } else {
      run.clear();
    }
  }
  return best;
}

Names with_suffix(Names const& word, char const* en, char const* ko) { return {word.en + en, word.ko + ko}; }

void add_riverside_and_rings(std::vector<Road>& roads, Land const& land) {
  roads.push_back({{"Bukgangbyeon-daero", "북강변대로"}, RoadKind::kExpressway,
                   longest_inside(land, land.along_river(-19, 19, 0.5, 0.2))});
  roads.push_back({{"Namgangbyeon-daero", "남강변대로"}, RoadKind::kExpressway,
                   longest_inside(land, land.along_river(-19, 19, -0.5, -0.2))});
  for (auto const& [share, en, ko] : {std::tuple{0.78, "Oegwak Sunhwan-daero", "외곽순환대로"},
                                      std::tuple{0.45, "Dosim Sunhwan-daero", "도심순환대로"}}) {
    auto ring = land.outline(120, share);
    ring.push_back(ring.front());
    roads.push_back({{en, ko}, RoadKind::kExpressway, rounded_line(ring)});
  }
}

/// The avenue between two district centres; over the river by a straight bridge.
std::vector<Point> avenue_line(Land const& land, Point from, Point to, bool over_river, std::uint64_t key) {
  if (!over_river) return rounded_line(winding(from, to, 0.12, key, 3));
  Point const south = from.y < to.y ? from : to;
  Point const north = from.y < to.y ? to : from;
  double const x = (south.x + north.x) / 2;
  auto const banks = [&](double side) { return land.along_river(x, x + 0.1, side * 0.5, side * 0.25).front(); };
  auto line = rounded_line(winding(south, banks(-1), 0.1, key, 2));
  auto const rest = rounded_line(winding(banks(1), north, 0.1, mix(key), 2));
  line.insert(line.end(), rest.begin(), rest.end());
  return line;
}

void add_avenues(std::vector<Road>& roads, Land const& land, Tessellation const& tessellation,
                 PlaceNames const& names, std::uint64_t seed) {
  auto const& districts = tessellation.districts();
  std::set<std::string> used;
  for (auto const& [a, b] : tessellation.adjacent_districts()) {
    Point const from = districts[a].centre;
    Point const to = districts[b].centre;
    bool const over_river = tessellation.north_of_river(from) != tessellation.north_of_river(to);
    if (over_river && distance(from, to) > 8) continue;
    auto line = avenue_line(land, from, to, over_river, key_of(seed, 0x3A, a * 1000 + b));
    if (!over_river && !all_dry(land, line)) line = {from, to};
    if (!over_river && !all_dry(land, line)) continue;
    auto const middle = nearest_region(tessellation.neighbourhoods(), line[line.size() / 2]);
    Names name = with_suffix(names.neighbourhoods[middle], "-daero", "대로");
    if (!used.insert(name.en).second) continue;
    roads.push_back({std::move(name), RoadKind::kAvenue, std::move(line)});
  }
}

/// A spanning tree over the neighbourhoods of each district, shortest links first (Kruskal).
void add_streets(std::vector<Road>& roads, Land const& land, Tessellation const& tessellation,
                 PlaceNames const& names, std::uint64_t seed) {
  auto const& places = tessellation.neighbourhoods();
  auto pairs = tessellation.adjacent_neighbourhoods();
  std::ranges::stable_sort(pairs, {}, [&](auto const& p) {
    return distance(places[p.first].centre, places[p.second].centre);
  });
  std::vector<std::size_t> root(places.size());
  std::iota(root.begin(), root.end(), std::size_t{0});
  auto const find = [&](std::size_t i) {
    while (root[i] != i) i = root[i] = root[root[i]];
    return i;
  };
  std::map<std::size_t, int> number;
  for (auto const& [a, b] : pairs) {
    if (places[a].parent != places[b].parent) continue;
    // Besides the tree every fourth further link is built, so that streets also meet in loops.
    bool const joins = find(a) != find(b);
    if (!joins && at(key_of(seed, 0x3B), static_cast<std::int64_t>(a * 1000 + b)) % 4 != 0) continue;
    std::uint64_t const key = key_of(seed, 0x3C, a * 1000 + b);
    auto line = rounded_line(winding(places[a].centre, places[b].centre, 0.14, key, 2));
    if (!all_dry(land, line)) continue;
    root[find(a)] = find(b);
    auto const& district = names.districts[places[a].parent];
    int const n = ++number[places[a].parent];
    Names name{district.en + "-ro " + std::to_string(n) + "-gil", district.ko + "로" + std::to_string(n) + "길"};
    roads.push_back({std::move(name), RoadKind::kStreet, std::move(line)});
  }
}

}  // namespace

std::vector<Road> make_roads(Land const& land, Tessellation const& tessellation, PlaceNames const& names,
                             std::uint64_t seed) {
  std::vector<Road> roads;
  add_riverside_and_rings(roads, land);
  add_avenues(roads, land, tessellation, names, seed);
  add_streets(roads, land, tessellation, names, seed);
  std::erase_if(roads, [](Road const& r) { return r.line.size() < 2; });
  return roads;
}

double length_of(std::vector<Point> const& line) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) sum += distance(line[i], line[i + 1]);
  return sum;
}

}  // namespace madang::simulation
