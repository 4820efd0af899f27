#include "city/geometry.h"

#include <geos_c.h>

#include <memory>
#include <string>

namespace madang::city {
namespace {

/// One GEOS context and what it says when something fails; made per call, since contexts are not shared by threads.
class Geos {
 public:
  Geos() : handle_(GEOS_init_r()) {
    GEOSContext_setErrorMessageHandler_r(
        handle_, [](char const* message, void* self) { static_cast<Geos*>(self)->message_ = message; }, this);
  }
  ~Geos() { GEOS_finish_r(handle_); }
  Geos(Geos const&) = delete;
  Geos& operator=(Geos const&) = delete;

  struct Destroy {
    GEOSContextHandle_t handle;
    void operator()(GEOSGeometry* geometry) const { GEOSGeom_destroy_r(handle, geometry); }
  };
  using Geometry = std::unique_ptr<GEOSGeometry, Destroy>;

  [[nodiscard]] Geometry own(GEOSGeometry* geometry) const { return Geometry(geometry, Destroy{handle_}); }
  [[nodiscard]] GEOSContextHandle_t handle() const { return handle_; }
  [[nodiscard]] std::unexpected<Error> failure(std::string const& doing) const {
    return fail(Code::kInvalid, doing + ": " + (message_.empty() ? "GEOS gives no reason" : message_));
  }

 private:
  GEOSContextHandle_t handle_;
  std::string message_;
};

/// nullptr when GEOS refuses the ring.
GEOSGeometry* new_ring(Geos const& geos, Ring const& ring) {
  auto* const sequence = GEOSCoordSeq_create_r(geos.handle(), static_cast<unsigned>(ring.size()), 2);
  if (sequence == nullptr) return nullptr;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    GEOSCoordSeq_setXY_r(geos.handle(), sequence, static_cast<unsigned>(i), ring[i].longitude, ring[i].latitude);
  }
  return GEOSGeom_createLinearRing_r(geos.handle(), sequence);
}

GEOSGeometry* new_polygon(Geos const& geos, Polygon const& polygon) {
  std::vector<GEOSGeometry*> rings;
  for (auto const& ring : polygon) {
    auto* const made = new_ring(geos, ring);
    if (made == nullptr) {
      for (auto* const earlier : rings) GEOSGeom_destroy_r(geos.handle(), earlier);
      return nullptr;
    }
    rings.push_back(made);
  }
  // Takes the rings over, whether it succeeds or not.
  return GEOSGeom_createPolygon_r(geos.handle(), rings.front(), rings.data() + 1,
                                  static_cast<unsigned>(rings.size() - 1));
}

Result<Geos::Geometry> geometry_of(Geos const& geos, MultiPolygon const& shape) {
  std::vector<GEOSGeometry*> polygons;
  for (auto const& polygon : shape) {
    auto* const made = polygon.empty() ? nullptr : new_polygon(geos, polygon);
    if (made == nullptr) {
      for (auto* const earlier : polygons) GEOSGeom_destroy_r(geos.handle(), earlier);
      return geos.failure("polygon");
    }
    polygons.push_back(made);
  }
  auto whole = geos.own(GEOSGeom_createCollection_r(geos.handle(), GEOS_MULTIPOLYGON, polygons.data(),
                                                    static_cast<unsigned>(polygons.size())));
  if (!whole) return geos.failure("polygon");
  return whole;
}

Ring ring_of_geos(Geos const& geos, GEOSGeometry const* geometry) {
  Ring ring;
  auto const* const sequence = GEOSGeom_getCoordSeq_r(geos.handle(), geometry);
  unsigned size = 0;
  GEOSCoordSeq_getSize_r(geos.handle(), sequence, &size);
  for (unsigned i = 0; i < size; ++i) {
    LatLon point;
    GEOSCoordSeq_getXY_r(geos.handle(), sequence, i, &point.longitude, &point.latitude);
    ring.push_back(point);
  }
  return ring;
}

/// Polygons of any depth of collection; points and lines that a repair leaves over have no area and are dropped.
void add_polygons(Geos const& geos, GEOSGeometry const* geometry, MultiPolygon& shape) {
  auto const type = GEOSGeomTypeId_r(geos.handle(), geometry);
  if (type == GEOS_POLYGON) {
    if (GEOSisEmpty_r(geos.handle(), geometry) != 0) return;
    Polygon polygon{ring_of_geos(geos, GEOSGetExteriorRing_r(geos.handle(), geometry))};
    auto const holes = GEOSGetNumInteriorRings_r(geos.handle(), geometry);
    for (int i = 0; i < holes; ++i) {
      polygon.push_back(ring_of_geos(geos, GEOSGetInteriorRingN_r(geos.handle(), geometry, i)));
    }
    shape.push_back(std::move(polygon));
  } else if (type == GEOS_MULTIPOLYGON || type == GEOS_GEOMETRYCOLLECTION) {
    auto const parts = GEOSGetNumGeometries_r(geos.handle(), geometry);
    for (int i = 0; i < parts; ++i) add_polygons(geos, GEOSGetGeometryN_r(geos.handle(), geometry, i), shape);
  }
}

std::string reason_of(Geos const& geos, GEOSGeometry const* geometry) {
  auto* const text = GEOSisValidReason_r(geos.handle(), geometry);
  if (text == nullptr) return "unknown reason";
  std::string reason{text};
  GEOSFree_r(geos.handle(), text);
  return reason;
}

}  // namespace

Result<MultiPolygon> repaired(MultiPolygon shape) {
  Geos const geos;
  MADANG_TRY(auto const geometry, geometry_of(geos, shape));
  if (GEOSisValid_r(geos.handle(), geometry.get()) == 1) return shape;
  auto const valid = geos.own(GEOSMakeValid_r(geos.handle(), geometry.get()));
  MultiPolygon repair;
  if (valid) add_polygons(geos, valid.get(), repair);
  if (repair.empty()) return fail(Code::kInvalid, "polygon cannot be repaired: " + reason_of(geos, geometry.get()));
  return repair;
}

Result<MultiPolygon> within_one_turn(MultiPolygon const& shape) {
  Geos const geos;
  MADANG_TRY(auto const geometry, geometry_of(geos, shape));
  auto const valid = geos.own(GEOSMakeValid_r(geos.handle(), geometry.get()));
  if (!valid) return geos.failure("polygon at the 180th meridian");
  MultiPolygon out;
  for (double const turn : {-360.0, 0.0, 360.0}) {
    auto const world = geos.own(GEOSGeom_createRectangle_r(geos.handle(), turn - 180, -90, turn + 180, 90));
    auto const piece = geos.own(GEOSIntersection_r(geos.handle(), valid.get(), world.get()));
    if (!piece) return geos.failure("polygon at the 180th meridian");
    MultiPolygon polygons;
    add_polygons(geos, piece.get(), polygons);
    for (auto& polygon : polygons) {
      for (auto& ring : polygon)
        for (auto& point : ring) point.longitude -= turn;
      out.push_back(std::move(polygon));
    }
  }
  if (out.empty()) return fail(Code::kInvalid, "a polygon at the 180th meridian has no area");
  return out;
}

Result<MultiPolygon> united(MultiPolygon const& polygons) {
  Geos const geos;
  MADANG_TRY(auto const geometry, geometry_of(geos, polygons));
  auto const whole = geos.own(GEOSUnaryUnion_r(geos.handle(), geometry.get()));
  if (!whole) return geos.failure("parts of one area");
  MultiPolygon out;
  add_polygons(geos, whole.get(), out);
  if (out.empty()) return fail(Code::kInvalid, "parts of one area have no area together");
  return out;
}

Result<LatLon> interior_point(MultiPolygon const& shape) {
  Geos const geos;
  MADANG_TRY(auto const geometry, geometry_of(geos, shape));
  auto const point = geos.own(GEOSPointOnSurface_r(geos.handle(), geometry.get()));
  LatLon inside;
  if (!point || GEOSGeomGetX_r(geos.handle(), point.get(), &inside.longitude) != 1 ||
      GEOSGeomGetY_r(geos.handle(), point.get(), &inside.latitude) != 1) {
    return geos.failure("point inside");
  }
  return inside;
}

}  // namespace madang::city
