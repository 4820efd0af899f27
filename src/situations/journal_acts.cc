#include "situations/journal_acts.h"

#include "core/json_writer.h"

namespace madang::situations {

std::string actor_text(PartyId party, std::string const& login) {
  JsonWriter out;
  out.begin_object().field("party", party.value()).field("login", login).end_object();
  return out.take();
}

Result<void> record_act(soci::session& sql, Act const& act, std::string kind, std::string_view subject, std::int64_t number,
                        std::vector<storage::journal::Secret> secrets) {
  JsonWriter facts;
  facts.begin_object();
  if (act.by.party) facts.field("by", act.by.party.value());
  facts.field(subject, number).end_object();
  secrets.insert(secrets.begin(), {"actor", actor_text(act.by.party, act.by.name)});
  std::erase_if(secrets, [](auto const& secret) { return secret.data.empty(); });
  MADANG_CHECK(storage::journal::append(sql, {act.at, std::move(kind), facts.take(), std::move(secrets)}));
  return {};
}

}  // namespace madang::situations
