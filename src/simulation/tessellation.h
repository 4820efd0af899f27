// Cuts the land into districts and neighbourhoods. A fine mesh, whose middle line is the river, is labelled by
// relaxed weighted centres; borders are the mesh lines between two labels, smoothed once for both sides. So
// neighbours share their points exactly, neighbourhoods nest in districts, and the river is always a border.
#pragma once

#include <cstdint>
#include <vector>

#include "simulation/land.h"

namespace madang::simulation {

/// One level of labels over the mesh: -1 outside the city, else 0, 1, ...
using Labels = std::vector<std::int16_t>;

struct TessellationSize {
  std::size_t districts = 25;
  std::size_t neighbourhoods = 425;
};

/// Immutable after construction.
class Tessellation {
 public:
  Tessellation(Land const& land, std::uint64_t seed, TessellationSize size);

  struct Region {
    Point centre;            ///< weighted by how built-up the places in it are
    std::size_t parent = 0;  ///< a neighbourhood's district
    double weight = 0;       ///< sum of built-up mesh cells
    /// Outer ring counter-clockwise, then holes (rare); first point repeated at the end.
    std::vector<std::vector<Point>> rings;
  };

  [[nodiscard]] std::vector<Region> const& districts() const { return districts_; }
  [[nodiscard]] std::vector<Region> const& neighbourhoods() const { return neighbourhoods_; }
  /// Pairs (a < b) of regions with a common border.
  [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> adjacent_districts() const;
  [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> adjacent_neighbourhoods() const;
  [[nodiscard]] bool north_of_river(Point p) const;

 private:
  struct Seed {
    Point point;
    std::int16_t label = 0;
  };

  void make_mesh(std::uint64_t seed);
  void make_mask();
  void make_districts(std::uint64_t seed, std::size_t count);
  void make_neighbourhoods(std::uint64_t seed, std::size_t count);
  /// Moves `count` centres to the weighted middles of their cells (Lloyd), starting from random members.
  [[nodiscard]] std::vector<Point> relaxed_centres(std::vector<std::size_t> const& cells, std::size_t count,
                                                   std::uint64_t key) const;
  void assign_nearest(Labels& labels, std::vector<std::size_t> const& cells, std::vector<Seed> const& centres,
                      std::uint64_t warp_key, double warp) const;
  /// Makes every label one piece without corner-only contacts; labels never leave their `domain`.
  void mend(Labels& labels, Labels const& domain) const;
  bool join_pieces(Labels& labels, Labels const& domain) const;
  /// Cells that do not belong to the largest piece of their label.
  [[nodiscard]] std::vector<std::size_t> loose_cells(Labels const& labels) const;
  void for_neighbours(std::size_t index, auto const& visit) const;
  bool open_corners(Labels& labels, Labels const& domain) const;
  void smooth_borders();
  void collect_regions(std::size_t districts, std::size_t neighbourhoods);
  [[nodiscard]] std::vector<std::vector<Point>> trace(Labels const& labels, std::int16_t label) const;
  [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> adjacent(Labels const& labels) const;

  [[nodiscard]] std::size_t cell(int i, int j) const { return static_cast<std::size_t>(std::int64_t{j} * columns_ + i); }
  [[nodiscard]] std::size_t vertex(int i, int j) const { return static_cast<std::size_t>(std::int64_t{j} * (columns_ + 1) + i); }
  [[nodiscard]] std::int16_t label_at(Labels const& labels, int i, int j) const;

  Land const& land_;
  int columns_ = 0;
  int rows_ = 0;
  int river_row_ = 0;  ///< mesh line that is the river's middle
  std::vector<Point> vertices_;
  std::vector<Point> centres_;   ///< of cells
  std::vector<double> weights_;  ///< of cells
  Labels side_;                  ///< 0 south, 1 north of the river, -1 outside
  Labels district_;
  Labels neighbourhood_;
  std::vector<Region> districts_;
  std::vector<Region> neighbourhoods_;
};

}  // namespace madang::simulation
