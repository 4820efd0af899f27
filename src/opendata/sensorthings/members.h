// Entities by their members: what of each kind can be chosen ($select) or compared ($filter), on their JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "opendata/sensorthings/filter.h"
#include "opendata/sensorthings/paths.h"

namespace madang::opendata {

/// "name", "properties", "id" and so on; no links.
bool is_member(EntityKind kind, std::string_view name);
/// Of some kind, or a link between them: "Datastreams".
bool is_member_of_any(std::string_view name);

/// "name,properties" as the members' names in JSON. kInvalid: a name that the kind has not; kUnsupported: a path.
Result<std::vector<std::string>> parse_select(std::string_view text, EntityKind kind);

/// Whether the filter compares this member, or something below it.
bool mentions(Filter const& filter, std::string_view member);

/// `entities`: a JSON array. What matches, by its place in it.
std::vector<std::size_t> matching(Filter const& filter, std::string_view entities);

/// The same array with these members only, without its brackets.
std::string with_members(std::string_view entities, std::vector<std::string> const& names);

/// The same as rows of values in the order of the names, null where an entity has none: a JSON array of arrays.
std::string rows_of_members(std::string_view entities, std::vector<std::string> const& names);

}  // namespace madang::opendata
