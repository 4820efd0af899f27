#include "city/registry_routes.h"

#include <fmt/format.h>

#include <array>

#include "city/parties.h"
#include "city/permissions.h"
#include "city/registry_orders.h"
#include "core/json_writer.h"
#include "core/text.h"
#include "runtime/refusal.h"

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

/// The command line shows the data directory's own key, which is no name of anybody: its user is who acts, as with keys and roles.
std::string actor_of(web::Principal const& who) { return who.kind == web::Principal::Kind::kLocal ? machine_user().name : who.name; }

/// Somebody types a symbol; what it means is written with it, so that other programs read it too.
void complete_unit(UnitBook const& units, RegistryOrder& order) {
  if (!units.named || !order.unit || !order.unit->definition.empty() || order.unit->symbol != order.unit->name) return;
  if (auto known = units.named(order.unit->symbol)) order.unit = *std::move(known);
}

/// Empty: it counts.
std::string note_of_unit(UnitBook const& units, RegistryOrder const& order) {
  if (!units.counts || !order.unit || order.unit->symbol.empty() || units.counts(order.channel, *order.unit)) return {};
  return fmt::format("\"{}\" is no unit of \"{}\" that is known here: its values are stored and served as they are, and count in no median, index or warning",
                     order.unit->symbol, order.channel);
}

Result<Response> act(RegistryNeeds const& needs, Request const& request) {
  MADANG_TRY(auto order, parse_order(request.body));
  complete_unit(needs.units, order);
  MADANG_TRY(auto const thing, apply(needs.city, needs.store, order, actor_of(request.who)));
  JsonWriter w;
  w.begin_object().field("thing", thing.value());
  if (auto const now = needs.city.thing(thing)) {
    w.field("serial", now->serial).key("retired_at");
    if (now->retired_at)
      w.value(millis_of(*now->retired_at));
    else
      w.null();
  } else {
    w.field("deleted", true);
  }
  if (auto const note = note_of_unit(needs.units, order); !note.empty()) w.field("note", note);
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
    if (thing == nullptr) return runtime::refuse_field(Code::kNotFound, "serial", "refusal.registry.no_serial", {{"serial", serial->substr(0, 80)}});
    return Asked{EntryKind::kThing, thing->id.value()};
  }
  for (auto kind = EntryKind::kThing; kind <= last_of(kind); kind = static_cast<EntryKind>(static_cast<int>(kind) + 1)) {
    auto const text = request.query_value(name_of(kind));
    if (!text) continue;
    auto const id = parse_int(*text);
    if (!id || *id < 1) return runtime::refuse_field(Code::kInvalid, name_of(kind), "refusal.positive_number");
    return Asked{kind, *id};
  }
  return runtime::refuse_field(Code::kInvalid, "thing", "refusal.registry.history_of");
}

Result<std::int64_t> before_of(Request const& request) {
  auto const text = request.query_value("before");
  if (!text) return kHistoryFromNewest;
  auto const before = parse_int(*text);
  if (!before || *before < 1) return runtime::refuse_field(Code::kInvalid, "before", "refusal.registry.history_before");
  return *before;
}

void write_said(JsonWriter& w, std::string_view name, std::string const& json) {
  w.key(name);
  if (json.empty())
    w.null();
  else
    w.raw(json);
}

/// What is corrected most is a Thing's channels, each of which has a history of its own; those that are gone too.
Result<void> write_streams(JsonWriter& w, City const& city, Asked const& asked) {
  if (asked.kind == EntryKind::kDatastream) {
    if (auto const datastream = city.datastream(DatastreamId{asked.entry})) w.field("channel", datastream->channel);
  } else if (asked.kind == EntryKind::kThing) {
    MADANG_TRY(auto const deleted, city.deleted_datastreams_of(ThingId{asked.entry}));
    w.key("datastreams").begin_array();
    for (auto const& datastream : city.datastreams_of(ThingId{asked.entry}))
      w.begin_object().field("id", datastream->id.value()).field("channel", datastream->channel).end_object();
    for (auto const& [id, channel] : deleted) w.begin_object().field("id", id.value()).field("channel", channel).field("deleted", true).end_object();
    w.end_array();
  }
  return {};
}

Result<Response> history(RegistryNeeds const& needs, Request const& request) {
  MADANG_TRY(auto const asked, asked_of(needs.city, request));
  MADANG_TRY(auto const before, before_of(request));
  MADANG_TRY(auto const page, needs.city.history_before(asked.kind, asked.entry, before));
  JsonWriter w;
  w.begin_object().field("kind", name_of(asked.kind)).field("id", asked.entry);
  MADANG_CHECK(write_streams(w, needs.city, asked));
  w.key("history").begin_array();
  for (auto const& entry : page.entries) {
    w.begin_object().field("at", millis_of(entry.at)).field("act", name_of(entry.act)).field("by", entry.actor);
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
