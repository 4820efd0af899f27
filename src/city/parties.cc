#include "city/parties.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "city/held_grants.h"
#include "city/limits.h"
#include "city/party_acts.h"
#include "city/rules.h"
#include "city/secrets.h"
#include "runtime/refusal.h"
#include "storage/events/events.h"

namespace madang::city {
namespace {

constexpr std::array<std::string_view, 4> kKinds{"person", "office", "device", "service"};

Party party_of(PartyRow&& row) {
  return {row.id, row.kind, std::move(row.login), std::move(row.name), row.signs_in, row.created_at, row.ended_at};
}

std::unexpected<Error> no_party(PartyId id) { return runtime::refuse(Code::kNotFound, "refusal.party.none", {{"id", std::to_string(id.value())}}); }

/// One that has not ended.
Result<PartyRow> present(soci::session& sql, PartyId id) {
  MADANG_TRY(auto row, storage::find(sql, kParties, id));
  if (!row) return no_party(id);
  if (row->ended_at) return runtime::refuse(Code::kConflict, "refusal.party.ended", {{"login", row->login}});
  return *std::move(row);
}

}  // namespace

std::string_view name_of(PartyKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

Result<PartyKind> party_kind_of(std::string_view name) {
  for (std::size_t i = 0; i < kKinds.size(); ++i)
    if (kKinds[i] == name) return static_cast<PartyKind>(i);
  return runtime::refuse_field(Code::kInvalid, "kind", "refusal.party.kind", {{"kind", name.substr(0, 40)}});
}

Actor machine_user() {
  std::array<char, 4096> memory{};
  passwd user{};
  passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &user, memory.data(), memory.size(), &found) == 0 && found) return {{}, found->pw_name};
  return {{}, fmt::format("user {}", ::geteuid())};
}

Result<std::vector<Party>> Parties::list(PartyFilter const& filter) {
  storage::Search search{"WHERE id > :after", {{"after", filter.after}}};
  if (filter.kind) {
    search.condition += " AND kind = :kind";
    search.values.emplace_back("kind", *filter.kind);
  }
  if (!filter.with_ended) search.condition += " AND ended_at IS NULL";
  search.condition += fmt::format(" ORDER BY id LIMIT {}", std::min(filter.limit, kPartiesPerPageMax));
  std::vector<Party> parties;
  auto const work = [&](soci::session& sql) -> Result<void> {
    return storage::for_each(sql, kParties, search, [&](PartyRow&& row) { parties.push_back(party_of(std::move(row))); });
  };
  MADANG_CHECK(needs_.records.read(work));
  return parties;
}

Result<Party> Parties::find(PartyId id) {
  std::optional<PartyRow> row;
  auto const work = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(row, storage::find(sql, kParties, id));
    return {};
  };
  MADANG_CHECK(needs_.records.read(work));
  if (!row) return no_party(id);
  return party_of(*std::move(row));
}

Result<Party> Parties::find(std::string_view login) {
  std::vector<PartyRow> rows;
  auto const work = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(rows, storage::select(sql, kParties, {"WHERE login = :login", {{"login", login}}}));
    return {};
  };
  MADANG_CHECK(needs_.records.read(work));
  if (rows.empty()) return runtime::refuse(Code::kNotFound, "refusal.party.none_called", {{"login", login.substr(0, kLoginNameMax)}});
  return party_of(std::move(rows.front()));
}

Result<PartyHistory> Parties::history(PartyId id) {
  PartyHistory all;
  auto const work = [&](soci::session& sql) -> Result<void> {
    auto const of = [id](char const* column) {
      return storage::Search{fmt::format("WHERE {} = :party ORDER BY id DESC LIMIT {}", column, kPartyHistoryMax + 1), {{"party", id}}};
    };
    // What holds now must not stand behind any number of things that ended.
    auto const newest = [&all](auto& rows) {
      all.is_cut = all.is_cut || rows.size() > kPartyHistoryMax;
      rows.resize(std::min(rows.size(), kPartyHistoryMax));
      std::ranges::reverse(rows);
    };
    MADANG_TRY(all.roles, storage::select(sql, kRoleGrants, of("party")));
    MADANG_TRY(all.offices, storage::select(sql, kMemberships, of("party")));
    MADANG_TRY(all.members, storage::select(sql, kMemberships, of("office")));
    newest(all.roles);
    newest(all.offices);
    newest(all.members);
    return {};
  };
  MADANG_CHECK(needs_.records.read(work));
  return all;
}

Result<Party> Parties::create(NewParty party, Actor const& by) {
  MADANG_CHECK(check_login(party.login));
  MADANG_CHECK(check_party_name(party.name));
  auto const now = needs_.clock.now();
  PartyRow row{.login = party.login, .name = party.name, .kind = party.kind, .created_at = now};
  if (!party.password.empty()) {
    if (party.kind != PartyKind::kPerson)
      return runtime::refuse_field(Code::kInvalid, "password", "refusal.password.no_person", {{"kind", name_of(party.kind)}});
    MADANG_CHECK(check_password(party.password));
    MADANG_TRY(row.password_hash, hash_of_password(party.password));
    row.signs_in = true;
  }
  auto const work = [&](soci::session& sql) -> Result<void> {
    if (party.role.empty()) return add_party(sql, row, by);
    MADANG_CHECK(check_role(sql, party.role));
    MADANG_CHECK(check_reaches_role(sql, needs_.permissions, by, party.role, party.area));
    MADANG_CHECK(add_party(sql, row, by));
    MADANG_CHECK(add_grant(sql, {.id = {}, .party = row.id, .role = party.role, .area = party.area, .since = now, .ended_at = {}}, by));
    return {};
  };
  MADANG_CHECK(one_act_at_a_time(needs_.records, work));
  return party_of(std::move(row));
}

Result<Party> Parties::change(PartyId id, PartyChange const& change, Actor const& by) {
  if (change.name) MADANG_CHECK(check_party_name(*change.name));
  if (change.password) MADANG_CHECK(check_password(*change.password));
  std::string hash;
  if (change.password) {
    MADANG_TRY(hash, hash_of_password(*change.password));
  }
  auto const now = needs_.clock.now();
  PartyRow row;
  auto const work = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(row, present(sql, id));
    if (change.name) {
      row.name = *change.name;
      MADANG_CHECK(storage::update(sql, kParties, row));
      MADANG_CHECK(record(sql, {.at = now, .kind = "party_renamed", .by = by, .party = id, .secrets = {{"name", row.name}}}));
    }
    if (!change.password) return {};
    MADANG_CHECK(check_reaches_party(sql, needs_.permissions, by, id));
    MADANG_CHECK(put_password(sql, row, hash, {.at = now, .kind = "password_reset", .by = by, .party = id}));
    row.signs_in = true;
    return {};
  };
  MADANG_CHECK(one_act_at_a_time(needs_.records, work));
  return party_of(std::move(row));
}

Result<bool> hold_present(soci::session& sql, PartyId id) {
  // A row that is written stays locked until the end of the transaction, on both engines.
  MADANG_TRY(auto const held, storage::execute(sql, "UPDATE party SET ended_at = ended_at WHERE id = :id AND ended_at IS NULL", {{"id", id}}));
  return held > 0;
}

Result<void> Parties::end(PartyId id, Actor const& by) {
  auto const now = needs_.clock.now();
  return one_act_at_a_time(needs_.records, [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(auto row, present(sql, id));
    MADANG_CHECK(check_reaches_party(sql, needs_.permissions, by, id));
    row.ended_at = now;
    row.password_hash.clear();
    MADANG_CHECK(keeping_an_administrator(sql, [&] { return storage::update(sql, kParties, row); }));
    MADANG_CHECK(end_sessions_of(sql, id, now));
    MADANG_CHECK(storage::execute(sql, "UPDATE access_key SET revoked_at = :now WHERE party = :party AND revoked_at = 0", {{"now", now}, {"party", id}}));
    auto const number = id.value();
    MADANG_CHECK(storage::events::emit(sql, now, kPartyEnded, fmt::format("party {}", number), fmt::format(R"({{"party":{}}})", number)));
    return record(sql, {.at = now, .kind = "party_ended", .by = by, .party = id, .secrets = {{"login", row.login}}});
  });
}

Result<Membership> Parties::join(PartyId party, PartyId office, Actor const& by) {
  Membership membership{.id = {}, .party = party, .office = office, .since = needs_.clock.now(), .ended_at = {}};
  auto const work = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(auto const member, present(sql, party));
    MADANG_TRY(auto const where, present(sql, office));
    MADANG_CHECK(check_reaches_party(sql, needs_.permissions, by, office));
    if (where.kind != PartyKind::kOffice) return runtime::refuse_field(Code::kInvalid, "office", "refusal.office.other_kind", {{"login", where.login}, {"kind", name_of(where.kind)}});
    if (member.kind == PartyKind::kOffice) return runtime::refuse_field(Code::kInvalid, "party", "refusal.office.in_office");
    storage::Search const now{"WHERE party = :party AND office = :office AND ended_at IS NULL", {{"party", party}, {"office", office}}};
    MADANG_TRY(auto const already, storage::count(sql, kMemberships, now));
    if (already > 0) return runtime::refuse(Code::kConflict, "refusal.office.member_already", {{"member", member.login}, {"office", where.login}});
    membership.id = MembershipId{storage::take_ids(sql, "membership")};
    MADANG_CHECK(storage::insert(sql, kMemberships, membership));
    return record(sql, {.at = membership.since, .kind = "member_joined", .by = by, .party = party, .office = office});
  };
  MADANG_CHECK(one_act_at_a_time(needs_.records, work));
  return membership;
}

Result<void> Parties::leave(PartyId party, PartyId office, Actor const& by) {
  auto const now = needs_.clock.now();
  return one_act_at_a_time(needs_.records, [&](soci::session& sql) -> Result<void> {
    storage::Search const search{"WHERE party = :party AND office = :office AND ended_at IS NULL", {{"party", party}, {"office", office}}};
    MADANG_TRY(auto found, storage::select(sql, kMemberships, search));
    if (found.empty()) return runtime::refuse(Code::kNotFound, "refusal.office.no_member", {{"party", std::to_string(party.value())}, {"office", std::to_string(office.value())}});
    MADANG_CHECK(check_reaches_party(sql, needs_.permissions, by, office));
    found.front().ended_at = now;
    MADANG_CHECK(keeping_an_administrator(sql, [&] { return storage::update(sql, kMemberships, found.front()); }));
    return record(sql, {.at = now, .kind = "member_left", .by = by, .party = party, .office = office});
  });
}

}  // namespace madang::city
