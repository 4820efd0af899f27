// What a post is answered, once what it brought is durable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "opendata/sensorthings/observations.h"
#include "opendata/sensorthings/paths.h"
#include "sensing/outcomes.h"
#include "storage/observations/store.h"
#include "web/http/http.h"

namespace madang::opendata {

web::Response created(std::string_view base, EntityRef ref);
/// CreateObservations: one link, or "error ..." with the reason, for each element in its order; `whys` as in DataArrays.
web::Response created_all(std::string_view base, std::vector<std::uint32_t> const& elements, std::vector<std::string> const& whys,
                          storage::Appended const& appended);
/// An element that stands twice in the body is stored once and repeated once.
sensing::Outcomes outcomes_of(std::vector<std::uint32_t> const& elements, storage::Appended const& appended);
/// Why elements were refused, in one header field, for clients that take every element of the body for a link or an error.
std::string header_text(std::vector<std::string> const& reasons);

}  // namespace madang::opendata
