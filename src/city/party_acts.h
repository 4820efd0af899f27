// What acts on parties and roles share: that they follow one another, rows, the journal, and that an administrator stays.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "city/party_tables.h"
#include "storage/journal/journal.h"
#include "storage/records/transactions.h"

namespace madang::city {

/// For the journal, which names parties, roles and Areas by what is nobody's name.
struct PartyAct {
  Instant at;
  std::string kind;
  Actor by;
  PartyId party = PartyId{};
  PartyId office = PartyId{};
  std::string role = {};
  AreaId area = AreaId{};
  std::vector<std::string> permissions = {};
  std::vector<storage::journal::Secret> secrets = {};
};

/// A transaction of its own for what changes parties, roles or keys. They follow one another in all processes: what one has
/// checked (that an administrator is left, that somebody is there still) holds until it is written. Tells every process too.
Result<void> one_act_at_a_time(storage::Records& records, storage::Records::Work const& work);

/// Last in the transaction.
Result<void> record(soci::session& sql, PartyAct act);

/// Gives the id. kConflict: the login is taken.
Result<void> add_party(soci::session& sql, PartyRow& row, Actor const& by);
/// Ends the sessions too; records `act`. kInvalid: not a person.
Result<void> put_password(soci::session& sql, PartyRow row, std::string const& hash, PartyAct act);
Result<RoleGrant> add_grant(soci::session& sql, RoleGrant grant, Actor const& by);

/// The actor's refusal where he does not reach what a role lets its holders do there. A role that ended lets nobody do anything.
Result<void> check_reaches_role(soci::session& sql, modules::Permissions const& permissions, Actor const& by, std::string_view role, AreaId area);
/// The same of all that a party and its offices hold: who changes its password, or ends it, could do all of it or undo it.
Result<void> check_reaches_party(soci::session& sql, modules::Permissions const& permissions, Actor const& by, PartyId party);

/// kConflict, and the transaction must end: before `change` somebody could sign in and administer the whole city, and
/// nobody could afterwards. Only the command line would be left.
Result<void> keeping_an_administrator(soci::session& sql, std::function<Result<void>()> const& change);

/// Comes with the program and is never kept or changed.
bool is_shipped_role(std::string_view name);
/// kNotFound: neither that, nor one of the city's own that has not ended.
Result<void> check_role(soci::session& sql, std::string_view name);

/// kInvalid: too long, or not text.
Result<void> check_party_name(std::string_view name);

}  // namespace madang::city
