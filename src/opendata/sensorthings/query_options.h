// The query options of a SensorThings read ($top, $skip, $count, $orderby, $filter, $select). What is not here is answered 501,
// as the standard asks. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "opendata/sensorthings/filter.h"
#include "opendata/sensorthings/paths.h"
#include "web/http/http.h"

namespace madang::opendata {

enum class OrderKey : std::uint8_t { kId, kPhenomenonTime, kResultTime, kResult };

struct OrderBy {
  OrderKey key = OrderKey::kId;
  bool descending = false;
};

/// Behind this observation a page begins: stays true while others come in, as a number to skip does not.
struct PagePosition {
  Instant time;
  ObservationId id;
};

struct QueryOptions {
  std::size_t top = 0;
  std::size_t skip = 0;
  std::optional<PagePosition> after;  ///< $skiptoken, as nextLink gives it
  bool count = false;
  bool data_array = false;  ///< $resultFormat=dataArray: observations as rows
  std::vector<OrderBy> order;
  std::optional<Filter> filter;
  std::vector<std::string> select;  ///< members by their names in JSON; empty: all
};

/// kUnsupported: an option, a function or a property that this service does not know for this kind; kInvalid names the
/// option.
Result<QueryOptions> parse_query(web::Fields const& query, EntityKind kind);

/// The same query further on, percent-encoded, with its '?'.
std::string next_query(web::Fields const& query, std::string_view option, std::string_view value);
std::string text_of(PagePosition const& position);

}  // namespace madang::opendata
