// Keys, operators and their logins in the records. A counter changes with every write, so that another process
// sees cheaply that there is something new. What changes rights stands in the journal too, written in the same transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "city/model.h"
#include "core/error.h"
#include "storage/records/records.h"

namespace madang::city {

struct StoredKey {
  Key key;
  std::string hash;
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

class RightsStore {
 public:
  /// `actor`: who changes rights through this store, for the journal.
  explicit RightsStore(storage::Records& records, std::string actor = {}) : records_(records), actor_(std::move(actor)) {}

  Result<void> migrate();
  /// Changes with every write below, in whichever process.
  Result<std::int64_t> version();
  Result<std::vector<StoredKey>> keys();
  Result<std::vector<StoredLogin>> logins();

  Result<void> add_key(StoredKey key);  ///< the id is given here; the journal takes its time from the key
  Result<void> revoke_key(std::string_view name, Instant now);

  Result<PartyId> add_operator(std::string const& login, std::string const& password_hash, Instant now);
  /// Ends the operator's sessions too.
  Result<void> set_password(std::string const& login, std::string const& password_hash, Instant now);
  Result<std::optional<StoredOperator>> find_operator(std::string const& login);
  Result<std::size_t> operator_count();
  Result<std::vector<std::string>> operator_logins();  ///< in alphabetical order

  /// Removes what has expired, and the oldest beyond kSessionsMax.
  Result<void> add_login(StoredLogin const& login, Instant now);
  Result<void> remove_login(std::string const& token_hash);

 private:
  storage::Records& records_;
  std::string actor_;
};

}  // namespace madang::city
