#include "city/party_routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <variant>

#include "city/area_path.h"
#include "city/limits.h"
#include "city/party_json.h"
#include "city/permissions.h"
#include "core/text.h"
#include "runtime/refusal.h"
#include "web/html/page_frame.h"

namespace madang::city {
namespace {

using web::Request;
using web::Response;

/// Who may do what is nobody else's business: no cache keeps it.
Response answer(std::string body, int status = 200) {
  auto response = web::json(std::move(body), status);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Response nothing() {
  Response response;
  response.status = 204;
  return response;
}

template <typename SomeId>
Result<SomeId> id_in(Request const& request, std::string_view name, std::string_view what) {
  auto const id = parse_int(request.parameter(name));
  if (!id || *id < 1) return runtime::refuse(Code::kNotFound, "refusal.party.none_such", {{"what", what}});
  return SomeId{*id};
}

/// What `held` lets somebody do in an Area (0: the whole city) must be allowed to `who` there: nobody gives or takes more than
/// he has himself, or an office that keeps lists of people could make itself administrator.
Result<void> check_reaches(web::Principal const& who, std::vector<std::string> const& held, AreaId area, City const& city) {
  if (who.kind == web::Principal::Kind::kLocal) return {};
  auto const path = path_of(city, area);
  for (auto const& permission : held) {
    bool const has = who.grants && (area ? who.grants->in(permission, path) : who.grants->everywhere(permission));
    if (has) continue;
    if (permission == web::Grants::kEvery) return runtime::refuse(Code::kForbidden, "refusal.grant.beyond_all");
    return runtime::refuse(Code::kForbidden, "refusal.grant.beyond", {{"permission", permission}});
  }
  return {};
}

struct Api {
  PartyRouteNeeds needs;

  Actor actor_of(Request const& request) const {
    auto const reaches = [&request, this](std::vector<std::string> const& held, AreaId area) {
      return check_reaches(request.who, held, area, needs.city);
    };
    return {request.who.party, request.who.name, reaches};
  }

  using Act = Result<Response> (Api::*)(Request const&) const;
  /// What somebody lacks is said as his language calls it, as `access.denied` does; the English sentence keeps the name.
  [[nodiscard]] auto in_words(Act act) const {
    return [api = *this, act](Request const& request) -> Result<Response> {
      auto done = (api.*act)(request);
      if (done || !done.error().wording || done.error().wording->key != "refusal.grant.beyond") return done;
      auto error = std::move(done).error();
      Wording wording = *error.wording;
      auto const reader = web::reader_of(request, api.needs.messages);
      for (auto& [name, argument] : wording.arguments)
        argument = api.needs.permissions.words_of({api.needs.messages, reader.language}, std::get<std::string>(argument.value));
      error.wording = std::make_shared<Wording const>(std::move(wording));
      return fail(std::move(error));
    };
  }

  Result<Response> shown(PartyId id) const {
    MADANG_TRY(auto const party, needs.parties.find(id));
    MADANG_TRY(auto const history, needs.parties.history(id));
    return answer(party_json(party, history));
  }

  Result<Response> list(Request const& request) const {
    PartyFilter filter;
    if (auto const kind = request.query_value("kind")) {
      MADANG_TRY(filter.kind, party_kind_of(*kind));
    }
    filter.with_ended = request.query_value("ended").value_or("0") == "1";
    for (auto const* name : {"after", "limit"}) {
      auto const text = request.query_value(name);
      if (!text) continue;
      auto const number = parse_int(*text);
      if (!number || *number < 0) return runtime::refuse_field(Code::kInvalid, name, "refusal.whole_number");
      if (std::string_view{name} == "after")
        filter.after = PartyId{*number};
      else
        filter.limit = std::clamp<std::size_t>(static_cast<std::size_t>(*number), 1, kPartiesPerPageMax);
    }
    MADANG_TRY(auto const parties, needs.parties.list(filter));
    JsonWriter w;
    w.begin_object().key("parties").begin_array();
    for (auto const& party : parties) write_party(w, party);
    w.end_array();
    if (parties.size() == filter.limit) w.field("next", parties.back().id.value());
    w.end_object();
    return answer(w.take());
  }

  Result<Response> create(Request const& request) const {
    MADANG_TRY(auto asked, parse_party(request.body));
    if (!asked.kind) return runtime::refuse_field(Code::kInvalid, "kind", "refusal.missing");
    MADANG_TRY(auto const made, needs.parties.create({.kind = *asked.kind,
                                                      .login = asked.login.value_or(""),
                                                      .name = asked.name.value_or(""),
                                                      .password = asked.password.value_or("")},
                                                     actor_of(request)));
    auto response = answer(party_json(made, {}), 201);
    response.headers.emplace_back("Location", fmt::format("/api/v1/parties/{}", made.id.value()));
    return response;
  }

  /// Programs send back what they were given.
  Result<void> check_stays(PartyId id, PartyRequest const& asked) const {
    MADANG_TRY(auto const before, needs.parties.find(id));
    if (asked.kind.value_or(before.kind) == before.kind && asked.login.value_or(before.login) == before.login) return {};
    return runtime::refuse(Code::kInvalid, "refusal.party.stays");
  }

  Result<Response> change(Request const& request) const {
    MADANG_TRY(auto const id, id_in<PartyId>(request, "id", "party"));
    MADANG_TRY(auto const asked, parse_party(request.body));
    if (asked.kind || asked.login) MADANG_CHECK(check_stays(id, asked));
    // First: what is done is answered as done, whether or not anything can be read afterwards.
    MADANG_TRY(auto const history, needs.parties.history(id));
    MADANG_TRY(auto const changed, needs.parties.change(id, {.name = asked.name, .password = asked.password}, actor_of(request)));
    needs.rights.show_changes();
    return answer(party_json(changed, history));
  }

  Result<Response> end(Request const& request) const {
    MADANG_TRY(auto const id, id_in<PartyId>(request, "id", "party"));
    MADANG_CHECK(needs.parties.end(id, actor_of(request)));
    needs.rights.show_changes();
    return nothing();
  }

  Result<Response> give(Request const& request) const {
    MADANG_TRY(auto const id, id_in<PartyId>(request, "id", "party"));
    MADANG_TRY(auto const asked, parse_give(request.body));
    if (asked.area && !needs.city.area(asked.area)) return runtime::refuse_field(Code::kInvalid, "area", "refusal.area", {{"id", std::to_string(asked.area.value())}});
    if (!request.who.may_in(kGiveRoles, path_of(needs.city, asked.area)))
      return needs.permissions.denial(needs.messages, request, kGiveRoles);
    MADANG_TRY(auto const given, needs.parties.give(id, asked.role, asked.area, actor_of(request)));
    needs.rights.show_changes();
    return answer(grant_json(given), 201);
  }

  Result<Response> take(Request const& request) const {
    MADANG_TRY(auto const party, id_in<PartyId>(request, "id", "party"));
    MADANG_TRY(auto const id, id_in<RoleGrantId>(request, "grant", "grant"));
    MADANG_TRY(auto const grant, needs.parties.find_grant(id));
    if (grant.party != party) return runtime::refuse(Code::kNotFound, "refusal.grant.not_of", {{"party", std::to_string(party.value())}, {"id", std::to_string(id.value())}});
    if (!request.who.may_in(kGiveRoles, path_of(needs.city, grant.area))) return needs.permissions.denial(needs.messages, request, kGiveRoles);
    MADANG_CHECK(needs.parties.revoke(id, actor_of(request)));
    needs.rights.show_changes();
    return nothing();
  }

  Result<Response> join(Request const& request) const {
    MADANG_TRY(auto const office, id_in<PartyId>(request, "id", "office"));
    MADANG_TRY(auto const party, parse_member(request.body));
    MADANG_TRY(auto const made, needs.parties.join(party, office, actor_of(request)));
    needs.rights.show_changes();
    return answer(membership_json(made), 201);
  }

  Result<Response> leave(Request const& request) const {
    MADANG_TRY(auto const office, id_in<PartyId>(request, "id", "office"));
    MADANG_TRY(auto const party, id_in<PartyId>(request, "member", "member"));
    MADANG_CHECK(needs.parties.leave(party, office, actor_of(request)));
    needs.rights.show_changes();
    return nothing();
  }

  Result<Response> roles() const {
    MADANG_TRY(auto const all, needs.parties.roles());
    return answer(roles_json(all));
  }

  Result<Response> create_role(Request const& request) const {
    MADANG_TRY(auto role, parse_role(request.body));
    MADANG_TRY(auto const made, needs.parties.create_role(std::move(role), actor_of(request)));
    return answer(role_json(made), 201);
  }

  Result<Response> change_role(Request const& request) const {
    MADANG_TRY(auto role, parse_role(request.body));
    auto const named = request.parameter("name");
    if (!role.name.empty() && role.name != named) return runtime::refuse_field(Code::kInvalid, "name", "refusal.role.name_stays", {{"role", named}});
    role.name = named;
    MADANG_TRY(auto const changed, needs.parties.change_role(std::move(role), actor_of(request)));
    needs.rights.show_changes();
    return answer(role_json(changed));
  }

  Result<Response> end_role(Request const& request) const {
    MADANG_CHECK(needs.parties.end_role(request.parameter("name"), actor_of(request)));
    return nothing();
  }
};

}  // namespace

web::Routes party_routes(PartyRouteNeeds needs) {
  Api const api{needs};
  web::Routes r;
  r.get<kSeeParties>("/api/v1/parties", [api](Request const& q) { return api.list(q); });
  r.post<kChangeParties>("/api/v1/parties", api.in_words(&Api::create));
  r.get<kSeeParties>("/api/v1/parties/{id}", [api](Request const& q) -> Result<Response> {
    MADANG_TRY(auto const id, id_in<PartyId>(q, "id", "party"));
    return api.shown(id);
  });
  r.patch<kChangeParties>("/api/v1/parties/{id}", api.in_words(&Api::change));
  r.remove<kChangeParties>("/api/v1/parties/{id}", api.in_words(&Api::end));
  r.post<web::in_some_area(kGiveRoles)>("/api/v1/parties/{id}/roles", api.in_words(&Api::give));
  r.remove<web::in_some_area(kGiveRoles)>("/api/v1/parties/{id}/roles/{grant}", api.in_words(&Api::take));
  r.post<kChangeParties>("/api/v1/parties/{id}/members", api.in_words(&Api::join));
  r.remove<kChangeParties>("/api/v1/parties/{id}/members/{member}", api.in_words(&Api::leave));
  r.get<kSeeParties>("/api/v1/roles", [api](Request const&) { return api.roles(); });
  r.post<kChangeRoles>("/api/v1/roles", api.in_words(&Api::create_role));
  r.put<kChangeRoles>("/api/v1/roles/{name}", api.in_words(&Api::change_role));
  r.remove<kChangeRoles>("/api/v1/roles/{name}", api.in_words(&Api::end_role));
  r.get<kSeeParties>("/api/v1/permissions", [needs](Request const&) -> Result<Response> {
    return answer(permissions_json(needs.permissions, needs.messages));
  });
  return r;
}

}  // namespace madang::city
