// Keys, operators and their logins in the records. A counter changes with every write of keys and roles, and a session that ends early
// is told, so that another process sees cheaply what is new. What changes rights stands in the journal too, in the same transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "city/held_grants.h"
#include "city/model.h"
#include "city/parties.h"
#include "core/error.h"
#include "storage/records/records.h"

namespace madang::city {

struct StoredKey {
  Key key;
  std::string hash;
  PartyId party = PartyId{};  ///< whose permissions it carries; 0: none
};

struct StoredLogin {
  std::string token_hash;
  PartyId party;
  std::string login;  ///< the party's
  Instant expires_at;
};

struct StoredOperator {
  PartyId party;
  std::string password_hash;
};

struct StoredSessionEnd {
  std::int64_t id = 0;
  std::string token_hash;
};

class RightsStore {
 public:
  /// `actor`: who changes rights through this store, for the journal.
  explicit RightsStore(storage::Records& records, Actor actor = {}) : records_(records), actor_(std::move(actor)) {}

  Result<void> migrate();
  /// Changes with every write of keys and roles, in whichever process.
  Result<std::int64_t> version();
  Result<std::vector<StoredKey>> keys();
  /// Without those that are revoked.
  Result<std::vector<StoredKey>> valid_keys();
  Result<HeldGrants> grants(modules::Permissions const& permissions);

  /// The id is given here; the journal takes its time from the key. Refuses a party that carries no key.
  Result<void> add_key(StoredKey key);
  Result<void> revoke_key(std::string_view name, Instant now);

  /// A person who signs in and holds `role` in the whole city.
  Result<PartyId> add_operator(std::string const& login, std::string const& password_hash, std::string const& role, Instant now);
  /// Ends the operator's sessions too.
  Result<void> set_password(std::string const& login, std::string const& password_hash, Instant now);
  Result<std::optional<StoredOperator>> find_operator(std::string const& login);
  Result<std::size_t> operator_count();
  /// Who signs in and holds a role, himself or through an office; in alphabetical order.
  Result<std::vector<std::string>> operator_logins();
  /// The same, of one login. Nothing: nobody's, or somebody without a role.
  Result<std::optional<PartyId>> find_role_holder(std::string const& login);

  Result<std::optional<StoredLogin>> find_login(std::string const& token_hash);
  /// Removes what has expired, and the party's oldest beyond kSessionsPerPartyMax. False, and nothing is kept: `password_hash`, which was
  /// checked, is not the party's any more.
  Result<bool> add_login(StoredLogin const& login, std::string const& password_hash, Instant now);
  Result<void> remove_login(std::string const& token_hash, Instant now);
  /// The newest session that ended before its time; 0: none.
  Result<std::int64_t> last_session_end();
  Result<std::vector<StoredSessionEnd>> session_ends_after(std::int64_t id, std::size_t limit);

 private:
  Result<std::vector<StoredKey>> keys_where(std::string_view condition);

  storage::Records& records_;
  Actor actor_;
};

}  // namespace madang::city
