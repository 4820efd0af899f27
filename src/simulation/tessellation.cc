#include "simulation/tessellation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <unordered_map>

#include "core/error.h"
#include "simulation/noise.h"

namespace madang::simulation {
namespace {

constexpr double kStep = 0.25;        // km, the mesh
constexpr double kHalfColumns = 78;   // 19.5 km to each side
constexpr double kHalfRows = 76;      // 19 km, as the river's middle wanders
constexpr double kJitter = 0.28;      // of a step
constexpr int kRelaxations = 24;
constexpr int kSmoothings = 3;
constexpr int kMendsMax = 12;
constexpr std::array<std::array<int, 2>, 4> kAround{{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}};

double signed_area(std::vector<Point> const& ring) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i) sum += ring[i].x * ring[i + 1].y - ring[i + 1].x * ring[i].y;
  return sum / 2;
}

std::vector<std::size_t> cells_of(Labels const& labels, std::int16_t label) {
  std::vector<std::size_t> cells;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] == label) cells.push_back(i);
  }
  return cells;
}

/// `total` shared out in proportion to the weights, at least one each (largest remainders).
std::vector<std::size_t> shared_out(std::vector<double> const& weights, std::size_t total) {
  double const sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<std::size_t> shares;
  std::vector<std::pair<double, std::size_t>> remainders;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    double const exact = weights[i] / sum * static_cast<double>(total);
    shares.push_back(std::max<std::size_t>(1, static_cast<std::size_t>(exact)));
    remainders.emplace_back(exact - std::floor(exact), i);
  }
  std::ranges::sort(remainders, std::greater{});
  std::size_t given = std::accumulate(shares.begin(), shares.end(), std::size_t{0});
  for (std::size_t k = 0; given < total; ++k, ++given) ++shares[remainders[k % remainders.size()].second];
  return shares;
}

}  // namespace

Tessellation::Tessellation(Land const& land, std::uint64_t seed, TessellationSize size) : land_(land) {
  make_mesh(seed);
  make_mask();
  make_districts(seed, size.districts);
  make_neighbourhoods(seed, size.neighbourhoods);
  smooth_borders();
  collect_regions(size.districts, size.neighbourhoods);
}

std::int16_t Tessellation::label_at(Labels const& labels, int i, int j) const {
  bool const there = i >= 0 && j >= 0 && i < columns_ && j < rows_;
  return there ? labels[cell(i, j)] : std::int16_t{-1};
}

bool Tessellation::north_of_river(Point p) const { return p.y > land_.river_middle(p.x); }

void Tessellation::make_mesh(std::uint64_t seed) {
  columns_ = static_cast<int>(2 * kHalfColumns);
  rows_ = static_cast<int>(2 * kHalfRows);
  river_row_ = rows_ / 2;
  std::uint64_t const key = key_of(seed, 0x2A);
  vertices_.resize(static_cast<std::size_t>((columns_ + 1) * (rows_ + 1)));
  for (int j = 0; j <= rows_; ++j) {
    for (int i = 0; i <= columns_; ++i) {
      auto const n = static_cast<std::int64_t>(vertex(i, j));
      double const u = (i - kHalfColumns + uniform(at(key, 2 * n), -kJitter, kJitter)) * kStep;
      double const wobble = j == river_row_ ? 0 : uniform(at(key, 2 * n + 1), -kJitter, kJitter);
      vertices_[vertex(i, j)] = {u, land_.river_middle(u) + (j - kHalfRows + wobble) * kStep};
    }
  }
  for (int j = 0; j < rows_; ++j) {
    for (int i = 0; i < columns_; ++i) {
      Point middle;
      for (auto const v : {vertex(i, j), vertex(i + 1, j), vertex(i, j + 1), vertex(i + 1, j + 1)}) {
        middle.x += vertices_[v].x / 4;
        middle.y += vertices_[v].y / 4;
      }
      centres_.push_back(middle);
      weights_.push_back(0.12 + land_.density(middle));
    }
  }
}

void Tessellation::make_mask() {
  side_.assign(centres_.size(), -1);
  for (int j = 0; j < rows_; ++j) {
    for (int i = 0; i < columns_; ++i) {
      if (land_.inside(centres_[cell(i, j)])) side_[cell(i, j)] = j >= river_row_ ? 1 : 0;
    }
  }
  // Where the river runs along the edge of the city it may cut off a strip of one bank: nobody lives there.
  for (auto const i : loose_cells(side_)) side_[i] = -1;
  // Two inside cells that touch only at a corner: fill the notch, on the side where it lies.
  for (bool changed = true; changed;) {
    changed = false;
    for (int j = 1; j < rows_; ++j) {
      for (int i = 1; i < columns_; ++i) {
        bool const a = label_at(side_, i - 1, j - 1) >= 0;
        bool const b = label_at(side_, i, j - 1) >= 0;
        bool const c = label_at(side_, i - 1, j) >= 0;
        bool const d = label_at(side_, i, j) >= 0;
        if (a != d || b != c || a == b) continue;
        int const fill_i = a ? i : i - 1;
        side_[cell(fill_i, j - 1)] = j - 1 >= river_row_ ? 1 : 0;
        changed = true;
      }
    }
  }
}

std::vector<Point> Tessellation::relaxed_centres(std::vector<std::size_t> const& cells, std::size_t count,
                                                 std::uint64_t key) const {
  std::vector<Point> centres;
  for (std::size_t k = 0; k < count; ++k) {
    // Of eight random cells the one farthest from the centres chosen so far.
    Point best{};
    double best_distance = -1;
    for (int c = 0; c < 8; ++c) {
      Point const p = centres_[cells[at(key, static_cast<std::int64_t>(k * 8) + c) % cells.size()]];
      double nearest = 1e9;
      for (auto const& other : centres) nearest = std::min(nearest, distance(p, other));
      if (nearest > best_distance) {
        best = p;
        best_distance = nearest;
      }
    }
    centres.push_back(best);
  }
  for (int round = 0; round < kRelaxations; ++round) {
    std::vector<Point> sums(count);
    std::vector<double> weights(count, 0);
    for (auto const cell_index : cells) {
      Point const p = centres_[cell_index];
      std::size_t nearest = 0;
      double nearest_square = 1e18;
      for (std::size_t k = 0; k < count; ++k) {
        double const dx = p.x - centres[k].x;
        double const dy = p.y - centres[k].y;
        double const square = dx * dx + dy * dy;
        if (square < nearest_square) {
          nearest_square = square;
          nearest = k;
        }
      }
      double const w = weights_[cell_index];
      sums[nearest].x += w * p.x;
      sums[nearest].y += w * p.y;
      weights[nearest] += w;
    }
    for (std::size_t k = 0; k < count; ++k) {
      if (weights[k] > 0) centres[k] = {sums[k].x / weights[k], sums[k].y / weights[k]};
    }
  }
  return centres;
}

void Tessellation::assign_nearest(Labels& labels, std::vector<std::size_t> const& cells,
                                  std::vector<Seed> const& centres, std::uint64_t warp_key, double warp) const {
  for (auto const index : cells) {
    Point p = centres_[index];
    p.x += warp * noise(warp_key, p.x / 2.3, p.y / 2.3, 0);
    p.y += warp * noise(warp_key, p.x / 2.3, p.y / 2.3, 7);
    auto const nearest = std::ranges::min_element(
        centres, {}, [&](Seed const& s) { return std::hypot(p.x - s.point.x, p.y - s.point.y); });
    labels[index] = nearest->label;
  }
}

void Tessellation::make_districts(std::uint64_t seed, std::size_t count) {
  district_.assign(centres_.size(), -1);
  std::vector<double> side_weight;
  for (std::int16_t side = 0; side < 2; ++side) {
    double sum = 0;
    for (auto const i : cells_of(side_, side)) sum += weights_[i];
    side_weight.push_back(sum);
  }
  auto const shares = shared_out(side_weight, count);
  std::int16_t next = 0;
  for (std::int16_t side = 0; side < 2; ++side) {
    auto const cells = cells_of(side_, side);
    std::uint64_t const key = key_of(seed, 0x2B, static_cast<std::uint64_t>(side));
    std::vector<Seed> centres;
    for (auto const p : relaxed_centres(cells, shares[static_cast<std::size_t>(side)], key)) {
      centres.push_back({p, next++});
    }
    assign_nearest(district_, cells, centres, key_of(seed, 0x2C), 0.42);
  }
  mend(district_, side_);
}

void Tessellation::make_neighbourhoods(std::uint64_t seed, std::size_t count) {
  neighbourhood_.assign(centres_.size(), -1);
  auto const districts = static_cast<std::int16_t>(*std::ranges::max_element(district_) + 1);
  std::vector<double> weights;
  for (std::int16_t d = 0; d < districts; ++d) {
    double sum = 0;
    for (auto const i : cells_of(district_, d)) sum += weights_[i];
    weights.push_back(sum);
  }
  auto const shares = shared_out(weights, count);
  std::int16_t next = 0;
  for (std::int16_t d = 0; d < districts; ++d) {
    auto const cells = cells_of(district_, d);
    std::uint64_t const key = key_of(seed, 0x2D, static_cast<std::uint64_t>(d));
    std::vector<Seed> centres;
    for (auto const p : relaxed_centres(cells, shares[static_cast<std::size_t>(d)], key)) {
      centres.push_back({p, next++});
    }
    assign_nearest(neighbourhood_, cells, centres, key_of(seed, 0x2E), 0.16);
  }
  mend(neighbourhood_, district_);
}

void Tessellation::mend(Labels& labels, Labels const& domain) const {
  for (int round = 0; round < kMendsMax; ++round) {
    bool const joined = join_pieces(labels, domain);
    bool const opened = open_corners(labels, domain);
    if (!joined && !opened) return;
  }
}

void Tessellation::for_neighbours(std::size_t index, auto const& visit) const {
  int const i = static_cast<int>(index) % columns_;
  int const j = static_cast<int>(index) / columns_;
  for (auto const& [di, dj] : kAround) {
    if (i + di >= 0 && j + dj >= 0 && i + di < columns_ && j + dj < rows_) visit(cell(i + di, j + dj));
  }
}

std::vector<std::size_t> Tessellation::loose_cells(Labels const& labels) const {
  std::vector<int> piece(labels.size(), -1);
  std::vector<std::size_t> sizes;
  std::vector<std::int16_t> label_of_piece;
  std::vector<std::size_t> stack;
  for (std::size_t start = 0; start < labels.size(); ++start) {
    if (labels[start] < 0 || piece[start] >= 0) continue;
    int const number = static_cast<int>(sizes.size());
    sizes.push_back(0);
    label_of_piece.push_back(labels[start]);
    piece[start] = number;
    stack.push_back(start);
    while (!stack.empty()) {
      std::size_t const at_cell = stack.back();
      stack.pop_back();
      ++sizes.back();
      for_neighbours(at_cell, [&](std::size_t next) {
        if (labels[next] != labels[at_cell] || piece[next] >= 0) return;
        piece[next] = number;
        stack.push_back(next);
      });
    }
  }
  std::unordered_map<std::int16_t, std::size_t> largest;
  for (std::size_t p = 0; p < sizes.size(); ++p) {
    auto const [entry, is_new] = largest.try_emplace(label_of_piece[p], p);
    if (!is_new && sizes[p] > sizes[entry->second]) entry->second = p;
  }
  std::vector<std::size_t> loose;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] >= 0 && largest[labels[i]] != static_cast<std::size_t>(piece[i])) loose.push_back(i);
  }
  return loose;
}

bool Tessellation::join_pieces(Labels& labels, Labels const& domain) const {
  auto loose = loose_cells(labels);
  for (auto const i : loose) labels[i] = -2;
  bool const any = !loose.empty();
  while (!loose.empty()) {
    std::vector<std::size_t> rest;
    for (auto const i : loose) {
      for_neighbours(i, [&](std::size_t next) {
        if (labels[i] == -2 && labels[next] >= 0 && domain[next] == domain[i]) labels[i] = labels[next];
      });
      if (labels[i] == -2) rest.push_back(i);
    }
    MADANG_ASSERT(rest.size() < loose.size());
    loose = std::move(rest);
  }
  return any;
}

bool Tessellation::open_corners(Labels& labels, Labels const& domain) const {
  bool changed = false;
  auto const join = [&](std::int16_t label, std::size_t member, std::size_t left, std::size_t right) {
    std::size_t const taken = domain[left] == domain[member] ? left : right;
    if (domain[taken] == domain[member]) {
      labels[taken] = label;
      changed = true;
    }
  };
  for (int j = 1; j < rows_; ++j) {
    for (int i = 1; i < columns_; ++i) {
      std::size_t const a = cell(i - 1, j - 1);
      std::size_t const b = cell(i, j - 1);
      std::size_t const c = cell(i - 1, j);
      std::size_t const d = cell(i, j);
      if (labels[a] >= 0 && labels[a] == labels[d] && labels[b] != labels[a] && labels[c] != labels[a]) {
        join(labels[a], a, b, c);
      } else if (labels[b] >= 0 && labels[b] == labels[c] && labels[a] != labels[b] && labels[d] != labels[b]) {
        join(labels[b], b, a, d);
      }
    }
  }
  return changed;
}

void Tessellation::smooth_borders() {
  std::vector<std::vector<std::size_t>> linked(vertices_.size());
  auto const link = [&](std::size_t v, std::size_t w) {
    linked[v].push_back(w);
    linked[w].push_back(v);
  };
  for (int j = 0; j <= rows_; ++j) {
    for (int i = 0; i <= columns_; ++i) {
      std::int16_t const here = label_at(neighbourhood_, i, j);
      if (i < columns_ && here != label_at(neighbourhood_, i, j - 1)) link(vertex(i, j), vertex(i + 1, j));
      if (j < rows_ && here != label_at(neighbourhood_, i - 1, j)) link(vertex(i, j), vertex(i, j + 1));
    }
  }
  auto const on_river = [&](std::size_t v) { return static_cast<int>(v) / (columns_ + 1) == river_row_; };
  for (int round = 0; round < kSmoothings; ++round) {
    std::vector<Point> moved = vertices_;
    for (std::size_t v = 0; v < vertices_.size(); ++v) {
      Point mean;
      double count = 0;
      for (auto const w : linked[v]) {
        if (on_river(v) && !on_river(w)) continue;
        mean.x += vertices_[w].x;
        mean.y += vertices_[w].y;
        ++count;
      }
      if (count < 2) continue;
      double const pull = linked[v].size() == 2 ? 0.5 : 0.3;
      moved[v] = {(1 - pull) * vertices_[v].x + pull * mean.x / count,
                  (1 - pull) * vertices_[v].y + pull * mean.y / count};
    }
    vertices_ = std::move(moved);
  }
}

std::vector<std::vector<Point>> Tessellation::trace(Labels const& labels, std::int16_t label) const {
  // Each border edge runs with the region on its left; after mend() every vertex has one way on.
  std::unordered_map<std::size_t, std::size_t> next;
  std::vector<std::size_t> starts;
  auto const edge = [&](std::size_t from, std::size_t to) {
    next[from] = to;
    starts.push_back(from);
  };
  for (int j = 0; j < rows_; ++j) {
    for (int i = 0; i < columns_; ++i) {
      if (labels[cell(i, j)] != label) continue;
      if (label_at(labels, i, j - 1) != label) edge(vertex(i, j), vertex(i + 1, j));
      if (label_at(labels, i + 1, j) != label) edge(vertex(i + 1, j), vertex(i + 1, j + 1));
      if (label_at(labels, i, j + 1) != label) edge(vertex(i + 1, j + 1), vertex(i, j + 1));
      if (label_at(labels, i - 1, j) != label) edge(vertex(i, j + 1), vertex(i, j));
    }
  }
  std::vector<std::vector<Point>> rings;
  for (auto const start : starts) {
    if (!next.contains(start)) continue;
    std::vector<Point> ring;
    std::size_t v = start;
    for (auto step = next.find(v); step != next.end(); step = next.find(v)) {
      ring.push_back(vertices_[v]);
      v = step->second;
      next.erase(step);
    }
    ring.push_back(vertices_[start]);
    rings.push_back(std::move(ring));
  }
  std::ranges::sort(rings, std::greater{}, signed_area);
  return rings;
}

void Tessellation::collect_regions(std::size_t districts, std::size_t neighbourhoods) {
  auto const collect = [&](Labels const& labels, std::size_t count) {
    std::vector<Region> regions(count);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (labels[i] < 0) continue;
      Region& region = regions[static_cast<std::size_t>(labels[i])];
      region.centre.x += weights_[i] * centres_[i].x;
      region.centre.y += weights_[i] * centres_[i].y;
      region.weight += weights_[i];
      region.parent = static_cast<std::size_t>(district_[i]);
    }
    for (std::size_t r = 0; r < count; ++r) {
      MADANG_ASSERT(regions[r].weight > 0);
      regions[r].centre.x /= regions[r].weight;
      regions[r].centre.y /= regions[r].weight;
      regions[r].rings = trace(labels, static_cast<std::int16_t>(r));
    }
    return regions;
  };
  districts_ = collect(district_, districts);
  neighbourhoods_ = collect(neighbourhood_, neighbourhoods);
}

std::vector<std::pair<std::size_t, std::size_t>> Tessellation::adjacent(Labels const& labels) const {
  std::set<std::pair<std::size_t, std::size_t>> pairs;
  auto const note = [&](std::int16_t a, std::int16_t b) {
    if (a < 0 || b < 0 || a == b) return;
    pairs.emplace(static_cast<std::size_t>(std::min(a, b)), static_cast<std::size_t>(std::max(a, b)));
  };
  for (int j = 0; j < rows_; ++j) {
    for (int i = 0; i < columns_; ++i) {
      note(label_at(labels, i, j), label_at(labels, i + 1, j));
      note(label_at(labels, i, j), label_at(labels, i, j + 1));
    }
  }
  return {pairs.begin(), pairs.end()};
}

std::vector<std::pair<std::size_t, std::size_t>> Tessellation::adjacent_districts() const {
  return adjacent(district_);
}
std::vector<std::pair<std::size_t, std::size_t>> Tessellation::adjacent_neighbourhoods() const {
  return adjacent(neighbourhood_);
}

}  // namespace madang::simulation
