// The JSON API of docs/situations_api.md. Each handler parses, asks, encodes.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <utility>

#include "city/area_path.h"
#include "city/operators.h"
#include "core/text.h"
#include "runtime/refusal.h"
#include "situations/alert_pages.h"
#include "situations/limits.h"
#include "situations/live.h"
#include "situations/permissions.h"
#include "situations/reader.h"
#include "situations/report_rights.h"
#include "situations/requests.h"
#include "situations/rules.h"
#include "situations/situation_json.h"
#include "situations/situations.h"
#include "situations/unjudged.h"

namespace madang::situations {
namespace {

using web::Access;
using web::Request;
using web::Response;

/// Of one Situation: in its Area somebody may see more than in the whole city.
bool may_of(Request const& request, web::Permission const& permission, Situation const& s, city::City const& city) {
  return request.who.may_in(permission, city::path_of(city, s.signal.area));
}

/// What an operator sees must not stay in a shared cache for somebody else.
Response fresh_json(std::string body, int status = 200) {
  auto response = web::json(std::move(body), status);
  response.headers.emplace_back("Cache-Control", "private, no-cache");
  response.headers.emplace_back("Vary", "Cookie");
  return response;
}

Result<std::optional<std::int64_t>> number(Request const& request, std::string_view name) {
  auto const text = request.query_value(name);
  if (!text || text->empty()) return std::optional<std::int64_t>{};
  auto const value = parse_int(*text);
  if (!value) return runtime::refuse_field(Code::kInvalid, name, "refusal.whole_number");
  return value;
}

/// Milliseconds since 1970, or RFC 3339.
Result<std::optional<Instant>> time(Request const& request, std::string_view name) {
  auto const text = request.query_value(name);
  if (!text || text->empty()) return std::optional<Instant>{};
  if (auto const millis = parse_int(*text)) {
    auto const t = instant_of_millis(*millis);
    if (t < kInstantMin || t >= kInstantMax)
      return runtime::refuse_field(Code::kInvalid, name, "refusal.time.years");
    return std::optional{t};
  }
  auto const parsed = parse_instant(*text);
  if (!parsed) return runtime::refuse_field(Code::kInvalid, name, "refusal.time.unread");
  return std::optional{*parsed};
}

Result<SituationId> situation_id(Request const& request) {
  auto const id = parse_int(request.parameter("id"));
  if (!id || *id < 1) return runtime::refuse(Code::kNotFound, "refusal.situation.none_such");
  return SituationId{*id};
}

Result<ListQuery> list_query(Request const& request) {
  ListQuery query;
  query.open_only = request.query_value("open").value_or("0") == "1";
  MADANG_TRY(auto const from, time(request, "from"));
  MADANG_TRY(auto const to, time(request, "to"));
  if (from || to) query.when = Interval{from.value_or(kInstantMin), to.value_or(kInstantMax)};
  if (query.when && query.when->from >= query.when->to) return runtime::refuse_field(Code::kInvalid, "from", "refusal.time.from_after_to");
  MADANG_TRY(auto const limit, number(request, "limit"));
  if (limit && *limit < 1) return runtime::refuse_field(Code::kInvalid, "limit", "refusal.positive_number");
  if (limit && *limit > static_cast<std::int64_t>(kListMax))
    return runtime::refuse_field(Code::kLimit, "limit", "refusal.above", {{"value", *limit}, {"max", kListMax}});
  if (limit) query.limit = static_cast<std::size_t>(*limit);
  MADANG_TRY(auto const before, number(request, "before"));
  if (before) query.before = SituationId{*before};
  return query;
}

/// How far a reader's clock may be ahead when it asks for "now".
constexpr Millis kAheadMax = std::chrono::minutes{1};

struct Api {
  RouteNeeds needs;
  LiveSituations live;
  std::atomic<std::int64_t> reports = 0;

  explicit Api(RouteNeeds const& n) : needs(n), live({n.situations, n.city, n.clock, n.events}) {}

  /// Those that were open at that moment, as they stood then; who may see one is who might see it then.
  Result<Response> get_past(Request const& request, ListQuery const& query, Instant at) {
    Reader const reader(request.who);
    MADANG_TRY(auto all, needs.situations.open_at(at));
    auto const blind = unjudged_of(all);
    std::erase_if(all, [&](SituationPtr const& s) { return !reader.sees(*s, needs.city); });
    if (query.before) {
      auto const last = std::ranges::find(all, *query.before, [](SituationPtr const& s) { return s->id; });
      if (last == all.end())
        return runtime::refuse_field(Code::kInvalid, "before", "refusal.situation.not_open_then", {{"id", std::to_string(query.before->value())}});
      all.erase(all.begin(), last + 1);
    }
    auto const left_out = all.size() - std::min(all.size(), query.limit);
    all.resize(all.size() - left_out);
    ListFrame const frame{.now = needs.clock.now(), .at = at, .left_out = left_out, .unjudged = blind};
    return web::with_etag(request, fresh_json(list_json(frame, all, needs.city, reader)));
  }

  struct Visible {
    std::vector<SituationPtr> all;
    std::optional<SituationId> read_to = {};  ///< what lies before it was not looked at
  };
  /// What somebody sees because of his Areas the records cannot tell: page after page is read until one is full, some at most.
  Result<Visible> visible(ListQuery query, Reader const& reader) {
    query.public_only = reader.is_public();
    if (reader.sees_all() || reader.is_public()) {
      MADANG_TRY(auto all, needs.situations.list(query));
      return Visible{std::move(all)};
    }
    auto const limit = std::exchange(query.limit, query.open_only ? query.limit : kListMax);
    Visible out;
    for (std::size_t pages = 1;; ++pages) {
      MADANG_TRY(auto const page, needs.situations.list(query));
      for (auto const& s : page)
        if (out.all.size() < limit && reader.sees(*s, needs.city)) out.all.push_back(s);
      if (page.size() < query.limit || out.all.size() == limit) return out;
      query.before = page.back()->id;
      if (pages == kPagesReadMax) out.read_to = query.before;
      if (out.read_to) return out;
    }
  }

  Result<Response> get_list(Request const& request) {
    MADANG_TRY(auto query, list_query(request));
    MADANG_TRY(auto const at, time(request, "at"));
    if (at && (query.open_only || query.when)) return runtime::refuse_field(Code::kInvalid, "at", "refusal.situation.at_alone");
    if (at && *at > needs.clock.now() + kAheadMax)
      return runtime::refuse_field(Code::kInvalid, "at", "refusal.time.not_yet");
    if (at) return get_past(request, query, std::min(*at, needs.clock.now()));
    auto const limit = query.limit;
    // How many stand behind the limit is known of the open ones only.
    if (query.open_only) query.limit = kOpenMax;
    Reader const reader(request.who);
    MADANG_TRY(auto found, visible(query, reader));
    auto& all = found.all;
    auto const left_out = all.size() > limit ? all.size() - limit : 0;
    all.resize(all.size() - left_out);
    auto const blind = unjudged(needs.situations);
    ListFrame const frame{.now = needs.clock.now(), .left_out = left_out, .read_to = found.read_to, .unjudged = blind};
    return web::with_etag(request, fresh_json(list_json(frame, all, needs.city, reader)));
  }

  Result<Response> get_kinds(Request const& request) {
    auto response = web::json(kinds_json(needs.messages));
    response.headers.emplace_back("Cache-Control", "no-cache");
    return web::with_etag(request, std::move(response));
  }

  Result<Response> get_one(Request const& request) {
    MADANG_TRY(auto const id, situation_id(request));
    MADANG_TRY(auto const found, needs.situations.find(id));
    auto const audience = Reader(request.who).of(*found, needs.city);
    if (audience == Audience::kPublic && !shown_to_public(*found))
      return runtime::refuse(Code::kNotFound, "refusal.situation.none", {{"id", std::to_string(id.value())}});
    MADANG_TRY(auto const timeline, needs.situations.timeline(id));
    return fresh_json(situation_json(*found, timeline, needs.city, audience));
  }

  Result<Response> get_picture(Request const& request) {
    MADANG_TRY(auto const id, situation_id(request));
    MADANG_TRY(auto const found, needs.situations.find(id));
    if (Reader(request.who).of(*found, needs.city) == Audience::kPublic) return needs.permissions.denial(needs.messages, request, kSeeSituations);
    return picture_response(request, *found, needs, Audience::kOperators);
  }

  Result<Response> report(Request const& request) {
    MADANG_TRY(auto parsed, parse_report(request.body));
    auto& signal = parsed.signal;
    MADANG_CHECK(place_in_time(signal, needs.clock.now()));
    if (signal.area && !needs.city.area(signal.area))
      return runtime::refuse_field(Code::kInvalid, "area", "refusal.situation.area", {{"id", std::to_string(signal.area.value())}});
    if (!signal.area && signal.place && !signal.whole_city) signal.area = needs.city.area_at(*signal.place);
    if (!may_report(request.who, signal, needs.city)) return needs.permissions.denial(needs.messages, request, kReportSituations);
    MADANG_CHECK(check_reach(request.who, signal, needs.city));
    signal.source = kOperatorSource;
    if (signal.key.empty())
      signal.key = fmt::format("{}-{}-{}", request.who.party.value(), millis_of(needs.clock.now()), ++reports);
    auto const may_change = [&](Situation const& open) { return may_of(request, kReportSituations, open, needs.city); };
    Actor const by{.party = request.who.party,
                   .name = request.who.name,
                   .seen_version = parsed.version,
                   .is_program = request.who.kind == web::Principal::Kind::kDevice};
    auto const id = needs.situations.report(std::move(signal), by, may_change);
    if (!id && id.error().code == Code::kForbidden) return needs.permissions.denial(needs.messages, request, kReportSituations);
    if (!id) return fail(id.error());
    MADANG_TRY(auto const made, needs.situations.find(*id));
    auto response = fresh_json(situation_json(*made, needs.city, Audience::kOperators), 201);
    response.headers.emplace_back("Location", fmt::format("/api/v1/situations/{}", id->value()));
    return response;
  }

  Result<SituationPtr> carry_out(std::string_view action, SituationId id, Actor const& by, DeedRequest deed) {
    if (action == "acknowledge") return needs.situations.acknowledge(id, by);
    if (action == "act") return needs.situations.act(id, by, std::move(deed.text));
    if (action == "note") return needs.situations.note(id, by, std::move(deed.text));
    if (action == "resolve") return needs.situations.resolve(id, by, std::move(deed.text));
    if (action == "dismiss") return needs.situations.dismiss(id, by, std::move(deed.text));
    if (action != "assign") return runtime::refuse(Code::kNotFound, "refusal.situation.action", {{"action", action.substr(0, 40)}});
    if (deed.assignee.empty()) return needs.situations.assign(id, by, by);
    auto const party = city::operator_of(needs.records, deed.assignee);
    if (!party && party.error().code == Code::kNotFound)
      return runtime::refuse_field(Code::kInvalid, "assignee", "refusal.situation.assignee", {{"login", deed.assignee.substr(0, 80)}});
    if (!party) return fail(party.error());
    return needs.situations.assign(id, by, {.party = *party, .name = deed.assignee});
  }

  Result<Response> act(Request const& request) {
    MADANG_TRY(auto const id, situation_id(request));
    MADANG_TRY(auto const found, needs.situations.find(id));
    if (!may_of(request, kWorkSituations, *found, needs.city)) return needs.permissions.denial(needs.messages, request, kWorkSituations);
    MADANG_TRY(auto deed, parse_deed(request.body));
    Actor const by{.party = request.who.party, .name = request.who.name, .seen_version = deed.version};
    MADANG_TRY(auto const changed, carry_out(request.parameter("action"), id, by, std::move(deed)));
    return fresh_json(situation_json(*changed, needs.city, Audience::kOperators));
  }

  Result<Response> get_silences(Request const&) { return fresh_json(silences_json(needs.situations.silences())); }

  Result<Response> add_silence(Request const& request) {
    MADANG_TRY(auto silence, parse_silence(request.body, needs.clock.now()));
    if (silence.area && !needs.city.area(silence.area))
      return runtime::refuse_field(Code::kInvalid, "area", "refusal.situation.area", {{"id", std::to_string(silence.area.value())}});
    silence.by = request.who.party;
    silence.by_name = request.who.name;
    MADANG_TRY(auto const added, needs.situations.silence(std::move(silence)));
    return fresh_json(silence_json(added), 201);
  }

  Result<Response> end_silence(Request const& request) {
    auto const id = parse_int(request.parameter("id"));
    if (!id) return runtime::refuse(Code::kNotFound, "refusal.silence.none_such");
    MADANG_CHECK(needs.situations.end_silence(*id, {.party = request.who.party, .name = request.who.name}));
    Response response;
    response.status = 204;
    return response;
  }
};

}  // namespace

web::Routes routes(RouteNeeds needs) {
  auto const api = std::make_shared<Api>(needs);
  // Weak: the routes may go before the Situations that tell.
  needs.situations.listen([weak = std::weak_ptr<Api>(api)](Situations::Change const& change) {
    if (auto const held = weak.lock()) held->live.send_change(change.situation);
  });
  auto r = alert_routes(needs);
  // Who looks back by a few days reads what an index names; who looks back by years may walk through much.
  auto const work_of_list = [api](Request const& q) {
    auto const at = time(q, "at");
    return at && *at && **at < api->needs.clock.now() - kPastReadPlainly ? web::Work::kScan : web::Work::kRead;
  };
  r.get<Access::kPublic>("/api/v1/situations", [api](Request const& q) { return api->get_list(q); }, work_of_list);
  r.get<Access::kPublic>("/api/v1/situations/kinds", [api](Request const& q) { return api->get_kinds(q); });
  r.get<Access::kPublic>("/api/v1/situations/{id}", [api](Request const& q) { return api->get_one(q); });
  r.get<web::in_some_area(kSeeSituations)>("/api/v1/situations/{id}/map.svg", [api](Request const& q) { return api->get_picture(q); });
  r.post<web::in_some_area(kReportSituations)>("/api/v1/situations", [api](Request const& q) { return api->report(q); });
  r.post<web::in_some_area(kWorkSituations)>("/api/v1/situations/{id}/{action}", [api](Request const& q) { return api->act(q); });
  r.get<kSeeSituations>("/api/v1/silences", [api](Request const& q) { return api->get_silences(q); });
  r.post<kSilence>("/api/v1/silences", [api](Request const& q) { return api->add_silence(q); });
  r.remove<kSilence>("/api/v1/silences/{id}", [api](Request const& q) { return api->end_silence(q); });
  r.stream<Access::kPublic>("/api/v1/situations/live", [api](Request const& q, std::shared_ptr<web::EventSink> sink) {
    return api->live.add(std::move(sink), Reader(q.who), web::last_event_id(q));
  });
  return r;
}

}  // namespace madang::situations
