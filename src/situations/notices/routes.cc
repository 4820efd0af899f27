// The JSON API of subscribers: docs/situations_api.md. Each handler parses, asks, encodes.

#include "core/text.h"
#include "runtime/refusal.h"
#include "situations/notices/notices.h"
#include "situations/notices/subscriber_json.h"
#include "situations/permissions.h"

namespace madang::situations::notices {
namespace {

using web::Request;
using web::Response;

Result<SubscriberId> id_of(Request const& request) {
  auto const id = parse_int(request.parameter("id"));
  if (!id || *id < 1) return runtime::refuse(Code::kNotFound, "refusal.subscriber.none_such");
  return SubscriberId{*id};
}

/// Who is told what is nobody else's business: no cache keeps it.
Response answer(std::string body, int status = 200) {
  auto response = web::json(std::move(body), status);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Actor actor_of(Request const& request) { return {.party = request.who.party, .name = request.who.name}; }

Result<Response> get_all(SubscriberRouteNeeds const& needs) {
  MADANG_TRY(auto const all, needs.subscribers.all());
  return answer(subscribers_json(all, needs.subscribers.channels(), needs.city));
}

Result<Response> get_one(SubscriberRouteNeeds const& needs, Request const& request) {
  MADANG_TRY(auto const id, id_of(request));
  MADANG_TRY(auto const s, needs.subscribers.find(id));
  return answer(subscriber_json(s, needs.city));
}

Result<Response> add(SubscriberRouteNeeds const& needs, Request const& request) {
  MADANG_TRY(auto parsed, parse_subscriber(request.body));
  MADANG_TRY(auto const added, needs.subscribers.add(std::move(parsed), actor_of(request)));
  return answer(subscriber_json(added, needs.city, added.channel == Channel::kWebhook), 201);
}

Result<Response> change(SubscriberRouteNeeds const& needs, Request const& request) {
  MADANG_TRY(auto const id, id_of(request));
  MADANG_TRY(auto old, needs.subscribers.find(id));
  MADANG_TRY(auto parsed, parse_change(request.body, std::move(old)));
  MADANG_TRY(auto const changed, needs.subscribers.change(std::move(parsed), actor_of(request)));
  return answer(subscriber_json(changed, needs.city));
}

Result<Response> remove(SubscriberRouteNeeds const& needs, Request const& request) {
  MADANG_TRY(auto const id, id_of(request));
  MADANG_CHECK(needs.subscribers.remove(id, actor_of(request)));
  Response response;
  response.status = 204;
  return response;
}

Result<Response> test(SubscriberRouteNeeds const& needs, Request const& request) {
  MADANG_TRY(auto const id, id_of(request));
  MADANG_CHECK(needs.subscribers.test(id));
  needs.notices.wake();
  MADANG_TRY(auto const s, needs.subscribers.find(id));
  return answer(subscriber_json(s, needs.city), 202);
}

}  // namespace

web::Routes routes(SubscriberRouteNeeds needs) {
  web::Routes r;
  r.get<kSeeSubscribers>("/api/v1/subscribers", [needs](Request const&) { return get_all(needs); });
  r.post<kChangeSubscribers>("/api/v1/subscribers", [needs](Request const& q) { return add(needs, q); });
  r.get<kSeeSubscribers>("/api/v1/subscribers/{id}", [needs](Request const& q) { return get_one(needs, q); });
  r.patch<kChangeSubscribers>("/api/v1/subscribers/{id}", [needs](Request const& q) { return change(needs, q); });
  r.remove<kChangeSubscribers>("/api/v1/subscribers/{id}", [needs](Request const& q) { return remove(needs, q); });
  r.post<kChangeSubscribers>("/api/v1/subscribers/{id}/test", [needs](Request const& q) { return test(needs, q); });
  return r;
}

}  // namespace madang::situations::notices
