#include "opendata/sensorthings/read_costs.h"

#include <algorithm>

#include "opendata/sensorthings/limits.h"
#include "opendata/sensorthings/paths.h"
#include "opendata/sensorthings/query_options.h"

namespace madang::opendata {
namespace {

/// Whose observations a path that ends with them names.
enum class Whose { kOneDatastream, kOneFeature, kAll };

Whose whose(ResourcePath const& path) {
  if (path.segments.size() < 2) return Whose::kAll;
  auto const& before = path.segments[path.segments.size() - 2].name;
  if (before.starts_with("Feature")) return Whose::kOneFeature;
  return before.starts_with("Datastream") ? Whose::kOneDatastream : Whose::kAll;
}

bool may_walk_observations(Whose whose, QueryOptions const& options) {
  bool const in_time = options.order.size() == 1 && options.order.front().key == OrderKey::kPhenomenonTime;
  bool const picks = options.filter && !options.filter->is_only_bounds();
  if (whose == Whose::kOneFeature || picks || !(in_time || options.order.empty())) return true;
  if (whose == Whose::kOneDatastream) return false;
  if (options.filter || options.count) return true;
  // The newest of all are those of as many Datastreams as there are places; one after the other they are read as they come.
  bool const newest_first = in_time && options.order.front().descending;
  return newest_first ? options.skip > kTopDefault || options.top > kTopDefault : in_time || options.skip > 0;
}

}  // namespace

bool may_walk(std::string_view text, web::Fields const& query) {
  if (std::ranges::none_of(query, [](auto const& option) { return option.first.starts_with('$'); }) && !text.contains("Feature")) return false;
  auto const path = parse_path(text);
  if (!path || path->segments.empty() || path->segments.back().id) return false;
  auto const kind = kind_of_set(path->segments.back().name);
  if (!kind) return false;
  auto const options = parse_query(query, *kind);
  if (!options) return false;
  if (*kind == EntityKind::kObservation) return may_walk_observations(whose(*path), *options);
  return options->filter || (*kind == EntityKind::kDatastream && options->top > kDatastreamsReadPlainly);
}

}  // namespace madang::opendata
