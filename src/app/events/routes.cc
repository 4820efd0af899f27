#include "app/events/routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/json_fields.h"
#include "core/json_writer.h"
#include "core/text.h"
#include "runtime/refusal.h"
#include "storage/events/handler_progress.h"
#include "storage/journal/journal.h"
#include "storage/records/transactions.h"

namespace madang::app {
namespace {

namespace events = storage::events;
using web::Request;
using web::Response;

constexpr std::int64_t kLettersPerPage = 50;
constexpr std::int64_t kLettersPerPageMax = 200;
constexpr std::size_t kDropReasonMax = 500;  ///< bytes
constexpr Millis kCountingMax{2'000};        ///< of the events of all handlers; below what a request may wait for the records

/// What goes wrong inside is nobody else's business: no cache keeps it.
Response unkept(std::string body, int status = 200) {
  auto response = web::json(std::move(body), status);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

/// How many events wait; nothing: they are too many to be counted in time.
Result<std::optional<std::int64_t>> waiting_for(EventRouteNeeds const& needs, events::HandlerProgress const& progress) {
  if (!progress.oldest) return 0;
  auto const counted = events::waiting_events(needs.records, progress.handler);
  if (counted) return *counted;
  if (counted.error().code == Code::kOverloaded || counted.error().code == Code::kUnavailable) return std::nullopt;
  return fail(counted.error());
}

Result<Response> handlers(EventRouteNeeds const& needs) {
  MADANG_TRY(auto const all, events::handlers_progress(needs.records));
  auto const now = needs.clock.now();
  storage::CallDeadline const counting(kCountingMax);
  JsonWriter w;
  w.begin_object().field("at", millis_of(now)).key("handlers").begin_array();
  for (auto const& each : all) {
    w.begin_object().field("handler", each.handler).field("topic", each.topic);
    if (each.oldest) w.field("oldest", millis_of(*each.oldest));
    w.field("lag_ms", each.oldest ? std::max<std::int64_t>((now - *each.oldest).count(), 0) : std::int64_t{0});
    MADANG_TRY(auto const waiting, waiting_for(needs, each));
    if (waiting) w.field("waiting", *waiting);
    w.field("held_keys", each.held_keys).field("dead_letters", each.dead_letters).end_object();
  }
  w.end_array().end_object();
  return unkept(w.take());
}

/// "HANDLER:EVENT", as `next` of the page before.
Result<events::DeadLetterPlace> place_after(Request const& request) {
  auto const text = request.query_value("after");
  if (!text) return events::DeadLetterPlace{};
  auto const colon = text->rfind(':');
  auto const id = colon == std::string::npos ? std::nullopt : parse_int(std::string_view{*text}.substr(colon + 1));
  if (!id || *id < 1) return runtime::refuse_field(Code::kInvalid, "after", "refusal.event.after");
  return events::DeadLetterPlace{std::string{text->substr(0, colon)}, events::EventId{*id}};
}

/// Without the payload, which may hold what is personal.
void write_letter(JsonWriter& w, events::DeadLetter const& letter) {
  w.begin_object().field("handler", letter.handler).field("event", letter.event.id.value()).field("topic", letter.event.topic);
  w.field("key", letter.event.key).field("emitted_at", millis_of(letter.event.emitted_at)).field("attempts", letter.attempts);
  w.field("failed_at", millis_of(letter.died_at)).field("why", letter.sentence).field("tried_again", letter.tried_again).end_object();
}

Result<Response> dead_letters(EventRouteNeeds const& needs, Request const& request) {
  MADANG_TRY(auto const after, place_after(request));
  auto limit = kLettersPerPage;
  if (auto const text = request.query_value("limit")) {
    auto const number = parse_int(*text);
    if (!number || *number < 1) return runtime::refuse_field(Code::kInvalid, "limit", "refusal.event.from_one");
    limit = std::min(*number, kLettersPerPageMax);
  }
  MADANG_TRY(auto const page, events::dead_letters(needs.records, after, static_cast<std::size_t>(limit)));
  JsonWriter w;
  w.begin_object().key("letters").begin_array();
  for (auto const& letter : page) write_letter(w, letter);
  w.end_array();
  bool const may_have_more = std::ssize(page) == limit;
  if (may_have_more) w.field("next", fmt::format("{}:{}", page.back().handler, page.back().event.id.value()));
  w.end_object();
  return unkept(w.take());
}

std::unexpected<Error> no_such_letter() { return runtime::refuse(Code::kNotFound, "refusal.event.none_such"); }

Result<events::DeadLetterPlace> letter_of(Request const& request) {
  auto const id = parse_int(request.parameter("event"));
  if (!id || *id < 1) return no_such_letter();
  return events::DeadLetterPlace{std::string{request.parameter("handler")}, events::EventId{*id}};
}

/// Who decided it stands in the journal, in the transaction of the decision.
Result<void> record(soci::session& sql, EventRouteNeeds const& needs, Request const& request, std::string kind,
                    events::DeadLetterPlace const& letter, std::string reason = {}) {
  auto const& who = request.who;
  JsonWriter facts;
  facts.begin_object();
  if (who.party) facts.field("by", who.party.value());
  facts.field("handler", letter.handler).field("event", letter.event.value()).end_object();
  JsonWriter actor;
  actor.begin_object().field("party", who.party.value()).field("login", who.name).end_object();
  storage::journal::Event entry{.at = needs.clock.now(), .kind = std::move(kind), .facts = facts.take(), .secrets = {{"actor", actor.take()}}};
  if (!reason.empty()) entry.secrets.push_back({"reason", std::move(reason)});
  MADANG_CHECK(storage::journal::append(sql, entry));
  return {};
}

Result<Response> decided(Result<void> const& done) {
  if (!done && done.error().code == Code::kNotFound) return no_such_letter();
  if (!done) return fail(done.error());
  Response response;
  response.status = 204;
  return response;
}

Result<Response> try_again(EventRouteNeeds const& needs, Request const& request) {
  MADANG_TRY(auto const letter, letter_of(request));
  return decided(needs.records.transaction([&](soci::session& sql) -> Result<void> {
    MADANG_CHECK(events::try_again(sql, letter));
    return record(sql, needs, request, "event_tried_again", letter);
  }));
}

Result<Response> drop(EventRouteNeeds const& needs, Request const& request) {
  MADANG_TRY(auto const letter, letter_of(request));
  MADANG_TRY(auto const fields, JsonFields::of(request.body, {"reason"}));
  MADANG_TRY(auto const reason, fields.text("reason"));
  if (reason.empty()) return runtime::refuse_field(Code::kInvalid, "reason", "refusal.missing");
  if (reason.size() > kDropReasonMax) return runtime::refuse_field(Code::kLimit, "reason", "refusal.too_long", {{"max", kDropReasonMax}});
  return decided(needs.records.transaction([&](soci::session& sql) -> Result<void> {
    MADANG_CHECK(events::drop(sql, letter));
    return record(sql, needs, request, "event_dropped", letter, reason);
  }));
}

}  // namespace

web::Routes event_routes(EventRouteNeeds needs) {
  web::Routes r;
  r.get<kSeeEvents>("/api/v1/events/handlers", [needs](Request const&) { return handlers(needs); });
  r.get<kSeeEvents>("/api/v1/events/dead", [needs](Request const& q) { return dead_letters(needs, q); });
  r.post<kWorkEvents>("/api/v1/events/dead/{handler}/{event}/again", [needs](Request const& q) { return try_again(needs, q); });
  r.post<kWorkEvents>("/api/v1/events/dead/{handler}/{event}/drop", [needs](Request const& q) { return drop(needs, q); });
  return r;
}

}  // namespace madang::app
