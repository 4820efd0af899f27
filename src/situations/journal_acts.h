// How what somebody did stands in the journal: which act, by whom, on what, each by number; names and words as commitments.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "situations/situations.h"
#include "storage/journal/journal.h"

namespace madang::situations {

/// Who acts, and when. A party of 0 is the command line; its name is whose program it is.
struct Act {
  Instant at;
  Actor by;
};

/// {"party":...,"login":...}: opens the commitment "actor".
std::string actor_text(PartyId party, std::string const& login);

/// In the open transaction, last. `subject`: what the number means, such as "silence".
Result<void> record_act(soci::session& transaction, Act const& act, std::string kind, std::string_view subject, std::int64_t number,
                        std::vector<storage::journal::Secret> secrets = {});

}  // namespace madang::situations
