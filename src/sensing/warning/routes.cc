// The rules over HTTP: listed and explained for everybody, changed by operators as a new version. docs/warning.md.

#include <algorithm>

#include "core/json_input.h"
#include "core/json_writer.h"
#include "core/text.h"
#include "runtime/refusal.h"
#include "sensing/permissions.h"
#include "sensing/quantities.h"
#include "sensing/warning/limits.h"
#include "sensing/warning/rules.h"
#include "sensing/warning/warning.h"
#include "situations/kinds.h"

namespace madang::sensing::warning {
namespace {

using web::Access;
using web::Request;
using web::Response;

void write_texts(JsonWriter& out, std::string_view field, runtime::Messages const& messages, std::string_view key,
                 runtime::Messages::Arguments const& arguments = {}) {
  out.key(field).begin_object();
  for (auto const& language : messages.languages()) out.field(language, messages.text(language, key, arguments));
  out.end_object();
}

std::string unit_of_parameter(Rule const& rule, Parameter const& p) {
  if (!p.unit.empty()) return std::string(p.unit);
  auto const* info = quantity(rule.channel);
  return info == nullptr ? "" : std::string(info->unit_symbol);
}

/// The rule as data under "rule", and the same in words.
void write_explained(JsonWriter& out, Rule const& rule, runtime::Messages const& messages) {
  out.begin_object();
  out.key("rule").raw(json_of(rule));
  write_texts(out, "explanation", messages, key_of(rule.method));
  out.key("parameters").begin_array();
  for (auto const& p : parameters_of(rule.method)) {
    out.begin_object().field("name", p.name).field("value", rule.*p.field).field("unit", unit_of_parameter(rule, p));
    out.field("min", p.min).field("max", p.max);
    write_texts(out, "meaning", messages, p.key);
    out.end_object();
  }
  out.end_array().end_object();
}

void write_head(JsonWriter& out, RuleSet const& set) {
  out.field("version", static_cast<std::int64_t>(set.version)).field("since", millis_of(set.since));
  out.field("note", set.note);
}

Result<Response> answer(RuleSet const& set, RuleRouteNeeds const& needs) {
  JsonWriter out;
  out.begin_object();
  write_head(out, set);
  out.field("alarms_per_day", needs.alarms_per_day);
  out.key("rules").begin_array();
  for (auto const& rule : set.rules) write_explained(out, rule, needs.messages);
  out.end_array();
  out.key("standing").begin_array();
  for (auto const& s : needs.warning.standing()) {
    // Another version, or this one before it took effect: how it stands is not known.
    if (s.rules_version != set.version) continue;
    out.begin_object().field("rule", s.rule_id).field("step_ms", static_cast<std::int64_t>(s.step.count()));
    out.field("datastreams", s.streams).field("threshold", s.threshold).field("open", s.open).end_object();
  }
  out.end_array().end_object();
  return web::json(out.take());
}

/// {"version": based on, "note": why, "rules": [...]}
Result<Response> change(RuleRouteNeeds const& needs, Request const& request) {
  MADANG_TRY(auto set, rule_set_of_json(request.body));
  MADANG_CHECK(check_languages(set));
  for (auto const& rule : set.rules) MADANG_CHECK(situations::check_kind(rule.id + ".kind", rule.kind));
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::int64_t based_on = 0;
  simdjson::padded_string const body(request.body);
  if (parser.parse(body).get(root) != simdjson::SUCCESS || root["version"].get(based_on) != simdjson::SUCCESS ||
      based_on < 1 || based_on > 0xFFFF'FFFF) {
    return runtime::refuse_field(Code::kInvalid, "version", "refusal.rules.based_on");
  }
  if (set.note.empty()) return runtime::refuse_field(Code::kInvalid, "note", "refusal.rules.note");
  set.author = request.who.name;
  set.since = needs.clock.now();
  MADANG_TRY(auto kept, needs.store.add(std::move(set), static_cast<std::uint32_t>(based_on), request.who.party));
  needs.warning.use(kept);
  return answer(kept, needs);
}

}  // namespace

web::Routes rule_routes(RuleRouteNeeds needs) {
  web::Routes r;
  r.get<Access::kPublic>("/api/v1/rules", [needs](Request const&) -> Result<Response> {
    MADANG_TRY(auto const set, needs.store.newest());
    return answer(set, needs);
  });
  r.get<Access::kPublic>("/api/v1/rules/history", [needs](Request const&) -> Result<Response> {
    MADANG_TRY(auto const history, needs.store.history());
    JsonWriter out;
    out.begin_object().key("versions").begin_array();
    for (auto const& set : history) {
      out.begin_object();
      write_head(out, set);
      out.end_object();
    }
    out.end_array().end_object();
    return web::json(out.take());
  });
  r.get<Access::kPublic>("/api/v1/rules/{version}", [needs](Request const& request) -> Result<Response> {
    auto const number = parse_int(request.parameter("version"));
    if (!number || *number < 1 || *number > 0xFFFF'FFFF) return runtime::refuse_field(Code::kInvalid, "version", "refusal.positive_number");
    MADANG_TRY(auto const set, needs.store.version(static_cast<std::uint32_t>(*number)));
    return answer(set, needs);
  });
  r.post<kChangeRules>("/api/v1/rules",
                       [needs](Request const& request) -> Result<Response> { return change(needs, request); });
  return r;
}

}  // namespace madang::sensing::warning
