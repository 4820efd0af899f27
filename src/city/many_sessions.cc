#include "city/many_sessions.h"

#include <fmt/format.h>

#include "city/limits.h"
#include "city/party_tables.h"
#include "city/rights_store.h"
#include "city/secrets.h"
#include "storage/records/transactions.h"

namespace madang::city {
namespace {

constexpr char const* kNoHash = "none";  // nobody knows a password of it

std::string login_of(std::size_t number) { return fmt::format("citizen-{:07}", number); }

}  // namespace

Result<std::vector<std::string>> add_people_with_sessions(storage::Records& records, runtime::Clock const& clock, std::size_t count) {
  std::vector<std::string> tokens;
  auto const work = [&](soci::session& sql) -> Result<void> {
    tokens.clear();
    auto const now = clock.now();
    auto const first = storage::take_ids(sql, "party", static_cast<std::int64_t>(count));
    if (first != 1) return fail(Code::kConflict, "there are people in these records already");
    std::vector<PartyRow> people;
    std::vector<SessionRow> sessions;
    for (std::size_t i = 0; i < count; ++i) {
      PartyId const id{first + static_cast<std::int64_t>(i)};
      people.push_back({.id = id, .login = login_of(i), .signs_in = true, .password_hash = kNoHash, .created_at = now});
      tokens.push_back(random_token());
      sessions.push_back({hash_of_token(tokens.back()), id, now + kSessionLength});
    }
    MADANG_CHECK(storage::insert_all(sql, kParties, std::span<PartyRow const>{people}));
    return storage::insert_all(sql, kSessions, std::span<SessionRow const>{sessions});
  };
  MADANG_CHECK(records.transaction(work));
  return tokens;
}

Result<std::string> add_session_of(storage::Records& records, runtime::Clock const& clock, std::size_t number) {
  auto token = random_token();
  auto const now = clock.now();
  StoredLogin const login{hash_of_token(token), PartyId{static_cast<std::int64_t>(number) + 1}, login_of(number), now + kSessionLength};
  MADANG_TRY(bool const is_in, RightsStore(records).add_login(login, kNoHash, now));
  if (!is_in) return fail(Code::kNotFound, fmt::format("there is no {}", login.login));
  return token;
}

}  // namespace madang::city
