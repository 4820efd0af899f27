#include "simulation/land.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "simulation/noise.h"

namespace madang::simulation {
namespace {

constexpr LatLon kCentre{37.55, 126.99};
constexpr double kHalfWidth = 18.4;   // km, west to east
constexpr double kHalfHeight = 15.1;  // km, south to north
constexpr double kKmPerDegree = kEarthRadius * std::numbers::pi / 180.0 / 1000.0;

double bump(Point p, Point centre, double radius) {
  double const dx = (p.x - centre.x) / radius;
  double const dy = (p.y - centre.y) / radius;
  return std::exp(-0.5 * (dx * dx + dy * dy));
}

}  // namespace

LatLon on_earth(Point p) {
  return {kCentre.latitude + p.y / kKmPerDegree,
          kCentre.longitude + p.x / (kKmPerDegree * std::cos(radians(kCentre.latitude)))};
}

Point in_plane(LatLon p) {
  return {(p.longitude - kCentre.longitude) * kKmPerDegree * std::cos(radians(kCentre.latitude)),
          (p.latitude - kCentre.latitude) * kKmPerDegree};
}

double distance(Point a, Point b) { return std::hypot(a.x - b.x, a.y - b.y); }

Land::Land(std::uint64_t seed) : seed_(seed) {
  std::uint64_t const key = key_of(seed, 0x1A);
  for (std::size_t i = 0; i < edge_phase_.size(); ++i) {
    edge_phase_[i] = uniform(at(key, static_cast<std::int64_t>(i)), 0, kTurn);
  }
  for (std::size_t i = 0; i < river_phase_.size(); ++i) {
    river_phase_[i] = uniform(at(key, 100 + static_cast<std::int64_t>(i)), 0, kTurn);
  }
  Point low{1e9, 1e9};
  Point high{-1e9, -1e9};
  for (int i = 0; i < 720; ++i) {
    double const angle = kTurn * i / 720;
    double const r = rough_radius(angle);
    low = {std::min(low.x, r * std::cos(angle)), std::min(low.y, r * std::sin(angle))};
    high = {std::max(high.x, r * std::cos(angle)), std::max(high.y, r * std::sin(angle))};
  }
  scale_ = {2 * kHalfWidth / (high.x - low.x), 2 * kHalfHeight / (high.y - low.y)};
  shift_ = {-(high.x + low.x) / 2 * scale_.x, -(high.y + low.y) / 2 * scale_.y};
  for (std::size_t i = 0; i < cores_.size(); ++i) {
    auto const n = static_cast<std::int64_t>(i);
    double const angle = kTurn * (static_cast<double>(i) / static_cast<double>(cores_.size()) +
                                  uniform(at(key, 200 + n), -0.07, 0.07));
    double const reach = i == 0 ? 0.1 : uniform(at(key, 210 + n), 0.3, 0.6);
    cores_[i] = {{kHalfWidth * reach * std::cos(angle), kHalfHeight * reach * std::sin(angle)},
                 uniform(at(key, 220 + n), 2.2, 4.2), i == 0 ? 0.75 : uniform(at(key, 230 + n), 0.35, 0.7)};
  }
  for (std::size_t i = 0; i < hills_.size(); ++i) {
    auto const n = static_cast<std::int64_t>(i);
    double const angle = kTurn * (static_cast<double>(i) + 0.5 + uniform(at(key, 240 + n), -0.3, 0.3)) /
                         static_cast<double>(hills_.size());
    hills_[i] = {{kHalfWidth * 0.8 * std::cos(angle), kHalfHeight * 0.85 * std::sin(angle)},
                 uniform(at(key, 250 + n), 1.3, 2.4), uniform(at(key, 260 + n), 0.7, 1)};
  }
}

double Land::rough_radius(double angle) const {
  return 1 + 0.09 * std::sin(2 * angle + edge_phase_[0]) + 0.08 * std::sin(3 * angle + edge_phase_[1]) +
         0.06 * std::sin(4 * angle + edge_phase_[2]) + 0.045 * std::sin(6 * angle + edge_phase_[3]) +
         0.03 * std::sin(9 * angle + edge_phase_[4]) + 0.02 * std::sin(14 * angle + edge_phase_[5]);
}

bool Land::inside(Point p) const {
  Point const q{(p.x - shift_.x) / scale_.x, (p.y - shift_.y) / scale_.y};
  return std::hypot(q.x, q.y) < rough_radius(std::atan2(q.y, q.x));
}

std::vector<Point> Land::outline(int count, double share) const {
  std::vector<Point> points;
  for (int i = 0; i < count; ++i) {
    double const angle = kTurn * i / count;
    double const r = share * rough_radius(angle);
    points.push_back({r * std::cos(angle) * scale_.x + shift_.x, r * std::sin(angle) * scale_.y + shift_.y});
  }
  return points;
}

double Land::river_middle(double x) const {
  return -1.2 + 0.035 * x + 1.9 * std::sin(kTurn * x / 19.5 + river_phase_[0]) +
         0.55 * std::sin(kTurn * x / 8.6 + river_phase_[1]);
}

double Land::river_width(double x) const {
  return 0.95 + 0.2 * std::sin(kTurn * x / 11 + river_phase_[2]) + 0.008 * (18 - x);
}

double Land::to_water(Point p) const {
  double const slope = (river_middle(p.x + 0.05) - river_middle(p.x - 0.05)) / 0.1;
  double const off = std::abs(p.y - river_middle(p.x)) / std::sqrt(1 + slope * slope);
  return off - river_width(p.x) / 2;
}

std::vector<Point> Land::along_river(double from_x, double to_x, double offset_in_widths, double offset_km) const {
  std::vector<Point> line;
  constexpr double kStep = 0.3;
  for (double x = from_x; x <= to_x; x += kStep) {
    double const slope = (river_middle(x + 0.05) - river_middle(x - 0.05)) / 0.1;
    double const length = std::sqrt(1 + slope * slope);
    double const off = offset_in_widths * river_width(x) + offset_km;
    line.push_back({x - off * slope / length, river_middle(x) + off / length});
  }
  return line;
}

double Land::density(Point p) const {
  double sum = 0.22;
  for (auto const& core : cores_) sum += core.height * bump(p, core.centre, core.radius);
  sum += 0.14 * noise(key_of(seed_, 0x1B), p.x / 2.1, p.y / 2.1, 0);
  return std::clamp(sum * (1 - 0.85 * green(p)), 0.05, 1.0);
}

double Land::green(Point p) const {
  double sum = 0;
  for (auto const& hill : hills_) sum += hill.height * bump(p, hill.centre, hill.radius);
  sum += 0.12 * noise(key_of(seed_, 0x1C), p.x / 1.3, p.y / 1.3, 0);
  return std::clamp(sum, 0.0, 1.0);
}

}  // namespace madang::simulation
