#include "city/registry_routes.h"

#include <fmt/format.h>

#include <array>

#include "city/permissions.h"
#include "city/registry_orders.h"
#include "core/json_writer.h"
#include "core/text.h"

namespace madang::city {
namespace {

using web::Request;
using web::Response;

/// Names stand in it: no cache keeps them.
Response unkept(std::string body) {
  auto response = web::json(std::move(body));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Result<Response> act(RegistryNeeds const& needs, Request const& request) {
  MADANG_TRY(auto const order, parse_order(request.body));
  MADANG_TRY(auto const thing, apply(needs.city, needs.store, order, request.who.name));
  JsonWriter w;
  w.begin_object().field("thing", thing.value());
  if (auto const now = needs.city.thing(thing)) {
    w.field("serial", now->serial).key("retired_at");
    if (now->retired_at)
      w.value(format_instant(*now->retired_at));
    else
      w.null();
  } else {
    w.field("deleted", true);
  }
  w.end_object();
  return unkept(w.take());
}

/// "thing=7", "serial=POLE-7", "datastream=12", "location=3", ...
struct Asked {
  EntryKind kind = EntryKind::kThing;
  std::int64_t entry = 0;
};
Result<Asked> asked_of(City const& city, Request const& request) {
  if (auto const serial = request.query_value("serial")) {
    auto const thing = city.thing_of_serial(*serial);
    if (thing == nullptr) return fail(Code::kNotFound, fmt::format("serial: no Thing has \"{}\"", serial->substr(0, 80)));
    return Asked{EntryKind::kThing, thing->id.value()};
  }
  for (auto kind = EntryKind::kThing; kind <= last_of(kind); kind = static_cast<EntryKind>(static_cast<int>(kind) + 1)) {
    auto const text = request.query_value(name_of(kind));
    if (!text) continue;
    auto const id = parse_int(*text);
    if (!id || *id < 1) return fail(Code::kInvalid, fmt::format("{}: a positive number expected", name_of(kind)));
    return Asked{kind, *id};
  }
  return fail(Code::kInvalid, "thing: missing; whose history is asked for? thing=ID, serial=TEXT, datastream=ID, location=ID, ...");
}

Result<std::int64_t> before_of(Request const& request) {
  auto const text = request.query_value("before");
  if (!text) return kHistoryFromNewest;
  auto const before = parse_int(*text);
  if (!before || *before < 1) return fail(Code::kInvalid, "before: the number that \"next\" of the page before says is expected");
  return *before;
}

void write_said(JsonWriter& w, std::string_view name, std::string const& json) {
  w.key(name);
  if (json.empty())
    w.null();
  else
    w.raw(json);
}

Result<Response> history(RegistryNeeds const& needs, Request const& request) {
  MADANG_TRY(auto const asked, asked_of(needs.city, request));
  MADANG_TRY(auto const before, before_of(request));
  MADANG_TRY(auto const page, needs.city.history_before(asked.kind, asked.entry, before));
  JsonWriter w;
  w.begin_object().field("kind", name_of(asked.kind)).field("id", asked.entry).key("history").begin_array();
  for (auto const& entry : page.entries) {
    w.begin_object().field("at", format_instant(entry.at)).field("act", name_of(entry.act)).field("by", entry.actor);
    write_said(w, "before", entry.before);
    write_said(w, "after", entry.after);
    w.field("journal", entry.journal).end_object();
  }
  w.end_array();
  if (page.next > 0) w.field("next", page.next);
  w.end_object();
  return unkept(w.take());
}

}  // namespace

web::Routes registry_routes(RegistryNeeds needs) {
  web::Routes r;
  r.post<kChangeRegistry>("/api/v1/registry/acts", [needs](Request const& q) { return act(needs, q); });
  r.get<kSeeRegistryHistory>("/api/v1/registry/history", [needs](Request const& q) { return history(needs, q); });
  return r;
}

}  // namespace madang::city
