#include "situations/handing_back.h"

#include "city/parties.h"
#include "core/json_fields.h"
#include "runtime/refusal.h"
#include "situations/limits.h"

namespace madang::situations {
namespace {

Result<PartyId> party_of(storage::events::Event const& event) {
  MADANG_TRY(auto const fields, JsonFields::of(event.payload, {"party"}));
  MADANG_TRY(auto const party, fields.integer("party"));
  if (!party || *party <= 0) return JsonFields::wrong("party", "the number of a party");
  return PartyId{*party};
}

}  // namespace

Result<void> hand_back(Situations& situations, PartyId party) {
  // Another server may have assigned something to the party a moment ago.
  MADANG_CHECK(situations.tick());
  MADANG_TRY(auto const open, situations.list({.open_only = true, .limit = kOpenMax}));
  for (auto const& s : open) {
    if (s->assignee != party) continue;
    Actor const machine{.party = {}, .name = {}, .seen_version = s->version};
    auto const freed = situations.assign(s->id, machine, {});
    if (freed) continue;
    // Something else happened to it meanwhile, perhaps its end: the next attempt sees how it stands then.
    MADANG_TRY(auto const now, situations.find(s->id));
    if (is_open(now->state) && now->assignee == party) return fail(freed.error());
  }
  return {};
}

Result<void> check_assignee(soci::session& sql, Situations::Change const& change) {
  auto const& now = *change.situation;
  if (change.entry.kind != Entry::Kind::kAssigned || !now.assignee) return {};
  MADANG_TRY(auto const is_here, city::hold_present(sql, now.assignee));
  if (is_here) return {};
  return runtime::refuse_field(Code::kInvalid, "assignee", "refusal.situation.assignee", {{"login", now.assignee_name}});
}

storage::events::Handler handing_back(Situations& situations) {
  return {.name = "situations.handing_back",
          .topic = std::string{city::kPartyEnded},
          .apply = {},
          .act = [&situations](storage::events::Event const& event) -> Result<void> {
            MADANG_TRY(auto const party, party_of(event));
            return hand_back(situations, party);
          },
          // The command line may have ended somebody before a server of this version has run.
          .from_the_beginning = true};
}

}  // namespace madang::situations
