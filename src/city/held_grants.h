// What each party may do now: through its own roles and those of its offices. Of several roles one gives and none takes away.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/error.h"
#include "core/id.h"
#include "modules/permissions.h"

namespace soci {
class session;
}

namespace madang::city {

using HeldGrants = std::unordered_map<PartyId, std::shared_ptr<web::Grants const>>;

/// Of every party that holds a role; of parties and offices that ended nothing counts.
Result<HeldGrants> held_grants(soci::session& sql, modules::Permissions const& permissions);

/// Takes over from `before` what somebody still holds just so: who compares the two objects sees that nothing changed.
void keep_unchanged(HeldGrants& now, HeldGrants const& before, modules::Permissions const& permissions);

/// What a role lets somebody do; empty where there is no such role (any more).
Result<std::vector<std::string>> permissions_of_role(soci::session& sql, modules::Permissions const& permissions, std::string_view role);

}  // namespace madang::city
