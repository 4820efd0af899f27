// The journal over HTTP, read-only: heads and proofs for everybody, who did what for who may know it. docs/formats/journal.md.
#pragma once

#include "storage/records/records.h"
#include "web/http/http.h"

namespace madang::app {

/// Everything that opens commitments: names, words.
inline constexpr web::Permission kSeeJournal{"journal.see"};

/// The records outlive the routes.
web::Routes journal_routes(storage::Records& records);

}  // namespace madang::app
