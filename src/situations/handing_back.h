// Who is gone takes care of nothing any more: the open Situations that were his are nobody's again, so that others see it.
#pragma once

#include "core/error.h"
#include "core/id.h"
#include "situations/situations.h"
#include "storage/events/handler.h"

namespace madang::situations {

/// With a line in the timeline of each, by the machine. What somebody assigned to another one meanwhile is that one's. A second time
/// there is nothing to do.
Result<void> hand_back(Situations& situations, PartyId party);

/// A TransactionHook: nothing is assigned to who ends at the same moment. kInvalid.
Result<void> check_assignee(soci::session& sql, Situations::Change const& change);

/// Does so when a party has ended, whichever server ended it. `situations` outlives it.
storage::events::Handler handing_back(Situations& situations);

}  // namespace madang::situations
