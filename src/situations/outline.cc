#include "situations/outline.h"

#include <geos_c.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "situations/limits.h"

namespace madang::situations {
namespace {

/// About five metres; then doubled until it is enough.
constexpr double kToleranceDegrees = 5e-5;
constexpr int kTriesMax = 20;

struct EndContext {
  void operator()(GEOSContextHandle_t context) const { GEOS_finish_r(context); }
};
using Context = std::unique_ptr<std::remove_pointer_t<GEOSContextHandle_t>, EndContext>;

struct EndGeometry {
  GEOSContextHandle_t context;
  void operator()(GEOSGeometry* geometry) const { GEOSGeom_destroy_r(context, geometry); }
};
using Geometry = std::unique_ptr<GEOSGeometry, EndGeometry>;

Geometry polygon_of(GEOSContextHandle_t context, Ring const& ring) {
  auto* const places = GEOSCoordSeq_create_r(context, static_cast<unsigned>(ring.size()), 2);
  if (places == nullptr) return {nullptr, {context}};
  for (std::size_t i = 0; i < ring.size(); ++i)
    GEOSCoordSeq_setXY_r(context, places, static_cast<unsigned>(i), ring[i].longitude, ring[i].latitude);
  auto* const outer = GEOSGeom_createLinearRing_r(context, places);
  if (outer == nullptr) return {nullptr, {context}};
  return {GEOSGeom_createPolygon_r(context, outer, nullptr, 0), {context}};
}

Ring ring_of(GEOSContextHandle_t context, GEOSGeometry const* polygon) {
  Ring ring;
  auto const* const outer = polygon == nullptr ? nullptr : GEOSGetExteriorRing_r(context, polygon);
  auto const* const places = outer == nullptr ? nullptr : GEOSGeom_getCoordSeq_r(context, outer);
  unsigned count = 0;
  if (places == nullptr || GEOSCoordSeq_getSize_r(context, places, &count) == 0) return ring;
  for (unsigned i = 0; i < count; ++i) {
    LatLon place;
    GEOSCoordSeq_getXY_r(context, places, i, &place.longitude, &place.latitude);
    ring.push_back(place);
  }
  return ring;
}

/// Keeps the shape from crossing itself. The ring itself where GEOS cannot.
Ring simplified(GEOSContextHandle_t context, Ring const& ring, double tolerance) {
  auto const polygon = polygon_of(context, ring);
  if (!polygon) return ring;
  Geometry const simple{GEOSTopologyPreserveSimplify_r(context, polygon.get(), tolerance), {context}};
  auto out = ring_of(context, simple.get());
  return out.size() < 4 ? ring : out;
}

double size_of(Ring const& ring) {
  double twice = 0;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i)
    twice += ring[i].longitude * ring[i + 1].latitude - ring[i + 1].longitude * ring[i].latitude;
  return std::abs(twice);
}

std::size_t places_in(std::vector<Ring> const& rings) {
  std::size_t count = 0;
  for (auto const& ring : rings) count += ring.size();
  return count;
}

std::vector<Ring> outer_rings(MultiPolygon const& shape) {
  std::vector<Ring> rings;
  for (auto const& polygon : shape) {
    if (polygon.empty() || polygon.front().size() < 3) continue;
    auto ring = polygon.front();
    if (ring.front() != ring.back()) ring.push_back(ring.front());
    if (ring.size() >= 4) rings.push_back(std::move(ring));
  }
  std::ranges::sort(rings, std::greater{}, size_of);
  if (rings.size() > kOutlineRingsMax) rings.resize(kOutlineRingsMax);
  return rings;
}

}  // namespace

std::vector<Ring> outline_of(MultiPolygon const& shape, std::size_t pairs_max) {
  auto const rings = outer_rings(shape);
  auto out = rings;
  Context const context{GEOS_init_r()};
  double tolerance = kToleranceDegrees;
  for (int i = 0; i < kTriesMax && places_in(out) > pairs_max; ++i, tolerance *= 2) {
    std::ranges::transform(rings, out.begin(),
                           [&](Ring const& ring) { return simplified(context.get(), ring, tolerance); });
  }
  while (out.size() > 1 && places_in(out) > pairs_max) out.pop_back();
  return out;
}

}  // namespace madang::situations
