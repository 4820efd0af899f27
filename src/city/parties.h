// Who there is in the city: persons, offices, devices and services; who belongs to which office; which roles somebody holds and
// where. Nothing is deleted: what ended keeps its row, and each act stands in the journal.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/id.h"
#include "core/time.h"
#include "modules/permissions.h"
#include "runtime/clock.h"

namespace soci {
class session;
}
namespace madang::storage {
class Records;
}

namespace madang::city {

/// The topic of the event that a party has ended; its key is the party, its payload {"party": 7}.
inline constexpr std::string_view kPartyEnded = "party.ended";

using MembershipId = Id<struct MembershipTag>;
using RoleGrantId = Id<struct RoleGrantTag>;

enum class PartyKind : std::uint8_t { kPerson, kOffice, kDevice, kService };
constexpr PartyKind last_of(PartyKind) { return PartyKind::kService; }
std::string_view name_of(PartyKind kind);
/// kInvalid names the kinds there are.
Result<PartyKind> party_kind_of(std::string_view name);

struct Party {
  PartyId id;
  PartyKind kind = PartyKind::kPerson;
  std::string login;  ///< unique for ever, also after it ended
  std::string name;   ///< as people call it; may be empty
  bool signs_in = false;  ///< has a password
  std::optional<Instant> created_at;  ///< absent: before this was kept
  std::optional<Instant> ended_at;
};

struct Membership {
  MembershipId id;
  PartyId party;
  PartyId office;
  Instant since;
  std::optional<Instant> ended_at;
};

/// A role that a party holds itself; an office's are held by all its members.
struct RoleGrant {
  RoleGrantId id;
  PartyId party;
  std::string role;
  AreaId area;  ///< there and in all Areas below; 0: in the whole city
  Instant since;
  std::optional<Instant> ended_at;
};

struct Role {
  std::string name;
  bool shipped = false;  ///< comes with the program and is not changed
  std::vector<std::string> permissions;  ///< "*": every one
};

/// What was given to a party, now and before.
struct PartyHistory {
  std::vector<RoleGrant> roles;
  std::vector<Membership> offices;
  std::vector<Membership> members;
  bool is_cut = false;  ///< there was more, before
};

struct PartyFilter {
  std::optional<PartyKind> kind = std::nullopt;
  bool with_ended = false;
  PartyId after = PartyId{};
  std::size_t limit = 100;
};

struct NewParty {
  PartyKind kind = PartyKind::kPerson;
  std::string login;
  std::string name;
  std::string password;  ///< for a person; empty: does not sign in yet
  std::string role = {};  ///< held from the beginning; empty: none
  AreaId area = {};       ///< of the role; 0: in the whole city. Whether it is one, the caller knows
};

/// What is not named stays.
struct PartyChange {
  std::optional<std::string> name = std::nullopt;
  std::optional<std::string> password = std::nullopt;  ///< a person's; ends all its sessions
};

/// Refuses what somebody may not do himself, in an Area with all below it (0: in the whole city). Runs within transactions: it
/// asks no records.
using Reaches = std::function<Result<void>(std::vector<std::string> const& permissions, AreaId area)>;

/// Who acts, for the journal; and how far he reaches, which each act asks about all that it touches.
struct Actor {
  PartyId party;     ///< 0: the command line
  std::string name;  ///< login, or whose program it is
  Reaches reaches = nullptr;  ///< none: everywhere
};

/// Whose program this is: who acts on the command line.
Actor machine_user();

/// Whether it has not ended. If so it does not end before the transaction does: what is written of it there its end finds.
Result<bool> hold_present(soci::session& sql, PartyId id);

/// Thread-safe. Rights see a change at once with Rights::refresh, other processes within 2 s.
class Parties {
 public:
  struct Needs {
    storage::Records& records;
    runtime::Clock const& clock;
    modules::Permissions const& permissions;
  };
  explicit Parties(Needs needs) : needs_(needs) {}

  Result<std::vector<Party>> list(PartyFilter const& filter);
  Result<Party> find(PartyId id);
  Result<Party> find(std::string_view login);
  /// To be shown: the newest kPartyHistoryMax of each, in their order.
  Result<PartyHistory> history(PartyId id);

  /// kConflict: the login is taken, also by somebody who ended.
  Result<Party> create(NewParty party, Actor const& by);
  /// All of it or nothing.
  Result<Party> change(PartyId id, PartyChange const& change, Actor const& by);
  Result<Party> rename(PartyId id, std::string name, Actor const& by) { return change(id, {.name = std::move(name)}, by); }
  /// A person's; ends all its sessions.
  Result<Party> set_password(PartyId id, std::string password, Actor const& by) { return change(id, {.password = std::move(password)}, by); }
  /// Ends its sessions and keys, and emits kPartyEnded; what it held stays as history and counts no more. kConflict: the last administrator.
  Result<void> end(PartyId id, Actor const& by);

  /// kConflict: is a member already. An office is no member of another.
  Result<Membership> join(PartyId party, PartyId office, Actor const& by);
  Result<void> leave(PartyId party, PartyId office, Actor const& by);

  /// Those that come with the program, then the city's own by name.
  Result<std::vector<Role>> roles();
  Result<Role> role(std::string_view name);
  Result<Role> create_role(Role role, Actor const& by);
  Result<Role> change_role(Role role, Actor const& by);
  /// kConflict: somebody holds it.
  Result<void> end_role(std::string_view name, Actor const& by);

  /// kConflict: is held there already. Whether the Area is one, the caller knows.
  Result<RoleGrant> give(PartyId party, std::string_view role, AreaId area, Actor const& by);
  Result<RoleGrant> find_grant(RoleGrantId id);
  /// kConflict: the last administrator.
  Result<void> revoke(RoleGrantId id, Actor const& by);

 private:
  Result<void> check_permissions(std::vector<std::string> const& permissions) const;

  Needs needs_;
};

}  // namespace madang::city
