#include "situations/picture/frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace madang::situations {
namespace {

using web::markup::Point;

constexpr double kDegreeMetres = kEarthRadius * std::numbers::pi / 180.0;

/// Near a pole a degree of longitude is nothing; a drawing must still have a width.
double east_metres_at(double latitude) { return kDegreeMetres * std::max(0.01, std::cos(radians(latitude))); }

GeoBox nothing() {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  return {.south = kFar, .west = kFar, .north = -kFar, .east = -kFar};
}

void take_in(GeoBox& box, LatLon place, double middle) {
  auto const longitude = longitude_near(place.longitude, middle);
  box.south = std::min(box.south, place.latitude);
  box.north = std::max(box.north, place.latitude);
  box.west = std::min(box.west, longitude);
  box.east = std::max(box.east, longitude);
}

/// One side of a box: places with `sign * coordinate <= limit` are inside.
struct Side {
  double LatLon::*coordinate;
  double sign;
  double limit;

  [[nodiscard]] double outside(LatLon p) const { return sign * p.*coordinate - limit; }
};

/// Where the way from a to b crosses the side.
LatLon crossing(LatLon a, LatLon b, Side const& side) {
  double const part = side.outside(a) / (side.outside(a) - side.outside(b));
  return {a.latitude + part * (b.latitude - a.latitude), a.longitude + part * (b.longitude - a.longitude)};
}

/// Sutherland and Hodgman, 1974: one half plane after the other.
Ring cut(Ring const& ring, Side const& side) {
  Ring out;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    auto const from = ring[i];
    auto const to = ring[(i + 1) % ring.size()];
    bool const from_in = side.outside(from) <= 0;
    bool const to_in = side.outside(to) <= 0;
    if (from_in) out.push_back(from);
    if (from_in != to_in) out.push_back(crossing(from, to, side));
  }
  return out;
}

}  // namespace

MapFrame::MapFrame(std::span<LatLon const> seen, PictureSize size, double margin, double metres_min) : size_(size) {
  double const first = seen.empty() ? 0 : seen.front().longitude;
  auto box = nothing();
  for (auto const& place : seen) take_in(box, place, first);
  if (seen.empty()) box = {};
  middle_ = {(box.south + box.north) / 2, (box.west + box.east) / 2};
  east_metres_ = east_metres_at(middle_.latitude);
  double const wide = std::max((box.east - box.west) * east_metres_, metres_min);
  double const high = (box.north - box.south) * kDegreeMetres;
  metres_per_pixel_ = std::max(wide / (size.width - 2 * margin), high / (size.height - 2 * margin));
}

Point MapFrame::at(LatLon place) const {
  double const east = (longitude_near(place.longitude, middle_.longitude) - middle_.longitude) * east_metres_;
  double const north = (place.latitude - middle_.latitude) * kDegreeMetres;
  return {size_.width / 2 + east / metres_per_pixel_, size_.height / 2 - north / metres_per_pixel_};
}

GeoBox MapFrame::box(double margin) const {
  double const up = (size_.height / 2 + margin) * metres_per_pixel_ / kDegreeMetres;
  double const right = (size_.width / 2 + margin) * metres_per_pixel_ / east_metres_;
  return {.south = middle_.latitude - up,
          .west = middle_.longitude - right,
          .north = middle_.latitude + up,
          .east = middle_.longitude + right};
}

double longitude_near(double longitude, double middle) { return middle + std::remainder(longitude - middle, 360.0); }

std::vector<LatLon> around(LatLon place, double metres) {
  double const up = metres / kDegreeMetres;
  double const right = metres / east_metres_at(place.latitude);
  return {{place.latitude + up, place.longitude},
          {place.latitude, place.longitude + right},
          {place.latitude - up, place.longitude},
          {place.latitude, place.longitude - right}};
}

Ring clipped(Ring const& ring, GeoBox const& box) {
  Ring out = ring;
  if (!out.empty() && out.front() == out.back()) out.pop_back();
  double const middle = (box.west + box.east) / 2;
  for (auto& place : out) place.longitude = longitude_near(place.longitude, middle);
  for (auto const& side : std::array{Side{&LatLon::latitude, 1, box.north}, Side{&LatLon::latitude, -1, -box.south},
                                     Side{&LatLon::longitude, 1, box.east}, Side{&LatLon::longitude, -1, -box.west}})
    out = cut(out, side);
  if (out.size() < 3) return {};
  out.push_back(out.front());
  return out;
}

GeoBox box_of(MultiPolygon const& shape, double middle) {
  auto box = nothing();
  for (auto const& polygon : shape) {
    if (polygon.empty()) continue;
    for (auto const& place : polygon.front()) take_in(box, place, middle);
  }
  return box;
}

bool intersect(GeoBox const& a, GeoBox const& b) {
  return a.south <= b.north && b.south <= a.north && a.west <= b.east && b.west <= a.east;
}

ScaleBar scale_bar(double metres_max) {
  ScaleBar bar{1, {}};
  for (double power = 1; power <= 1e6; power *= 10) {
    for (double const step : {1.0, 2.0, 5.0})
      if (power * step <= metres_max) bar.metres = power * step;
  }
  bar.text = bar.metres < 1000 ? fmt::format("{:.0f} m", bar.metres) : fmt::format("{:.0f} km", bar.metres / 1000);
  return bar;
}

}  // namespace madang::situations
